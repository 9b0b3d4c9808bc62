/* snapshots: when a worker's states are kept, and when it goes on from what was kept.
 *
 * A state is kept only when all that it has made is committed: so no start can go on from one
 * that is ahead of the log. What is kept is a shortcut: it is refused for any doubt, and then
 * the log is read.
 *
 * Owns:    what it knows of each partition; the stage and the ports belong to the caller.
 * Thread:  the worker's.
 * Fails:   never.
 */
#ifndef SEINPOST_RUN_SNAPSHOTS_H
#define SEINPOST_RUN_SNAPSHOTS_H

#include "seinpost/port/snapshot.h"
#include "seinpost/port/steady.h"
#include "seinpost/stage/stage.h"

#include <stddef.h>

/* All zero: nothing is kept. */
struct snapshots_plan {
    struct snapshot port;
    int64_t every_ms; /* so long apart are those of one partition */
    size_t size_max;  /* bytes of one */
    size_t piece;     /* so many bytes of it are written a turn, while the worker goes on */
};

struct snapshots;

struct snapshots *snapshots_new(const struct stage *stage, const struct snapshots_plan *plan,
                                const struct steady *clock);
void snapshots_free(struct snapshots *snapshots);

/* A partition was taken over by the stage, which now takes over what is kept of it. Returns the
 * first offset that it must be given, or `start`: there is nothing that fits. */
int64_t snapshots_assigned(struct snapshots *snapshots, struct record_partition partition,
                           int64_t start);

/* Whether the stage found that what it took over was of another log; it is thrown away. The
 * worker must start anew. */
bool snapshots_misled(struct snapshots *snapshots);

/* All records of a partition before `next` have been read, and what was made of them is
 * committed; below 0: not all. Begins to keep the state when it is time to, and goes on with
 * what was begun. Returns whether it did: it is enough for a turn. */
bool snapshots_look(struct snapshots *snapshots, struct record_partition partition,
                    int64_t next);

/* The same before the partition is given up: when that takes no time worth mentioning. */
void snapshots_revoked(struct snapshots *snapshots, struct record_partition partition,
                       int64_t next);

/* The same before the worker's end, which must not take long: false when there is no time left
 * for more. */
bool snapshots_ends(struct snapshots *snapshots, struct record_partition partition,
                    int64_t next);

/* Waits until all is kept, or time is up. */
void snapshots_finish(struct snapshots *snapshots);

#endif
