/* counting: event_count, value_count, value_sum, value_avg, aggregate, ratio, temporal and
 * temporal_ordered: metrics of the window that ends at an event, and their conditions.
 *
 * The plain function builds the totals of each window anew. Where windows are large, totals
 * move along with them instead, and what is found is the same.
 *
 * Owns:    the totals that move, until counting_free().
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_COUNTING_H
#define SEINPOST_CORRELATE_COUNTING_H

#include "seinpost/correlate/finding.h"
#include "seinpost/correlate/window.h"

struct counting;

/* Tells whether totals that move along pay, or can be at all. */
bool counting_pays(const struct rule *rule, struct window window);

struct counting *counting_new(const struct rule *rule);
void counting_free(struct counting *counting);

/* Judges as counting_judge() does. `first` is the index in the group's timeline of the first
 * event of the window. */
bool counting_move(struct counting *counting, struct window window, size_t first,
                   struct measure *measures, struct finding *finding);

/* The event at `index` is taken out of the group's timeline, or one put before it. */
void counting_cut(struct counting *counting, const struct held *const *events, size_t index);

/* The first `count` events of the timeline are forgotten. */
void counting_forget(struct counting *counting, const struct held *const *events, size_t count);

/* Judges the condition at the last event of the window. When it holds, fills the finding;
 * `measures` has room for the rule's metrics. */
bool counting_judge(const struct rule *rule, struct window window, struct measure *measures,
                    struct finding *finding);

#endif
