/* joining: `link`: which events hang together by the identities that they share, and which case
 * each of them is part of.
 *
 * A rule's events of the window are links of a graph. At each of them the component that it is
 * in is judged. A component that suffices is a case: the one that was open already for any of
 * its links, or a new one. Where several were open they grew together: the one that opened
 * first goes on, the others end there. An identity that becomes a hub may cut a case in two:
 * it is judged anew then.
 *
 * Owns:    its graph, and which link is part of which case; the events belong to the cell.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_JOINING_H
#define SEINPOST_CORRELATE_JOINING_H

#include "seinpost/correlate/course.h"
#include "seinpost/correlate/window.h"

struct graph;

/* All zero: nothing was fed yet. */
struct joining {
    VECTOR(size_t) cases; /* by the event: the case's group in the course, or JOINING_NONE */
    struct graph *graph;  /* NULL: it is not built */
    size_t first;         /* the event that is its oldest link */
};

#define JOINING_NONE SIZE_MAX

enum {
    JOINING_CASES_MAX = 1000000 /* that a snapshot may tell of */
};

/* The events of the group, so many of which have been fed, the newest just now. */
struct joining_feed {
    const struct rule *rule;
    struct course *course;
    const struct held *const *events;
    size_t fed;
};

/* Judges the newest event, and tells the course. */
void joining_take(struct joining *joining, const struct joining_feed *feed);

/* The event at `index` is taken out of the group's timeline, or one put before it. */
void joining_cut(struct joining *joining, size_t index);

/* The first `count` events are forgotten. */
void joining_forget(struct joining *joining, size_t count);

/* Goes back to where another one is. */
void joining_restart(struct joining *joining, const struct joining *from);

void joining_free(struct joining *joining);

/* Measures the component of the newest event and tells nobody: the feed needs no course.
 * `measures` has room for the rule's metrics. */
void joining_measure(struct joining *joining, const struct joining_feed *feed,
                     struct measure *measures);

#endif
