/* tally: the kinds of rule that judge metrics of a window: event_count, value_count, value_sum,
 * value_avg, aggregate, ratio, temporal and temporal_ordered.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults E202 to E208, E213, E310.
 */
#ifndef SEINPOST_RULE_TALLY_H
#define SEINPOST_RULE_TALLY_H

#include "seinpost/rule/build.h"

/* The keys that are read here; the editors' schema is made of them. */
extern const struct bind_table tally_side_table;

/* Reads the metrics and conditions of a rule of these kinds from its correlation. */
void tally_read(struct build *build);

#endif
