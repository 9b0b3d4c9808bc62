/* proof: whether the replay of a partition came to the alerts that its last owner said last
 * (tail.h). When the log begins later than it did for that owner, what is missing happened up
 * to some instant: the newest that any source's first watermark in the log speaks of. Only
 * changes that need nothing of that time are compared, so that a log whose oldest part was
 * deleted is no false alarm.
 *
 * Owns:    what was said, and which sources were heard of.
 * Thread:  one worker's.
 * Fails:   never.
 */
#ifndef SEINPOST_STAGE_PROOF_H
#define SEINPOST_STAGE_PROOF_H

#include "seinpost/correlate/store.h"
#include "seinpost/stage/tail.h"

struct table;

/* All zero asks for nothing. */
struct proof {
    bool asks;      /* something was said under the same rules and version */
    int64_t begins; /* where the log began for who said it */
    bool moved;     /* the log begins later than it did */
    struct tail said;
    struct instant gone; /* nothing later is missing */
    struct table *heard; /* source and partition, once a watermark told of them */
};

/* A watermark of the replay. */
void proof_watermark(struct proof *proof, const struct watermark *watermark);

/* Tells whether the replay, which is at its end, came to what was said. */
bool proof_holds(const struct proof *proof, const struct tail *replayed,
                 const struct store *store);

void proof_free(struct proof *proof);

#endif
