/* explain: why a rule fired, in words: wanted and seen, clause by clause, and what would have
 * spoken for the person.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_ALERT_EXPLAIN_H
#define SEINPOST_ALERT_EXPLAIN_H

#include "seinpost/correlate/cell.h"

struct text;

/* Appends the reason. */
void explain_reason(const struct rule *rule, const struct episode *episode, struct text *text);

/* Appends the rule's summary with metrics and group filled in, or its title. */
void explain_summary(const struct rule *rule, const struct episode *episode,
                     const struct value *group, struct text *text);

/* Appends a metric's value as people read it. */
void explain_measure(const struct rule_metric *metric, const struct measure *measure,
                     struct text *text);

#endif
