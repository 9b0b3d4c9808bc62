/* avro: the identity of an Avro schema: its Parsing Canonical Form and the 64-bit fingerprint
 * by which single-object encoding names it (Avro specification, "Schema Fingerprints").
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   by its results, on a text that is no schema.
 * Bounded: schemas of AVRO_SCHEMA_MAX bytes, nested AVRO_DEPTH_MAX deep.
 */
#ifndef SEINPOST_SCHEMA_AVRO_H
#define SEINPOST_SCHEMA_AVRO_H

#include "seinpost/base/slice.h"

#include <stdint.h>

struct json_t;
struct text;

enum {
    AVRO_SCHEMA_MAX = 256 * 1024,
    AVRO_DEPTH_MAX = 32,
};

/* Appends the Parsing Canonical Form. Returns false when the text is no schema; whether the
 * types that it names exist is not looked up. */
bool avro_canonical(struct slice schema, struct text *text);

/* Returns the namespace that holds inside a named type which stands in the namespace `space`.
 */
struct slice avro_space(const struct json_t *type, struct slice space);

/* Returns CRC-64-AVRO of the bytes. */
uint64_t avro_fingerprint(struct slice canonical);

#endif
