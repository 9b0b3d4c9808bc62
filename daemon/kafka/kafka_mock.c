#include "seinpost/kafka/kafka_mock.h"

#include "seinpost/base/ensure.h"
#include "seinpost/kafka/kafka_client.h"

#include <stdlib.h>

#include <librdkafka/rdkafka_mock.h>

struct kafka_mock {
    rd_kafka_t *client; /* it must have one, which talks to nobody */
    rd_kafka_mock_cluster_t *cluster;
};

struct kafka_mock *kafka_mock_new(void)
{
    static const struct setting quiet[] = {{"log_level", "2"}};
    rd_kafka_conf_t *conf = kafka_client_conf(&(struct settings){quiet, 1}, 1);
    rd_kafka_t *client = conf == NULL ? NULL : kafka_client_new(RD_KAFKA_PRODUCER, conf);

    if (client == NULL) {
        return NULL;
    }
    struct kafka_mock *mock = calloc(1, sizeof *mock);
    ENSURE_MEMORY(mock != NULL);
    mock->client = client;
    mock->cluster = rd_kafka_mock_cluster_new(client, 1);
    if (mock->cluster == NULL) {
        kafka_mock_free(mock);
        return NULL;
    }
    return mock;
}

void kafka_mock_free(struct kafka_mock *mock)
{
    if (mock == NULL) {
        return;
    }
    if (mock->cluster != NULL) {
        rd_kafka_mock_cluster_destroy(mock->cluster);
    }
    rd_kafka_destroy(mock->client);
    free(mock);
}

const char *kafka_mock_bootstrap(const struct kafka_mock *mock)
{
    return rd_kafka_mock_cluster_bootstraps(mock->cluster);
}

void kafka_mock_topic(struct kafka_mock *mock, const char *name, int32_t partitions)
{
    const rd_kafka_resp_err_t error =
        rd_kafka_mock_topic_create(mock->cluster, name, partitions, 1);

    ENSURE(error == RD_KAFKA_RESP_ERR_NO_ERROR);
}
