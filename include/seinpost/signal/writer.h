/* writer: a partner's schema, resolved to one of our event types (layout.h), and what reads its
 * records: fields that nobody asks for are passed over, missing ones are missing, int becomes
 * long and bytes become text, a union gives whichever branch was written. A time may be told in
 * any unit of Avro's logical types.
 *
 * Avro C parses the schema, once; the records are read by a decoder that is compiled for it
 * (compiler.h), which takes nothing on trust.
 *
 * Owns:    the parsed schema and its decoder.
 * Thread:  the worker's.
 * Fails:   by a verdict, with a detail that names fields but never a value.
 * Bounded: schemas of AVRO_SCHEMA_MAX bytes, AVRO_DEPTH_MAX deep, without recursion; records
 *          of WRITER_RECORD_MAX bytes, and as decoder.h says; WRITER_TEXT_MAX bytes a text that
 * is read.
 */
#ifndef SEINPOST_SIGNAL_WRITER_H
#define SEINPOST_SIGNAL_WRITER_H

#include "seinpost/signal/raw.h"
#include "seinpost/signal/verdict.h"

struct text;
struct writer;

enum {
    WRITER_TEXT_MAX = 8 * 1024,
    WRITER_RECORD_MAX = 256 * 1024,
};

/* Parses a schema. On a fault returns NULL and says what it is in `detail`. */
struct writer *writer_new(struct slice schema, struct text *detail);
void writer_free(struct writer *writer);

/* Returns the full name of the schema's record. */
struct slice writer_name(const struct writer *writer);

/* Resolves the schema to an event type; once. */
enum verdict writer_resolve(struct writer *writer, const struct event_type *type,
                            struct text *detail);

/* Returns the size of the first of the bodies that stand one behind the other in `bytes`; 0
 * when they begin with none. The schema must be resolved. */
size_t writer_measure(struct writer *writer, struct slice bytes);

/* Decodes a record's body. What the event holds, but its personal fields, is the body's and the
 * writer's until the next record. */
enum verdict writer_decode(struct writer *writer, struct arena *arena, struct slice body,
                           struct raw_event **raw, struct text *detail);

#endif
