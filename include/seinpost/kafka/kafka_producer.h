/* kafka_producer: the port `producer` on Kafka: transactions that carry the consumer's offsets
 * (KIP-98), fenced by its membership of the group (KIP-447).
 *
 * Each record has a header `seinpost-processed-at`: the clock in milliseconds when it was sent.
 * Clocks stand nowhere else, so that values of two runs can be compared.
 *
 * librdkafka has no client side of KIP-890: a request to end a transaction that got no answer
 * may still be on its way, and would end a later one. So a producer that saw a request of a
 * transaction without an answer is thrown away before its next transaction, and a new one
 * fences off what the old one sent.
 *
 * Owns:    its client.
 * Thread:  the worker's.
 * Fails:   by enum outcome; the reason is in the log. No call waits much longer than
 * `transaction.timeout.ms`, and once the process is asked to end not longer than three seconds.
 */
#ifndef SEINPOST_KAFKA_KAFKA_PRODUCER_H
#define SEINPOST_KAFKA_KAFKA_PRODUCER_H

#include "seinpost/base/setting.h"
#include "seinpost/port/consumer.h"
#include "seinpost/port/halt.h"
#include "seinpost/port/producer.h"

/* Header of an alert: the offset behind the match that it came from, in its match partition. */
#define KAFKA_PRODUCER_BEHIND "seinpost-match-offset"

enum {
    KAFKA_PRODUCER_BYTES_MAX = 4 * 1024 * 1024 /* of a record; topics must take it */
};

struct kafka_writing {
    const char *const *topics; /* by the index that records give; it and all strings outlive
                                  the process' last worker */
    size_t topics_count;
    const char *transactional_id;
    struct settings brokers; /* the operator's, of all clients */
    struct settings producer;
    struct halt halt;
};

/* Makes a producer and ends what an earlier one of this id left open. `source` is the worker's
 * Kafka consumer, and outlives it. */
enum outcome kafka_producer_new(const struct kafka_writing *writing,
                                const struct consumer *source, struct producer *port) MUST_USE;

/* Returns for how long a transaction may stay open by these settings. */
int64_t kafka_producer_timeout_ms(const struct kafka_writing *writing);

/* Tells whether another one bears its transactional id. */
bool kafka_producer_was_fenced(const struct producer *port);

#endif
