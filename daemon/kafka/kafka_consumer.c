#include "seinpost/kafka/kafka_consumer.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/vector.h"
#include "seinpost/kafka/kafka_client.h"

enum {
    BATCH_MAX = 4000, /* records a poll: one transaction */
    ASK_MS = 10 * 1000,
    COMMITTED_MS = 90 * 1000, /* longer than a dead owner's transaction can stay open */
};

typedef rd_kafka_topic_partition_list_t partition_list;

struct kafka_consumer {
    struct kafka_reading reading;
    rd_kafka_t *client;
    rd_kafka_queue_t *queue;
    rd_kafka_message_t *messages[BATCH_MAX];
    size_t messages_count;
    VECTOR(struct consumer_notice) notices;
    partition_list *coming;    /* ours from now on, not taken over yet */
    partition_list *going;     /* not ours any more, not given up yet */
    partition_list *committed; /* what the last notices speak of */
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

static bool is_incremental(const struct kafka_consumer *consumer)
{
    const char *protocol = rd_kafka_rebalance_protocol(consumer->client);

    return protocol != NULL && strcmp(protocol, "COOPERATIVE") == 0;
}

/* Tells librdkafka that partitions are given up; it waits for that. */
static void unassign(struct kafka_consumer *consumer, const partition_list *list)
{
    if (is_incremental(consumer)) {
        rd_kafka_error_t *error = rd_kafka_incremental_unassign(consumer->client, list);
        (void)kafka_client_outcome(error, "unassign");
    } else {
        (void)rd_kafka_assign(consumer->client, NULL);
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
        unassign(consumer, list);
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
    drop(&consumer->committed);
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
        const int32_t partitions = kafka_client_partitions(consumer->client, topic, ASK_MS);
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

/* Waits for the first, then takes what is there. */
static void fetch(struct kafka_consumer *consumer, int64_t timeout_ms)
{
    ssize_t count =
        rd_kafka_consume_batch_queue(consumer->queue, (int)timeout_ms, consumer->messages, 1);

    if (count == 1) {
        count = rd_kafka_consume_batch_queue(consumer->queue, 0, consumer->messages + 1,
                                             BATCH_MAX - 1);
        count = count < 0 ? 1 : count + 1;
    }
    consumer->messages_count = count < 0 ? 0 : (size_t)count;
}

static int64_t timestamp_of(const rd_kafka_message_t *message)
{
    rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    const int64_t ms = rd_kafka_message_timestamp(message, &type);

    return type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? -1 : ms;
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
            .timestamp_ms = timestamp_of(message),
            .key = {message->key, message->key_len},
            .value = {message->payload, message->len},
            .missing = message->payload == NULL,
        };
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

/* All partitions of the topics that some of `coming` are of: whether a group ever committed a
 * topic is seen from all of them. */
static partition_list *whole_topics(struct kafka_consumer *consumer)
{
    partition_list *all = rd_kafka_topic_partition_list_new(consumer->coming->cnt);

    for (int i = 0; i < consumer->coming->cnt; i++) {
        const char *topic = consumer->coming->elems[i].topic;
        if (rd_kafka_topic_partition_list_find(all, topic, 0) != NULL) {
            continue;
        }
        const int32_t partitions = kafka_client_partitions(consumer->client, topic, ASK_MS);
        if (partitions <= 0) {
            rd_kafka_topic_partition_list_destroy(all);
            return NULL;
        }
        rd_kafka_topic_partition_list_add_range(all, topic, 0, partitions - 1);
    }
    return all;
}

struct topic_state {
    int32_t partitions;
    bool committed; /* any of them */
};

static struct topic_state topic_state(const partition_list *all, const char *topic)
{
    struct topic_state state = {0};

    for (int i = 0; i < all->cnt; i++) {
        if (strcmp(all->elems[i].topic, topic) == 0) {
            state.partitions++;
            state.committed = state.committed || all->elems[i].offset >= 0;
        }
    }
    return state;
}

/* Checks the committed offset against what the log still holds. */
static enum outcome check_offset(const struct kafka_consumer *consumer,
                                 const rd_kafka_topic_partition_t *coming, int64_t committed,
                                 int64_t *low)
{
    int64_t high = 0;

    const rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(
        consumer->client, coming->topic, coming->partition, low, &high, ASK_MS);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log_error("%s[%d]: %s", coming->topic, coming->partition, rd_kafka_err2str(error));
        return OUTCOME_STOP;
    }
    if (committed > high) {
        log_error("%s[%d]: the log ends at %lld, before the committed offset %lld: it is not "
                  "the log that was read",
                  coming->topic, coming->partition, (long long)high, (long long)committed);
        return OUTCOME_STOP;
    }
    if (committed < *low) {
        log_error(
            "%s[%d]: records %lld to %lld expired before they were read; `seinpost topics "
            "create` moves the group past them",
            coming->topic, coming->partition, (long long)committed, (long long)*low - 1);
        return OUTCOME_STOP;
    }
    return OUTCOME_OK;
}

static enum outcome take_over(struct kafka_consumer *consumer,
                              rd_kafka_topic_partition_t *coming)
{
    const struct topic_state state = topic_state(consumer->committed, coming->topic);
    const rd_kafka_topic_partition_t *known = rd_kafka_topic_partition_list_find(
        consumer->committed, coming->topic, coming->partition);
    int64_t low = 0;

    if (!state.committed) {
        log_error("group %s has committed nothing of topic %s: `seinpost topics create` says "
                  "where it begins",
                  consumer->reading.group, coming->topic);
        return OUTCOME_STOP;
    }
    ENSURE(known != NULL);
    const int64_t committed =
        known->offset < 0 ? 0 : known->offset; /* a partition added since */
    const enum outcome outcome = check_offset(consumer, coming, committed, &low);
    if (outcome != OUTCOME_OK) {
        return outcome;
    }
    coming->offset = consumer->reading.whole ? low : committed;
    VECTOR_PUSH(&consumer->notices,
                (struct consumer_notice){
                    .event = CONSUMER_ASSIGNED,
                    .partition = {own_name(consumer, coming->topic), coming->partition},
                    .partitions = state.partitions,
                    .start = coming->offset,
                    .committed = committed,
                    .metadata = {known->metadata, known->metadata_size},
                });
    return OUTCOME_OK;
}

static enum outcome assign(struct kafka_consumer *consumer)
{
    if (is_incremental(consumer)) {
        return kafka_client_outcome(
            rd_kafka_incremental_assign(consumer->client, consumer->coming), "assign");
    }
    const rd_kafka_resp_err_t error = rd_kafka_assign(consumer->client, consumer->coming);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log_error("assign: %s", rd_kafka_err2str(error));
        return OUTCOME_STOP;
    }
    return OUTCOME_OK;
}

static enum outcome take_coming(struct kafka_consumer *consumer)
{
    consumer->committed = whole_topics(consumer);
    if (consumer->committed == NULL) {
        return OUTCOME_STOP;
    }
    enum outcome outcome =
        consumer->committed->cnt == 0
            ? OUTCOME_OK
            : kafka_client_committed(consumer->client, consumer->committed, COMMITTED_MS);
    for (int i = 0; outcome == OUTCOME_OK && i < consumer->coming->cnt; i++) {
        outcome = take_over(consumer, &consumer->coming->elems[i]);
    }
    if (outcome == OUTCOME_OK) {
        outcome = assign(consumer);
    }
    log_info("%s: %d partitions taken over", consumer->reading.member, consumer->coming->cnt);
    drop(&consumer->coming);
    VECTOR_PUSH(&consumer->notices, (struct consumer_notice){.event = CONSUMER_JOINED});
    return outcome;
}

static enum outcome poll_kafka(void *self, int64_t timeout_ms, struct consumer_batch *batch)
{
    struct kafka_consumer *consumer = self;

    release(consumer);
    enum outcome outcome = consumer->subscribed ? OUTCOME_OK : subscribe(consumer);
    if (consumer->going != NULL) { /* told at the last poll */
        unassign(consumer, consumer->going);
        drop(&consumer->going);
    }
    if (outcome == OUTCOME_OK) {
        fetch(consumer, timeout_ms);
    }
    for (size_t i = 0; outcome == OUTCOME_OK && i < consumer->messages_count; i++) {
        outcome = tell_message(consumer, consumer->messages[i]);
    }
    if (outcome == OUTCOME_OK && consumer->going != NULL) {
        tell_going(consumer);
    }
    if (outcome == OUTCOME_OK && consumer->coming != NULL) {
        outcome = take_coming(consumer);
    }
    *batch = (struct consumer_batch){consumer->notices.items, consumer->notices.count};
    return outcome;
}

static void free_consumer(void *self)
{
    struct kafka_consumer *consumer = self;

    release(consumer);
    consumer->closing = true;
    if (consumer->going != NULL) {
        unassign(consumer, consumer->going);
    }
    if (consumer->coming != NULL) {
        (void)rd_kafka_assign(consumer->client, NULL);
    }
    (void)rd_kafka_consumer_close(consumer->client);
    rd_kafka_queue_destroy(consumer->queue);
    rd_kafka_destroy(consumer->client);
    drop(&consumer->going);
    drop(&consumer->coming);
    VECTOR_FREE(&consumer->notices);
    free(consumer);
}

static rd_kafka_conf_t *make_conf(const struct kafka_reading *reading)
{
    static const struct setting defaults[] = {
        {"partition.assignment.strategy", "roundrobin"},
        {"queued.max.messages.kbytes", "16384"},
        {"session.timeout.ms", "45000"},
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
    *port = (struct consumer){consumer, poll_kafka, free_consumer};
    return OUTCOME_OK;
}

struct rd_kafka_s *kafka_consumer_client(const struct consumer *port)
{
    const struct kafka_consumer *consumer = port->self;

    return consumer->client;
}
