/* timeline: events in content order. It grows at its end, seldom in between, and is forgotten
 * from its beginning; none of that costs more for there being many.
 *
 * Owns:    its list; the events are the cell's.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_TIMELINE_H
#define SEINPOST_CORRELATE_TIMELINE_H

#include "seinpost/correlate/held.h"

/* All zero is an empty one. */
struct timeline {
    struct held **items; /* those before `start` are forgotten */
    uint32_t *tags;      /* of the same, behind them in one block: see timeline_find() */
    size_t start;
    size_t count;
    size_t room;
};

void timeline_free(struct timeline *timeline);

/* Returns the event at an index below `count`. */
struct held *timeline_at(const struct timeline *timeline, size_t index);

/* Returns all of them. */
const struct held *const *timeline_events(const struct timeline *timeline);

/* Returns the index at which the event of this reference stands, or would. */
size_t timeline_index(const struct timeline *timeline, const struct event_reference *is);

/* Tells whether two events are dated at most `apart_ms` from each other. */
bool timeline_near(const struct event_reference *a, const struct event_reference *b,
                   int64_t apart_ms);

/* Returns the index of the latest event with the same source and id that is dated at most
 * `apart_ms` from it, or `count`. Looks through all, but at their tags alone. */
size_t timeline_find(const struct timeline *timeline, const struct event_reference *is,
                     int64_t apart_ms);

/* Returns the index of the first event dated after `instant`. */
size_t timeline_after(const struct timeline *timeline, struct instant instant);

/* Puts the event before the one at `index`, which is at most `count`. */
void timeline_insert(struct timeline *timeline, size_t index, struct held *held);
void timeline_remove(struct timeline *timeline, size_t index);

/* Takes out the first `count`. */
void timeline_forget(struct timeline *timeline, size_t count);

#endif
