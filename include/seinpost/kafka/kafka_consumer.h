/* kafka_consumer: the port `consumer` on Kafka: one member of a consumer group, or a reader on
 * its own, which takes all partitions and commits nothing.
 *
 * The group's changes are told between batches and done when the worker asks for more: what was
 * read is committed before a partition is given up (KIP-429 and KIP-447). A partition that the
 * group cannot go on with (kafka_place.h) is not read, told as trouble, and looked at again
 * from time to time; the others go on. Members are static (KIP-345): a daemon that is started
 * again soon gets back what it had.
 *
 * Each partition has a lane of its own (kafka_lanes.h): of a batch each gets its share, however
 * much lies in one of them.
 *
 * Owns:    its client, and the records of the last poll.
 * Thread:  the worker's.
 * Fails:   by enum outcome: STOP with the reason in the log.
 */
#ifndef SEINPOST_KAFKA_KAFKA_CONSUMER_H
#define SEINPOST_KAFKA_KAFKA_CONSUMER_H

#include "seinpost/base/setting.h"
#include "seinpost/port/consumer.h"
#include "seinpost/port/halt.h"
#include "seinpost/port/valve.h"

/* Where a group begins in a topic that it has committed nothing of. */
enum kafka_begin {
    KAFKA_BEGIN_NEVER, /* `seinpost topics create` says where: offsets may have been lost */
    KAFKA_BEGIN_OLDEST,
    KAFKA_BEGIN_NEWEST,
};

/* What is read. All strings outlive the process' last worker. */
struct kafka_reading {
    const char *const *topics;
    size_t topics_count;
    enum kafka_begin *begins; /* of each topic, for those that come while we run; NULL: never.
                                 Is set to NEVER once it is done */
    const char *group;        /* NULL: on its own */
    const char *member;       /* stable name in the group */
    bool whole;               /* from the oldest record; else from the committed one, on its own
                                 from behind the newest */
    int64_t transaction_ms;   /* for so long a dead owner's transaction may hold offsets */
    struct settings brokers;  /* the operator's, of all clients */
    struct settings consumer;
    int32_t queue_kib; /* so much is fetched ahead of each partition, about */
    struct halt halt;
    struct valve valve;
};

enum outcome kafka_consumer_new(const struct kafka_reading *reading,
                                struct consumer *port) MUST_USE;

struct rd_kafka_s;

/* Returns the client, for the group's metadata that fences transactions (KIP-447). */
struct rd_kafka_s *kafka_consumer_client(const struct consumer *port);

/* Tells whether another one bears its name in the group. */
bool kafka_consumer_was_fenced(const struct consumer *port);

#endif
