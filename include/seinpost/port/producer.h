/* producer: where a worker's records go, in transactions that carry the offsets of what they
 * were made from.
 *
 * Owns:    nothing of the worker's; what is sent is copied.
 * Thread:  the worker's.
 * Fails:   by enum outcome: ABORT asks for abort(), after which the same records may be sent
 * again.
 */
#ifndef SEINPOST_PORT_PRODUCER_H
#define SEINPOST_PORT_PRODUCER_H

#include "seinpost/base/outcome.h"
#include "seinpost/port/record.h"

/* An input partition's next offset, and what its owner must know at the next start. */
struct producer_offset {
    struct record_partition partition;
    int64_t next;
    struct slice metadata;
};

struct producer_record {
    int topic;         /* index of the topics that the producer was made with */
    int32_t partition; /* below 0: by the key */
    struct slice key;
    struct slice value;
    int64_t behind; /* goes along where it is above 0: see struct record */
    bool is_tombstone;
};

struct producer {
    void *self;
    enum outcome (*begin)(void *self);
    enum outcome (*send)(void *self, const struct producer_record *record);
    /* Sends the offsets, which is the fence against a worker that lost its partitions, and
     * commits. */
    enum outcome (*commit)(void *self, const struct producer_offset *offsets, size_t count);
    enum outcome (*abort)(void *self);
    void (*free)(void *self);
};

#endif
