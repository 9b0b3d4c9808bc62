/* kind: the kinds of identity that events carry and rules group by.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_SCHEMA_KIND_H
#define SEINPOST_SCHEMA_KIND_H

#include "seinpost/base/slice.h"

enum kind {
    KIND_NONE,
    KIND_CARD,
    KIND_ACCOUNT,
    KIND_PHONE,
    KIND_EMAIL,
    KIND_DOCUMENT,
    KIND_BOOKING,
    KIND_PERSON,
    KIND_COMPANY,
    KIND_ADDRESS,
    KIND_AGENCY,
    KIND_VEHICLE,
};

#define KINDS_COUNT (KIND_VEHICLE + 1)

/* Returns the kind of this name, or KIND_NONE. */
enum kind kind_find(struct slice name);

struct slice kind_name(enum kind kind);

/* Returns what a pseudonym of this kind begins with, before `:epoch:`. */
struct slice kind_prefix(enum kind kind);

/* Tells whether `text` has the form of a pseudonym of this kind: prefix, a key epoch, and 32
 * hex digits, with colons between. */
bool kind_is_pseudonym(enum kind kind, struct slice text);

/* Tells whether a partner who delivers pseudonyms may still give this kind in clear, because it
 * is a number of a public register; the daemon pseudonymises it all the same. */
bool kind_is_register(enum kind kind);

#endif
