/* sample: records that a partner would publish, from a file: lines of NDJSON, an Avro object
 * container file, or one record as it stands on the wire.
 *
 * Lines are written as the catalogue's own schema says, and records of a container get a head,
 * so that intake reads all of them as it reads a topic.
 *
 * Owns:    nothing; what is read lives in the arena given.
 * Thread:  the main one.
 * Fails:   by sample_read(), with a message on stderr.
 * Bounded: files of FILE_SIZE_MAX bytes.
 */
#ifndef SEINPOST_CLI_SAMPLE_H
#define SEINPOST_CLI_SAMPLE_H

#include "seinpost/schema/catalogue.h"
#include "seinpost/schema/source.h"

struct arena;

enum sample_kind {
    SAMPLE_LINE,
    SAMPLE_CONTAINED,
    SAMPLE_FRAMED,
};

struct sample_record {
    const char *file;
    enum sample_kind kind;
    unsigned number;     /* line, or record of the file */
    struct slice value;  /* single-object encoded; of a framed one, as it is */
    struct slice line;   /* of NDJSON */
    struct slice schema; /* the writer's; empty of a framed record: it is to be looked up */
    bool encoded;        /* else `value` is a line that is no event of the catalogue */
};

/* Gives each record of the file; it is valid for the call. */
typedef void sample_visit(void *context, const struct sample_record *record);

struct sample_reading {
    struct arena *arena;
    const struct catalogue *catalogue;
    const struct source *source;
    sample_visit *visit;
    void *context;
};

/* Reads a file. Returns false, and says why, when it cannot be read to its end. */
bool sample_read(const struct sample_reading *reading, const char *file);

#endif
