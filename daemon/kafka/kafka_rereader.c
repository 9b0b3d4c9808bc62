#include "seinpost/kafka/kafka_rereader.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/vector.h"
#include "seinpost/kafka/kafka_client.h"

enum {
    BATCH_MAX = 200
};

struct kafka_rereader {
    struct kafka_reading reading;
    rd_kafka_t *client; /* NULL: not needed yet */
    rd_kafka_queue_t *queue;
    struct record_partition from;
    bool open;
    int64_t next; /* -1: not known yet */
    int64_t goal; /* the end when it was opened; -1: not known yet */
    rd_kafka_message_t *messages[BATCH_MAX];
    size_t count;
    size_t given; /* of the messages: what was handed on, or passed over */
    VECTOR(struct record) records;
};

static bool make_client(struct kafka_rereader *rereader)
{
    rd_kafka_conf_t *conf =
        rereader->client == NULL
            ? kafka_client_aside(rereader->reading.member, rereader->reading.brokers,
                                 rereader->reading.consumer, "16384")
            : NULL;

    if (conf != NULL) {
        rereader->client = kafka_client_new(RD_KAFKA_CONSUMER, conf);
    }
    if (rereader->client == NULL) {
        return false;
    }
    if (rereader->queue == NULL) {
        (void)rd_kafka_poll_set_consumer(rereader->client);
        rereader->queue = rd_kafka_queue_get_consumer(rereader->client);
        ENSURE_MEMORY(rereader->queue != NULL);
    }
    return true;
}

static void release(struct kafka_rereader *rereader)
{
    for (size_t i = 0; i < rereader->count; i++) {
        rd_kafka_message_destroy(rereader->messages[i]);
    }
    rereader->count = rereader->given = 0;
    rereader->records.count = 0;
}

static enum outcome open_kafka(void *self, struct record_partition partition)
{
    struct kafka_rereader *rereader = self;

    if (!make_client(rereader)) {
        return OUTCOME_STOP;
    }
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, partition.topic, partition.partition)->offset =
        RD_KAFKA_OFFSET_BEGINNING;
    const rd_kafka_resp_err_t error = rd_kafka_assign(rereader->client, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log_error("%s[%d]: %s", partition.topic, partition.partition, rd_kafka_err2str(error));
        return OUTCOME_STOP;
    }
    release(rereader);
    rereader->from = partition;
    rereader->next = rereader->goal = -1;
    rereader->open = true;
    return OUTCOME_OK;
}

static void fetch(struct kafka_rereader *rereader, int64_t timeout_ms)
{
    const bool ends = halt_asked_ms(rereader->reading.halt) >= 0;
    const ssize_t count = rd_kafka_consume_batch_queue(
        rereader->queue, ends ? 0 : (int)timeout_ms, rereader->messages, BATCH_MAX);

    rereader->count = count < 0 ? 0 : (size_t)count;
}

/* Each answer of the broker tells where the partition ends, whether what stands before is
 * committed or not. */
static void learn_goal(struct kafka_rereader *rereader)
{
    int64_t low = 0;
    int64_t high = 0;

    if (rereader->goal < 0 &&
        rd_kafka_get_watermark_offsets(rereader->client, rereader->from.topic,
                                       rereader->from.partition, &low,
                                       &high) == RD_KAFKA_RESP_ERR_NO_ERROR &&
        high >= 0) {
        rereader->goal = high;
    }
}

static bool is_ours(const struct kafka_rereader *rereader, const rd_kafka_message_t *message)
{
    return message->rkt != NULL && message->partition == rereader->from.partition &&
           strcmp(rd_kafka_topic_name(message->rkt), rereader->from.topic) == 0;
}

static enum outcome take_error(const rd_kafka_message_t *message)
{
    log_warning("rereader: %s", rd_kafka_message_errstr(message));
    switch (message->err) {
    case RD_KAFKA_RESP_ERR__FATAL:
        return OUTCOME_STOP;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET: /* the oldest records expired meanwhile */
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
        return OUTCOME_RETRY;
    default: /* of another kind of enum: the rest mends itself */
        return OUTCOME_OK;
    }
}

static void take_record(struct kafka_rereader *rereader, const rd_kafka_message_t *message)
{
    VECTOR_PUSH(&rereader->records, (struct record){
                                        .from = rereader->from,
                                        .offset = message->offset,
                                        .timestamp_ms = -1,
                                        .key = {message->key, message->key_len},
                                        .value = {message->payload, message->len},
                                        .missing = message->payload == NULL,
                                    });
    rereader->next = message->offset + 1;
}

/* Hands on what is before `below`; the rest waits for the next poll. */
static enum outcome take_messages(struct kafka_rereader *rereader, int64_t below)
{
    enum outcome outcome = OUTCOME_OK;

    for (; outcome == OUTCOME_OK && rereader->given < rereader->count; rereader->given++) {
        const rd_kafka_message_t *message = rereader->messages[rereader->given];
        if (!is_ours(rereader, message)) {
            continue;
        }
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            learn_goal(rereader);
            rereader->next =
                message->offset > rereader->next ? message->offset : rereader->next;
        } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            outcome = take_error(message);
        } else if (message->offset >= below) {
            rereader->next = message->offset; /* all before it has been given */
            break;
        } else {
            learn_goal(rereader);
            take_record(rereader, message);
        }
    }
    return outcome;
}

static enum outcome poll_kafka(void *self, int64_t below, int64_t timeout_ms,
                               struct rereader_batch *batch)
{
    struct kafka_rereader *rereader = self;

    ENSURE(rereader->open);
    rereader->records.count = 0;
    if (rereader->given == rereader->count) {
        release(rereader);
        if (rereader->next < below) {
            fetch(rereader, timeout_ms);
        }
    }
    const enum outcome outcome = take_messages(rereader, below);
    *batch = (struct rereader_batch){
        .records = rereader->records.items,
        .count = rereader->records.count,
        .next = rereader->next,
        .at_end = rereader->goal >= 0 && rereader->next >= rereader->goal,
    };
    return outcome;
}

static void close_kafka(void *self)
{
    struct kafka_rereader *rereader = self;

    release(rereader);
    (void)rd_kafka_assign(rereader->client, NULL);
    rereader->open = false;
}

static void free_kafka(void *self)
{
    struct kafka_rereader *rereader = self;

    release(rereader);
    if (rereader->client != NULL) {
        (void)rd_kafka_consumer_close(rereader->client);
        rd_kafka_queue_destroy(rereader->queue);
        rd_kafka_destroy(rereader->client);
    }
    VECTOR_FREE(&rereader->records);
    free(rereader);
}

struct rereader kafka_rereader_new(const struct kafka_reading *reading)
{
    struct kafka_rereader *rereader = calloc(1, sizeof *rereader);

    ENSURE_MEMORY(rereader != NULL);
    rereader->reading = *reading;
    return (struct rereader){rereader, open_kafka, poll_kafka, close_kafka, free_kafka};
}
