/* lint: what the law and good practice ask of a rule before it may run.
 *
 * Codes: E401 nothing exonerates; E402 purpose and E403 legal basis that a source does not
 * allow; E404 window longer than a source may be kept; E405 protected operand; E406 proxy as
 * the only condition; E407 author = approver; E408 expired; E409 not all that `stable` needs;
 * E410 exception too long. W5xx time, W6xx noise, W7xx hygiene.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults.
 */
#ifndef SEINPOST_RULE_LINT_H
#define SEINPOST_RULE_LINT_H

#include "seinpost/rule/build.h"

/* Checks a compiled rule. `today` is what "expired" is measured by. */
void lint_rule(const struct build *build, struct instant today);

/* Checks an exception. */
void lint_exception(struct diag *diag, const struct document_exception *exception,
                    const struct tree *node, struct instant today);

#endif
