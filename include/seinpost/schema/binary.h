/* binary: Avro's binary encoding, primitive by primitive, for the records that Seinpost itself
 * writes and reads back (Avro specification, "Binary Encoding").
 *
 * A reader that met bad bytes stays bad: each further call gives nothing, and the caller asks
 * binary_good() once at the end.
 *
 * Owns:    nothing; texts that are read point into the bytes.
 * Thread:  the caller's.
 * Fails:   by binary_good().
 */
#ifndef SEINPOST_SCHEMA_BINARY_H
#define SEINPOST_SCHEMA_BINARY_H

#include "seinpost/base/text.h"
#include "seinpost/schema/value.h"

#include <stdint.h>

void binary_put_long(struct text *text, int64_t number);
void binary_put_bool(struct text *text, bool truth);
void binary_put_text(struct text *text, struct slice slice);

/* Items of an array or map, in one block; follow it by the items, and those by
 * binary_put_end(). With no items, only the end is written. */
void binary_put_count(struct text *text, size_t count);
void binary_put_end(struct text *text);

/* Puts a value as the union ["boolean", "long", "string", money]. */
void binary_put_value(struct text *text, const struct value *value);

struct binary {
    const unsigned char *at;
    const unsigned char *end;
    bool bad;
};

struct binary binary_of(struct slice bytes);
int64_t binary_get_long(struct binary *binary);
int32_t binary_get_int(struct binary *binary);
bool binary_get_bool(struct binary *binary);
struct slice binary_get_text(struct binary *binary);

/* Returns how many items come next; 0 at the end of the array. An item has at least one byte,
 * so no count beyond the bytes left is believed. */
size_t binary_get_block(struct binary *binary);

struct value binary_get_value(struct binary *binary);

/* Tells whether all that was read was there, and nothing is left. */
bool binary_good(const struct binary *binary);

#endif
