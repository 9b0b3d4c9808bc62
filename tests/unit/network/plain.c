#include "plain.h"

struct plain_link plain_draw(struct unit_draw *draw)
{
    struct plain_link link = {0};

    for (size_t i = unit_below(draw, 4); i > 0; i--) {
        link.identities |= 1U << unit_below(draw, PLAIN_IDENTITIES);
    }
    link.traits = (struct graph_traits){1U << unit_below(draw, 4),
                                        (unsigned)unit_below(draw, 3), unit_below(draw, 8)};
    return link;
}

struct slice plain_name(size_t identity)
{
    static const char names[] = "abcdefghijkl";

    return (struct slice){names + identity, 1};
}

void plain_add(struct graph *graph, const struct plain_link *link,
               void (*add)(struct graph *graph, const struct graph_link *link))
{
    struct slice names[2 * PLAIN_IDENTITIES];
    size_t count = 0;

    for (size_t i = PLAIN_IDENTITIES; i-- > 0;) { /* in any order, and some of them twice */
        if ((link->identities >> i & 1) != 0) {
            names[count++] = plain_name(i);
            names[count++] = plain_name(i);
        }
    }
    const struct graph_link is = {names, count, link->traits};
    add(graph, &is);
}

unsigned plain_hubs(const struct plain *plain, size_t limit)
{
    unsigned hubs = 0;

    for (size_t i = 0; i < PLAIN_IDENTITIES; i++) {
        size_t links = 0;
        for (size_t j = 0; j < plain->count; j++) {
            links += plain->links[j].identities >> i & 1;
        }
        hubs |= links > limit ? 1U << i : 0;
    }
    return hubs;
}

uint64_t plain_component(const struct plain *plain, size_t link, unsigned left_out)
{
    uint64_t links = UINT64_C(1) << link;
    uint64_t before = 0;

    while (links != before) {
        before = links;
        const unsigned members = plain_members(plain, links, left_out);
        for (size_t i = 0; i < plain->count; i++) {
            links |= (plain->links[i].identities & members) != 0 ? UINT64_C(1) << i : 0;
        }
    }
    return links;
}

unsigned plain_members(const struct plain *plain, uint64_t links, unsigned left_out)
{
    unsigned members = 0;

    for (size_t i = 0; i < plain->count; i++) {
        members |= (links >> i & 1) != 0 ? plain->links[i].identities : 0;
    }
    return members & ~left_out;
}
