/* asked_rule: answers `seinpost explain RULE`: the rule in plain language.
 *
 * Owns:    nothing.
 * Thread:  the main one.
 * Fails:   by the verb's exit code.
 */
#ifndef SEINPOST_CLI_ASKED_RULE_H
#define SEINPOST_CLI_ASKED_RULE_H

#include "seinpost/cli/inquiry.h"
#include "seinpost/cli/workbench.h"

/* The rules are loaded, without faults. */
int asked_rule(const struct inquiry *inquiry, const struct workbench *workbench);

#endif
