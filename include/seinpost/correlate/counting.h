/* counting: event_count, value_count, value_sum, value_avg, aggregate, ratio, temporal and
 * temporal_ordered: metrics of the window that ends at an event, and their conditions.
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
#include "seinpost/correlate/window.h"

/* Judges the condition at the last event of the window. When it holds, fills the finding;
 * `measures` has room for the rule's metrics. */
bool counting_judge(const struct rule *rule, struct window window, struct measure *measures,
                    struct finding *finding);

#endif
