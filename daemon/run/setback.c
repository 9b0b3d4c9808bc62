#include "seinpost/run/setback.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/run/watchdog.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

enum {
    LOOK_MS = 100,
    BACK_MS_MAX = 2000, /* a wait that is longer by so much does no harm */
};

static int64_t (*wall_clock)(void);

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t machine_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

/* How far the wall clock is ahead of the one that nobody can set. Who is stopped between two
 * readings reads again. */
static int64_t ahead_ms(void)
{
    for (;;) {
        const int64_t steady_ms = clock_ms(CLOCK_MONOTONIC);
        const int64_t wall_ms = wall_clock();
        if (clock_ms(CLOCK_MONOTONIC) - steady_ms < LOOK_MS) {
            return wall_ms - steady_ms;
        }
    }
}

/* A clock that goes too slow for a while is not set back: steps count. */
static void *run(void *self)
{
    const struct timespec pause = {0, LOOK_MS * 1000000L};

    (void)self;
    for (int64_t before_ms = ahead_ms();;) {
        (void)nanosleep(&pause, NULL);
        const int64_t now_ms = ahead_ms();
        if (before_ms - now_ms > BACK_MS_MAX) {
            log_error("the wall clock was set back by %lld s: the process ends, and is to be "
                      "started again",
                      (long long)(before_ms - now_ms) / 1000);
            _exit(WATCHDOG_EXIT_HANGS);
        }
        before_ms = now_ms;
    }
}

void setback_start(int64_t (*wall_ms)(void))
{
    pthread_t thread;

    wall_clock = wall_ms != NULL ? wall_ms : machine_ms;
    int failed = pthread_create(&thread, NULL, run, NULL);
    ENSURE(failed == 0);
    failed = pthread_detach(thread);
    ENSURE(failed == 0);
}
