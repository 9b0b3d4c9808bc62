#include "seinpost/kafka/kafka_producer.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/kafka/kafka_client.h"
#include "seinpost/kafka/kafka_consumer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    TOPICS_MAX = 16,
    TRY_MS = 30 * 1000,
    TRIES_MAX = 4, /* of what may be asked again */
    QUEUE_FULL_WAIT_MS = 100,
    QUEUE_FULL_TRIES_MAX = 600,
};

struct kafka_producer {
    rd_kafka_t *client;
    rd_kafka_t *source; /* the consumer's */
    rd_kafka_topic_t *topics[TOPICS_MAX];
    size_t topics_count;
    char now[24]; /* header of the open transaction's records */
    size_t now_size;
};

/* Asks until it is answered: what is retriable may be asked again as it is. */
static enum outcome insist(struct kafka_producer *producer, const char *what,
                           rd_kafka_error_t *(*ask)(rd_kafka_t *client, int timeout_ms))
{
    enum outcome outcome = OUTCOME_RETRY;

    for (int i = 0; i < TRIES_MAX && outcome == OUTCOME_RETRY; i++) {
        outcome = kafka_client_outcome(ask(producer->client, TRY_MS), what);
    }
    return outcome == OUTCOME_RETRY ? OUTCOME_STOP : outcome;
}

static enum outcome begin(void *self)
{
    struct kafka_producer *producer = self;
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    const int size = snprintf(producer->now, sizeof producer->now, "%lld",
                              now.tv_sec * 1000LL + now.tv_nsec / 1000000);
    ENSURE(size > 0 && (size_t)size < sizeof producer->now);
    producer->now_size = (size_t)size;
    return kafka_client_outcome(rd_kafka_begin_transaction(producer->client), "begin");
}

/* librdkafka takes `void *` where it only reads. */
static void *unqualified(const char *data)
{
    return (void *)(uintptr_t)data;
}

static rd_kafka_error_t *produce(const struct kafka_producer *producer,
                                 const struct producer_record *record)
{
    const rd_kafka_vu_t arguments[] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = producer->topics[record->topic]},
        {.vtype = RD_KAFKA_VTYPE_PARTITION,
         .u.i32 = record->partition < 0 ? RD_KAFKA_PARTITION_UA : record->partition},
        {.vtype = RD_KAFKA_VTYPE_KEY,
         .u.mem = {record->key.size == 0 ? NULL : unqualified(record->key.data),
                   record->key.size}},
        {.vtype = RD_KAFKA_VTYPE_VALUE,
         .u.mem = {record->is_tombstone ? NULL : unqualified(record->value.data),
                   record->is_tombstone ? 0 : record->value.size}},
        {.vtype = RD_KAFKA_VTYPE_HEADER,
         .u.header = {"seinpost-processed-at", producer->now, (ssize_t)producer->now_size}},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
    };
    return rd_kafka_produceva(producer->client, arguments,
                              sizeof arguments / sizeof arguments[0]);
}

static enum outcome send_record(void *self, const struct producer_record *record)
{
    struct kafka_producer *producer = self;

    ENSURE(record->topic >= 0 && (size_t)record->topic < producer->topics_count);
    for (int i = 0; i < QUEUE_FULL_TRIES_MAX; i++) {
        rd_kafka_error_t *error = produce(producer, record);
        if (error == NULL) {
            return OUTCOME_OK;
        }
        if (rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            const enum outcome outcome = kafka_client_outcome(error, "produce");
            return outcome == OUTCOME_STOP ? OUTCOME_STOP : OUTCOME_ABORT;
        }
        rd_kafka_error_destroy(error);
        (void)rd_kafka_poll(producer->client, QUEUE_FULL_WAIT_MS);
    }
    log_warning("produce: the queue stays full");
    return OUTCOME_ABORT;
}

static rd_kafka_topic_partition_list_t *list_of(const struct producer_offset *offsets,
                                                size_t count)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);

    for (size_t i = 0; i < count; i++) {
        rd_kafka_topic_partition_t *item = rd_kafka_topic_partition_list_add(
            list, offsets[i].partition.topic, offsets[i].partition.partition);
        item->offset = offsets[i].next;
        item->metadata_size = offsets[i].metadata.size;
        item->metadata = malloc(offsets[i].metadata.size + 1); /* librdkafka frees it */
        ENSURE_MEMORY(item->metadata != NULL);
        if (offsets[i].metadata.size > 0) {
            memcpy(item->metadata, offsets[i].metadata.data, offsets[i].metadata.size);
        }
        ((char *)item->metadata)[offsets[i].metadata.size] = '\0';
    }
    return list;
}

static enum outcome send_offsets(struct kafka_producer *producer,
                                 const rd_kafka_topic_partition_list_t *list)
{
    enum outcome outcome = OUTCOME_RETRY;

    for (int i = 0; i < TRIES_MAX && outcome == OUTCOME_RETRY; i++) {
        rd_kafka_consumer_group_metadata_t *group =
            rd_kafka_consumer_group_metadata(producer->source);
        if (group == NULL) {
            return OUTCOME_STOP; /* not a member any more */
        }
        outcome = kafka_client_outcome(
            rd_kafka_send_offsets_to_transaction(producer->client, list, group, TRY_MS),
            "offsets");
        rd_kafka_consumer_group_metadata_destroy(group);
    }
    return outcome == OUTCOME_RETRY ? OUTCOME_STOP : outcome;
}

static enum outcome commit(void *self, const struct producer_offset *offsets, size_t count)
{
    struct kafka_producer *producer = self;
    rd_kafka_topic_partition_list_t *list = list_of(offsets, count);

    ENSURE(count > 0); /* they are the fence */
    enum outcome outcome = send_offsets(producer, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (outcome == OUTCOME_OK) {
        outcome = insist(producer, "commit", rd_kafka_commit_transaction);
    }
    return outcome;
}

static enum outcome abort_transaction(void *self)
{
    struct kafka_producer *producer = self;

    return insist(producer, "abort", rd_kafka_abort_transaction);
}

static void free_producer(void *self)
{
    struct kafka_producer *producer = self;

    for (size_t i = 0; i < producer->topics_count; i++) {
        rd_kafka_topic_destroy(producer->topics[i]);
    }
    rd_kafka_destroy(producer->client);
    free(producer);
}

static rd_kafka_conf_t *make_conf(const struct kafka_writing *writing)
{
    static const struct setting defaults[] = {
        {"compression.codec", "lz4"},
        {"partitioner", "murmur2_random"}, /* as Java clients do */
        {"transaction.timeout.ms", "60000"},
    };
    const struct setting must[] = {
        {"client.id", writing->transactional_id},
        {"transactional.id", writing->transactional_id},
        {"enable.idempotence", "true"},
    };
    const struct settings layers[] = {
        {defaults, sizeof defaults / sizeof defaults[0]},
        writing->brokers,
        writing->producer,
        {must, sizeof must / sizeof must[0]},
    };
    return kafka_client_conf(layers, sizeof layers / sizeof layers[0]);
}

static void open_topics(struct kafka_producer *producer, const struct kafka_writing *writing)
{
    ENSURE(writing->topics_count <= TOPICS_MAX);
    for (size_t i = 0; i < writing->topics_count; i++) {
        producer->topics[i] = rd_kafka_topic_new(producer->client, writing->topics[i], NULL);
        ENSURE_MEMORY(producer->topics[i] != NULL);
    }
    producer->topics_count = writing->topics_count;
}

enum outcome kafka_producer_new(const struct kafka_writing *writing,
                                const struct consumer *source, struct producer *port)
{
    rd_kafka_conf_t *conf = make_conf(writing);
    rd_kafka_t *client = conf == NULL ? NULL : kafka_client_new(RD_KAFKA_PRODUCER, conf);

    if (client == NULL) {
        return OUTCOME_STOP;
    }
    struct kafka_producer *producer = calloc(1, sizeof *producer);
    ENSURE_MEMORY(producer != NULL);
    producer->client = client;
    producer->source = kafka_consumer_client(source);
    open_topics(producer, writing);
    if (insist(producer, "init", rd_kafka_init_transactions) != OUTCOME_OK) {
        free_producer(producer);
        return OUTCOME_STOP;
    }
    *port = (struct producer){producer,          begin,        send_record, commit,
                              abort_transaction, free_producer};
    return OUTCOME_OK;
}
