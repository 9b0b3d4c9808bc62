#include "seinpost/kafka/kafka_feed.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/kafka/kafka_client.h"

#include <stdlib.h>

enum {
    FLUSH_MS = 30 * 1000
};

struct kafka_feed {
    rd_kafka_t *client;
};

struct kafka_feed *kafka_feed_new(struct settings brokers)
{
    rd_kafka_conf_t *conf = kafka_client_conf(&brokers, 1);
    rd_kafka_t *client = conf == NULL ? NULL : kafka_client_new(RD_KAFKA_PRODUCER, conf);

    if (client == NULL) {
        return NULL;
    }
    struct kafka_feed *feed = calloc(1, sizeof *feed);
    ENSURE_MEMORY(feed != NULL);
    feed->client = client;
    return feed;
}

void kafka_feed_free(struct kafka_feed *feed)
{
    if (feed != NULL) {
        rd_kafka_destroy(feed->client);
        free(feed);
    }
}

bool kafka_feed_send(struct kafka_feed *feed, const char *topic, struct slice value)
{
    const rd_kafka_vu_t arguments[] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = topic},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {(void *)(uintptr_t)value.data, value.size}},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK},
    };
    const enum outcome outcome = kafka_client_outcome(
        rd_kafka_produceva(feed->client, arguments, sizeof arguments / sizeof arguments[0]),
        topic);

    return outcome == OUTCOME_OK;
}

bool kafka_feed_flush(struct kafka_feed *feed)
{
    return rd_kafka_flush(feed->client, FLUSH_MS) == RD_KAFKA_RESP_ERR_NO_ERROR;
}
