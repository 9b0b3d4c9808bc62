/* unlike: in what two records of one alert differ, in words.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_UNLIKE_H
#define SEINPOST_CLI_UNLIKE_H

#include "seinpost/alert/alert.h"

/* Returns the first field that is other, as `metrics: published X, now Y`, in the arena; empty:
 * none that people see. */
struct slice unlike_first(struct arena *arena, const struct alert *published,
                          const struct alert *now);

#endif
