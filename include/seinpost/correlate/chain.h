/* chain: how many of the rules of `temporal_ordered` were met in their order.
 *
 * Owns:    nothing.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_CHAIN_H
#define SEINPOST_CORRELATE_CHAIN_H

#include "seinpost/correlate/held.h"

/* Returns the most links of the metric's chain that events can fill in order: each by as many
 * as it asks for, all after those of the link before; no event fills two. */
int64_t chain_count(const struct rule_metric *metric, const struct held *const *events,
                    size_t count);

#endif
