#include "seinpost/network/keystone.h"

#include "network.h"
#include "plain.h"

/* Do those that remain without one of the members hang together no more? */
static bool falls_apart(const struct plain *plain, unsigned members, unsigned left_out)
{
    size_t parts = 0;
    unsigned seen = 0;

    for (size_t i = 0; i < plain->count; i++) {
        const unsigned own = plain->links[i].identities & members & ~left_out;
        if (own != 0 && (own & seen) == 0) {
            seen |= plain_members(plain, plain_component(plain, i, left_out), left_out);
            parts++;
        }
    }
    return parts > 1;
}

/* A keystone is a member without which the others would not hang together, and only that. */
START_TEST(keystones_are_those_without_which_it_falls_apart)
{
    struct unit_draw draw = unit_draw(400 + (uint64_t)_i);
    struct component component = {0};

    for (size_t i = 0; i < 200; i++) {
        struct graph *graph = graph_new();
        struct plain plain = {.count = 1 + unit_below(&draw, 14)};
        for (size_t j = 0; j < plain.count; j++) {
            plain.links[j] = plain_draw(&draw);
            plain_add(graph, &plain.links[j], graph_push);
        }
        const struct component_bounds bounds = {2 + unit_below(&draw, 6), PLAIN_IDENTITIES};
        const unsigned hubs = plain_hubs(&plain, bounds.hub_limit);
        const size_t link = unit_below(&draw, plain.count);
        const unsigned members =
            plain_members(&plain, plain_component(&plain, link, hubs), hubs);
        component_find(&component, graph, link, bounds);
        keystone_find(&component, graph);
        size_t found = 0;
        for (size_t j = 0; j < PLAIN_IDENTITIES; j++) {
            const unsigned bit = 1U << j;
            if ((members & bit) != 0 && falls_apart(&plain, members & ~bit, hubs | bit)) {
                ck_assert_uint_lt(found, component.keystones.count);
                ck_assert(slice_equal(graph_identity(component.keystones.items[found++]),
                                      plain_name(j)));
            }
        }
        ck_assert_uint_eq(found, component.keystones.count);
        graph_free(graph);
    }
    component_free(&component);
}
END_TEST

Suite *keystone_suite(void)
{
    const TTest *const tests[] = {NULL};
    Suite *suite = unit_suite("keystone", tests);

    unit_loop(suite, keystones_are_those_without_which_it_falls_apart, 25);
    return suite;
}
