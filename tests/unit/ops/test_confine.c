#define _GNU_SOURCE /* mkdtemp, syscall */
#include "seinpost/ops/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ops.h"

/* Each test ends its process at once: what it gave up, a leak checker would need. */
static const int good = 0;

static char inside[64];
static char outside[64];

/* Confined to a folder `inside`, which is not there yet; `outside` is one beside it. */
static struct confined confined(void)
{
    char folder[] = "/tmp/seinpost-confine-XXXXXX";

    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(inside, sizeof inside, "%s/inside", folder);
    snprintf(outside, sizeof outside, "%s/outside", folder);
    ck_assert_int_eq(mkdir(outside, S_IRWXU), 0);
    return confine(inside);
}

static int make(const char *folder)
{
    char path[96];

    snprintf(path, sizeof path, "%s/file", folder);
    return open(path, O_WRONLY | O_CREAT | O_TRUNC, S_IRUSR | S_IWUSR);
}

/* Below its folder a file can be made, renamed and removed; nowhere else can anything be
 * written, made or removed. Reading goes on. */
START_TEST(writes_below_its_folder_only)
{
    const struct confined is = confined();
    char from[96], to[96], byte = 0;

    ck_assert_int_ge(make(inside), 0);
    snprintf(from, sizeof from, "%s/file", inside);
    snprintf(to, sizeof to, "%s/other", inside);
    ck_assert_int_eq(rename(from, to), 0);
    ck_assert_int_eq(unlink(to), 0);
    const int passwords = open("/etc/passwd", O_RDONLY);
    ck_assert_int_eq(read(passwords, &byte, 1), 1);
    if (is.files > 0) { /* a kernel with Landlock */
        ck_assert_int_lt(make(outside), 0);
        ck_assert_int_eq(errno, EACCES);
        ck_assert_int_lt(rmdir(outside), 0);
        ck_assert_int_eq(errno, EACCES);
    }
    _exit(good);
}
END_TEST

/* No program is started, not by its path and not by an open file. */
START_TEST(starts_no_program)
{
    char name[] = "true", *const words[] = {name, NULL};
    char *const none[] = {NULL};
    const int file = open("/bin/true", O_RDONLY);

    ck_assert_int_eq(confined().calls, 1);
    ck_assert_int_eq(execve("/bin/true", words, none), -1);
    ck_assert_int_eq(errno, EPERM);
    ck_assert_int_eq(fexecve(file, words, none), -1);
    ck_assert_int_eq(errno, EPERM);
    _exit(good);
}
END_TEST

/* Other processes are not looked into, the system is not changed. */
START_TEST(looks_into_no_process)
{
    ck_assert_int_eq(confined().calls, 1);
    ck_assert_int_eq(ptrace(PTRACE_TRACEME, 0, 0, 0), -1);
    ck_assert_int_eq(errno, EPERM);
    ck_assert_int_eq(syscall(SYS_bpf, 0, NULL, 0), -1);
    ck_assert_int_eq(errno, EPERM);
    ck_assert_int_eq(syscall(SYS_io_uring_setup, 1, NULL), -1);
    ck_assert_int_eq(errno, EPERM);
    ck_assert_int_eq(chroot("/"), -1);
    ck_assert_int_eq(errno, EPERM);
    ck_assert_int_eq(setuid(getuid()), -1);
    ck_assert_int_eq(errno, EPERM);
    _exit(good);
}
END_TEST

/* Sockets are those that brokers, registry, pages and the service manager are reached by. */
START_TEST(sockets_are_of_known_families)
{
    static const int known[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
    static const int others[] = {AF_UNSPEC, AF_AX25, AF_PACKET, AF_ALG, AF_VSOCK, 44};

    (void)confined();
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        ck_assert_int_ge(socket(known[i], known[i] == AF_NETLINK ? SOCK_RAW : SOCK_DGRAM, 0),
                         0);
    }
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        ck_assert_int_eq(socket(others[i], SOCK_RAW, 0), -1);
        ck_assert_int_eq(errno, EPERM);
    }
    _exit(good);
}
END_TEST

/* Children have given up the same; and there is no core file. */
START_TEST(children_are_confined_too)
{
    char name[] = "true", *const words[] = {name, NULL};
    struct rlimit core = {1, 1};
    int status = 0;

    (void)confined();
    const pid_t child = fork();
    if (child == 0) {
        (void)execve("/bin/true", words, words + 1);
        _exit(errno);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(WEXITSTATUS(status), EPERM);
    ck_assert_int_eq(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
    ck_assert_int_eq(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
    ck_assert_int_eq(getrlimit(RLIMIT_CORE, &core), 0);
    ck_assert_uint_eq(core.rlim_max, 0);
    _exit(good);
}
END_TEST

/* Without a folder nothing is written anywhere. */
START_TEST(without_a_folder_it_writes_nowhere)
{
    const struct confined is = confine(NULL);

    if (is.files > 0) {
        ck_assert_int_lt(make("/tmp"), 0);
        ck_assert_int_eq(errno, EACCES);
    }
    _exit(good);
}
END_TEST

Suite *confine_suite(void)
{
    static const TTest *const tests[] = {NULL};
    Suite *const suite = unit_suite("confine", tests);

    unit_exit(suite, writes_below_its_folder_only, good);
    unit_exit(suite, starts_no_program, good);
    unit_exit(suite, looks_into_no_process, good);
    unit_exit(suite, sockets_are_of_known_families, good);
    unit_exit(suite, children_are_confined_too, good);
    unit_exit(suite, without_a_folder_it_writes_nowhere, good);
    return suite;
}
