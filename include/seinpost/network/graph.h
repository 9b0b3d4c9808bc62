/* graph: the links of a stretch of time, and the identities that they share. A link is an event
 * with its identities; two links that have one in common hang together (component.h).
 *
 * It follows a window: links come in at either end and leave at either end, and none of that
 * costs more for there being many. What it is hangs on the links that are in it, and never on
 * how they came in.
 *
 * Owns:    its links, and copies of their identities.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_NETWORK_GRAPH_H
#define SEINPOST_NETWORK_GRAPH_H

#include "seinpost/base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct graph;
struct graph_node;

/* What one link adds to the figures of its component. */
struct graph_traits {
    unsigned sectors;    /* mask */
    unsigned stages;     /* mask */
    uint64_t indicators; /* mask: the rules whose alert the link is */
};

struct graph_link {
    const struct slice *identities; /* one that stands there twice is one */
    size_t identities_count;
    struct graph_traits traits;
};

struct graph *graph_new(void);
void graph_free(struct graph *graph);

/* Adds a link behind the newest, or before the oldest. */
void graph_push(struct graph *graph, const struct graph_link *link);
void graph_unshift(struct graph *graph, const struct graph_link *link);

/* Takes out the newest, or the oldest: there is one. */
void graph_pop(struct graph *graph);
void graph_shift(struct graph *graph);

/* Returns how many links there are. They are named by their place, the oldest by 0. */
size_t graph_count(const struct graph *graph);

const struct graph_traits *graph_traits(const struct graph *graph, size_t link);

/* Returns the identities of a link, ordered by their bytes, and how many they are. */
struct graph_node *const *graph_nodes(const struct graph *graph, size_t link, size_t *count);

struct slice graph_identity(const struct graph_node *node);

/* Returns how many links have the identity, and the place of the `index`th of them. */
size_t graph_links(const struct graph_node *node);
size_t graph_link_at(const struct graph *graph, const struct graph_node *node, size_t index);

/* A walk marks what it has met with numbers of its own. A walk ends where the next one begins.
 */
void graph_walk(struct graph *graph);
bool graph_is_met(const struct graph *graph, const struct graph_node *node, size_t *number);
void graph_meet(struct graph *graph, struct graph_node *node, size_t number);
bool graph_link_is_met(const struct graph *graph, size_t link, size_t *number);
void graph_meet_link(struct graph *graph, size_t link, size_t number);

#endif
