/* kafka_share: the partitions that a member of a group was given: those that it reads, each
 * from its place, and those that are blocked: they are told as trouble and looked at again from
 * time to time.
 *
 * Owns:    what is blocked, and the places that were taken last.
 * Thread:  the worker's.
 * Fails:   by enum outcome; the reason is in the log.
 */
#ifndef SEINPOST_KAFKA_KAFKA_SHARE_H
#define SEINPOST_KAFKA_KAFKA_SHARE_H

#include "seinpost/kafka/kafka_lanes.h"
#include "seinpost/kafka/kafka_place.h"

struct kafka_share {
    rd_kafka_t *client;
    const struct kafka_reading *reading;
    rd_kafka_topic_partition_list_t *blocked;
    struct kafka_lanes lanes;   /* of those that it reads */
    struct kafka_places places; /* of the last call; those without a reason were taken over */
    bool taken;                 /* and are to be read from the next poll on */
    int64_t looked_ms;          /* last time at what is blocked */
};

/* `news`: the queue of what is of no partition. */
void kafka_share_init(struct kafka_share *share, rd_kafka_t *client, rd_kafka_queue_t *news,
                      const struct kafka_reading *reading);
void kafka_share_fini(struct kafka_share *share);

/* Forgets the places: what was told of them is done with. */
void kafka_share_clear(struct kafka_share *share);

/* Takes over what the group gives: kafka_share_read() begins to read it. */
enum outcome kafka_share_take(struct kafka_share *share,
                              rd_kafka_topic_partition_list_t *coming) MUST_USE;

/* Lets a partition that was just taken over begin at another offset than its place's. */
void kafka_share_begin_at(struct kafka_share *share, struct record_partition partition,
                          int64_t offset);

/* Begins to read what was taken over. Until then librdkafka waits. */
enum outcome kafka_share_read(struct kafka_share *share) MUST_USE;

/* Gives up what the group takes; librdkafka waits for that. */
void kafka_share_give_up(struct kafka_share *share,
                         const rd_kafka_topic_partition_list_t *going);

/* Takes over none of what the group gives, before the end. */
void kafka_share_refuse(struct kafka_share *share);

/* Looks again at what is blocked, when it is time to. */
enum outcome kafka_share_look_again(struct kafka_share *share) MUST_USE;

#endif
