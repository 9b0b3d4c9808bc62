/* The suites of the room kafka, and a broker for them: librdkafka's mock, which answers what it
 * is told to. It knows no real transactions: what they mean is tested on a real broker.
 */
#ifndef SEINPOST_TESTS_UNIT_KAFKA_H
#define SEINPOST_TESTS_UNIT_KAFKA_H

#include "seinpost/port/consumer.h"
#include "seinpost/port/halt.h"
#include "seinpost/port/producer.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "unit.h"

enum {
    API_PRODUCE = 0,
    API_INIT_PRODUCER_ID = 22,
    API_END_TXN = 26,
};

/* A cluster of one broker, and a worker's producer on it, with the topics `one` and `two`. */
struct stand {
    rd_kafka_t *host;
    rd_kafka_mock_cluster_t *cluster;
    struct consumer consumer;
    struct producer producer;
    int64_t asked_ms; /* when the process was asked to end; below 0: it was not */
};

struct stand *stand_new(void);
void stand_free(struct stand *stand);

/* The broker answers the next request of this kind so. */
void stand_fail(struct stand *stand, int16_t api, rd_kafka_resp_err_t error);

/* Begins and sends a record of so many bytes. */
enum outcome stand_send(struct stand *stand, size_t size);
enum outcome stand_commit(struct stand *stand);

/* Steady milliseconds. */
int64_t stand_now(void);

Suite *place_suite(void);
Suite *producer_suite(void);

#endif
