/* slice: a run of bytes that somebody else owns: text that needs no terminating zero.
 *
 * Owns:    nothing; it is valid as long as the bytes that it points into.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_BASE_SLICE_H
#define SEINPOST_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct slice {
    const char *data;
    size_t size; /* bytes */
};

/* A slice of a string literal. */
#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})

/* For printf: "%.*s", SLICE_ARGS(slice). The slice is looked at twice: it must be no call. */
#define SLICE_ARGS(slice) (int)(slice).size, (slice).data

/* Returns a slice of a zero-terminated string; NULL gives an empty one. */
struct slice slice_of(const char *text);

/* Tells whether both have the same bytes. */
bool slice_equal(struct slice a, struct slice b);

/* Compares a slice with a zero-terminated string. */
bool slice_is(struct slice slice, const char *text);

/* Orders by bytes, shorter first: below 0, 0, above 0. */
int slice_compare(struct slice a, struct slice b);

bool slice_starts_with(struct slice slice, struct slice prefix);
bool slice_ends_with(struct slice slice, struct slice suffix);

/* Tells whether `part` is somewhere in `slice`; an empty part always is. */
bool slice_contains(struct slice slice, struct slice part);

/* Cuts at the first `separator`: returns what is before it and moves `rest` behind it. When
 * there is none, returns all and leaves `rest` empty with data NULL. */
struct slice slice_cut(struct slice *rest, char separator);

/* Returns the slice without blanks at both ends. */
struct slice slice_trim(struct slice slice);

/* Returns a copy in `arena`, with a zero behind it that the size does not count. */
struct slice slice_copy(struct arena *arena, struct slice slice);

/* Returns a zero-terminated copy in `arena`. */
char *slice_string(struct arena *arena, struct slice slice);

/* Returns the decimal whole number that the slice is, all of it; false when it is none or
 * does not fit. */
bool slice_number(struct slice slice, long long *number);

/* Tells whether `text` matches a glob: `*` any run of bytes, `?` one byte. */
bool slice_glob(struct slice glob, struct slice text);

/* Tells whether it has a `*` or `?`. */
bool slice_is_glob(struct slice slice);

/* Tells whether two names are one person's, however they are written. */
bool slice_same_person(struct slice a, struct slice b);

#endif
