/* alert_avro: alerts in Avro's binary encoding, field by field as schemas/alert.avsc has them.
 *
 * Owns:    nothing; texts that are read point into the bytes.
 * Thread:  the caller's.
 * Fails:   reading, by its result.
 */
#ifndef SEINPOST_ALERT_ALERT_AVRO_H
#define SEINPOST_ALERT_ALERT_AVRO_H

#include "seinpost/alert/alert.h"

struct text;

/* Appends the record. */
void alert_avro_put(const struct alert *alert, struct text *text);

/* Reads it back; false when the bytes are no alert. */
bool alert_avro_get(struct arena *arena, struct slice bytes, struct alert *alert);

/* Reads one of schemas/earlier/alert.1.avsc: it has no standing. */
bool alert_avro_get_earlier(struct arena *arena, struct slice bytes, struct alert *alert);

#endif
