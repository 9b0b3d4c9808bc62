#include "seinpost/run/watchdog.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/vector.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    LOOK_MS = 100
};

struct watch {
    const char *who;
    int64_t limit_ms;
    const char *_Atomic what;
    _Atomic int64_t since_ms; /* 0: nothing runs */
};

struct watchdog {
    pthread_t thread;
    pthread_mutex_t lock; /* of the list of watches */
    VECTOR(struct watch *) watches;
    _Atomic int64_t end_ms; /* 0: nobody asked */
    atomic_bool stopping;
};

static int64_t steady_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void lock(struct watchdog *watchdog)
{
    const int failed = pthread_mutex_lock(&watchdog->lock);
    ENSURE(failed == 0);
}

static void unlock(struct watchdog *watchdog)
{
    const int failed = pthread_mutex_unlock(&watchdog->lock);
    ENSURE(failed == 0);
}

static void look_at(struct watch *watch, int64_t now_ms)
{
    const int64_t since_ms = atomic_load(&watch->since_ms);

    if (watch->limit_ms > 0 && since_ms != 0 && now_ms - since_ms > watch->limit_ms) {
        log_error("%s: '%s' has not come back for %lld s: the process ends, and is to be "
                  "started again",
                  watch->who, atomic_load(&watch->what), (long long)(now_ms - since_ms) / 1000);
        _exit(WATCHDOG_EXIT_HANGS);
    }
}

static void look(struct watchdog *watchdog)
{
    const int64_t now_ms = steady_ms();
    const int64_t end_ms = atomic_load(&watchdog->end_ms);

    if (end_ms != 0 && now_ms > end_ms) {
        log_warning("ended without a last commit, as the brokers do not answer: what was not "
                    "committed is read again at the next start");
        _exit(EXIT_SUCCESS);
    }
    lock(watchdog);
    for (size_t i = 0; i < watchdog->watches.count; i++) {
        look_at(watchdog->watches.items[i], now_ms);
    }
    unlock(watchdog);
}

static void *run(void *self)
{
    struct watchdog *watchdog = self;
    const struct timespec pause = {0, LOOK_MS * 1000000L};

    while (!atomic_load(&watchdog->stopping)) {
        look(watchdog);
        (void)nanosleep(&pause, NULL);
    }
    return NULL;
}

struct watchdog *watchdog_start(void)
{
    struct watchdog *watchdog = calloc(1, sizeof *watchdog);

    ENSURE_MEMORY(watchdog != NULL);
    int failed = pthread_mutex_init(&watchdog->lock, NULL);
    ENSURE(failed == 0);
    failed = pthread_create(&watchdog->thread, NULL, run, watchdog);
    ENSURE(failed == 0);
    return watchdog;
}

void watchdog_stop(struct watchdog *watchdog)
{
    if (watchdog == NULL) {
        return;
    }
    atomic_store(&watchdog->stopping, true);
    (void)pthread_join(watchdog->thread, NULL);
    (void)pthread_mutex_destroy(&watchdog->lock);
    for (size_t i = 0; i < watchdog->watches.count; i++) {
        free(watchdog->watches.items[i]);
    }
    VECTOR_FREE(&watchdog->watches);
    free(watchdog);
}

struct watch *watchdog_watch(struct watchdog *watchdog, const char *who, int64_t limit_ms)
{
    struct watch *watch = calloc(1, sizeof *watch);

    ENSURE_MEMORY(watch != NULL);
    watch->who = who;
    watch->limit_ms = limit_ms;
    lock(watchdog);
    VECTOR_PUSH(&watchdog->watches, watch);
    unlock(watchdog);
    return watch;
}

void watchdog_end_within(struct watchdog *watchdog, int64_t limit_ms)
{
    atomic_store(&watchdog->end_ms, steady_ms() + limit_ms);
}

void watchdog_enter(struct watch *watch, const char *what)
{
    ENSURE(atomic_load(&watch->since_ms) == 0);
    atomic_store(&watch->what, what);
    atomic_store(&watch->since_ms, steady_ms());
}

void watchdog_leave(struct watch *watch)
{
    ENSURE(atomic_load(&watch->since_ms) != 0);
    atomic_store(&watch->since_ms, 0);
}
