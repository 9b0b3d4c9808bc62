/* encoding: an event of a file as a partner publishes it: Avro by the catalogue's own schema,
 * in single-object encoding. For demonstrations and load: the daemon itself only decodes.
 *
 * Owns:    the classes of the types it has met.
 * Thread:  the owner's.
 * Fails:   by its result.
 */
#ifndef SEINPOST_SIGNAL_ENCODING_H
#define SEINPOST_SIGNAL_ENCODING_H

#include "seinpost/schema/catalogue.h"

struct encoding;
struct text;

struct encoding *encoding_new(const struct catalogue *catalogue);
void encoding_free(struct encoding *encoding);

/* Appends the record of one line of NDJSON. Returns the event's type, or NULL when the line is
 * no event of the catalogue. */
const struct event_type *encoding_put(struct encoding *encoding, struct slice line,
                                      struct text *record);

#endif
