/* place: where the codes of airports and stations lie: lists in schemas/places/, one a file,
 * named as the file is.
 *
 * A line is code, latitude, longitude, country and name, with tabs between; `#` begins a
 * comment.
 *
 * Owns:    its lists, in the arena given to place_load().
 * Thread:  any, once it is loaded: it does not change.
 * Fails:   by fault E254 in the diag.
 */
#ifndef SEINPOST_SCHEMA_PLACE_H
#define SEINPOST_SCHEMA_PLACE_H

#include "seinpost/base/digest.h"
#include "seinpost/schema/sphere.h"

struct arena;
struct diag;

struct place {
    struct slice code;
    struct slice country;
    struct sphere_point at;
};

struct place_list {
    struct slice name;
    const struct place *items; /* by code */
    size_t count;
    struct digest digest; /* of the file: what decides is part of a rule's meaning */
};

struct place_lists {
    const struct place_list *items; /* by name */
    size_t count;
};

/* Reads all *.tsv below `folder`. A folder that is not there has none. */
struct place_lists place_load(struct arena *arena, struct diag *diag, const char *folder);

/* Returns the list of this name, or NULL. */
const struct place_list *place_list(const struct place_lists *lists, struct slice name);

/* Returns the place of this code, or NULL: it is not known, and nobody guesses. */
const struct place *place_find(const struct place_list *list, struct slice code);

#endif
