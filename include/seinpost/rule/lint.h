/* lint: what good practice asks of a rule: windows that fit, no noise, nothing left over.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults W501, W601, W602, W604, W605 and W706.
 */
#ifndef SEINPOST_RULE_LINT_H
#define SEINPOST_RULE_LINT_H

#include "seinpost/rule/build.h"

/* Checks a compiled rule. */
void lint_rule(const struct build *build);

#endif
