/* component: what hangs together with one link of a graph, and its figures: how many
 * identities, of how many sectors, stages and indicators, how long it would still be so as its
 * oldest links leave, and which identities hold it together.
 *
 * An identity with more links than the hub limit joins nobody: it is no member. Of a component
 * with more members than it may have, those nearest to the link are looked at.
 *
 * Owns:    its lists, until component_free().
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 * Bounded: `members_max` identities, and the links that they have.
 */
#ifndef SEINPOST_NETWORK_COMPONENT_H
#define SEINPOST_NETWORK_COMPONENT_H

#include "seinpost/base/vector.h"
#include "seinpost/network/graph.h"

struct component_bounds {
    size_t hub_limit;
    size_t members_max;
};

struct component_figures {
    size_t members; /* identities */
    size_t links;
    struct graph_traits traits; /* of all of them */
};

/* All zero is an empty one. */
struct component {
    VECTOR(size_t) links; /* ascending */
    VECTOR(struct graph_node *) members;
    VECTOR(struct graph_node *) keystones; /* ordered by bytes: keystone_find() */
    size_t hubs;                           /* identities that are no members */
    bool capped;                           /* there are more members than it may have */
};

void component_free(struct component *component);

/* Finds the component of a link. */
void component_find(struct component *component, struct graph *graph, size_t link,
                    struct component_bounds bounds);

/* Tells whether these figures suffice. More of any never makes it false. */
typedef bool component_enough(void *context, const struct component_figures *figures);

/* Links leave in their order. Returns how many of the component's links may leave, the oldest
 * first, so that a part of the rest still suffices; SIZE_MAX: all of it does not. What was
 * found must be as it was. */
size_t component_spare(const struct component *component, const struct graph *graph,
                       component_enough *enough, void *context);

struct component_figures component_figures(const struct component *component,
                                           const struct graph *graph);

/* Tells whether the identity has more links than the limit. */
bool component_is_hub(const struct graph_node *node, struct component_bounds bounds);

#endif
