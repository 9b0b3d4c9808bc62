/* logical: in what unit a writer's schema tells a moment: its logical type (Avro specification,
 * "Logical Types"). Avro C does not know them, and a time in microseconds that is taken for
 * milliseconds would be 50,000 years away.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   by its results.
 */
#ifndef SEINPOST_SCHEMA_LOGICAL_H
#define SEINPOST_SCHEMA_LOGICAL_H

#include "seinpost/base/slice.h"

#include <stdint.h>

enum logical {
    LOGICAL_MILLIS, /* timestamp-millis; also a number without a logical type, or an unknown one
                     */
    LOGICAL_MICROS, /* timestamp-micros */
    LOGICAL_NANOS,  /* timestamp-nanos */
    LOGICAL_DAYS,   /* date */
    LOGICAL_OTHER,  /* no moment: a time of day, or a local time without its zone */
};

/* Returns the unit of a field of a record, which is found by its name without namespace. The
 * schema is one that avro_canonical() takes. A union has the unit of its first branch that has
 * one. */
enum logical logical_of(struct slice schema, struct slice record, struct slice field);

/* Turns a number of this unit into milliseconds since 1970, rounding down. Returns false when
 * it is no moment, or too far away. */
bool logical_to_ms(enum logical unit, int64_t number, int64_t *ms);

#endif
