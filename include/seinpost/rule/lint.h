/* lint: what good practice asks of a rule: windows that fit, no noise, nothing left over.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults E501, W501, W502, W601, W602, W604, W605 and W706.
 */
#ifndef SEINPOST_RULE_LINT_H
#define SEINPOST_RULE_LINT_H

#include "seinpost/rule/build.h"
#include "seinpost/rule/load.h"

/* Checks a compiled rule. */
void lint_rule(const struct build *build);

/* Checks how far back a rule looks, once its sources are known: what the log keeps, and what
 * comes late. */
void lint_reach(const struct build *build, const struct load_options *options);

#endif
