/* moving: the totals of a run of a group's events that moves along: it takes in events at its
 * new end and lets go of them at its old one, and goes back when a late event asks for it. What
 * it costs is how far it moves, not how much is in it.
 *
 * It stands for a part of the group's timeline, given by indexes; before an event of that part
 * is taken out of the timeline, or others are forgotten, it must be told.
 *
 * Owns:    its totals and copies of values.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_MOVING_H
#define SEINPOST_CORRELATE_MOVING_H

#include "seinpost/correlate/totals.h"

struct moving;

/* Tells whether all metrics of the rule can be kept so: in what order entries were met cannot.
 */
bool moving_fits(const struct rule *rule);

/* Returns one that stands for no events, at index 0. */
struct moving *moving_new(const struct rule *rule);
void moving_free(struct moving *moving);

/* Goes to the events from index `first` on, before index `end`. */
void moving_to(struct moving *moving, const struct held *const *events, size_t first,
               size_t end);

/* Tells whether going back costs no more than going on: else it begins anew. */
bool moving_goes_back(const struct moving *moving);

size_t moving_first(const struct moving *moving);
size_t moving_end(const struct moving *moving);

/* Lets go of events from `index` on. */
void moving_cut(struct moving *moving, const struct held *const *events, size_t index);

/* Lets go of the first `count` of all events, and counts the others anew. */
void moving_forget(struct moving *moving, const struct held *const *events, size_t count);

/* Writes one measure for each metric of the rule. */
void moving_measure(const struct moving *moving, struct measure *measures);

/* Tells whether an amount that the metric adds is below zero. */
bool moving_has_negative(const struct moving *moving, size_t metric);

#endif
