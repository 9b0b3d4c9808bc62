#include "seinpost/kafka/kafka_consumer.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/vector.h"
#include "seinpost/kafka/kafka_client.h"
#include "seinpost/kafka/kafka_lag.h"
#include "seinpost/kafka/kafka_producer.h"
#include "seinpost/kafka/kafka_share.h"

#include <stdio.h>
#include <time.h>

enum {
    BATCH_MAX = 4000, /* records a poll: one transaction */
    NEWS_MAX = 1000,  /* of them from no lane: who reads on its own has none */
    QUEUE_KIB_USUAL = 4096,
    FETCH_PART = 4, /* of the queue is asked for at once */
    ASK_MS = 10 * 1000,
    COOPERATIVE_VERSION = 0x020a0000, /* librdkafka 2.10.0 mends its issues 4800 and 4908 */
};

typedef rd_kafka_topic_partition_list_t partition_list;

struct kafka_consumer {
    struct kafka_reading reading;
    rd_kafka_t *client;
    rd_kafka_queue_t *queue;
    rd_kafka_message_t *messages[BATCH_MAX];
    size_t messages_count;
    VECTOR(struct consumer_notice) notices;
    partition_list *coming; /* ours from now on, not taken over yet */
    partition_list *going;  /* not ours any more, not given up yet */
    struct kafka_share share;
    struct kafka_lag lag;
    int64_t now_ms; /* the clock, when the last records were received */
    bool subscribed;
    bool closing;
};

static void drop(partition_list **list)
{
    if (*list != NULL) {
        rd_kafka_topic_partition_list_destroy(*list);
        *list = NULL;
    }
}

static void on_rebalance(rd_kafka_t *client, rd_kafka_resp_err_t error, partition_list *list,
                         void *self)
{
    struct kafka_consumer *consumer = self;

    if (error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS && !consumer->closing) {
        drop(&consumer->coming);
        consumer->coming = rd_kafka_topic_partition_list_copy(list);
    } else if (error == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS && !consumer->closing) {
        drop(&consumer->going);
        consumer->going = rd_kafka_topic_partition_list_copy(list);
    } else if (error == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) {
        kafka_share_give_up(&consumer->share, list);
    } else {
        log_warning("%s: %s", rd_kafka_name(client), rd_kafka_err2str(error));
        (void)rd_kafka_assign(client, NULL);
    }
}

static void release(struct kafka_consumer *consumer)
{
    for (size_t i = 0; i < consumer->messages_count; i++) {
        rd_kafka_message_destroy(consumer->messages[i]);
    }
    consumer->messages_count = 0;
    consumer->notices.count = 0;
    kafka_share_clear(&consumer->share);
}

/* Only who reads alerts asks: of other records it would cost for nothing. */
static int64_t behind_of(const rd_kafka_message_t *message)
{
    rd_kafka_headers_t *headers = NULL;
    const void *digits = NULL;
    size_t size = 0;
    long long number = 0;

    if (rd_kafka_message_headers(message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR ||
        rd_kafka_header_get_last(headers, KAFKA_PRODUCER_BEHIND, &digits, &size) !=
            RD_KAFKA_RESP_ERR_NO_ERROR ||
        !slice_number((struct slice){digits, size}, &number) || number < 0) {
        return 0;
    }
    return number;
}

/* The name as the worker knows it, which lives as long as the process. */
static const char *own_name(const struct kafka_consumer *consumer, const char *topic)
{
    const char *name = NULL;

    for (size_t i = 0; name == NULL && i < consumer->reading.topics_count; i++) {
        if (strcmp(consumer->reading.topics[i], topic) == 0) {
            name = consumer->reading.topics[i];
        }
    }
    ENSURE(name != NULL); /* it was subscribed */
    return name;
}

static enum outcome subscribe_group(struct kafka_consumer *consumer)
{
    partition_list *topics =
        rd_kafka_topic_partition_list_new((int)consumer->reading.topics_count);

    for (size_t i = 0; i < consumer->reading.topics_count; i++) {
        (void)rd_kafka_topic_partition_list_add(topics, consumer->reading.topics[i],
                                                RD_KAFKA_PARTITION_UA);
    }
    const rd_kafka_resp_err_t error = rd_kafka_subscribe(consumer->client, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log_error("subscribe: %s", rd_kafka_err2str(error));
        return OUTCOME_STOP;
    }
    return OUTCOME_OK;
}

/* A reader on its own takes all there is. */
static enum outcome take_all(struct kafka_consumer *consumer)
{
    partition_list *all = rd_kafka_topic_partition_list_new(1);
    enum outcome outcome = OUTCOME_OK;

    for (size_t i = 0; i < consumer->reading.topics_count; i++) {
        const char *topic = consumer->reading.topics[i];
        struct kafka_tries tries = kafka_tries_for(consumer->reading.halt, ASK_MS);
        const int32_t partitions = kafka_client_partitions(consumer->client, topic, &tries);
        for (int32_t j = 0; j < partitions; j++) {
            rd_kafka_topic_partition_list_add(all, topic, j)->offset =
                consumer->reading.whole ? RD_KAFKA_OFFSET_BEGINNING : RD_KAFKA_OFFSET_END;
            VECTOR_PUSH(&consumer->notices, (struct consumer_notice){.event = CONSUMER_ASSIGNED,
                                                                     .partition = {topic, j},
                                                                     .partitions = partitions});
        }
        if (partitions <= 0) {
            log_error("there is no topic %s", topic);
            outcome = OUTCOME_STOP;
        }
    }
    if (outcome == OUTCOME_OK &&
        rd_kafka_assign(consumer->client, all) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        outcome = OUTCOME_STOP;
    }
    rd_kafka_topic_partition_list_destroy(all);
    return outcome;
}

static enum outcome subscribe(struct kafka_consumer *consumer)
{
    consumer->subscribed = true;
    return consumer->reading.group != NULL ? subscribe_group(consumer) : take_all(consumer);
}

/* Takes what is there: news of the group, which have no lane, and each lane's share. */
static void take(struct kafka_consumer *consumer)
{
    const ssize_t count =
        rd_kafka_consume_batch_queue(consumer->queue, 0, consumer->messages, NEWS_MAX);

    consumer->messages_count = count < 0 ? 0 : (size_t)count;
    if (valve_is_closed(consumer->reading.valve)) {
        return;
    }
    consumer->messages_count +=
        kafka_lanes_take(&consumer->share.lanes, consumer->messages + consumer->messages_count,
                         BATCH_MAX - consumer->messages_count);
}

/* Waits for the first, then takes what is there. */
static void fetch(struct kafka_consumer *consumer, int64_t timeout_ms)
{
    const int64_t until_ms = kafka_tries_now() + timeout_ms;

    for (;;) {
        kafka_lanes_wake(&consumer->share.lanes);
        take(consumer);
        const int64_t left_ms = until_ms - kafka_tries_now();
        if (consumer->messages_count > 0 || left_ms <= 0 || consumer->coming != NULL ||
            consumer->going != NULL) {
            return;
        }
        kafka_lanes_wait(&consumer->share.lanes, left_ms);
    }
}

/* A time that the broker gave when it appended is trusted. One that the producer claims is not:
 * the record was appended before we received it, so that is when it was at the latest. */
static int64_t timestamp_of(const struct kafka_consumer *consumer,
                            const rd_kafka_message_t *message)
{
    rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    const int64_t ms = rd_kafka_message_timestamp(message, &type);

    return type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME ? ms : consumer->now_ms;
}

static enum outcome tell_error(const rd_kafka_message_t *message)
{
    switch (message->err) {
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
    case RD_KAFKA_RESP_ERR__FATAL:
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
        log_error("consumer: %s", rd_kafka_message_errstr(message));
        return OUTCOME_STOP;
    default: /* of another kind of enum: the rest mends itself */
        log_warning("consumer: %s", rd_kafka_message_errstr(message));
        return OUTCOME_OK;
    }
}

/* Where the log ends, as the answer said that told the end of what is committed, or a later
 * one. */
static int64_t high_of(const struct kafka_consumer *consumer, struct record_partition from)
{
    int64_t low = 0;
    int64_t high = 0;
    const rd_kafka_resp_err_t error = rd_kafka_get_watermark_offsets(
        consumer->client, from.topic, from.partition, &low, &high);

    return error == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0 ? high : INT64_MAX;
}

static enum outcome tell_message(struct kafka_consumer *consumer,
                                 const rd_kafka_message_t *message)
{
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR &&
        message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        return tell_error(message);
    }
    const struct record_partition from = {own_name(consumer, rd_kafka_topic_name(message->rkt)),
                                          message->partition};
    struct consumer_notice notice = {
        .event = CONSUMER_CAUGHT_UP, .partition = from, .end = message->offset};

    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        notice.event = CONSUMER_RECORD;
        notice.record = (struct record){
            .from = from,
            .offset = message->offset,
            .timestamp_ms = timestamp_of(consumer, message),
            .key = {message->key, message->key_len},
            .value = {message->payload, message->len},
            .missing = message->payload == NULL,
            .behind = consumer->reading.group == NULL ? behind_of(message) : 0,
        };
    } else {
        notice.high = high_of(consumer, from);
    }
    VECTOR_PUSH(&consumer->notices, notice);
    return OUTCOME_OK;
}

static void tell_going(struct kafka_consumer *consumer)
{
    for (int i = 0; i < consumer->going->cnt; i++) {
        const rd_kafka_topic_partition_t *going = &consumer->going->elems[i];
        VECTOR_PUSH(&consumer->notices,
                    (struct consumer_notice){
                        .event = CONSUMER_REVOKED,
                        .partition = {own_name(consumer, going->topic), going->partition}});
    }
}

/* Tells what was taken over, and what cannot be. */
static void tell_places(struct kafka_consumer *consumer)
{
    const struct kafka_places *places = &consumer->share.places;

    for (size_t i = 0; i < places->items.count; i++) {
        const struct kafka_place *place = &places->items.items[i];
        if (place->reason != NULL) {
            VECTOR_PUSH(&consumer->notices,
                        (struct consumer_notice){.event = CONSUMER_BLOCKED,
                                                 .partition = place->partition,
                                                 .partitions = place->partitions});
        } else {
            VECTOR_PUSH(&consumer->notices, (struct consumer_notice){
                                                .event = CONSUMER_ASSIGNED,
                                                .partition = place->partition,
                                                .partitions = place->partitions,
                                                .start = place->start,
                                                .committed = place->committed,
                                                .metadata = place->metadata,
                                            });
        }
    }
}

/* The group's changes. */
static enum outcome change(struct kafka_consumer *consumer)
{
    enum outcome outcome = OUTCOME_OK;

    if (consumer->going != NULL) {
        tell_going(consumer);
    }
    if (consumer->coming != NULL) {
        outcome = kafka_share_take(&consumer->share, consumer->coming);
        drop(&consumer->coming);
        VECTOR_PUSH(&consumer->notices, (struct consumer_notice){.event = CONSUMER_JOINED});
    } else if (consumer->going == NULL) {
        outcome = kafka_share_look_again(&consumer->share);
    }
    if (outcome == OUTCOME_OK) {
        tell_places(consumer);
    }
    return outcome;
}

static int64_t clock_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum outcome poll_kafka(void *self, int64_t timeout_ms, struct consumer_batch *batch)
{
    struct kafka_consumer *consumer = self;
    enum outcome outcome = kafka_share_read(&consumer->share); /* what the last poll told */

    release(consumer);
    if (outcome == OUTCOME_OK && !consumer->subscribed) {
        outcome = subscribe(consumer);
    }
    if (consumer->going != NULL) { /* told at the last poll */
        kafka_share_give_up(&consumer->share, consumer->going);
        drop(&consumer->going);
    }
    if (outcome == OUTCOME_OK) {
        fetch(consumer, timeout_ms);
        consumer->now_ms = clock_now();
    }
    for (size_t i = 0; outcome == OUTCOME_OK && i < consumer->messages_count; i++) {
        outcome = tell_message(consumer, consumer->messages[i]);
    }
    if (outcome == OUTCOME_OK) {
        outcome = change(consumer);
    }
    kafka_lag_look(&consumer->lag, &consumer->share.lanes);
    *batch = (struct consumer_batch){consumer->notices.items, consumer->notices.count};
    return outcome;
}

static void begin_at(void *self, struct record_partition partition, int64_t offset)
{
    struct kafka_consumer *consumer = self;

    kafka_share_begin_at(&consumer->share, partition, offset);
}

/* The lane drops what librdkafka gave for the place before. */
static enum outcome rewind_kafka(void *self, struct record_partition partition, int64_t next,
                                 int64_t pause_ms)
{
    struct kafka_consumer *consumer = self;

    return kafka_lanes_rewind(&consumer->share.lanes, partition, next, pause_ms);
}

/* A static member does not say goodbye: its partitions wait for it (KIP-345). */
static void free_consumer(void *self)
{
    struct kafka_consumer *consumer = self;

    release(consumer);
    consumer->closing = true;
    if (consumer->going != NULL) {
        kafka_share_give_up(&consumer->share, consumer->going);
    }
    if (consumer->coming != NULL || consumer->share.taken) {
        kafka_share_refuse(&consumer->share);
    }
    (void)rd_kafka_consumer_close(consumer->client);
    kafka_share_fini(&consumer->share);
    rd_kafka_queue_destroy(consumer->queue);
    rd_kafka_destroy(consumer->client);
    drop(&consumer->going);
    drop(&consumer->coming);
    VECTOR_FREE(&consumer->notices);
    free(consumer);
}

static rd_kafka_conf_t *make_conf(const struct kafka_reading *reading)
{
    const int32_t queue = reading->queue_kib > 0 ? reading->queue_kib : QUEUE_KIB_USUAL;
    char queue_kib[16];
    char fetch_bytes[16];
    (void)snprintf(queue_kib, sizeof queue_kib, "%d", (int)queue);
    (void)snprintf(fetch_bytes, sizeof fetch_bytes, "%d", (int)queue * 1024 / FETCH_PART);
    const struct setting defaults[] = {
        {"partition.assignment.strategy",
         rd_kafka_version() >= COOPERATIVE_VERSION ? "cooperative-sticky" : "roundrobin"},
        {"queued.max.messages.kbytes", queue_kib},
        {"fetch.message.max.bytes", fetch_bytes}, /* packed: it may grow */
        {"session.timeout.ms", "30000"},
        {"max.poll.interval.ms", "120000"},
        {"topic.metadata.refresh.interval.ms", "60000"}, /* a new topic is read so soon */
        {"check.crcs", "true"},
    };
    static const struct setting must[] = {
        {"enable.auto.commit", "false"},  {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "error"},   {"isolation.level", "read_committed"},
        {"enable.partition.eof", "true"},
    };
    const bool alone = reading->group == NULL;
    const struct setting names[] = {
        {"client.id", reading->member},
        {"group.id", alone ? reading->member : reading->group}, /* librdkafka wants a name */
        {"group.instance.id", reading->member},
    };
    const struct settings layers[] = {
        {defaults, sizeof defaults / sizeof defaults[0]},
        reading->brokers,
        reading->consumer,
        {must, sizeof must / sizeof must[0]},
        {names, alone ? 2 : 3},
    };
    return kafka_client_conf(layers, sizeof layers / sizeof layers[0]);
}

enum outcome kafka_consumer_new(const struct kafka_reading *reading, struct consumer *port)
{
    rd_kafka_conf_t *conf = make_conf(reading);

    if (conf == NULL) {
        return OUTCOME_STOP;
    }
    struct kafka_consumer *consumer = calloc(1, sizeof *consumer);
    ENSURE_MEMORY(consumer != NULL);
    consumer->reading = *reading;
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    rd_kafka_conf_set_opaque(conf, consumer);
    consumer->client = kafka_client_new(RD_KAFKA_CONSUMER, conf);
    if (consumer->client == NULL) {
        free(consumer);
        return OUTCOME_STOP;
    }
    (void)rd_kafka_poll_set_consumer(consumer->client);
    consumer->queue = rd_kafka_queue_get_consumer(consumer->client);
    ENSURE_MEMORY(consumer->queue != NULL);
    kafka_share_init(&consumer->share, consumer->client, consumer->queue, &consumer->reading);
    *port = (struct consumer){consumer, poll_kafka, begin_at, rewind_kafka, free_consumer};
    return OUTCOME_OK;
}

struct rd_kafka_s *kafka_consumer_client(const struct consumer *port)
{
    const struct kafka_consumer *consumer = port->self;

    return consumer->client;
}

bool kafka_consumer_was_fenced(const struct consumer *port)
{
    const struct kafka_consumer *consumer = port->self;

    return kafka_client_was_fenced(consumer->client);
}
