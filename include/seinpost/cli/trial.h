/* trial: runs one test of a rule file and tells how what was published differs from what was
 * expected.
 *
 * Owns:    nothing beyond the call.
 * Thread:  one.
 * Fails:   by its result.
 */
#ifndef SEINPOST_CLI_TRIAL_H
#define SEINPOST_CLI_TRIAL_H

#include "seinpost/rule/ruletest.h"
#include "seinpost/schema/formats.h"

struct text;

/* Runs the test. Returns whether it passed; else appends what differs to `why`. */
bool trial_run(const struct program *program, const struct formats *formats,
               const struct rule *rule, const struct ruletest *test, struct text *why);

#endif
