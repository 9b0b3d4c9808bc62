/* asked_plan: answers `seinpost explain --plan`: how the predicate index asks events of each
 * type.
 *
 * Owns:    nothing.
 * Thread:  the main one.
 * Fails:   by the verb's exit code.
 */
#ifndef SEINPOST_CLI_ASKED_PLAN_H
#define SEINPOST_CLI_ASKED_PLAN_H

#include "seinpost/cli/inquiry.h"
#include "seinpost/cli/workbench.h"

/* The rules are loaded, without faults. */
int asked_plan(const struct inquiry *inquiry, const struct workbench *workbench);

#endif
