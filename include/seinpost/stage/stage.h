/* stage: what a worker drives: records in, outbox out. Pure: no I/O, no clock, no thread, so
 * that the same code runs on a broker, on a file and in a simulation.
 *
 * Owns:    nothing; `self` belongs to who made the stage.
 * Thread:  one worker's.
 * Fails:   by enum stage_result.
 */
#ifndef SEINPOST_STAGE_STAGE_H
#define SEINPOST_STAGE_STAGE_H

#include "seinpost/port/record.h"
#include "seinpost/schema/source.h"
#include "seinpost/stage/outbox.h"

struct text;

enum stage_result {
    STAGE_DONE,
    STAGE_WANTS_SCHEMA, /* ask stage.wanted, answer by stage.schema, give the record again */
    STAGE_BROKEN,       /* our own log is not what we wrote: stop loudly */
};

/* A partition that the worker now owns. */
struct stage_assignment {
    struct record_partition partition;
    int32_t partitions;    /* of the topic */
    int64_t committed;     /* offset of the next record that was not processed yet */
    struct slice metadata; /* of that commit */
};

struct stage_wanted {
    const struct source *source;
    uint64_t schema;
};

struct stage {
    void *self;
    void (*assigned)(void *self, const struct stage_assignment *assignment);
    void (*revoked)(void *self, struct record_partition partition);
    enum stage_result (*record)(void *self, const struct record *record, struct outbox *outbox);
    /* all that is in the partition has been given */
    void (*caught_up)(void *self, struct record_partition partition);
    /* ends a batch: what was gathered goes to the outbox, perhaps though no record was given */
    void (*flush)(void *self, int64_t now_ms, struct outbox *outbox);
    /* what the next start must know of the partition, within Kafka's 4 KiB */
    void (*metadata)(void *self, struct record_partition partition, struct text *text);
    struct stage_wanted (*wanted)(void *self);
    /* an empty schema: nobody has one of this id */
    void (*schema)(void *self, const struct stage_wanted *wanted, struct slice schema);
    void (*free)(void *self);
};

#endif
