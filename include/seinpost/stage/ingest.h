/* ingest: the first stage: partners' records in, matches by identity out.
 *
 * A record that no rule asks for is counted and forgotten. What a rule asks for becomes one
 * small match for each key, in the pack of the key's partition. What cannot be read or is not
 * allowed goes to rejects, with a reason and never a payload. After the matches of a batch come
 * the watermarks of the partitions they were read from, to every match partition.
 *
 * It reads `derived` like a partner's topic: alerts there are events of higher rules.
 *
 * Owns:    schemas, packs, and how far each of its input partitions has come. All else is in
 * the log. Thread:  one worker's. Fails:   by enum stage_result.
 */
#ifndef SEINPOST_STAGE_INGEST_H
#define SEINPOST_STAGE_INGEST_H

#include "seinpost/rule/program.h"
#include "seinpost/schema/formats.h"
#include "seinpost/stage/stage.h"

struct pseudonym_key;

struct ingest_options {
    const struct program *program;
    uint64_t edition;             /* its number */
    const struct list_set *lists; /* NULL: the program's */
    const struct formats *formats;
    const struct pseudonym_key *key; /* NULL: none, all sources deliver pseudonyms */
    const struct source
        *file; /* the source of a file's events, where there is no configuration */
    const char *derived_topic;
    int32_t match_partitions;
};

/* Makes the stage. Free by its `free`. */
struct stage ingest_stage(const struct ingest_options *options);

#endif
