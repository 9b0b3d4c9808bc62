/* partial: a sequence that has begun: which steps were met, by which events, and what the next
 * one asks for.
 *
 * Owns:    its lists; the events belong to the cell and outlive it.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_PARTIAL_H
#define SEINPOST_CORRELATE_PARTIAL_H

#include "seinpost/base/vector.h"
#include "seinpost/correlate/held.h"

struct partial {
    size_t step;                        /* the next that asks for an event, or the last `not` */
    VECTOR(const struct held *) events; /* of the steps met, in content order */
    VECTOR(size_t) steps;               /* for each event: its step */
    VECTOR(const struct held *) gathered; /* for a step that asks for several */
    struct instant proven; /* the end of what must stay empty; INSTANT_MIN: none */
};

struct partial *partial_new(void);
void partial_free(struct partial *partial);
struct partial *partial_copy(const struct partial *from);

/* Adds the event by which a step was met. */
void partial_add(struct partial *partial, size_t step, const struct held *event);

const struct held *partial_first(const struct partial *partial);
const struct held *partial_last(const struct partial *partial);

/* Tells whether `a` began after `b`, in content order. */
bool partial_starts_later(const struct partial *a, const struct partial *b);

/* Returns the last instant at which the step that it waits at can be met. */
struct instant partial_deadline(const struct rule *rule, const struct partial *partial);

/* Tells whether the event meets the step: its entry, and what it asks of earlier events. */
bool partial_meets(const struct rule_step *step, const struct partial *partial,
                   const struct held *event);

/* Tells whether the event breaks a `not` that began with the partial's last event. */
bool partial_breaks(const struct rule_step *guard, const struct partial *partial,
                    const struct held *event);

/* Tells whether two at one step differ in a value that this or a later step asks for. */
bool partial_differ(const struct rule *rule, size_t step, const struct partial *a,
                    const struct partial *b);

/* Finds the shortest run of the newest of `events` that meets a step's `count` and `distinct`
 * within its `span`. Returns its first index, or `count`: there is none yet. */
size_t partial_run(const struct rule_step *step, const struct held *const *events,
                   size_t count);

#endif
