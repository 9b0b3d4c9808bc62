/* ndjson: an event as one line of JSON: the envelope and `data`, as in the shipped scenarios.
 *
 * Owns:    nothing; the event lives in the arena.
 * Thread:  the caller's.
 * Fails:   by a verdict; a field that the catalogue does not know is dropped, as Avro's
 * resolution does.
 */
#ifndef SEINPOST_SIGNAL_NDJSON_H
#define SEINPOST_SIGNAL_NDJSON_H

#include "seinpost/signal/raw.h"
#include "seinpost/signal/verdict.h"

struct catalogue;
struct text;

enum verdict ndjson_decode(struct arena *arena, const struct catalogue *catalogue,
                           struct slice line, struct raw_event **raw, struct text *detail);

#endif
