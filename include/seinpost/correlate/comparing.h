/* comparing: velocity, change and first_seen: an event against earlier ones of its group.
 *
 * It keeps no state of its own: what is earlier is a run of the group's events.
 *
 * Owns:    nothing.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_COMPARING_H
#define SEINPOST_CORRELATE_COMPARING_H

#include "seinpost/correlate/finding.h"

/* A finding with what it points to. */
struct comparison {
    const struct held *events[2];
    struct measure measures[RULE_METRICS_MAX];
    struct finding finding;
};

/* Compares the last of `events`, all of one group in content order, with those before it.
 * Returns true and fills the comparison when it is a finding. */
bool comparing_judge(const struct rule *rule, const struct held *const *events, size_t count,
                     struct comparison *comparison);

#endif
