/* cell: all that one rule knows of one key: the events that still matter, in content order, and
 * the course of its alerts.
 *
 * Its alerts are a pure function of its events and of the watermark. There are two courses: the
 * *settled* one, of events that the watermark has passed and nothing can change any more, and
 * the *head*, which goes on from there through all events. An event that comes in order is fed
 * to the head; one that comes late has the head rebuilt from the settled course around it. What
 * is told is the difference between the head and what was told before.
 *
 * Owns:    its events, groups and courses.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_CELL_H
#define SEINPOST_CORRELATE_CELL_H

#include "seinpost/base/heap.h"
#include "seinpost/correlate/telling.h"

struct cell;

/* Returns an empty cell. `key` is what the store finds it by. */
struct cell *cell_new(const struct rule *rule, struct slice key);
void cell_free(struct cell *cell);

/* The rule as another program has it, with the same meaning. */
void cell_rebind(struct cell *cell, const struct rule *rule);

struct slice cell_key(const struct cell *cell);

/* Its place in the rule's deadlines, and back. */
struct heap_node *cell_node(struct cell *cell);
struct cell *cell_of_node(struct heap_node *node);
bool cell_first(const struct heap_node *a, const struct heap_node *b);

/* One event of the cell, in groups with these values: `groups_count` tuples of the rule's
 * group-by. */
struct cell_event {
    struct held *held;
    const struct value *groups;
    size_t groups_count;
    bool settles; /* as of cell_advance() */
};

/* Takes in an event, which then is the cell's, and tells what changes. */
void cell_add(struct cell *cell, struct cell_event event, struct instant watermark,
              cell_tell *tell, void *context);

/* The event is one no more. */
void cell_withdraw(struct cell *cell, const struct event_reference *is,
                   struct instant watermark, cell_tell *tell, void *context);

/* The watermark has risen: concludes what is due, and tells it. With `settles`, what it has
 * passed is settled and forgotten as far as it can be. */
void cell_advance(struct cell *cell, struct instant watermark, bool settles, cell_tell *tell,
                  void *context);

/* Returns when the cell must be advanced next, or INSTANT_MAX. */
struct instant cell_due(const struct cell *cell, struct instant watermark, bool settles);

/* Tells whether the cell knows nothing any more. */
bool cell_is_empty(const struct cell *cell);

size_t cell_events_count(const struct cell *cell);

/* Tells each alert that was opened and is not closed, as superseded. What the call returns is
 * kept in episode.said. Alerts of single events are never open. */
void cell_each_open(struct cell *cell, cell_tell *tell, void *context);

/* Tells whether it knows an alert that was told muted only, and never said. */
bool cell_unsaid(const struct cell *cell);

#endif
