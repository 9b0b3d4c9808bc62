#include "seinpost/kafka/kafka_producer.h"

#include "seinpost/base/counter.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/text.h"
#include "seinpost/kafka/kafka_client.h"
#include "seinpost/kafka/kafka_consumer.h"
#include "seinpost/kafka/kafka_tries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    TOPICS_MAX = 128, /* ours, and one of each desk */
    QUEUE_FULL_WAIT_MS = 100,
    API_INIT_PRODUCER_ID = 22, /* Kafka's protocol: ApiKey */
    API_ADD_PARTITIONS = 24,
    API_ADD_OFFSETS = 25,
    API_END_TXN = 26,
    API_OFFSET_COMMIT = 28,
};

struct kafka_producer {
    struct kafka_writing writing;
    rd_kafka_t *client;
    rd_kafka_t *source; /* the consumer's */
    rd_kafka_topic_t *topics[TOPICS_MAX];
    size_t topics_count;
    int64_t timeout_ms;      /* of a transaction */
    int64_t begun_ms;        /* the last one */
    struct counter *unclear; /* requests of transactions without an answer; librdkafka's threads
                                count */
    int64_t unclear_known;   /* of them no one may still end the open transaction */
    struct counter *reinits;
    char now[24]; /* header of the open transaction's records */
    size_t now_size;
};

static struct kafka_tries tries_of(const struct kafka_producer *producer)
{
    return kafka_tries_for(producer->writing.halt, producer->timeout_ms);
}

/* Asks until it is answered: what is retriable may be asked again as it is. */
static enum outcome insist(struct kafka_producer *producer, const char *what,
                           struct kafka_tries *tries,
                           rd_kafka_error_t *(*ask)(rd_kafka_t *client, int timeout_ms))
{
    enum outcome outcome = OUTCOME_RETRY;

    while (outcome == OUTCOME_RETRY) {
        const int ms = kafka_tries_next(tries);
        if (ms == 0) {
            return OUTCOME_STOP;
        }
        outcome = kafka_client_outcome(ask(producer->client, ms), what);
    }
    return outcome;
}

/* librdkafka takes `void *` where it only reads. */
static void *unqualified(const char *data)
{
    return (void *)(uintptr_t)data;
}

static void add_number(rd_kafka_headers_t *headers, const char *name, int64_t number)
{
    char digits[24];
    const int size = snprintf(digits, sizeof digits, "%lld", (long long)number);

    ENSURE(size > 0 && (size_t)size < sizeof digits);
    const rd_kafka_resp_err_t error = rd_kafka_header_add(headers, name, -1, digits, size);
    ENSURE(error == RD_KAFKA_RESP_ERR_NO_ERROR);
}

/* The headers are ours until the record is taken: with its own ones librdkafka before 2.12.0
 * frees them twice when a record is refused (its issue 4628). */
static rd_kafka_headers_t *headers_of(const struct kafka_producer *producer,
                                      const struct producer_record *record)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(2);

    ENSURE_MEMORY(headers != NULL);
    const rd_kafka_resp_err_t error = rd_kafka_header_add(
        headers, "seinpost-processed-at", -1, producer->now, (ssize_t)producer->now_size);
    ENSURE(error == RD_KAFKA_RESP_ERR_NO_ERROR);
    if (record->behind > 0) {
        add_number(headers, KAFKA_PRODUCER_BEHIND, record->behind);
    }
    return headers;
}

static rd_kafka_error_t *produce(const struct kafka_producer *producer,
                                 const struct producer_record *record)
{
    rd_kafka_headers_t *headers = headers_of(producer, record);
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
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
    };
    rd_kafka_error_t *error =
        rd_kafka_produceva(producer->client, arguments, sizeof arguments / sizeof arguments[0]);
    if (error != NULL) {
        rd_kafka_headers_destroy(headers);
    }
    return error;
}

/* A record that is too large is our own fault: what makes records has to keep them small. */
static void tell_too_large(const char *topic, size_t size)
{
    log_error(
        "a record of %zu bytes is larger than topic %s takes (we make none above %d): this "
        "is a fault of Seinpost, or of the topic's max.message.bytes; `seinpost topics "
        "check` compares it",
        size, topic, KAFKA_PRODUCER_BYTES_MAX);
}

static enum outcome judge_refused(const struct kafka_producer *producer,
                                  const struct producer_record *record, rd_kafka_error_t *error)
{
    const rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    const enum outcome outcome = kafka_client_outcome(error, "produce");

    if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
        tell_too_large(producer->writing.topics[record->topic],
                       record->key.size + record->value.size);
        return OUTCOME_STOP; /* it would not be smaller the next time */
    }
    if (code == RD_KAFKA_RESP_ERR__STATE) {
        return OUTCOME_ABORT; /* an earlier record of the transaction was not delivered */
    }
    return outcome == OUTCOME_STOP ? OUTCOME_STOP : OUTCOME_ABORT;
}

static enum outcome send_record(void *self, const struct producer_record *record)
{
    struct kafka_producer *producer = self;
    struct kafka_tries tries = tries_of(producer);

    ENSURE(record->topic >= 0 && (size_t)record->topic < producer->topics_count);
    do {
        rd_kafka_error_t *error = produce(producer, record);
        if (error == NULL) {
            return OUTCOME_OK;
        }
        if (rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            return judge_refused(producer, record, error);
        }
        rd_kafka_error_destroy(error);
        (void)rd_kafka_poll(producer->client, QUEUE_FULL_WAIT_MS);
    } while (kafka_tries_next(&tries) > 0);
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

/* librdkafka may take longer than it is told to (its issues 5456 and 5511): who must not hang
 * watches from outside. */
static enum outcome send_offsets(struct kafka_producer *producer, struct kafka_tries *tries,
                                 const rd_kafka_topic_partition_list_t *list)
{
    enum outcome outcome = OUTCOME_RETRY;

    while (outcome == OUTCOME_RETRY) {
        const int ms = kafka_tries_next(tries);
        rd_kafka_consumer_group_metadata_t *group =
            ms == 0 ? NULL : rd_kafka_consumer_group_metadata(producer->source);
        if (group == NULL) {
            return OUTCOME_STOP; /* no time, or not a member any more */
        }
        outcome = kafka_client_outcome(
            rd_kafka_send_offsets_to_transaction(producer->client, list, group, ms), "offsets");
        rd_kafka_consumer_group_metadata_destroy(group);
    }
    return outcome;
}

static enum outcome commit(void *self, const struct producer_offset *offsets, size_t count)
{
    struct kafka_producer *producer = self;
    struct kafka_tries tries = tries_of(producer);
    rd_kafka_topic_partition_list_t *list = list_of(offsets, count);

    ENSURE(count > 0); /* they are the fence */
    enum outcome outcome = send_offsets(producer, &tries, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (outcome == OUTCOME_OK) {
        tries.made = 0;
        outcome = insist(producer, "commit", &tries, rd_kafka_commit_transaction);
    }
    return outcome;
}

static enum outcome abort_transaction(void *self)
{
    struct kafka_producer *producer = self;
    struct kafka_tries tries = tries_of(producer);

    return insist(producer, "abort", &tries, rd_kafka_abort_transaction);
}

static void on_delivered(rd_kafka_t *client, const rd_kafka_message_t *message, void *self)
{
    (void)client;
    (void)self;
    if (message->err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
        tell_too_large(rd_kafka_topic_name(message->rkt), message->key_len + message->len);
    }
}

/* The request got no answer, so it may still be on its way. */
static bool is_unclear(rd_kafka_resp_err_t error)
{
    return error == RD_KAFKA_RESP_ERR__TRANSPORT || error == RD_KAFKA_RESP_ERR__TIMED_OUT ||
           error == RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE ||
           error == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT;
}

static bool is_of_transaction(int16_t api)
{
    return api == API_INIT_PRODUCER_ID || api == API_ADD_PARTITIONS || api == API_ADD_OFFSETS ||
           api == API_END_TXN || api == API_OFFSET_COMMIT;
}

/* NOLINTNEXTLINE(readability-function-size): the signature is librdkafka's */
static rd_kafka_resp_err_t on_response(rd_kafka_t *client, int socket, const char *broker_name,
                                       int32_t broker, int16_t api, int16_t version,
                                       int32_t correlation, size_t size, int64_t rtt_us,
                                       rd_kafka_resp_err_t error, void *unclear)
{
    (void)client;
    (void)socket;
    (void)broker_name;
    (void)broker;
    (void)version;
    (void)correlation;
    (void)size;
    (void)rtt_us;
    if (is_unclear(error) && is_of_transaction(api)) {
        counter_add(unclear, 1);
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t on_new(rd_kafka_t *client, const rd_kafka_conf_t *conf,
                                  void *unclear, char *reason, size_t reason_size)
{
    (void)conf;
    (void)reason;
    (void)reason_size;
    return rd_kafka_interceptor_add_on_response_received(client, "seinpost", on_response,
                                                         unclear);
}

static rd_kafka_conf_t *make_conf(const struct kafka_writing *writing)
{
    static const struct setting defaults[] = {
        {"compression.codec", "lz4"},
        {"partitioner", "murmur2_random"}, /* as Java clients do */
        {"transaction.timeout.ms", "15000"},
    };
    char bytes_max[16];
    (void)snprintf(bytes_max, sizeof bytes_max, "%d", KAFKA_PRODUCER_BYTES_MAX);
    const struct setting must[] = {
        {"client.id", writing->transactional_id},
        {"transactional.id", writing->transactional_id},
        {"enable.idempotence", "true"},
        {"message.max.bytes", bytes_max},
    };
    const struct settings layers[] = {
        {defaults, sizeof defaults / sizeof defaults[0]},
        writing->brokers,
        writing->producer,
        {must, sizeof must / sizeof must[0]},
    };
    return kafka_client_conf(layers, sizeof layers / sizeof layers[0]);
}

static int64_t timeout_of(const rd_kafka_conf_t *conf)
{
    char value[32];
    size_t size = sizeof value;
    long long ms = 0;

    const rd_kafka_conf_res_t result =
        rd_kafka_conf_get(conf, "transaction.timeout.ms", value, &size);
    const bool read =
        result == RD_KAFKA_CONF_OK && slice_number((struct slice){value, strlen(value)}, &ms);
    ENSURE(read); /* librdkafka has checked it */
    return ms;
}

int64_t kafka_producer_timeout_ms(const struct kafka_writing *writing)
{
    rd_kafka_conf_t *conf = make_conf(writing);
    int64_t ms = 0;

    if (conf != NULL) {
        ms = timeout_of(conf);
        rd_kafka_conf_destroy(conf);
    }
    return ms;
}

static void open_topics(struct kafka_producer *producer)
{
    for (size_t i = 0; i < producer->writing.topics_count; i++) {
        producer->topics[i] =
            rd_kafka_topic_new(producer->client, producer->writing.topics[i], NULL);
        ENSURE_MEMORY(producer->topics[i] != NULL);
    }
    producer->topics_count = producer->writing.topics_count;
}

static void close_client(struct kafka_producer *producer)
{
    for (size_t i = 0; i < producer->topics_count; i++) {
        rd_kafka_topic_destroy(producer->topics[i]);
    }
    producer->topics_count = 0;
    if (producer->client != NULL) {
        rd_kafka_destroy(producer->client);
        producer->client = NULL;
    }
}

/* Makes the client, and ends what an earlier one of this id left open. */
static enum outcome open_client(struct kafka_producer *producer)
{
    rd_kafka_conf_t *conf = make_conf(&producer->writing);

    if (conf == NULL) {
        return OUTCOME_STOP;
    }
    producer->timeout_ms = timeout_of(conf);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivered);
    (void)rd_kafka_conf_interceptor_add_on_new(conf, "seinpost", on_new, producer->unclear);
    producer->client = kafka_client_new(RD_KAFKA_PRODUCER, conf);
    if (producer->client == NULL) {
        return OUTCOME_STOP;
    }
    open_topics(producer);
    struct kafka_tries tries = tries_of(producer);
    const enum outcome outcome = insist(producer, "init", &tries, rd_kafka_init_transactions);
    producer->unclear_known = counter_value(producer->unclear);
    return outcome == OUTCOME_OK ? OUTCOME_OK : OUTCOME_STOP;
}

static void note_time(struct kafka_producer *producer)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    const int size = snprintf(producer->now, sizeof producer->now, "%lld",
                              now.tv_sec * 1000LL + now.tv_nsec / 1000000);
    ENSURE(size > 0 && (size_t)size < sizeof producer->now);
    producer->now_size = (size_t)size;
}

static enum outcome begin(void *self)
{
    struct kafka_producer *producer = self;
    char reason[256];

    if (counter_value(producer->unclear) != producer->unclear_known) {
        log_warning("%s: requests of a transaction got no answer: a new producer fences them "
                    "off",
                    producer->writing.transactional_id);
        counter_add(producer->reinits, 1);
        close_client(producer);
        if (open_client(producer) != OUTCOME_OK) {
            return OUTCOME_STOP;
        }
    }
    note_time(producer);
    producer->begun_ms = kafka_tries_now();
    /* with a fatal error pending librdkafka's call may hang (its issue 4420) */
    if (rd_kafka_fatal_error(producer->client, reason, sizeof reason) !=
        RD_KAFKA_RESP_ERR_NO_ERROR) {
        log_warning("begin: %s", reason);
        return OUTCOME_STOP;
    }
    return kafka_client_outcome(rd_kafka_begin_transaction(producer->client), "begin");
}

static void free_producer(void *self)
{
    struct kafka_producer *producer = self;

    close_client(producer);
    free(producer);
}

static struct counter *counter_of(const struct kafka_writing *writing, const char *name,
                                  const char *help)
{
    struct text labels = {0};

    text_format(&labels, "producer=\"%s\"", writing->transactional_id);
    text_add_byte(&labels, '\0');
    struct counter *counter = counter_get(COUNTER_TOTAL, name, labels.data, help);
    text_free(&labels);
    return counter;
}

enum outcome kafka_producer_new(const struct kafka_writing *writing,
                                const struct consumer *source, struct producer *port)
{
    struct kafka_producer *producer = calloc(1, sizeof *producer);

    ENSURE_MEMORY(producer != NULL);
    ENSURE(writing->topics_count <= TOPICS_MAX);
    producer->writing = *writing;
    producer->source = kafka_consumer_client(source);
    producer->unclear = counter_of(writing, "seinpost_producer_unclear_total",
                                   "Requests of transactions that got no answer.");
    producer->reinits = counter_of(writing, "seinpost_producer_reinits_total",
                                   "Producers made anew, to fence off requests that got no "
                                   "answer.");
    if (open_client(producer) != OUTCOME_OK) {
        free_producer(producer);
        return OUTCOME_STOP;
    }
    *port = (struct producer){producer,          begin,        send_record, commit,
                              abort_transaction, free_producer};
    return OUTCOME_OK;
}

bool kafka_producer_was_fenced(const struct producer *port)
{
    const struct kafka_producer *producer = port->self;

    /* one that was too slow is fenced by the broker itself, when its transaction times out */
    return producer->client != NULL && kafka_client_was_fenced(producer->client) &&
           kafka_tries_now() - producer->begun_ms < producer->timeout_ms;
}
