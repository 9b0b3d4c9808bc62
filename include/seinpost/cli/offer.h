/* offer: which fields the writer of a record offers, by name, whether we know them or not.
 *
 * Owns:    nothing; names live in the arena.
 * Thread:  the main one.
 * Fails:   by an empty list, on what is no schema or no event.
 * Bounded: OFFER_MAX names.
 */
#ifndef SEINPOST_CLI_OFFER_H
#define SEINPOST_CLI_OFFER_H

#include "seinpost/base/slice.h"

struct arena;

enum {
    OFFER_MAX = 1000
};

struct offer {
    const struct slice *names; /* of `data` */
    size_t count;
};

struct offer offer_of_schema(struct arena *arena, struct slice schema);
struct offer offer_of_line(struct arena *arena, struct slice line);

/* Tells whether a name can be one of an Avro field: other keys may be values. */
bool offer_is_name(struct slice name);

#endif
