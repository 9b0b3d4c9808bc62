/* measure: a metric's value, exactly, and whether it meets the rule's conditions.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_MEASURE_H
#define SEINPOST_CORRELATE_MEASURE_H

#include "seinpost/rule/rule.h"

/* A number or minor units, over `divisor`; 0 as divisor: there is none. */
struct measure {
    int64_t number;
    int64_t divisor;
};

/* Compares what a condition is on with what it wants: below 0, 0, above 0. False when the two
 * cannot be compared: there is nothing, or it is of another currency. */
bool measure_order(const struct rule *rule, const struct rule_condition *condition,
                   const struct measure *measures, int *order);

/* Tells whether one condition of the rule holds. */
bool measure_condition_met(const struct rule *rule, const struct rule_condition *condition,
                           const struct measure *measures);

/* Tells whether all conditions of the rule hold; one on what is not there does not. `measures`
 * has one for each metric of the rule. */
bool measure_conditions_met(const struct rule *rule, const struct measure *measures);

#endif
