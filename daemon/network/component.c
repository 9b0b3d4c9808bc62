#include "seinpost/network/component.h"

#include "seinpost/base/ensure.h"

bool component_is_hub(const struct graph_node *node, struct component_bounds bounds)
{
    return graph_links(node) > bounds.hub_limit;
}

void component_free(struct component *component)
{
    VECTOR_FREE(&component->links);
    VECTOR_FREE(&component->members);
    VECTOR_FREE(&component->keystones);
}

/* Hubs are counted once; their numbers are none of a member. */
static void meet_node(struct component *component, struct graph *graph, struct graph_node *node,
                      struct component_bounds bounds)
{
    size_t number = 0;

    if (graph_is_met(graph, node, &number)) {
        return;
    }
    if (component_is_hub(node, bounds)) {
        component->hubs++;
        graph_meet(graph, node, SIZE_MAX);
    } else if (component->members.count == bounds.members_max) {
        component->capped = true;
        graph_meet(graph, node, SIZE_MAX);
    } else {
        graph_meet(graph, node, component->members.count);
        VECTOR_PUSH(&component->members, node);
    }
}

static void meet_link(struct component *component, struct graph *graph, size_t link,
                      struct component_bounds bounds)
{
    size_t count = 0;

    if (graph_link_is_met(graph, link, &count)) {
        return;
    }
    graph_meet_link(graph, link, component->links.count);
    VECTOR_PUSH(&component->links, link);
    struct graph_node *const *nodes = graph_nodes(graph, link, &count);
    for (size_t i = 0; i < count; i++) {
        meet_node(component, graph, nodes[i], bounds);
    }
}

static int compare_links(const void *a, const void *b)
{
    const size_t left = *(const size_t *)a;
    const size_t right = *(const size_t *)b;

    return left < right ? -1 : left > right;
}

/* Breadth first: what is nearest to the link is met first. */
void component_find(struct component *component, struct graph *graph, size_t link,
                    struct component_bounds bounds)
{
    component->links.count = 0;
    component->members.count = 0;
    component->keystones.count = 0;
    component->hubs = 0;
    component->capped = false;
    graph_walk(graph);
    meet_link(component, graph, link, bounds);
    for (size_t i = 0; i < component->members.count; i++) {
        const struct graph_node *node = component->members.items[i];
        for (size_t j = 0; j < graph_links(node); j++) {
            meet_link(component, graph, graph_link_at(graph, node, j), bounds);
        }
    }
    qsort(component->links.items, component->links.count, sizeof(size_t), compare_links);
    for (size_t i = 0; i < component->links.count; i++) {
        graph_meet_link(graph, component->links.items[i], i);
    }
}

static void add_traits(struct graph_traits *traits, const struct graph_traits *more)
{
    traits->sectors |= more->sectors;
    traits->stages |= more->stages;
    traits->indicators |= more->indicators;
}

struct component_figures component_figures(const struct component *component,
                                           const struct graph *graph)
{
    struct component_figures figures = {.members = component->members.count,
                                        .links = component->links.count};

    for (size_t i = 0; i < component->links.count; i++) {
        add_traits(&figures.traits, graph_traits(graph, component->links.items[i]));
    }
    return figures;
}

/* Sets of members that hang together so far: each knows its parent, its root the figures. */
struct sets {
    size_t *parents;
    struct component_figures *figures;
};

static size_t root_of(struct sets *sets, size_t member)
{
    while (sets->parents[member] != member) {
        sets->parents[member] = sets->parents[sets->parents[member]];
        member = sets->parents[member];
    }
    return member;
}

static size_t unite(struct sets *sets, size_t a, size_t b)
{
    const size_t left = root_of(sets, a);
    const size_t right = root_of(sets, b);

    if (left == right) {
        return left;
    }
    const bool more = sets->figures[left].members >= sets->figures[right].members;
    const size_t root = more ? left : right;
    const size_t other = more ? right : left;
    sets->parents[other] = root;
    sets->figures[root].members += sets->figures[other].members;
    sets->figures[root].links += sets->figures[other].links;
    add_traits(&sets->figures[root].traits, &sets->figures[other].traits);
    return root;
}

/* Takes in one link more. Returns the figures of what it belongs to; `alone` has room for those
 * of a link without members. */
static const struct component_figures *take(struct sets *sets, const struct graph *graph,
                                            size_t link, struct component_figures *alone)
{
    size_t count = 0;
    size_t member = 0;
    size_t root = SIZE_MAX;
    struct graph_node *const *nodes = graph_nodes(graph, link, &count);

    for (size_t i = 0; i < count; i++) {
        if (!graph_is_met(graph, nodes[i], &member) || member == SIZE_MAX) {
            continue;
        }
        sets->figures[root_of(sets, member)].members +=
            sets->figures[member].members == 0 ? 1U : 0U;
        root = root == SIZE_MAX ? root_of(sets, member) : unite(sets, root, member);
    }
    if (root == SIZE_MAX) {
        *alone = (struct component_figures){.links = 1, .traits = *graph_traits(graph, link)};
        return alone;
    }
    sets->figures[root].links++;
    add_traits(&sets->figures[root].traits, graph_traits(graph, link));
    return &sets->figures[root];
}

/* The newest links first: the one that makes them suffice is the oldest that is needed. */
size_t component_spare(const struct component *component, const struct graph *graph,
                       component_enough *enough, void *context)
{
    const size_t members = component->members.count;
    struct sets sets = {.parents = calloc(members + 1, sizeof(size_t)),
                        .figures = calloc(members + 1, sizeof(struct component_figures))};
    struct component_figures alone;
    size_t i = component->links.count;
    bool suffices = false;

    ENSURE_MEMORY(sets.parents != NULL && sets.figures != NULL);
    for (size_t j = 0; j < members; j++) {
        sets.parents[j] = j;
    }
    while (i > 0 && !suffices) {
        suffices = enough(context, take(&sets, graph, component->links.items[--i], &alone));
    }
    free(sets.parents);
    free(sets.figures);
    return suffices ? i : SIZE_MAX;
}
