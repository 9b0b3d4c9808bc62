/* roster: the events of a cell by source and id, so that one that is told twice is found
 * whatever it is dated now. Few events are found without it: it is kept once there are many.
 *
 * Owns:    its slots; the events are the cell's.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_ROSTER_H
#define SEINPOST_CORRELATE_ROSTER_H

#include "seinpost/base/keyed.h"
#include "seinpost/correlate/timeline.h"

struct roster;

/* Returns a roster of all events of the timeline. */
struct roster *roster_new(const struct timeline *timeline);
void roster_free(struct roster *roster);

void roster_add(struct roster *roster, struct held *held);
void roster_remove(struct roster *roster, const struct held *held);

/* Returns the latest event of this source and id that is dated at most `apart_ms` from it, or
 * NULL. */
struct held *roster_find(const struct roster *roster, const struct event_reference *is,
                         int64_t apart_ms);

#endif
