/* rereader: reads a log once more beside the consumer, one partition at a time, from its oldest
 * record: so rules that changed come by their history, and a new owner sees which alerts are
 * open.
 *
 * Owns:    what it gives, until the next poll.
 * Thread:  the worker's.
 * Fails:   by enum outcome: RETRY asks for another open(), as records may be missing.
 */
#ifndef SEINPOST_PORT_REREADER_H
#define SEINPOST_PORT_REREADER_H

#include "seinpost/base/outcome.h"
#include "seinpost/port/record.h"

struct rereader_batch {
    const struct record *records;
    size_t count;
    int64_t next; /* all records before this offset have been given; -1: not known yet */
    bool at_end;  /* what was committed when the partition was opened has been given */
};

struct rereader {
    void *self;
    /* Turns to a partition, at its oldest record. */
    enum outcome (*open)(void *self, struct record_partition partition);
    /* Waits up to `timeout_ms` while there is none yet, then gives some of the records before
     * the offset `below`. */
    enum outcome (*poll)(void *self, int64_t below, int64_t timeout_ms,
                         struct rereader_batch *batch);
    /* Lets go of the partition. */
    void (*close)(void *self);
    void (*free)(void *self);
};

#endif
