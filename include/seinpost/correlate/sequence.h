/* sequence: partials of a sequence in one group: which steps have been met, by which events.
 *
 * Events come in content order. A partial waits at one step; `latest start wins`, unless
 * partials differ in a value that a later step asks for. A partial with all its events, whose
 * `not` is not yet proven, is *pending* until the watermark has reached the end of what must
 * stay empty.
 *
 * Owns:    its partials; the events belong to the cell and outlive them.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 * Bounded: SEQUENCE_PARTIALS_MAX partials a step; what is thrown out is told as capped.
 */
#ifndef SEINPOST_CORRELATE_SEQUENCE_H
#define SEINPOST_CORRELATE_SEQUENCE_H

#include "seinpost/base/vector.h"
#include "seinpost/correlate/finding.h"

enum {
    SEQUENCE_PARTIALS_MAX = 64
};

struct partial;

/* All zero is a sequence of which nothing was seen. */
struct sequence {
    VECTOR(struct partial *) waiting;
    VECTOR(struct partial *) pending;
    VECTOR(const struct held *) starting; /* events of a first step that asks for several */
    bool capped;
};

typedef void sequence_found(void *context, const struct finding *finding);

/* Takes in the next event. What is complete and needs no proof, or has it at `watermark`, is
 * told. */
void sequence_feed(struct sequence *sequence, const struct rule *rule, const struct held *event,
                   struct instant watermark, sequence_found *found, void *context);

/* Tells the pending ones that end before `before` and at `watermark` or earlier, in order. */
void sequence_conclude(struct sequence *sequence, const struct rule *rule,
                       struct instant watermark, struct instant before, sequence_found *found,
                       void *context);

/* Returns when the next pending one ends, or INSTANT_MAX. */
struct instant sequence_due(const struct sequence *sequence);

/* Returns the last event of that one, when there is one. */
const struct held *sequence_due_event(const struct sequence *sequence);

/* Throws out partials that no event after `instant` can take on. */
void sequence_expire(struct sequence *sequence, const struct rule *rule,
                     struct instant instant);

bool sequence_is_empty(const struct sequence *sequence);

struct sequence sequence_copy(const struct sequence *sequence);
void sequence_free(struct sequence *sequence);

#endif
