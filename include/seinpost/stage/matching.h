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

/* What a rule did not see of the event. */
struct matching_cap {
    const struct rule *rule;
    size_t keys; /* for which there was no room: MATCHING_MAX */
    bool values; /* beyond PATH_VALUES_MAX of a path that the rule looks at */
};

struct matching {
    const struct match *matches;
    size_t count;
    size_t ungrouped; /* entries met, but without a value of the key */
    size_t unplaced;  /* entries of velocity rules met, but the place is not known */
    const struct matching_cap *caps; /* one for each rule that did not see all */
    size_t caps_count;
    struct slice late; /* the rules that it came too late for, `a, b`; empty: none */
};

/* Finds an event's matches. `high` is the newest event time in its source's partition: a rule
 * does not see what is older by more than its lateness; INSTANT_MIN: nothing is too late. */
struct matching matching_find(const struct program *program, const struct list_set *lists,
                              const struct event *event, struct instant high,
                              struct arena *arena);

/* Counts what rules did not see of it, for operators. */
void matching_count_caps(const struct matching *found);

#endif
