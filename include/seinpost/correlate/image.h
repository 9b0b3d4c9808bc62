/* image: a state as bytes, written and read back: what a snapshot holds. Equal states give
 * equal bytes. Names that stand there again and again (sources, types, topics) are numbered,
 * and written once, behind all the rest.
 *
 * What is read may be anything: torn, foreign, spoiled. A reader that met what cannot be stays
 * bad: each further call gives nothing, and the caller asks image_is_good() at the end.
 *
 * Owns:    its list of names; texts that are read point into the bytes.
 * Thread:  one.
 * Fails:   by image_is_good().
 */
#ifndef SEINPOST_CORRELATE_IMAGE_H
#define SEINPOST_CORRELATE_IMAGE_H

#include "seinpost/base/digest.h"
#include "seinpost/base/vector.h"
#include "seinpost/schema/binary.h"
#include "seinpost/schema/event.h"

struct arena;
struct table;

/* Sorts of names: in a run of events each is mostly the same. */
enum image_name {
    IMAGE_SOURCE,
    IMAGE_TYPE,
    IMAGE_TOPIC,
    IMAGE_NAMES_COUNT,
};

struct image_known {
    size_t number; /* from 1 */
    struct slice name;
};

struct image {
    struct text *to; /* what has no call of its own here is put there with binary.h */
    struct table *names;
    struct arena *memory;
    VECTOR(const struct image_known *) list; /* by number */
    size_t begin;                            /* of the text: there may be more before it */
    size_t size_max;
    const struct image_known *last[IMAGE_NAMES_COUNT];
};

/* Begins to write, up to about so many bytes. */
struct image image_begin(struct text *to, size_t size_max);

/* Ends it: writes the names, unless it is full. */
void image_end(struct image *image);

/* Tells whether it is as large as it may be: then it is not worth going on. */
bool image_is_full(const struct image *image);

void image_put_name(struct image *image, enum image_name sort, struct slice name);
void image_put_digest(struct image *image, struct digest digest);
void image_put_value(struct image *image, const struct value *value);
void image_put_reference(struct image *image, const struct event_reference *is);

struct image_reader {
    struct binary bytes; /* what has no call of its own here is read from there with binary.h */
    struct arena *memory;
    VECTOR(struct slice) names;
};

/* Begins to read what image_begin() and image_end() have written. */
struct image_reader image_open(struct slice bytes);
void image_close(struct image_reader *reader);

/* What was read is kept elsewhere by now: lists of values, which are the reader's, are
 * forgotten. */
void image_next(struct image_reader *reader);

struct slice image_get_name(struct image_reader *reader);
struct digest image_get_digest(struct image_reader *reader);
struct value image_get_value(struct image_reader *reader);
struct event_reference image_get_reference(struct image_reader *reader);

enum {
    IMAGE_COUNT_MAX = 65536 /* of what is made room for before it is read */
};

/* Reads how many items come; more than there are bytes are not believed. */
size_t image_get_count(struct image_reader *reader);

/* Reads a number from 0 up to, and without, `below`. */
size_t image_get_index(struct image_reader *reader, size_t below);

/* Says that what was read cannot be. */
void image_spoil(struct image_reader *reader);

bool image_is_good(const struct image_reader *reader);

#endif
