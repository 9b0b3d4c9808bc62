/* kafka_client: what all clients of librdkafka share: how they are set up, where their log
 * goes, and what their errors mean to us. Only this room knows librdkafka; only its own files
 * include this header.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   by enum outcome or NULL; the reason is in the log.
 */
#ifndef SEINPOST_KAFKA_KAFKA_CLIENT_H
#define SEINPOST_KAFKA_KAFKA_CLIENT_H

#include "seinpost/base/outcome.h"
#include "seinpost/base/setting.h"
#include "seinpost/kafka/kafka_tries.h"

#include <stdbool.h>

#include <librdkafka/rdkafka.h>

/* Returns a configuration of ours, or NULL when librdkafka refuses a setting. Later settings
 * win: `defaults`, the operator's of all clients, the operator's of this kind, and what must
 * be. */
rd_kafka_conf_t *kafka_client_conf(const struct settings *layers, size_t count);

/* The same for who reads on its own beside the groups: committed records, an error where there
 * is none at an offset, and a word at the end of a partition. */
rd_kafka_conf_t *kafka_client_aside(const char *member, struct settings brokers,
                                    struct settings consumer, const char *queue_kib);

/* Makes a client; the configuration is used up. Returns NULL when it cannot be made. */
rd_kafka_t *kafka_client_new(rd_kafka_type_t type, rd_kafka_conf_t *conf);

/* Returns what an error of a transaction means (KIP-98 and librdkafka's INTRODUCTION.md,
 * "Transactional producer API"), logs and counts it, and frees it. NULL is OK. */
enum outcome kafka_client_outcome(rd_kafka_error_t *error, const char *what);

/* Tells whether the client died because another one bears its name. */
bool kafka_client_was_fenced(rd_kafka_t *client);

enum {
    KAFKA_CLIENT_SILENT = -1,  /* nobody answers */
    KAFKA_CLIENT_REFUSED = -2, /* the topic may not be asked about, or is in disorder */
};

/* Returns how many partitions a topic has, 0 when there is no such topic, or one of the above.
 */
int32_t kafka_client_partitions(rd_kafka_t *client, const char *topic,
                                struct kafka_tries *tries);

/* Fetches what a group has committed; waits while a transaction with offsets is open. What a
 * single partition is refused for stands in its `err`. */
enum outcome kafka_client_committed(rd_kafka_t *client, rd_kafka_topic_partition_list_t *list,
                                    struct kafka_tries *tries) MUST_USE;

#endif
