/* keeper: the folder of snapshots of a daemon, and the thread that writes there.
 *
 * Owns:    both.
 * Thread:  one opens and closes it; its plan is for any worker.
 * Fails:   by its results; the reason is in the log.
 */
#ifndef SEINPOST_CLI_KEEPER_H
#define SEINPOST_CLI_KEEPER_H

#include "seinpost/config/config.h"
#include "seinpost/run/snapshots.h"

struct keeper;

/* Opens what the configuration says. Returns false when nothing can be written there; and with
 * NULL in `keeper` when none are to be kept. */
bool keeper_open(const struct config_data *config, struct keeper **keeper);

/* Returns the plan for a worker that correlates; of NULL one that keeps nothing. */
struct snapshots_plan keeper_plan(const struct keeper *keeper);

/* Writes what is to be written, and ends. */
void keeper_close(struct keeper *keeper);

#endif
