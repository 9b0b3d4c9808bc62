/* rehearsal: both stages of the daemon over a log in memory, turned by hand. What a rule's
 * author tests is what runs: the same worker_turn(), the same stages.
 *
 * Events of a file are taken one by one, and all that follows from one is done before the next.
 * Records of partners' topics are laid down, and taken together at the next turn.
 *
 * Owns:    workers, log and stages.
 * Thread:  one.
 * Fails:   never; bad events are told as rejects. Of a site: when its library stops.
 */
#ifndef SEINPOST_CLI_REHEARSAL_H
#define SEINPOST_CLI_REHEARSAL_H

#include "seinpost/alert/alert.h"
#include "seinpost/port/library.h"
#include "seinpost/port/record.h"
#include "seinpost/rule/program.h"
#include "seinpost/schema/formats.h"

struct pseudonym_key;
struct rehearsal;

/* Who is told what was published. Valid during the call. */
struct rehearsal_listener {
    void *context;
    void (*alert)(void *context, const struct alert *alert, bool shadow);
    void (*reject)(void *context, struct slice reason, struct slice detail,
                   const struct event_place *place);
    /* a record of the match log, before correlate reads it; NULL: it is of no matter */
    void (*pack)(void *context, struct slice value, int64_t offset);
};

/* The topics of a configuration, with the program's sources. */
struct rehearsal_site {
    const char *const *topics; /* of partners; they outlive the rehearsal */
    const int32_t *partitions; /* of each */
    size_t topics_count;
    struct library library; /* where their schemas are */
    const struct pseudonym_key *key;
    int32_t match_partitions;
    int32_t derived_partitions;
};

struct rehearsal_options {
    const struct program *program;
    const struct rehearsal_site *site; /* NULL: a file of events */
    const struct list_set *lists;      /* NULL: the program's */
    const struct formats *formats;
    bool shows_helpers; /* tell alerts of helper rules too, as shadow */
};

struct rehearsal *rehearsal_new(const struct rehearsal_options *options,
                                struct rehearsal_listener listener);
void rehearsal_free(struct rehearsal *rehearsal);

/* Returns the source that all its events are of. */
const struct source *rehearsal_source(void);

/* Takes an event as a line of NDJSON. */
void rehearsal_event(struct rehearsal *rehearsal, struct slice line);

/* Of a site: lays down a record of the `topic`th topic, under its own offset and time. */
void rehearsal_record(struct rehearsal *rehearsal, size_t topic, const struct record *record);

/* Takes what was laid down; it is `at_ms` by then. No record of before this moment will come:
 * a partition that was silent for as long as its source says counts as quiet. */
enum outcome rehearsal_turn(struct rehearsal *rehearsal, int64_t at_ms) MUST_USE;

/* Takes a record of `derived`: an alert as an event, given directly. */
void rehearsal_derived(struct rehearsal *rehearsal, struct slice record);

/* States that no event dated `at` or before will come, of any source. */
void rehearsal_watermark(struct rehearsal *rehearsal, struct instant at);

#endif
