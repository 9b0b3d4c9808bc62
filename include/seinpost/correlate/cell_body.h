/* cell_body: what a cell is made of, for cell.c and the snapshot of it alone.
 *
 * Owns:    nothing.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_CELL_BODY_H
#define SEINPOST_CORRELATE_CELL_BODY_H

#include "seinpost/correlate/cell.h"
#include "seinpost/correlate/roster.h"

struct cell {
    struct heap_node node; /* first, so that a node is its cell */
    const struct rule *rule;
    struct slice key;
    struct timeline members;
    struct roster *roster; /* NULL: they are few */
    VECTOR(struct group *) groups;
    struct course settled;
    struct course head;
    struct instant settled_at;
    size_t saving; /* its place among those that are being saved, from 1; 0: it is not */
};

#endif
