/* telling: what subscribers are told: how the alerts of a cell differ from what was told of
 * them before.
 *
 * Owns:    nothing.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_TELLING_H
#define SEINPOST_CORRELATE_TELLING_H

#include "seinpost/correlate/group.h"

enum change_state {
    CHANGE_OPENED,
    CHANGE_UPDATED,
    CHANGE_CLOSED,
    CHANGE_RETRACTED,
    CHANGE_SUPERSEDED, /* its rule has changed or is gone; no cell tells it by itself */
};

/* What became of an alert. Valid while it is told. */
struct change {
    enum change_state state;
    const struct rule *rule;
    const struct value *group; /* one value for each element of group-by */
    const struct episode *episode;
    const struct episode *before; /* as it was told last; NULL: never */
    struct instant at;            /* of the event that caused it, or when it was due */
    bool late;
    bool capped; /* its rule had no room for a match that might matter */
};

/* Returns whether subscribers have the alert from now on: episode.said. */
typedef bool cell_tell(void *context, const struct change *change);

struct telling {
    const struct rule *rule;
    struct group *const *groups; /* of the cell, by index */
    cell_tell *tell;
    void *context;
    struct instant watermark;
    struct instant cause; /* of the event that made the difference; INSTANT_MIN: it was time */
    bool late;
};

/* Tells what is new in a course that went on: openings, updates, closings. */
void telling_course(const struct telling *telling, struct course *head);

/* Tells how a rebuilt course differs from the one before. */
void telling_difference(const struct telling *telling, struct course *head,
                        const struct course *before);

/* Tells each alert that was opened and is not closed, as superseded. */
void telling_open(const struct telling *telling, struct course *head);

#endif
