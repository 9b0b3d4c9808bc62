/* compiler: makes the decoder of a writer's schema and of the layout by which our fields are in
 * it. A record becomes its fields in a row, a union a table of jumps, an array a loop: what the
 * schema says is looked at once, not for each record.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never: the layout has been resolved and the schema is bounded.
 */
#ifndef SEINPOST_SIGNAL_COMPILER_H
#define SEINPOST_SIGNAL_COMPILER_H

#include "seinpost/signal/decoder.h"
#include "seinpost/signal/layout.h"

/* The slots: first the envelope's, then one for each of the type's own fields, then one that is
 * wrong when the record of those is not there. */
enum {
    COMPILER_FIELDS = LAYOUT_ENVELOPE_COUNT
};

/* Fills the decoder of a writer's record. */
void compiler_make(struct decoder *decoder, avro_schema_t record, const struct layout *layout);

/* Tells whether the schema is nested no deeper than AVRO_DEPTH_MAX, does not contain itself,
 * and with its named types written out is no larger than a decoder should be, nor has more
 * bytes of fixed size than a record may have. */
bool compiler_is_bounded(avro_schema_t schema);

#endif
