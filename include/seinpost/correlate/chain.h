/* chain: how many of the rules of `temporal_ordered` were met in their order.
 *
 * It is asked of a run of events that grows at its old end, so the order is read backwards:
 * from the last rule to the first, from the newest event to the oldest.
 *
 * Owns:    nothing.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_CHAIN_H
#define SEINPOST_CORRELATE_CHAIN_H

#include "seinpost/correlate/held.h"

/* For each number of links the highest that the last of them can be, plus one (0: so many were
 * not reached yet), and how many events each link has had since. */
struct chain {
    size_t last[RULE_STEPS_MAX + 1];
    int64_t had[RULE_STEPS_MAX + 1][RULE_STEPS_MAX];
};

/* Returns a chain of no events. */
struct chain chain_empty(const struct rule_metric *metric);

/* Puts an event before those that are in. */
void chain_add(struct chain *chain, const struct rule_metric *metric, const struct held *event);

/* Returns the most links that the events can fill in order: each by as many as it asks for, all
 * after those of the link before; no event fills two. */
int64_t chain_longest(const struct chain *chain);

#endif
