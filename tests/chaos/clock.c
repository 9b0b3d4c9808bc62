/* Preloaded into a daemon: a wall clock that jumps as a machine's does when somebody sets it.
 *
 * The first 8 bytes of the file $CHAOS_CLOCK are the offset in nanoseconds, read anew each
 * time. What waits until a time of the wall clock waits as Linux has it: the end moves with the
 * clock. Clocks that nobody can set stay. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

enum {
    SLICE_NS = 20 * 1000 * 1000 /* so soon a wait sees that the clock was set */
};

static const int64_t none = 0;
static const volatile int64_t *offset_ns = &none;

__attribute__((constructor)) static void clock_open(void)
{
    const char *name = getenv("CHAOS_CLOCK");
    const int file = name == NULL ? -1 : open(name, O_RDONLY | O_CLOEXEC);
    void *map =
        file < 0 ? MAP_FAILED : mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);

    if (map == MAP_FAILED) {
        abort();
    }
    (void)close(file);
    offset_ns = map;
}

static int64_t ns_of(const struct timespec *time)
{
    return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

static struct timespec time_of(int64_t ns)
{
    return (struct timespec){.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
}

static int64_t real_ns(clockid_t clock)
{
    struct timespec now;

    (void)syscall(SYS_clock_gettime, clock, &now);
    return ns_of(&now);
}

static int64_t now_ns(void)
{
    return real_ns(CLOCK_REALTIME) + *offset_ns;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) {
        *now = time_of(now_ns());
        return 0;
    }
    return (int)syscall(SYS_clock_gettime, clock, now);
}

int timespec_get(struct timespec *now, int base)
{
    *now = time_of(now_ns());
    return base;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    (void)zone;
    const int64_t ns = now_ns();

    *now = (struct timeval){.tv_sec = ns / 1000000000, .tv_usec = ns % 1000000000 / 1000};
    return 0;
}

time_t time(time_t *at)
{
    const time_t now = now_ns() / 1000000000;

    if (at != NULL) {
        *at = now;
    }
    return now;
}

/* A condition may have been told to go by a clock that nobody can set. Both run, years apart.
 */
static bool is_wall_time(const struct timespec *until)
{
    return llabs(ns_of(until) - now_ns()) < llabs(ns_of(until) - real_ns(CLOCK_MONOTONIC));
}

/* Waits in slices until the wall clock as it then is has come to `until`. `timed_out` is what
 * the call answers. */
static int wait_in_slices(int (*wait)(void *, void *, const struct timespec *), void *condition,
                          void *mutex, const struct timespec *until, int timed_out)
{
    for (;;) {
        const int64_t left_ns = ns_of(until) - now_ns();
        const int64_t slice_ns = left_ns < 0 ? 0 : left_ns > SLICE_NS ? SLICE_NS : left_ns;
        const struct timespec real = time_of(real_ns(CLOCK_REALTIME) + slice_ns);
        const int answer = wait(condition, mutex, &real);
        if (answer != timed_out || ns_of(until) <= now_ns()) {
            return answer;
        }
    }
}

int cnd_timedwait(cnd_t *restrict condition, mtx_t *restrict mutex,
                  const struct timespec *restrict until)
{
    int (*wait)(void *, void *, const struct timespec *) = NULL;

    *(void **)&wait = dlsym(RTLD_NEXT, "cnd_timedwait");
    return wait_in_slices(wait, condition, mutex, until, thrd_timedout);
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until)
{
    int (*wait)(void *, void *, const struct timespec *) = NULL;

    *(void **)&wait = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (wait == NULL) {
        *(void **)&wait = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    }
    return is_wall_time(until) ? wait_in_slices(wait, condition, mutex, until, ETIMEDOUT)
                               : wait(condition, mutex, until);
}
