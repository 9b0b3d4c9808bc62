/* absence: events of one group that wait for an answer, until the watermark proves that none
 * came.
 *
 * Owns:    its list; the events belong to the cell and outlive their waiting.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_ABSENCE_H
#define SEINPOST_CORRELATE_ABSENCE_H

#include "seinpost/base/vector.h"
#include "seinpost/correlate/sequence.h"

/* Begin with absence_empty(). */
struct absence {
    VECTOR(const struct held *) waiting; /* in content order */
    struct instant answered;             /* the newest answer; INSTANT_MIN: none */
};

struct absence absence_empty(void);

/* Takes in the next event in content order. Returns true when it is an answer: what was found
 * missing is so no more. */
bool absence_feed(struct absence *absence, const struct rule *rule, const struct held *event);

/* Tells those whose time is over before `before` and at `watermark` or earlier, in order. */
void absence_conclude(struct absence *absence, const struct rule *rule,
                      struct instant watermark, struct instant before, sequence_found *found,
                      void *context);

/* Returns when the time of the next one is over, or INSTANT_MAX. */
struct instant absence_due(const struct absence *absence, const struct rule *rule);

/* Returns its event, when there is one. */
const struct held *absence_due_event(const struct absence *absence);

struct absence absence_copy(const struct absence *absence);
void absence_free(struct absence *absence);

#endif
