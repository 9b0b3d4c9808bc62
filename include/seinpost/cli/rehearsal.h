/* rehearsal: both stages of the daemon over a log in memory, turned by hand. What a rule's
 * author tests is what runs: the same worker_turn(), the same stages.
 *
 * Events are taken one by one, and all that follows from one is done before the next.
 *
 * Owns:    workers, log and stages.
 * Thread:  one.
 * Fails:   never; bad events are told as rejects.
 */
#ifndef SEINPOST_CLI_REHEARSAL_H
#define SEINPOST_CLI_REHEARSAL_H

#include "seinpost/alert/alert.h"
#include "seinpost/rule/program.h"
#include "seinpost/schema/formats.h"

struct rehearsal;

/* Who is told what was published. Valid during the call. */
struct rehearsal_listener {
    void *context;
    void (*alert)(void *context, const struct alert *alert, bool shadow);
    void (*reject)(void *context, struct slice reason, struct slice detail, int64_t event);
    /* a record of the match log, before correlate reads it; NULL: it is of no matter */
    void (*pack)(void *context, struct slice value, int64_t offset);
};

struct rehearsal_options {
    const struct program *program;
    const struct list_set *lists; /* NULL: the program's */
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

/* Takes a record of `derived`: an alert as an event, given directly. */
void rehearsal_derived(struct rehearsal *rehearsal, struct slice record);

/* States that no event dated `at` or before will come. */
void rehearsal_watermark(struct rehearsal *rehearsal, struct instant at);

#endif
