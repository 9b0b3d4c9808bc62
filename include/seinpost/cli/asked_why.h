/* asked_why: answers `seinpost explain --events FILE --group KIND=VALUE [RULE]`: why there is
 * an alert of the group, and why there is none.
 *
 * Owns:    nothing.
 * Thread:  the main one.
 * Fails:   by the verb's exit code.
 */
#ifndef SEINPOST_CLI_ASKED_WHY_H
#define SEINPOST_CLI_ASKED_WHY_H

#include "seinpost/cli/inquiry.h"
#include "seinpost/cli/workbench.h"

/* The rules are loaded, without faults. */
int asked_why(const struct inquiry *inquiry, const struct workbench *workbench);

#endif
