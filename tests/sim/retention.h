/* retention: how much of a match partition's log its rules still need, by what stands in it.
 *
 * Owns:    nothing.
 * Thread:  one.
 * Fails:   never.
 */
#ifndef SIM_RETENTION_H
#define SIM_RETENTION_H

#include "world.h"

/* Returns the first offset that must be kept for a replay up to what is committed to give the
 * same state. Kept are the reports that brought each source where it is (ingest tells them
 * again long before a real broker forgets them), and all matches of a rule and key that may
 * still count: those from the last time on that nothing of them mattered any more. */
int64_t retention_needed(const struct world *world, int32_t partition);

/* Expires what ingest has read, and what is not needed, in each match partition; or when the
 * run says so, anything that lies before what the group has committed. */
void retention_pass(struct world *world);

#endif
