/* writer: a partner's schema, resolved to one of our event types (layout.h), and what reads its
 * records: fields that nobody asks for are passed over, missing ones are missing, int becomes
 * long and bytes become text, a union gives whichever branch was written. A time may be told in
 * any unit of Avro's logical types.
 *
 * Avro C reads the fields that are wanted; before it does, the whole record is walked by the
 * schema without allocating, so that nothing in it can harm Avro C (findings: unchecked enum
 * index, unbounded lengths, leaks on failure). What is passed over never reaches it.
 *
 * Owns:    the parsed schema and a value that is used again for each record.
 * Thread:  the worker's.
 * Fails:   by a verdict, with a detail that names fields but never a value.
 * Bounded: schemas of AVRO_SCHEMA_MAX bytes, AVRO_DEPTH_MAX deep, without recursion; records
 *          of WRITER_RECORD_MAX bytes with WRITER_ITEMS_MAX items and 20 times as many data;
 *          WRITER_TEXT_MAX bytes a text that is read.
 */
#ifndef SEINPOST_SIGNAL_WRITER_H
#define SEINPOST_SIGNAL_WRITER_H

#include "seinpost/signal/raw.h"
#include "seinpost/signal/verdict.h"

struct text;
struct writer;

enum {
    WRITER_ITEMS_MAX = 10000,
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

/* Decodes a record's body. */
enum verdict writer_decode(struct writer *writer, struct arena *arena, struct slice body,
                           struct raw_event **raw, struct text *detail);

#endif
