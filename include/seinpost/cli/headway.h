/* headway: how far a sequence has come in a group: the furthest that any partial went, what
 * stopped it, and what it still waits for.
 *
 * Owns:    nothing; it lives in the arena given.
 * Thread:  one.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_HEADWAY_H
#define SEINPOST_CLI_HEADWAY_H

#include "seinpost/cli/nearmiss.h"

struct headway;

struct headway *headway_find(struct arena *arena, const struct gathering_group *group,
                             struct instant watermark);

/* Appends what was seen of a step of the rule, and returns how it stands. */
enum nearmiss_state headway_step(const struct headway *headway, size_t step, struct text *seen);

/* Appends until when something is waited for. */
void headway_wait(struct text *seen, struct instant watermark, struct instant until);

#endif
