/* matching: asks the probes of an event's type, and gathers what they found into one match for
 * each key.
 *
 * Owns:    nothing; matches live in the arena of the batch.
 * Thread:  one worker's.
 * Fails:   never.
 * Bounded: MATCHING_MAX matches an event.
 */
#ifndef SEINPOST_STAGE_MATCHING_H
#define SEINPOST_STAGE_MATCHING_H

#include "seinpost/rule/program.h"
#include "seinpost/schema/match.h"

struct arena;

enum {
    MATCHING_MAX = 256
};

struct matching {
    const struct match *matches;
    size_t count;
    size_t ungrouped; /* entries met, but without a value of the key */
};

struct matching matching_find(const struct program *program, const struct list_set *lists,
                              const struct event *event, struct arena *arena);

#endif
