/* path: how a rule names a part of an event: a field, an identity kind, a kind in a role, the
 * envelope, or the country of a place.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   by its results.
 * Bounded: a kind is carried by at most PATH_FIELDS_MAX fields of a type.
 */
#ifndef SEINPOST_SCHEMA_PATH_H
#define SEINPOST_SCHEMA_PATH_H

#include "seinpost/schema/event.h"

enum {
    PATH_FIELDS_MAX = 8,
    PATH_VALUES_MAX = 64, /* single values that a path gives; the rest is left out */
};

enum path_part {
    PATH_FIELDS,
    PATH_COUNTRY, /* of the field, a place */
    PATH_ID,
    PATH_SOURCE,
    PATH_TIME,
    PATH_TYPE,
};

struct path {
    enum path_part part;
    enum field_type type;            /* of its values */
    const struct field *field;       /* the first; NULL for the envelope */
    size_t indexes[PATH_FIELDS_MAX]; /* into the type's fields */
    size_t indexes_count;
    bool many; /* may give several values */
};

enum path_fault {
    PATH_OK,
    PATH_UNKNOWN,  /* the type has no such field or kind */
    PATH_NO_PLACE, /* `.country` of what is no place */
};

/* Resolves a path's text against an event type. */
enum path_fault path_resolve(const struct event_type *type, struct slice text,
                             struct path *path);

/* Copies the path's values in `event` to `values`: single ones, lists taken apart, missing
 * ones left out. Returns how many. */
size_t path_values(const struct path *path, const struct event *event,
                   struct value values[PATH_VALUES_MAX]);

/* Tells whether the path has more values in `event` than path_values() copies. */
bool path_overflows(const struct path *path, const struct event *event);

/* Returns the country of a place as ISO 3166 alpha-2, or an empty slice: of a UIC station code
 * by its first two digits (UIC leaflet 920-14), with `urn:uic:stn:` before it or not. */
struct slice path_country(struct slice place);

#endif
