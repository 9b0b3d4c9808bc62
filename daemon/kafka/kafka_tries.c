#include "seinpost/kafka/kafka_tries.h"

#include <time.h>

enum {
    TRY_MS = 2000,
    TRY_MS_MIN = 100,   /* less than a request takes is no try */
    LAST_TRY_MS = 3000, /* since the process was asked to end */
    PAUSE_MS = 50,      /* so long a try and the pause behind it take together */
};

int64_t kafka_tries_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct kafka_tries kafka_tries_for(struct halt halt, int64_t ms)
{
    return (struct kafka_tries){.halt = halt, .deadline_ms = kafka_tries_now() + ms};
}

/* What fails at once is not asked again at once. */
static void pause_after(const struct kafka_tries *tries)
{
    const int64_t left_ms = tries->tried_ms + PAUSE_MS - kafka_tries_now();
    const struct timespec pause = {0, left_ms * 1000000};

    if (tries->made > 0 && left_ms > 0) {
        (void)nanosleep(&pause, NULL);
    }
}

int kafka_tries_next(struct kafka_tries *tries)
{
    pause_after(tries);
    const int64_t asked_ms = halt_asked_ms(tries->halt);
    int64_t left_ms = tries->deadline_ms - kafka_tries_now();

    if (asked_ms >= 0) {
        left_ms = tries->made > 0 ? 0 : LAST_TRY_MS - asked_ms;
    } else if (left_ms > TRY_MS) {
        left_ms = TRY_MS;
    }
    tries->made++;
    tries->tried_ms = kafka_tries_now();
    return left_ms < TRY_MS_MIN ? 0 : (int)left_ms;
}
