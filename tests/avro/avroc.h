/* avroc: a record as Avro C's generic reader reads it, the judge of our own decoder: what it
 * has in each field that is ours, against what the daemon took.
 *
 * It is asked only about records that the daemon took: hostile bytes can make Avro C read
 * beyond a schema's symbols or ask for all memory there is.
 *
 * Owns:    a parsed schema and a value that is used again for each record.
 * Thread:  the probe's.
 * Fails:   by its results.
 */
#ifndef SEINPOST_TESTS_AVROC_H
#define SEINPOST_TESTS_AVROC_H

#include "seinpost/signal/raw.h"

struct avroc;

/* Returns NULL when Avro C does not take the schema. The text must live as long. */
struct avroc *avroc_new(struct slice schema);
void avroc_free(struct avroc *avroc);

/* Reads a record's body. Returns false when Avro C cannot. */
bool avroc_read(struct avroc *avroc, struct slice body);

/* Compares the record that was read last with what the daemon took of it. Returns the name of
 * the first thing that differs, or nothing. */
struct slice avroc_differs(const struct avroc *avroc, const struct raw_event *raw);

#endif
