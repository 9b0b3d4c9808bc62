/* kafka_producer: the port `producer` on Kafka: transactions that carry the consumer's offsets
 * (KIP-98), fenced by its membership of the group (KIP-447).
 *
 * Each record has a header `seinpost-processed-at`: the clock in milliseconds when it was sent.
 * Clocks stand nowhere else, so that values of two runs can be compared.
 *
 * Owns:    its client.
 * Thread:  the worker's.
 * Fails:   by enum outcome; the reason is in the log.
 */
#ifndef SEINPOST_KAFKA_KAFKA_PRODUCER_H
#define SEINPOST_KAFKA_KAFKA_PRODUCER_H

#include "seinpost/base/setting.h"
#include "seinpost/port/consumer.h"
#include "seinpost/port/producer.h"

struct kafka_writing {
    const char *const *topics; /* by the index that records give */
    size_t topics_count;
    const char *transactional_id;
    struct settings brokers; /* the operator's, of all clients */
    struct settings producer;
};

/* Makes a producer and ends what an earlier one of this id left open. `source` is the worker's
 * Kafka consumer, and outlives it. */
enum outcome kafka_producer_new(const struct kafka_writing *writing,
                                const struct consumer *source, struct producer *port) MUST_USE;

#endif
