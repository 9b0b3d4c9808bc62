/* prescan: walks bytes by an Avro schema, allocating nothing: where does each datum end, and
 * would a reader get through?
 *
 * A walk that met a fault stays where it is: each further call gives nothing, and the caller
 * asks prescan_end() once.
 *
 * Owns:    nothing; what it finds points into the bytes.
 * Thread:  the caller's.
 * Fails:   by prescan_end(): what is wrong, as a word for a reject's detail.
 */
#ifndef SEINPOST_SIGNAL_PRESCAN_H
#define SEINPOST_SIGNAL_PRESCAN_H

#include "seinpost/schema/binary.h"

#include <avro.h>

struct prescan {
    struct binary bytes;
    size_t nodes;
    size_t items;
    int64_t text_max; /* of the datum that is walked now */
    const char *fault;
};

struct prescan prescan_of(struct slice bytes);

/* Walks one datum of the schema, whose texts have at most `text_max` bytes. Returns its bytes.
 */
struct slice prescan_datum(struct prescan *scan, avro_schema_t schema, int64_t text_max);

/* Reads which branch of a union comes next; below 0 on a fault. */
int prescan_branch(struct prescan *scan, avro_schema_t schema);

/* Returns NULL when all bytes were walked and nothing was wrong; else what was: truncated,
 * length, items, int, union, enum, boolean, utf8, trailing. */
const char *prescan_end(struct prescan *scan);

/* Tells whether the schema is nested no deeper than AVRO_DEPTH_MAX, does not contain itself,
 * and has no more bytes of fixed size than a record may have. */
bool prescan_is_bounded(avro_schema_t schema);

#endif
