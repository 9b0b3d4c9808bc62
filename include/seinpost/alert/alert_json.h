/* alert_json: alerts as JSON objects, for people's tools.
 *
 * Owns:    nothing.
 * Thread:  the caller's.
 * Fails:   never.
 */
#ifndef SEINPOST_ALERT_ALERT_JSON_H
#define SEINPOST_ALERT_ALERT_JSON_H

#include "seinpost/alert/alert.h"

struct text;

/* Appends one object, without a line end. `shadow` marks an alert that no desk gets. */
void alert_json(const struct alert *alert, bool shadow, struct text *text);

#endif
