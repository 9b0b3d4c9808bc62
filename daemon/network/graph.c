#include "seinpost/network/graph.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/table.h"
#include "seinpost/base/vector.h"

#include <string.h>

/* Links are numbered as they stand: the oldest has `first`, the newest the highest number. */
struct graph_node {
    struct slice identity;
    int64_t *links; /* their numbers, ascending; those before `start` are not there any more */
    size_t start;
    size_t count;
    size_t room;
    uint64_t walk;
    size_t number;
};

struct joint {
    struct graph_node **nodes;
    size_t nodes_count;
    struct graph_traits traits;
    uint64_t walk;
    size_t number;
};

struct graph {
    struct table *nodes;
    struct joint *joints; /* those before `start` are not there any more */
    size_t start;
    size_t count;
    size_t room;
    int64_t first;
    uint64_t walk;
};

struct graph *graph_new(void)
{
    struct graph *graph = calloc(1, sizeof *graph);

    ENSURE_MEMORY(graph != NULL);
    graph->nodes = table_new();
    return graph;
}

void graph_free(struct graph *graph)
{
    if (graph == NULL) {
        return;
    }
    while (graph->count > 0) {
        graph_pop(graph);
    }
    ENSURE(table_count(graph->nodes) == 0);
    table_free(graph->nodes);
    free(graph->joints);
    free(graph);
}

/* Where the room before `start` ends or that behind the last, all is laid out anew with half of
 * the room that is free on either side. */
static void *lay_out(void *items, size_t size, size_t *start, size_t count, size_t *room)
{
    const size_t wanted = 2 * count + 8;
    const size_t place = (wanted - count) / 2;
    char *copy = calloc(wanted, size);

    ENSURE_MEMORY(copy != NULL);
    if (count > 0) {
        memcpy(copy + place * size, (const char *)items + *start * size, count * size);
    }
    free(items);
    *start = place;
    *room = wanted;
    return copy;
}

static struct graph_node *node_of(struct graph *graph, struct slice identity)
{
    struct graph_node *node = table_get(graph->nodes, identity);

    if (node == NULL) {
        node = calloc(1, sizeof *node + identity.size);
        ENSURE_MEMORY(node != NULL);
        node->identity = identity;
        node->identity.data =
            identity.size == 0 ? "" : memcpy((char *)(node + 1), identity.data, identity.size);
        table_put(graph->nodes, node->identity, node);
    }
    return node;
}

static void release(struct graph *graph, struct graph_node *node)
{
    if (node->count == 0) {
        (void)table_remove(graph->nodes, node->identity);
        free(node->links);
        free(node);
    }
}

/* The nodes of a link, ordered by their bytes. */
static struct joint joint_of(struct graph *graph, const struct graph_link *link)
{
    struct joint joint = {.traits = link->traits};

    joint.nodes = calloc(link->identities_count + 1, sizeof(struct graph_node *));
    ENSURE_MEMORY(joint.nodes != NULL);
    for (size_t i = 0; i < link->identities_count; i++) {
        struct graph_node *node = node_of(graph, link->identities[i]);
        size_t at = joint.nodes_count;
        while (at > 0 && slice_compare(joint.nodes[at - 1]->identity, node->identity) > 0) {
            at--;
        }
        if (at > 0 && joint.nodes[at - 1] == node) {
            continue;
        }
        memmove(joint.nodes + at + 1, joint.nodes + at,
                (joint.nodes_count - at) * sizeof(struct graph_node *));
        joint.nodes[at] = node;
        joint.nodes_count++;
    }
    return joint;
}

void graph_push(struct graph *graph, const struct graph_link *link)
{
    const struct joint joint = joint_of(graph, link);
    const int64_t number = graph->first + (int64_t)graph->count;

    if (graph->start + graph->count == graph->room) {
        graph->joints =
            lay_out(graph->joints, sizeof joint, &graph->start, graph->count, &graph->room);
    }
    graph->joints[graph->start + graph->count++] = joint;
    for (size_t i = 0; i < joint.nodes_count; i++) {
        struct graph_node *node = joint.nodes[i];
        if (node->start + node->count == node->room) {
            node->links =
                lay_out(node->links, sizeof number, &node->start, node->count, &node->room);
        }
        node->links[node->start + node->count++] = number;
    }
}

void graph_unshift(struct graph *graph, const struct graph_link *link)
{
    const struct joint joint = joint_of(graph, link);

    if (graph->start == 0) {
        graph->joints =
            lay_out(graph->joints, sizeof joint, &graph->start, graph->count, &graph->room);
    }
    graph->joints[--graph->start] = joint;
    graph->count++;
    graph->first--;
    for (size_t i = 0; i < joint.nodes_count; i++) {
        struct graph_node *node = joint.nodes[i];
        if (node->start == 0) {
            node->links = lay_out(node->links, sizeof graph->first, &node->start, node->count,
                                  &node->room);
        }
        node->links[--node->start] = graph->first;
        node->count++;
    }
}

void graph_pop(struct graph *graph)
{
    ENSURE(graph->count > 0);

    const struct joint joint = graph->joints[graph->start + --graph->count];
    for (size_t i = 0; i < joint.nodes_count; i++) {
        joint.nodes[i]->count--;
        release(graph, joint.nodes[i]);
    }
    free(joint.nodes);
}

void graph_shift(struct graph *graph)
{
    ENSURE(graph->count > 0);

    const struct joint joint = graph->joints[graph->start++];
    graph->count--;
    graph->first++;
    for (size_t i = 0; i < joint.nodes_count; i++) {
        joint.nodes[i]->start++;
        joint.nodes[i]->count--;
        release(graph, joint.nodes[i]);
    }
    free(joint.nodes);
}

size_t graph_count(const struct graph *graph)
{
    return graph->count;
}

static struct joint *joint_at(const struct graph *graph, size_t link)
{
    ENSURE(link < graph->count);
    return &graph->joints[graph->start + link];
}

const struct graph_traits *graph_traits(const struct graph *graph, size_t link)
{
    return &joint_at(graph, link)->traits;
}

struct graph_node *const *graph_nodes(const struct graph *graph, size_t link, size_t *count)
{
    const struct joint *joint = joint_at(graph, link);

    *count = joint->nodes_count;
    return joint->nodes;
}

struct slice graph_identity(const struct graph_node *node)
{
    return node->identity;
}

size_t graph_links(const struct graph_node *node)
{
    return node->count;
}

size_t graph_link_at(const struct graph *graph, const struct graph_node *node, size_t index)
{
    ENSURE(index < node->count);
    return (size_t)(node->links[node->start + index] - graph->first);
}

void graph_walk(struct graph *graph)
{
    graph->walk++;
}

bool graph_is_met(const struct graph *graph, const struct graph_node *node, size_t *number)
{
    *number = node->number;
    return node->walk == graph->walk;
}

void graph_meet(struct graph *graph, struct graph_node *node, size_t number)
{
    node->walk = graph->walk;
    node->number = number;
}

bool graph_link_is_met(const struct graph *graph, size_t link, size_t *number)
{
    const struct joint *joint = joint_at(graph, link);

    *number = joint->number;
    return joint->walk == graph->walk;
}

void graph_meet_link(struct graph *graph, size_t link, size_t number)
{
    struct joint *joint = joint_at(graph, link);

    joint->walk = graph->walk;
    joint->number = number;
}
