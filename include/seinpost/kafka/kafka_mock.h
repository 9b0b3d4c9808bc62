/* kafka_mock: librdkafka's mock cluster: a broker in this process, for demonstrations. It knows
 * no real transactions: nothing about delivery can be learnt from it.
 *
 * Owns:    the cluster, until kafka_mock_free().
 * Thread:  one; clients of any process may connect.
 * Fails:   by NULL.
 */
#ifndef SEINPOST_KAFKA_KAFKA_MOCK_H
#define SEINPOST_KAFKA_KAFKA_MOCK_H

#include <stdint.h>

struct kafka_mock;

/* Starts a cluster of one broker. */
struct kafka_mock *kafka_mock_new(void);
void kafka_mock_free(struct kafka_mock *mock);

/* Returns `host:port`, as `bootstrap.servers` wants it. */
const char *kafka_mock_bootstrap(const struct kafka_mock *mock);

void kafka_mock_topic(struct kafka_mock *mock, const char *name, int32_t partitions);

#endif
