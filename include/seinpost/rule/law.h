/* law: what the law asks of a rule before it may run: exonerating facts, purpose and basis,
 * storage limits, allowed criteria, four eyes, an end.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults E401 to E404, E407 to E410, W703 and W704.
 */
#ifndef SEINPOST_RULE_LAW_H
#define SEINPOST_RULE_LAW_H

#include "seinpost/rule/build.h"

/* Checks a compiled rule. `today` is what "expired" is measured by. */
void law_rule(struct build *build, struct instant today);

/* Checks an exception. */
void law_exception(struct diag *diag, const struct document_exception *exception,
                   const struct tree *node, struct instant today);

/* Checks when a list ends. */
void law_list(struct diag *diag, const struct document_list *list, const struct tree *node,
              struct instant today);

#endif
