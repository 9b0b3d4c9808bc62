/* snapshot: where states of partitions are kept between two lives of a worker, so that the
 * second need not read the whole log. What is kept may get lost at any time, or be spoiled:
 * nothing but time hangs on it.
 *
 * Owns:    what it keeps.
 * Thread:  any worker's.
 * Fails:   never; what could not be kept is told in the log and counted.
 */
#ifndef SEINPOST_PORT_SNAPSHOT_H
#define SEINPOST_PORT_SNAPSHOT_H

#include "seinpost/base/text.h"
#include "seinpost/port/record.h"

/* All zero is a port that keeps nothing: not to be called. */
struct snapshot {
    void *self;
    /* Tells whether store() would take one now. */
    bool (*ready)(void *self);
    /* Takes the state of a partition, instead of what is kept of it; the bytes go over. False:
     * it takes none now. */
    bool (*store)(void *self, struct record_partition partition, struct text *bytes);
    /* Appends what is kept of a partition; nothing, when there is nothing to be read. */
    void (*find)(void *self, struct record_partition partition, struct text *bytes);
    /* Throws it away. */
    void (*forget)(void *self, struct record_partition partition);
    /* Waits, but not longer, until all that was taken is kept. */
    void (*finish)(void *self, int64_t timeout_ms);
    void (*free)(void *self);
};

#endif
