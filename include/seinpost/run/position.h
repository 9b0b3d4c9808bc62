/* position: how far a worker has read one of its input partitions, and whether it waits there
 * for a schema that cannot be had now. Who waits is told as trouble.
 *
 * Owns:    nothing.
 * Thread:  the worker's.
 * Fails:   never.
 */
#ifndef SEINPOST_RUN_POSITION_H
#define SEINPOST_RUN_POSITION_H

#include "seinpost/port/record.h"

struct position {
    struct record_partition partition;
    int64_t start; /* of the replay */
    int64_t live;  /* its end */
    int64_t next;
    int64_t committed; /* by whoever owned it last, then by us */
    uint64_t metadata; /* hash of what was committed with it */
    uint64_t next_metadata;
    bool stopped;    /* the stage refused it: it is read no more, and others go on */
    int64_t hold_ms; /* it waits for a schema, and for so long; 0: it does not */
    bool is_rewound; /* the rest of the batch is not its turn any more */
};

/* Returns that of a partition among some, or NULL. */
struct position *position_find(struct position *items, size_t count,
                               struct record_partition partition);

/* The stage refused it, for a reason that is a short name. */
void position_stop(struct position *position, const char *reason);

/* Lets it wait, each time twice as long, before it comes back to the offset. */
void position_hold(struct position *position, int64_t offset);

/* It waits no more. */
void position_release(struct position *position);

/* It is not ours any more, nor is its trouble. */
void position_end(struct position *position);

#endif
