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
    LOGICAL_MILLIS, /* timestamp-millis; also no logical type, or one that is not of this type
                     */
    LOGICAL_MICROS, /* timestamp-micros */
    LOGICAL_NANOS,  /* timestamp-nanos */
    LOGICAL_DAYS,   /* date */
    LOGICAL_OTHER,  /* no moment: a time of day, or a local time without its zone */
};

/* The units of a field: a union may tell a moment as an int and as a long. */
struct logical_units {
    enum logical of_int;
    enum logical of_long;
};

/* Returns the units of a field of a record, which is found by its full name. The schema is one
 * that avro_canonical() and Avro C take. */
struct logical_units logical_units_of(struct slice schema, struct slice record,
                                      struct slice field);

/* Turns a number of this unit into milliseconds since 1970, rounding down. Returns false when
 * it is no moment, or too far away. */
bool logical_to_ms(enum logical unit, int64_t number, int64_t *ms);

#endif
