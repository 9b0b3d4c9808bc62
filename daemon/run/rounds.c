#include "seinpost/run/rounds.h"

#include "seinpost/base/ensure.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum {
    STEP_MS = 50
};

struct rounds {
    int64_t every_ms;
    void (*work)(void *context, struct halt halt);
    void *context;
    _Atomic int64_t asked_ms; /* 0: it was not */
    pthread_t thread;
};

static int64_t steady_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t asked_ms(void *self)
{
    struct rounds *rounds = self;
    const int64_t asked = atomic_load(&rounds->asked_ms);

    return asked == 0 ? -1 : steady_ms() - asked;
}

static void *run(void *self)
{
    const struct timespec step = {0, STEP_MS * 1000000L};
    struct rounds *rounds = self;
    const struct halt halt = {rounds, asked_ms};

    while (atomic_load(&rounds->asked_ms) == 0) {
        rounds->work(rounds->context, halt);
        for (int64_t slept = 0; slept < rounds->every_ms && atomic_load(&rounds->asked_ms) == 0;
             slept += STEP_MS) {
            (void)nanosleep(&step, NULL);
        }
    }
    return NULL;
}

struct rounds *rounds_start(int64_t every_ms, void (*work)(void *context, struct halt halt),
                            void *context)
{
    struct rounds *rounds = calloc(1, sizeof *rounds);

    ENSURE_MEMORY(rounds != NULL);
    rounds->every_ms = every_ms;
    rounds->work = work;
    rounds->context = context;
    const int failed = pthread_create(&rounds->thread, NULL, run, rounds);
    ENSURE(failed == 0);
    return rounds;
}

void rounds_end(struct rounds *rounds)
{
    if (rounds != NULL && atomic_load(&rounds->asked_ms) == 0) {
        atomic_store(&rounds->asked_ms, steady_ms());
    }
}

void rounds_stop(struct rounds *rounds)
{
    if (rounds == NULL) {
        return;
    }
    rounds_end(rounds);
    (void)pthread_join(rounds->thread, NULL);
    free(rounds);
}
