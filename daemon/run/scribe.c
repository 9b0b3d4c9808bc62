#include "seinpost/run/scribe.h"

#include "seinpost/base/ensure.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct scribe {
    struct snapshot inner;
    pthread_t thread;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    bool full; /* until it is written */
    bool stopping;
    struct record_partition partition;
    struct text bytes;
};

static void lock(struct scribe *scribe)
{
    const int failed = pthread_mutex_lock(&scribe->lock);
    ENSURE(failed == 0);
}

static void unlock(struct scribe *scribe)
{
    const int failed = pthread_mutex_unlock(&scribe->lock);
    ENSURE(failed == 0);
}

static void tell(struct scribe *scribe)
{
    const int failed = pthread_cond_broadcast(&scribe->changed);
    ENSURE(failed == 0);
}

static void await(struct scribe *scribe)
{
    const int failed = pthread_cond_wait(&scribe->changed, &scribe->lock);
    ENSURE(failed == 0);
}

static void *write_on(void *self)
{
    struct scribe *scribe = self;

    lock(scribe);
    for (;;) {
        while (!scribe->full && !scribe->stopping) {
            await(scribe);
        }
        if (!scribe->full) {
            break;
        }
        struct text bytes = scribe->bytes;
        const struct record_partition partition = scribe->partition;
        scribe->bytes = (struct text){0};
        unlock(scribe);
        (void)scribe->inner.store(scribe->inner.self, partition, &bytes);
        lock(scribe);
        scribe->full = false;
        tell(scribe);
    }
    unlock(scribe);
    return NULL;
}

static bool ready(void *self)
{
    struct scribe *scribe = self;

    lock(scribe);
    const bool empty = !scribe->full;
    unlock(scribe);
    return empty;
}

static bool store(void *self, struct record_partition partition, struct text *bytes)
{
    struct scribe *scribe = self;

    lock(scribe);
    const bool empty = !scribe->full;
    if (empty) {
        scribe->full = true;
        scribe->partition = partition;
        scribe->bytes = *bytes;
        *bytes = (struct text){0};
        tell(scribe);
    }
    unlock(scribe);
    return empty;
}

static void await_empty(struct scribe *scribe)
{
    lock(scribe);
    while (scribe->full) {
        await(scribe);
    }
    unlock(scribe);
}

static void find(void *self, struct record_partition partition, struct text *bytes)
{
    const struct scribe *scribe = self;

    await_empty(self);
    scribe->inner.find(scribe->inner.self, partition, bytes);
}

static void forget(void *self, struct record_partition partition)
{
    const struct scribe *scribe = self;

    await_empty(self);
    scribe->inner.forget(scribe->inner.self, partition);
}

static void finish(void *self, int64_t timeout_ms)
{
    struct scribe *scribe = self;
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms > 0 ? timeout_ms / 1000 : 0;
    until.tv_nsec += timeout_ms > 0 ? timeout_ms % 1000 * 1000000 : 0;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    lock(scribe);
    while (scribe->full &&
           pthread_cond_timedwait(&scribe->changed, &scribe->lock, &until) == 0) {
    }
    unlock(scribe);
}

static void free_nothing(void *self)
{
    (void)self;
}

struct scribe *scribe_start(const struct snapshot *inner)
{
    struct scribe *scribe = calloc(1, sizeof *scribe);
    pthread_condattr_t steady;

    ENSURE_MEMORY(scribe != NULL);
    scribe->inner = *inner;
    int failed = pthread_condattr_init(&steady);
    failed |= pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    failed |= pthread_cond_init(&scribe->changed, &steady);
    failed |= pthread_condattr_destroy(&steady);
    failed |= pthread_mutex_init(&scribe->lock, NULL);
    ENSURE(failed == 0);
    failed = pthread_create(&scribe->thread, NULL, write_on, scribe);
    ENSURE(failed == 0);
    return scribe;
}

struct snapshot scribe_port(struct scribe *scribe)
{
    return (struct snapshot){scribe, ready, store, find, forget, finish, free_nothing};
}

void scribe_stop(struct scribe *scribe)
{
    if (scribe == NULL) {
        return;
    }
    lock(scribe);
    scribe->stopping = true;
    tell(scribe);
    unlock(scribe);
    (void)pthread_join(scribe->thread, NULL);
    (void)pthread_cond_destroy(&scribe->changed);
    (void)pthread_mutex_destroy(&scribe->lock);
    text_free(&scribe->bytes);
    free(scribe);
}
