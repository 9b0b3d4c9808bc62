/* counting: event_count, value_count, value_sum, aggregate and temporal: metrics of the window
 * that ends at an event, and their conditions.
 *
 * It keeps no state of its own: the window is a run of the group's events.
 *
 * Owns:    nothing.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_COUNTING_H
#define SEINPOST_CORRELATE_COUNTING_H

#include "seinpost/correlate/finding.h"

/* Judges the condition at the last of `events`, all of one group in content order. When it
 * holds, fills the finding; `measures` has room for the rule's metrics. */
bool counting_judge(const struct rule *rule, const struct held *const *events, size_t count,
                    struct measure *measures, struct finding *finding);

#endif
