#include "seinpost/network/keystone.h"

#include "seinpost/base/ensure.h"

/* Tarjan's articulation points, without recursion. Members and links are the vertices: a link
 * joins its members. Links with one member are left out, as nothing falls apart there. */
struct vertex {
    size_t order; /* in which it was met, from 1; 0: not yet */
    size_t low;   /* the lowest order that it or what hangs on it reaches */
    size_t next;  /* neighbour to look at */
    size_t parent;
};

struct search {
    const struct component *component;
    const struct graph *graph;
    struct vertex *vertices; /* members, and behind them the links */
    bool *cuts;              /* by member */
    size_t met;
};

static size_t members_of(const struct search *search, size_t link)
{
    size_t count = 0;
    size_t number = 0;
    size_t members = 0;
    struct graph_node *const *nodes =
        graph_nodes(search->graph, search->component->links.items[link], &count);

    for (size_t i = 0; i < count; i++) {
        const bool met = graph_is_met(search->graph, nodes[i], &number);
        members += met && number != SIZE_MAX ? 1U : 0U;
    }
    return members;
}

static size_t place_of_link(const struct search *search, size_t link)
{
    size_t place = 0;
    const bool met = graph_link_is_met(search->graph, link, &place);

    ENSURE(met);
    return place;
}

/* The `index`th neighbour of a vertex; SIZE_MAX: there is none. A hub is no vertex, and
 * stands as the vertex itself, which nothing comes of. */
static size_t neighbour(const struct search *search, size_t vertex, size_t index)
{
    const size_t members = search->component->members.count;
    size_t count = 0;
    size_t number = 0;

    if (vertex < members) {
        const struct graph_node *node = search->component->members.items[vertex];
        if (index >= graph_links(node)) {
            return SIZE_MAX;
        }
        const size_t link = place_of_link(search, graph_link_at(search->graph, node, index));
        return members_of(search, link) < 2 ? vertex : members + link;
    }
    struct graph_node *const *nodes =
        graph_nodes(search->graph, search->component->links.items[vertex - members], &count);
    if (index >= count) {
        return SIZE_MAX;
    }
    return graph_is_met(search->graph, nodes[index], &number) && number != SIZE_MAX ? number
                                                                                    : vertex;
}

static void lower(struct vertex *vertex, size_t low)
{
    vertex->low = low < vertex->low ? low : vertex->low;
}

static void meet(struct search *search, size_t vertex, size_t parent)
{
    search->met++;
    search->vertices[vertex] = (struct vertex){search->met, search->met, 0, parent};
}

/* All that hangs on the vertex has been looked at. Returns its parent. */
static size_t leave(struct search *search, size_t vertex, size_t *children)
{
    const size_t parent = search->vertices[vertex].parent;

    if (parent == SIZE_MAX) {
        return parent;
    }
    lower(&search->vertices[parent], search->vertices[vertex].low);
    if (search->vertices[parent].parent == SIZE_MAX) {
        ++*children;
    } else if (search->vertices[vertex].low >= search->vertices[parent].order &&
               parent < search->component->members.count) {
        search->cuts[parent] = true;
    }
    return parent;
}

/* From the first member on: a root is a cut when two parts hang on it. */
static void walk(struct search *search)
{
    size_t children = 0;
    size_t at = 0;

    meet(search, 0, SIZE_MAX);
    while (at != SIZE_MAX) {
        const size_t next = neighbour(search, at, search->vertices[at].next++);
        if (next == SIZE_MAX) {
            at = leave(search, at, &children);
        } else if (search->vertices[next].order == 0) {
            meet(search, next, at);
            at = next;
        } else if (next != search->vertices[at].parent) {
            lower(&search->vertices[at], search->vertices[next].order);
        }
    }
    search->cuts[0] = children > 1;
}

static int compare_nodes(const void *a, const void *b)
{
    const struct graph_node *left = *(struct graph_node *const *)a;
    const struct graph_node *right = *(struct graph_node *const *)b;

    return slice_compare(graph_identity(left), graph_identity(right));
}

void keystone_find(struct component *component, const struct graph *graph)
{
    const size_t members = component->members.count;
    struct search search = {
        .component = component,
        .graph = graph,
        .vertices = calloc(members + component->links.count + 1, sizeof(struct vertex)),
        .cuts = calloc(members + 1, sizeof(bool)),
    };

    ENSURE_MEMORY(search.vertices != NULL && search.cuts != NULL);
    component->keystones.count = 0;
    if (members > 0) {
        walk(&search);
    }
    for (size_t i = 0; i < members; i++) {
        if (search.cuts[i]) {
            VECTOR_PUSH(&component->keystones, component->members.items[i]);
        }
    }
    if (component->keystones.count > 1) {
        qsort(component->keystones.items, component->keystones.count,
              sizeof(struct graph_node *), compare_nodes);
    }
    free(search.vertices);
    free(search.cuts);
}
