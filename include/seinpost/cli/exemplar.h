/* exemplar: an event of a type as a partner could send it, made from the catalogue: every field
 * filled, people as pseudonyms of nobody.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_EXEMPLAR_H
#define SEINPOST_CLI_EXEMPLAR_H

#include "seinpost/schema/catalogue.h"

struct sector;
struct text;

/* Appends the event as one JSON object. */
void exemplar_add(const struct event_type *type, const struct sector *sector,
                  struct slice source, struct text *text);

#endif
