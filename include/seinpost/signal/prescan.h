/* prescan: walks bytes by an Avro schema, allocating nothing, and tells whether a reader would
 * get through them.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   by its result: what is wrong, as a word for a reject's detail.
 */
#ifndef SEINPOST_SIGNAL_PRESCAN_H
#define SEINPOST_SIGNAL_PRESCAN_H

#include "seinpost/base/slice.h"

#include <avro.h>

/* Returns NULL when the bytes are one datum of the schema and nothing more; else what is wrong:
 * truncated, length, items, union, enum, boolean, utf8, trailing. */
const char *prescan_fault(avro_schema_t schema, struct slice bytes);

/* Tells whether the schema is nested no deeper than AVRO_DEPTH_MAX, does not contain itself,
 * and has no more bytes of fixed size than a record may have. */
bool prescan_is_bounded(avro_schema_t schema);

#endif
