/* dossier: all that was published of one alert, in the order in which it was, and where it
 * stands.
 *
 * Owns:    nothing but its list; texts live in the arena.
 * Thread:  one.
 * Fails:   by its results.
 */
#ifndef SEINPOST_CLI_DOSSIER_H
#define SEINPOST_CLI_DOSSIER_H

#include "seinpost/alert/alert.h"
#include "seinpost/base/vector.h"
#include "seinpost/cli/alertframe.h"
#include "seinpost/port/rereader.h"

struct dossier_record {
    struct slice topic; /* or file */
    int32_t partition;
    int64_t offset; /* in a file: the line */
    struct alert alert;
    struct slice bytes; /* as published: Avro, or a line of JSON */
};

struct dossier {
    struct arena *arena;
    struct slice id;
    VECTOR(struct dossier_record) records;
    bool json; /* read from a file: `bytes` are JSON */
};

/* Adds the alert's records of one partition of a topic. */
enum outcome dossier_read(struct dossier *dossier, const struct rereader *rereader,
                          struct record_partition partition, struct alertframe *frame) MUST_USE;

/* Adds the alert's records of a file of JSON lines, as `replay` and `tail` write them. Returns
 * false when it cannot be read. */
bool dossier_read_file(struct dossier *dossier, const char *path);

/* Returns the last record that tells of evidence in its rule's own words: not the one that says
 * that the alert is superseded. NULL: there is none. */
const struct dossier_record *dossier_last(const struct dossier *dossier);

void dossier_free(struct dossier *dossier);

#endif
