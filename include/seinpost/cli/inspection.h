/* inspection: topics while the daemon runs, against how they should be: their settings and
 * partitions, whether records are gone that should still be kept, whether a partner's topic
 * bears times that its producers claim, whether a source is silent for longer than its matches
 * are kept. What is amiss is told as findings (finding.h), at the start and each hour.
 *
 * That records are gone is seen from where partitions ended at earlier inspections: what came
 * later is younger than that.
 *
 * Owns:    its client and thread, and what it saw.
 * Thread:  one starts and stops it.
 * Fails:   never; what does not answer is looked at again the next time.
 */
#ifndef SEINPOST_CLI_INSPECTION_H
#define SEINPOST_CLI_INSPECTION_H

#include "seinpost/cli/plan.h"

struct inspection;

struct inspection *inspection_start(const struct config_data *config, const struct plan *plan);

/* Asks it to end, without waiting. */
void inspection_end(struct inspection *inspection);

/* Waits until it has ended, and frees it. */
void inspection_stop(struct inspection *inspection);

#endif
