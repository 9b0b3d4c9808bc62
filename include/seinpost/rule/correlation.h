/* correlation: the kinds of rule: what each must say, and who reads it.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults E202, E206, E211, E216, E320 and those of the kinds.
 */
#ifndef SEINPOST_RULE_CORRELATION_H
#define SEINPOST_RULE_CORRELATION_H

#include "seinpost/rule/build.h"

/* Tells whether the rule is whole enough to be compiled: of a kind that runs. */
bool correlation_check(struct build *build);

/* Compiles what the rule's kind asks. */
void correlation_compile(struct build *build);

#endif
