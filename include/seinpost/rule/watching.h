/* watching: the kinds of rule that watch one field from event to event: velocity, change and
 * first_seen.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults E204 to E208, E213, E304, E310, E313.
 */
#ifndef SEINPOST_RULE_WATCHING_H
#define SEINPOST_RULE_WATCHING_H

#include "seinpost/rule/build.h"

/* The metrics of velocity, by their indexes. */
enum {
    WATCHING_SPEED,
    WATCHING_DISTANCE,
};

/* Reads a rule of these kinds from its correlation. */
void watching_read(struct build *build);

#endif
