/* plain: links as sets of small numbers, and what hangs together among them, found from scratch
 * by going over all of them until nothing changes.
 */
#ifndef SEINPOST_TESTS_PLAIN_H
#define SEINPOST_TESTS_PLAIN_H

#include "seinpost/network/component.h"

#include "unit.h"

enum {
    PLAIN_IDENTITIES = 12,
    PLAIN_LINKS_MAX = 40
};

/* The mask says which identities a link has. */
struct plain_link {
    unsigned identities;
    struct graph_traits traits;
};

struct plain {
    struct plain_link links[PLAIN_LINKS_MAX];
    size_t count;
};

struct plain_link plain_draw(struct unit_draw *draw);

/* Hands the link to graph_push() or graph_unshift(). */
void plain_add(struct graph *graph, const struct plain_link *link,
               void (*add)(struct graph *graph, const struct graph_link *link));

/* The name of an identity. */
struct slice plain_name(size_t identity);

/* Identities that more than so many links have. */
unsigned plain_hubs(const struct plain *plain, size_t limit);

/* The links that hang together with one, as a mask, over identities that are no hubs and not
 * among the ones left out. */
uint64_t plain_component(const struct plain *plain, size_t link, unsigned left_out);

/* The identities that the links of a mask have, but for those left out. */
unsigned plain_members(const struct plain *plain, uint64_t links, unsigned left_out);

#endif
