/* totals: the metrics of a run of events, which grows as older events are put before it.
 *
 * Owns:    its lists of values, until totals_free().
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_TOTALS_H
#define SEINPOST_CORRELATE_TOTALS_H

#include "seinpost/correlate/finding.h"

struct totals;

/* Returns the totals of no events. */
struct totals *totals_new(const struct rule *rule);
void totals_free(struct totals *totals);

/* Puts an event before those that are in. */
void totals_add(struct totals *totals, const struct held *event);

/* Writes one measure for each metric of the rule. */
void totals_measure(const struct totals *totals, struct measure *measures);

#endif
