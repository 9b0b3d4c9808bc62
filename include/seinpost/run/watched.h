/* watched: a producer whose calls are watched, timed and counted.
 *
 * Owns:    nothing of the producer's.
 * Thread:  the worker's.
 * Fails:   as the producer does.
 */
#ifndef SEINPOST_RUN_WATCHED_H
#define SEINPOST_RUN_WATCHED_H

#include "seinpost/port/producer.h"

struct counter;
struct watch;

struct watched {
    struct producer inner;
    struct watch *watch;
    struct counter *commits;
    struct counter *commit_ms;
    struct counter *refused[4]; /* calls that were not OK: begin, send, commit, abort */
};

/* `worker` names it in the metrics. */
void watched_init(struct watched *watched, const char *worker, struct watch *watch);

/* Returns the port that passes on to `inner`; only one at a time. Its `free` frees nothing. */
struct producer watched_port(struct watched *watched, const struct producer *inner);

#endif
