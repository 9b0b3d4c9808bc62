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

/* Of one metric. */
struct total {
    __extension__ __int128 sum; /* of values that are in the metric's currency */
    int64_t count;              /* of those, or of events */
    int64_t least;
    int64_t most;
    int64_t different;
};

/* What all metrics of a rule are measured by. */
struct totals_view {
    const struct total *each;
    const int64_t *met; /* how often each entry was met */
    int64_t longest;    /* of RULE_COUNT_ORDERED */
};

/* Tells whether the event has what the metric counts. */
bool totals_has_operand(const struct rule_metric *metric, const struct held *event);

/* Tells whether an amount is in the metric's currency; anything but money is. */
bool totals_in_currency(const struct rule_metric *metric, const struct value *value);

/* Writes one measure for each metric of the rule. */
void totals_measure_view(const struct rule *rule, const struct totals_view *view,
                         struct measure *measures);

/* Returns the totals of no events. */
struct totals *totals_new(const struct rule *rule);
void totals_free(struct totals *totals);

/* Puts an event before those that are in. */
void totals_add(struct totals *totals, const struct held *event);

/* Tells whether older events can change no measure: all that is asked for in order is there. */
bool totals_is_full(const struct totals *totals);

/* Writes one measure for each metric of the rule. */
void totals_measure(const struct totals *totals, struct measure *measures);

#endif
