/* writers: a folder of writers' schemas, found by the fingerprint that stands at the head of
 * records in Avro's single-object encoding.
 *
 * Owns:    the schemas' texts.
 * Thread:  one.
 * Fails:   by what is not found; files that are no schema are named in the log.
 */
#ifndef SEINPOST_FILE_WRITERS_H
#define SEINPOST_FILE_WRITERS_H

#include "seinpost/base/slice.h"

#include <stdint.h>

struct writers;

/* `folder` must outlive it. Nothing is read yet. */
struct writers *writers_new(const char *folder);
void writers_free(struct writers *writers);

/* Returns the schema of this fingerprint, reading the folder again when none is known: a file
 * may have been half written the last time. Empty when there is none. Valid until the next
 * call. */
struct slice writers_find(struct writers *writers, uint64_t fingerprint);

#endif
