/* lanes: the times of a group's events by what they are to a score: each entry that they meet,
 * each sector and each stage has a lane, so that what is rare is found without going through
 * what is frequent.
 *
 * Owns:    its times.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_LANES_H
#define SEINPOST_CORRELATE_LANES_H

#include "seinpost/base/vector.h"
#include "seinpost/correlate/timeline.h"

enum lane_of {
    LANE_ENTRY,
    LANE_SECTOR,
    LANE_STAGE,
};

struct lane {
    enum lane_of of;
    unsigned number; /* of the entry, or the bit in its mask */
    VECTOR(int64_t) times;
    size_t start; /* those before are forgotten */
};

struct lanes {
    VECTOR(struct lane) items;
};

/* How many of each lane's times, from `start` on, are of events that were fed. */
struct lanes_fed {
    VECTOR(size_t) counts;
};

/* Returns the lanes of all events. */
struct lanes *lanes_new(const struct timeline *events);
void lanes_free(struct lanes *lanes);

/* Puts an event in, or takes it out. */
void lanes_add(struct lanes *lanes, const struct held *held);
void lanes_remove(struct lanes *lanes, const struct held *held);

/* The oldest event is forgotten. */
void lanes_forget(struct lanes *lanes, const struct held *held);

/* The next event is fed, or the oldest that was is forgotten. */
void lanes_feed(const struct lanes *lanes, struct lanes_fed *fed, const struct held *held);
void lanes_unfeed(const struct lanes *lanes, struct lanes_fed *fed, const struct held *held);

/* Sets one as far as the other. */
void lanes_copy_fed(struct lanes_fed *to, const struct lanes_fed *from);

#endif
