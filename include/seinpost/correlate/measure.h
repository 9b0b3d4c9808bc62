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

/* Tells whether all conditions of the rule hold; one on what is not there does not. `measures`
 * has one for each metric of the rule. */
bool measure_conditions_met(const struct rule *rule, const struct measure *measures);

#endif
