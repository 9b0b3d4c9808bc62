/* source: a partner's topic as the configuration has it: what it may send, for which purposes,
 * and how its time behaves.
 *
 * Owns:    nothing; it lives in the configuration's arena.
 * Thread:  any; it does not change.
 * Fails:   never.
 */
#ifndef SEINPOST_SCHEMA_SOURCE_H
#define SEINPOST_SCHEMA_SOURCE_H

#include "seinpost/base/slice.h"

#include <stdint.h>

enum source_wire {
    SOURCE_CONFLUENT,     /* magic 0, schema id of the registry, Avro */
    SOURCE_SINGLE_OBJECT, /* C3 01, fingerprint of the schema, Avro */
    SOURCE_NDJSON,        /* of a file, not of a topic */
};

enum source_identities {
    SOURCE_PSEUDONYM, /* the partner made pseudonyms; they are passed on */
    SOURCE_CLEAR,     /* the daemon normalises and pseudonymises */
};

enum source_start {
    SOURCE_OLDEST, /* where a source begins that was never read before */
    SOURCE_NEWEST,
};

struct source {
    struct slice name; /* what its events must bear as `source` */
    struct slice topic;
    const struct slice *types; /* globs over event types */
    size_t types_count;
    enum source_wire wire;
    enum source_identities identities;
    enum source_start start;
    unsigned purposes;    /* mask over vocabulary_purposes */
    unsigned legal_bases; /* mask over vocabulary_legal_bases */
    int64_t lateness_ms;
    int64_t max_skew_ms;
    int64_t idle_ms;
    int64_t retention_ms;
    int handling;        /* index in vocabulary_handlings: the strictest that its events bear */
    int tlp;             /* index in vocabulary_tlps */
    int eval;            /* index in vocabulary_evals */
    const char *writers; /* folder of writer schemas, of single-object encoding */
};

struct source_list {
    const struct source *items; /* those that are off stand behind the others */
    size_t count;
    size_t off_count; /* `enabled: false`: known, and not read */
};

/* Tells whether the source may send events of this type. */
bool source_may_send(const struct source *source, struct slice type);

#endif
