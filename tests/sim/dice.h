/* dice: chance that can be had again: all of a run follows from one seed.
 *
 * Each part of a run has a stream of its own, so that leaving out one part (the last events,
 * the last faults) leaves the others as they were: so a failing run is made smaller.
 *
 * Owns:    nothing.
 * Thread:  the owner's.
 * Fails:   never.
 */
#ifndef SIM_DICE_H
#define SIM_DICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

struct dice dice_of(uint64_t seed, uint64_t stream);

uint64_t dice_next(struct dice *dice);

/* Returns a number from 0 to `count` - 1. */
int64_t dice_below(struct dice *dice, int64_t count);

/* Returns a number from `least` to `most`. */
int64_t dice_between(struct dice *dice, int64_t least, int64_t most);

/* Returns true so often in a thousand times. */
bool dice_hits(struct dice *dice, int64_t per_mille);

#endif
