/* alertfile: where a verb writes alerts: as cards for people, as a JSON object a line, or as an
 * Avro object container file (Avro specification, "Object Container Files").
 *
 * The same alerts give the same bytes: the container's sync marker is made from its schema, not
 * by chance.
 *
 * Owns:    its file, and the block that is not written yet.
 * Thread:  one.
 * Fails:   by alertfile_close().
 */
#ifndef SEINPOST_CLI_ALERTFILE_H
#define SEINPOST_CLI_ALERTFILE_H

#include "seinpost/alert/alert.h"
#include "seinpost/schema/formats.h"

struct alertfile;

enum alertfile_form {
    ALERTFILE_TEXT,
    ALERTFILE_NDJSON,
    ALERTFILE_AVRO, /* without alerts that no desk gets: its schema has no place for that mark
                     */
};

/* Reads `text`, `ndjson` or `avro`. */
bool alertfile_form(const char *text, enum alertfile_form *form);

/* Begins the file; with NULL, on stdout. NULL when it cannot be opened: that was told. */
struct alertfile *alertfile_open(const char *path, enum alertfile_form form,
                                 const struct formats *formats);

void alertfile_add(struct alertfile *file, const struct alert *alert, bool shadow);

/* Ends and frees it. Returns whether all was written; else that was told. */
bool alertfile_close(struct alertfile *file);

#endif
