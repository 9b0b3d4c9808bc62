/* container: an Avro object container file (Avro specification, "Object Container Files"), as
 * partners write samples: one writer's schema, then records in blocks.
 *
 * Owns:    nothing; it points into the file's bytes.
 * Thread:  any.
 * Fails:   by its results, with a word for what is wrong.
 * Bounded: as decoder.h says of each record; a file's size is the caller's bound.
 */
#ifndef SEINPOST_SIGNAL_CONTAINER_H
#define SEINPOST_SIGNAL_CONTAINER_H

#include "seinpost/schema/binary.h"

enum {
    CONTAINER_SYNC = 16 /* bytes behind each block */
};

struct container {
    struct slice schema;
    struct slice sync;
    struct binary rest;
};

/* A block: `count` bodies one behind the other. */
struct container_block {
    int64_t count;
    struct slice bodies;
};

/* Tells whether the bytes are such a file, or begin one. */
bool container_is(struct slice bytes);

/* Reads the head. Returns NULL or what is wrong with it. */
const char *container_open(struct slice bytes, struct container *container);

/* Reads the next block; a count of 0 is the end. Returns NULL or what is wrong. */
const char *container_next(struct container *container, struct container_block *block);

#endif
