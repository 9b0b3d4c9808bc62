/* kafka_lanes: what librdkafka has fetched ahead, a queue for each partition. With one queue
 * for all, what lies in a partition that floods would stand before everybody else's records;
 * here each lane gets its share of a batch, and what a lane leaves goes to the others.
 *
 * A lane can be rewound, and then held for a while: nobody takes from it, librdkafka fetches
 * until its queue is full, and the member of the group goes on as ever.
 *
 * Owns:    the queues, and what wakes who waits for them.
 * Thread:  the worker's.
 * Fails:   by enum outcome when librdkafka does not go back.
 * Bounded: `queued.max.messages.kbytes` and one answer of a broker for each lane.
 */
#ifndef SEINPOST_KAFKA_KAFKA_LANES_H
#define SEINPOST_KAFKA_KAFKA_LANES_H

#include "seinpost/base/outcome.h"
#include "seinpost/base/vector.h"
#include "seinpost/port/record.h"

#include <librdkafka/rdkafka.h>

struct kafka_lane {
    struct record_partition partition;
    rd_kafka_queue_t *queue;
    int64_t held_ms; /* steady clock: until then */
};

struct kafka_lanes {
    rd_kafka_t *client;
    rd_kafka_queue_t *news;
    int bell; /* librdkafka writes to it when a queue is not empty any more */
    size_t first;
    VECTOR(struct kafka_lane) items;
};

/* `news` is the queue of what has no lane: whoever waits is woken by it, too. It outlives the
 * lanes. */
struct kafka_lanes kafka_lanes_of(rd_kafka_t *client, rd_kafka_queue_t *news);
void kafka_lanes_close(struct kafka_lanes *lanes);

/* Adds a lane, before the partition is assigned. */
void kafka_lanes_add(struct kafka_lanes *lanes, struct record_partition partition);
void kafka_lanes_remove(struct kafka_lanes *lanes, const char *topic, int32_t partition);
void kafka_lanes_clear(struct kafka_lanes *lanes);

/* Takes messages from all lanes that are not held, each its share. Returns how many. */
size_t kafka_lanes_take(struct kafka_lanes *lanes, rd_kafka_message_t **messages, size_t room);

/* Goes back to an offset, and holds the lane for so long. */
enum outcome kafka_lanes_rewind(struct kafka_lanes *lanes, struct record_partition partition,
                                int64_t next, int64_t hold_ms) MUST_USE;

/* Before queues are looked at: what comes from now on ends the next wait. */
void kafka_lanes_wake(struct kafka_lanes *lanes);

/* Waits for anything to take, at most so long. */
void kafka_lanes_wait(struct kafka_lanes *lanes, int64_t timeout_ms);

#endif
