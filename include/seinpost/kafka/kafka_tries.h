/* kafka_tries: how long something is asked of the brokers, again and again. It is asked in
 * short pieces, so that the end of the process is heard of; then there is one more try, a short
 * one.
 *
 * Owns:    nothing.
 * Thread:  the worker's.
 * Fails:   never.
 */
#ifndef SEINPOST_KAFKA_KAFKA_TRIES_H
#define SEINPOST_KAFKA_KAFKA_TRIES_H

#include "seinpost/port/halt.h"

struct kafka_tries {
    struct halt halt;
    int64_t deadline_ms; /* of the steady clock */
    int64_t tried_ms;    /* when the last one began */
    int made;
};

struct kafka_tries kafka_tries_for(struct halt halt, int64_t ms);

/* Returns how long the next try may take, in milliseconds; 0: there is no time for one. */
int kafka_tries_next(struct kafka_tries *tries);

/* Returns the steady clock in milliseconds. */
int64_t kafka_tries_now(void);

#endif
