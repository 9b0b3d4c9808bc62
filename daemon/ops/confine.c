// NOLINTNEXTLINE(bugprone-reserved-identifier): O_PATH and syscall() are not of POSIX
#define _GNU_SOURCE
#include "seinpost/ops/confine.h"

#include "seinpost/base/ensure.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of later versions than the oldest headers that we build with; asked only of kernels that have
 * them. */
#define ACCESS_REFER    (UINT64_C(1) << 13)
#define ACCESS_TRUNCATE (UINT64_C(1) << 14)

static const uint64_t making = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                               LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                               LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                               LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                               LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

/* Calls that start programs, look into other processes, change the system, or have had more
 * than their share of the kernel's faults. */
static const int refused[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(kcmp),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(keyctl),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(adjtimex),
    SCMP_SYS(sethostname),
    SCMP_SYS(setuid),
    SCMP_SYS(setgid),
    SCMP_SYS(setreuid),
    SCMP_SYS(setregid),
    SCMP_SYS(setresuid),
    SCMP_SYS(setresgid),
    SCMP_SYS(setgroups),
    SCMP_SYS(capset),
    SCMP_SYS(chmod),
    SCMP_SYS(chown),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(personality),
};

static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

static bool allow_below(int rules, const char *folder, uint64_t access)
{
    struct landlock_path_beneath_attr below = {.allowed_access = access};

    below.parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (below.parent_fd < 0) {
        return false;
    }
    const long failed =
        syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0);
    (void)close(below.parent_fd);
    return failed == 0;
}

/* Returns Landlock's version, or 0. */
static int confine_files(const char *folder)
{
    const long version =
        syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

    if (version < 1) {
        return 0;
    }
    const uint64_t writing =
        making | (version >= 2 ? ACCESS_REFER : 0) | (version >= 3 ? ACCESS_TRUNCATE : 0);
    const struct landlock_ruleset_attr attribute = {.handled_access_fs =
                                                        writing | LANDLOCK_ACCESS_FS_EXECUTE};
    const long rules =
        syscall(SYS_landlock_create_ruleset, &attribute, sizeof attribute.handled_access_fs, 0);
    if (rules < 0) {
        return 0;
    }
    const bool done = (folder == NULL || allow_below((int)rules, folder, writing)) &&
                      syscall(SYS_landlock_restrict_self, (int)rules, 0) == 0;
    (void)close((int)rules);
    return done ? (int)version : 0;
}

static int refuse(scmp_filter_ctx filter)
{
    int failed = 0;

    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
    }
    /* a family below, between or above those that are known */
    int before = -1;
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        for (int family = before + 1; family < families[i]; family++) {
            failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1,
                                       SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)family));
        }
        before = families[i];
    }
    return failed | seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1,
                                     SCMP_A0(SCMP_CMP_GT, (scmp_datum_t)before));
}

static bool confine_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

    if (filter == NULL) {
        return false;
    }
    const bool done = refuse(filter) == 0 && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return done;
}

struct confined confine(const char *folder)
{
    const struct rlimit none = {0, 0};

    if (folder != NULL) {
        (void)mkdir(folder, S_IRWXU); /* mostly it is there */
    }
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    const int failed = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ENSURE(failed == 0); /* since Linux 3.5 */
    return (struct confined){.files = confine_files(folder), .calls = confine_calls() ? 1 : 0};
}
