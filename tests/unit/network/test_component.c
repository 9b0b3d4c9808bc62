#include "network.h"
#include "plain.h"

struct bounds {
    size_t members;
    size_t sectors;
};

static bool is_enough(void *context, const struct component_figures *figures)
{
    const struct bounds *bounds = context;

    return figures->members >= bounds->members &&
           (size_t)__builtin_popcount(figures->traits.sectors) >= bounds->sectors;
}

static struct plain draw_plain(struct unit_draw *draw, struct graph *graph)
{
    struct plain plain = {.count = 1 + unit_below(draw, PLAIN_LINKS_MAX)};

    for (size_t i = 0; i < plain.count; i++) {
        plain.links[i] = plain_draw(draw);
        plain_add(graph, &plain.links[i], graph_push);
    }
    return plain;
}

static uint64_t links_of(const struct component *component)
{
    uint64_t links = 0;

    for (size_t i = 0; i < component->links.count; i++) {
        links |= UINT64_C(1) << component->links.items[i];
        ck_assert(i == 0 || component->links.items[i - 1] < component->links.items[i]);
    }
    return links;
}

static unsigned members_of(const struct component *component)
{
    unsigned members = 0;

    for (size_t i = 0; i < component->members.count; i++) {
        members |= 1U << (graph_identity(component->members.items[i]).data[0] - 'a');
    }
    return members;
}

/* What is found by walking is what is found by going over all links until nothing changes. */
START_TEST(component_is_what_hangs_together)
{
    struct unit_draw draw = unit_draw(200 + (uint64_t)_i);
    struct component component = {0};

    for (size_t i = 0; i < 200; i++) {
        struct graph *graph = graph_new();
        const struct plain plain = draw_plain(&draw, graph);
        const struct component_bounds bounds = {1 + unit_below(&draw, 12), PLAIN_IDENTITIES};
        const unsigned hubs = plain_hubs(&plain, bounds.hub_limit);
        const size_t link = unit_below(&draw, plain.count);
        const uint64_t links = plain_component(&plain, link, hubs);
        component_find(&component, graph, link, bounds);
        ck_assert_uint_eq(links_of(&component), links);
        ck_assert_uint_eq(members_of(&component), plain_members(&plain, links, hubs));
        ck_assert_uint_eq(component.hubs,
                          (size_t)__builtin_popcount(plain_members(&plain, links, ~hubs)));
        ck_assert(!component.capped);
        graph_free(graph);
    }
    component_free(&component);
}
END_TEST

/* Does a part of the component suffice without its `gone` oldest links? */
static bool suffices(const struct plain *plain, uint64_t links, unsigned hubs,
                     struct bounds *bounds)
{
    bool enough = false;

    for (size_t i = 0; i < plain->count; i++) {
        struct plain rest = *plain;
        for (size_t j = 0; j < rest.count; j++) {
            rest.links[j].identities = (links >> j & 1) != 0 ? rest.links[j].identities : 0;
        }
        const uint64_t part =
            (links >> i & 1) != 0 ? plain_component(&rest, i, hubs) & links : 0;
        struct component_figures figures = {
            .members = (size_t)__builtin_popcount(plain_members(&rest, part, hubs))};
        for (size_t j = 0; j < plain->count; j++) {
            figures.traits.sectors |= (part >> j & 1) != 0 ? plain->links[j].traits.sectors : 0;
        }
        enough = enough || (part != 0 && is_enough(bounds, &figures));
    }
    return enough;
}

/* As many links may leave, the oldest first, as taking them away one by one shows. */
START_TEST(links_to_spare_are_those_that_may_leave)
{
    struct unit_draw draw = unit_draw(300 + (uint64_t)_i);
    struct component component = {0};

    for (size_t i = 0; i < 60; i++) {
        struct graph *graph = graph_new();
        const struct plain plain = draw_plain(&draw, graph);
        const struct component_bounds limits = {1 + unit_below(&draw, 12), PLAIN_IDENTITIES};
        struct bounds bounds = {unit_below(&draw, 7), 1 + unit_below(&draw, 4)};
        const unsigned hubs = plain_hubs(&plain, limits.hub_limit);
        component_find(&component, graph, unit_below(&draw, plain.count), limits);
        uint64_t links = links_of(&component);
        size_t spare = SIZE_MAX;
        for (size_t gone = 0; suffices(&plain, links, hubs, &bounds); gone++) {
            spare = gone;
            links &= links - 1;
        }
        ck_assert_uint_eq(component_spare(&component, graph, is_enough, &bounds), spare);
        graph_free(graph);
    }
    component_free(&component);
}
END_TEST

/* Of too many members those nearest to the link are looked at, and that is told. */
START_TEST(members_beyond_the_bound_are_told)
{
    struct graph *graph = graph_new();
    struct component component = {0};

    for (size_t i = 0; i + 1 < PLAIN_IDENTITIES; i++) {
        const struct plain_link link = {.identities = 3U << i};
        plain_add(graph, &link, graph_push);
    }
    component_find(&component, graph, 0, (struct component_bounds){5, 4});
    ck_assert(component.capped);
    ck_assert_uint_eq(members_of(&component), 0xfU);
    ck_assert_uint_eq(links_of(&component), 0xfU);
    component_find(&component, graph, 0, (struct component_bounds){5, PLAIN_IDENTITIES});
    ck_assert(!component.capped);
    component_free(&component);
    graph_free(graph);
}
END_TEST

Suite *component_suite(void)
{
    const TTest *const tests[] = {members_beyond_the_bound_are_told, NULL};
    Suite *suite = unit_suite("component", tests);

    unit_loop(suite, component_is_what_hangs_together, 25);
    unit_loop(suite, links_to_spare_are_those_that_may_leave, 25);
    return suite;
}
