#include "network.h"
#include "plain.h"

/* All that a graph says of its links is what the plain list has. */
static void same(const struct graph *graph, const struct plain *plain)
{
    ck_assert_uint_eq(graph_count(graph), plain->count);
    for (size_t i = 0; i < plain->count; i++) {
        size_t count = 0;
        struct graph_node *const *nodes = graph_nodes(graph, i, &count);
        unsigned identities = 0;
        for (size_t j = 0; j < count; j++) {
            identities |= 1U << (graph_identity(nodes[j]).data[0] - 'a');
            ck_assert(j == 0 || slice_compare(graph_identity(nodes[j - 1]),
                                              graph_identity(nodes[j])) < 0);
        }
        ck_assert_uint_eq(identities, plain->links[i].identities);
        ck_assert_uint_eq(graph_traits(graph, i)->sectors, plain->links[i].traits.sectors);
    }
}

/* Each identity of a link knows all links that have it, in their order. */
static void knows_links(const struct graph *graph, const struct plain *plain, size_t link)
{
    size_t count = 0;
    struct graph_node *const *nodes = graph_nodes(graph, link, &count);

    for (size_t i = 0; i < count; i++) {
        const unsigned identity = (unsigned)(graph_identity(nodes[i]).data[0] - 'a');
        size_t index = 0;
        for (size_t j = 0; j < plain->count; j++) {
            if ((plain->links[j].identities >> identity & 1) != 0) {
                ck_assert_uint_lt(index, graph_links(nodes[i]));
                ck_assert_uint_eq(graph_link_at(graph, nodes[i], index++), j);
            }
        }
        ck_assert_uint_eq(index, graph_links(nodes[i]));
    }
}

static void step(struct graph *graph, struct plain *plain, struct unit_draw *draw)
{
    const size_t what = unit_below(draw, 6);
    const struct plain_link link = plain_draw(draw);

    if (what < 2 && plain->count < PLAIN_LINKS_MAX) {
        plain->links[plain->count++] = link;
        plain_add(graph, &link, graph_push);
    } else if (what == 2 && plain->count < PLAIN_LINKS_MAX) {
        memmove(plain->links + 1, plain->links, plain->count++ * sizeof link);
        plain->links[0] = link;
        plain_add(graph, &link, graph_unshift);
    } else if (what == 3 && plain->count > 0) {
        plain->count--;
        graph_pop(graph);
    } else if (what > 3 && plain->count > 0) {
        memmove(plain->links, plain->links + 1, --plain->count * sizeof link);
        graph_shift(graph);
    }
}

/* Whatever comes and goes at either end, the graph is that of the links that are there. */
START_TEST(graph_is_that_of_the_links_that_are_there)
{
    struct unit_draw draw = unit_draw(100 + (uint64_t)_i);
    struct graph *graph = graph_new();
    struct plain plain = {.count = 0};

    for (size_t i = 0; i < 400; i++) {
        step(graph, &plain, &draw);
        same(graph, &plain);
        for (size_t j = 0; j < plain.count; j++) {
            knows_links(graph, &plain, j);
        }
    }
    graph_free(graph);
}
END_TEST

/* There is nothing to take out of an empty one. */
START_TEST(empty_graph_gives_nothing)
{
    graph_pop(graph_new());
}
END_TEST

Suite *graph_suite(void)
{
    const TTest *const tests[] = {NULL};
    Suite *suite = unit_suite("graph", tests);

    unit_loop(suite, graph_is_that_of_the_links_that_are_there, 20);
    unit_abort(suite, empty_graph_gives_nothing);
    return suite;
}
