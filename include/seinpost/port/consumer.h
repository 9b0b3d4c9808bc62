/* consumer: where a worker's records come from: Kafka, a file, a simulation.
 *
 * What happens is told in one order: records, and which partitions are taken over or given up
 * between them. A partition is given up only when the worker asks for the next notices, so that
 * it can commit what it read before; records of one taken over come with a later poll.
 *
 * Owns:    what it tells, until the next poll.
 * Thread:  the worker's.
 * Fails:   by enum outcome.
 */
#ifndef SEINPOST_PORT_CONSUMER_H
#define SEINPOST_PORT_CONSUMER_H

#include "seinpost/base/outcome.h"
#include "seinpost/port/record.h"

enum consumer_event {
    CONSUMER_JOINED, /* the group gave a share of the partitions, perhaps none: more may come */
    CONSUMER_RECORD,
    CONSUMER_CAUGHT_UP, /* there is nothing more in the partition now: all before `end` is told
                         */
    CONSUMER_ASSIGNED,
    CONSUMER_REVOKED,
    CONSUMER_BLOCKED, /* the group gave it, but it cannot be read for now: nobody reads it */
};

struct consumer_notice {
    enum consumer_event event;
    struct record_partition partition;
    struct record record; /* of CONSUMER_RECORD */
    int64_t end;          /* of CONSUMER_CAUGHT_UP: the offset of what may come next. Beyond the
                             last record there may be what no record is told of: markers of
                             transactions, aborted ones */
    int64_t high;         /* the log's end, behind what is not committed yet as well */
    int32_t partitions;   /* of CONSUMER_ASSIGNED: how many the topic has; of CONSUMER_BLOCKED:
                             as far as it is known, else below 1 */
    int64_t start;        /* the first offset that will be given */
    int64_t committed;    /* the offset that the group has committed */
    struct slice metadata; /* that was committed with it */
};

struct consumer_batch {
    const struct consumer_notice *notices;
    size_t count;
};

struct consumer {
    void *self;
    /* Waits up to `timeout_ms` for something to tell, then gives what there is. */
    enum outcome (*poll)(void *self, int64_t timeout_ms, struct consumer_batch *batch);
    /* Lets a partition that the last poll told as assigned begin at an offset behind its start.
     * NULL: it cannot. */
    void (*begin_at)(void *self, struct record_partition partition, int64_t offset);
    /* Tells a partition of ours again from an offset that was told, but not before so long.
     * What was on its way is void, the end too: once it is reached, it is told as it is then.
     */
    enum outcome (*rewind)(void *self, struct record_partition partition, int64_t next,
                           int64_t pause_ms);
    void (*free)(void *self);
};

#endif
