/* cell_groups: the places of groups in a cell, and which of them an event is in. When all are
 * taken, those that no event, no alert and nothing that may become due knows of are given to
 * others.
 *
 * Owns:    nothing; the cell owns its groups.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 * Bounded: CELL_GROUPS_MAX places.
 */
#ifndef SEINPOST_CORRELATE_CELL_GROUPS_H
#define SEINPOST_CORRELATE_CELL_GROUPS_H

#include "seinpost/correlate/cell_body.h"
#include "seinpost/correlate/tuples.h"

/* Indices of the cell's groups that one event is in, the smallest group first. */
struct cell_groups {
    uint32_t groups[TUPLES_MAX];
    size_t count;
};

/* Finds or makes the groups of an event. Those that there is no room for are left out. */
struct cell_groups cell_groups_find(struct cell *cell, const struct cell_event *event);

#endif
