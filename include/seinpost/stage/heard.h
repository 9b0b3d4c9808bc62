/* heard: what the desks have of one match partition's alerts, against what its state knows: the
 * difference is what a changed rule leaves open behind it.
 *
 * Owns:    copies of the alerts that are open.
 * Thread:  one worker's.
 * Fails:   never.
 */
#ifndef SEINPOST_STAGE_HEARD_H
#define SEINPOST_STAGE_HEARD_H

#include "seinpost/alert/alert.h"

struct arena;
struct heard;

struct heard *heard_new(void);
void heard_free(struct heard *heard);

/* The desks have this record of an alert; the last one counts. */
void heard_put(struct heard *heard, const struct alert *alert);

/* The desks have nothing of it any more: it was purged. */
void heard_drop(struct heard *heard, struct slice id);

/* Tells whether the desks have the alert, and notes that the state knows it as open, or not. */
bool heard_know(struct heard *heard, struct digest id, bool open);

/* Returns the alerts that are open at the desks and unknown to the state, ordered by id. */
size_t heard_lost(const struct heard *heard, struct arena *arena, struct alert **alerts);

#endif
