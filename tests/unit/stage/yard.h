/* The suites of the room stage, and what they share: lines of events, a source, and stages with
 * their outbox, whose packs are unpacked to lines.
 */
#ifndef SEINPOST_TESTS_UNIT_YARD_H
#define SEINPOST_TESTS_UNIT_YARD_H

#include "seinpost/stage/correlator.h"
#include "seinpost/stage/ingest.h"

#include "kit.h"

enum {
    YARD_PARTITIONS = 4 /* of the match log */
};

/* A source whose events are NDJSON, as of a file. */
extern const struct source yard_source;

struct yard {
    struct kit kit;
    const struct program *program;
    struct formats formats;
    struct stage stage;
    struct outbox *outbox;
    struct text lines; /* the newest that yard_lines() returned */
    int64_t offsets[YARD_PARTITIONS];
};

/* Begins an ingest, with the partitions 0 to `partitions` - 1 of topic `events` assigned. */
struct yard yard_ingest(const char *rules, int32_t partitions);

/* Begins a correlator with match partition 0 assigned, of which `committed` were processed.
 * Without metadata it was under the same rules, and nothing was told. */
struct yard yard_correlator(const char *rules, int64_t committed, const char *metadata);

/* The same with a log that begins at `start`. */
struct yard yard_correlator_from(const char *rules, int64_t start, int64_t committed,
                                 const char *metadata);

void yard_end(struct yard *yard);

/* A line of an event: `air.noshow`, id, time (RFC 3339), fields as JSON. In the arena. */
const char *yard_line(struct yard *yard, const char *type, const char *id, const char *time,
                      const char *fields);

/* Gives a record of a partition of topic `events`. */
enum stage_result yard_record(struct yard *yard, int32_t partition, const char *line);

/* Gives a record of match partition 0. */
enum stage_result yard_match(struct yard *yard, struct slice value);

/* Ends the batch at this steady time. Returns what is in the outbox, a line each and in order,
 * and empties it: `match 2 card P1 e1`, `watermark 0 file/0 2026-01-01T00:00:00Z quiet`,
 * `reject late detail`, `alert opened r`, `shadow opened r`, `derived`. */
const char *yard_lines(struct yard *yard, int64_t now_ms);

Suite *bounds_suite(void);
Suite *correlator_suite(void);
Suite *ingest_suite(void);
Suite *intake_suite(void);
Suite *matching_suite(void);
Suite *outbox_suite(void);
Suite *part_image_suite(void);
Suite *proof_suite(void);
Suite *tail_suite(void);
Suite *quiet_suite(void);

#endif
