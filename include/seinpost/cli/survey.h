/* survey: topics as they are on the brokers, against how the plan wants them.
 *
 * Owns:    nothing.
 * Thread:  one at a time.
 * Fails:   by its results; what is wrong is printed or logged.
 */
#ifndef SEINPOST_CLI_SURVEY_H
#define SEINPOST_CLI_SURVEY_H

#include "seinpost/cli/plan.h"

#include <stdbool.h>
#include <stdio.h>

/* Looks at all topics before the daemon starts. Returns false when it may not start, and prints
 * why to `out`. Notes in the plan which of the partners' topics are absent, and how many
 * partitions there are. */
bool survey_start(const struct config_data *config, struct plan *plan, FILE *out);

#endif
