/* criteria: what a rule may judge somebody by. Never by what is protected; by origin, route or
 * district only together with what somebody does.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults E405 and E406.
 */
#ifndef SEINPOST_RULE_CRITERIA_H
#define SEINPOST_RULE_CRITERIA_H

#include "seinpost/rule/build.h"

/* Checks the conditions of a compiled rule. */
void criteria_check(struct build *build);

/* Tells whether a field, operand or path is about what no rule may ask. */
bool criteria_is_protected(struct slice operand);

/* Adds fault E405 at the part of the node's text that asks it. */
void criteria_protected_fault(struct diag *diag, const struct tree *node, struct slice operand);

#endif
