/* datum: what a value that Avro C has read means to us, whichever of Avro's types it has.
 *
 * Owns:    nothing; texts are the value's own, valid until the next record is read into it.
 * Thread:  the one that reads.
 * Fails:   by false, when the value is of a type that we do not take.
 */
#ifndef SEINPOST_SIGNAL_DATUM_H
#define SEINPOST_SIGNAL_DATUM_H

#include "seinpost/base/instant.h"
#include "seinpost/base/slice.h"
#include "seinpost/schema/logical.h"

#include <avro.h>

/* Takes a datum out of its union; false when it is null. */
bool datum_unwrap(avro_value_t *datum);

/* The text of a string, of bytes that are UTF-8, or of an enum's symbol. */
bool datum_text(const avro_value_t *datum, struct slice *text);

/* The number of an int or a long. */
bool datum_int(const avro_value_t *datum, int64_t *number);

/* A time: text as of RFC 3339, or a number in the unit of its logical type. */
bool datum_time(const avro_value_t *datum, struct logical_units units, struct instant *at);

#endif
