/* supervisor: keeps workers turning, each in a thread of its own.
 *
 * A worker that says STOP is thrown away with all it knows, and made anew after a pause that
 * grows from one second to a minute: its state comes back from the log.
 *
 * Rules and lists come in editions: a running worker goes over to the newest between two turns,
 * and may work by older ones for a while.
 *
 * Owns:    the threads.
 * Thread:  one starts and stops it; the questions may be asked by any.
 * Fails:   never; a worker that cannot be made is tried again.
 */
#ifndef SEINPOST_RUN_SUPERVISOR_H
#define SEINPOST_RUN_SUPERVISOR_H

#include "seinpost/port/halt.h"
#include "seinpost/run/worker.h"

struct supervisor;

/* What a worker is made of. */
struct supervisor_kit {
    struct stage_edition edition; /* the newest, to make the stage with */
    struct stage stage;
    struct worker_ports ports; /* the clock is the supervisor's */
    struct halt halt;          /* likewise: what waits for the world asks it */
};

/* A worker to be kept turning. Both are called by its thread. */
struct supervisor_worker {
    const char *name; /* as `ingest-0` */
    void *context;
    enum outcome (*make)(void *context, struct supervisor_kit *kit);
    void (*unmake)(void *context,
                   struct supervisor_kit *kit); /* only after a make that was OK */
    int64_t call_ms_max; /* when a call of its producer takes longer, the process ends; 0: never
                          */
};

/* Starts all. Block signals before: the threads are not to take them. */
struct supervisor *supervisor_start(const struct supervisor_worker *workers, size_t count,
                                    const struct stage_edition *edition);

/* Gives out a new edition. */
void supervisor_adopt(struct supervisor *supervisor, const struct stage_edition *edition);

/* Returns the number of the oldest edition in use: those before it may be freed. */
uint64_t supervisor_edition(struct supervisor *supervisor);

/* Tells whether every worker has joined its group and is live. */
bool supervisor_is_ready(const struct supervisor *supervisor);

/* Tells whether every worker has turned within the last minutes; one that has not hangs. */
bool supervisor_is_healthy(const struct supervisor *supervisor);

/* Lets each end its turn, which commits it, and frees all. When that does not come to an end
 * within 5 s, as no broker answers, the process ends without: its transaction is void, and what
 * it had read is read again. */
void supervisor_stop(struct supervisor *supervisor);

#endif
