/* alertframe: reads alerts as they stand in topics: framed by fingerprint, or by an id of the
 * registry that means our schema.
 *
 * Owns:    a client of the registry.
 * Thread:  one.
 * Fails:   by its result: the record is no alert of this version.
 */
#ifndef SEINPOST_CLI_ALERTFRAME_H
#define SEINPOST_CLI_ALERTFRAME_H

#include "seinpost/alert/alert.h"
#include "seinpost/schema/formats.h"

struct alertframe;

/* `registry` may be NULL: there is none. `formats` outlives it. */
struct alertframe *alertframe_new(const struct formats *formats, const char *registry);
void alertframe_free(struct alertframe *frame);

/* Reads a record's value; texts point into it. `body` gets the alert's own bytes. */
bool alertframe_read(struct alertframe *frame, struct arena *arena, struct slice value,
                     struct alert *alert, struct slice *body);

#endif
