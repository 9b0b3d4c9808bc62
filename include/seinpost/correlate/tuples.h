/* tuples: all combinations of the values that an event has for a rule's group-by: the groups
 * that it is in.
 *
 * Owns:    nothing; texts belong to the match.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 * Bounded: TUPLES_MAX of them; that there are more is told.
 */
#ifndef SEINPOST_CORRELATE_TUPLES_H
#define SEINPOST_CORRELATE_TUPLES_H

#include "seinpost/correlate/held.h"

enum {
    TUPLES_MAX = 64
};

struct tuples {
    struct value values[TUPLES_MAX * RULE_GROUP_MAX]; /* `width` for each */
    size_t count;
    size_t width;
    bool capped; /* there are more */
};

/* Fills the tuples. Returns false when the event lacks a value: then it is in no group. */
bool tuples_gather(const struct rule *rule, const struct match *match, const struct held *held,
                   struct tuples *tuples);

/* Lets two of them change places. */
void tuples_swap(struct tuples *tuples, size_t a, size_t b);

#endif
