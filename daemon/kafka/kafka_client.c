#include "seinpost/kafka/kafka_client.h"

#include "seinpost/base/counter.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/text.h"

enum {
    REASON_SIZE = 512
};

/* librdkafka's levels are syslog's (RFC 5424): 3 error, 4 warning, 5 notice, 6 info, 7 debug.
 */
static void on_log(const rd_kafka_t *client, int level, const char *facility,
                   const char *message)
{
    static const enum log_level levels[] = {LOG_ERROR,   LOG_ERROR, LOG_ERROR, LOG_ERROR,
                                            LOG_WARNING, LOG_INFO,  LOG_INFO,  LOG_DEBUG};
    const enum log_level own = level < 0 || level > 7 ? LOG_DEBUG : levels[level];

    log_write(own, "%s: %s: %s", rd_kafka_name(client), facility, message);
}

/* Errors of the connection mend themselves; who cannot go on learns it from its own calls. */
static void on_error(rd_kafka_t *client, int code, const char *reason, void *self)
{
    (void)self;
    log_warning("%s: %s: %s", rd_kafka_name(client),
                rd_kafka_err2name((rd_kafka_resp_err_t)code), reason);
}

rd_kafka_conf_t *kafka_client_conf(const struct settings *layers, size_t count)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char reason[REASON_SIZE];

    ENSURE_MEMORY(conf != NULL);
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_error_cb(conf, on_error);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < layers[i].count; j++) {
            const struct setting *setting = &layers[i].items[j];
            if (rd_kafka_conf_set(conf, setting->name, setting->value, reason, sizeof reason) !=
                RD_KAFKA_CONF_OK) {
                log_error("librdkafka: %s", reason);
                rd_kafka_conf_destroy(conf);
                return NULL;
            }
        }
    }
    return conf;
}

rd_kafka_conf_t *kafka_client_aside(const char *member, struct settings brokers,
                                    struct settings consumer, const char *queue_kib)
{
    static const struct setting must[] = {
        {"enable.auto.commit", "false"},  {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "error"},   {"isolation.level", "read_committed"},
        {"enable.partition.eof", "true"},
    };
    const struct setting defaults[] = {
        {"queued.max.messages.kbytes", queue_kib},
        {"fetch.wait.max.ms", "20"},
        {"check.crcs", "true"},
    };
    const struct setting names[] = {
        {"client.id", member},
        {"group.id", member}, /* librdkafka wants a name; no group is joined */
    };
    const struct settings layers[] = {
        {defaults, sizeof defaults / sizeof defaults[0]},
        brokers,
        consumer,
        {must, sizeof must / sizeof must[0]},
        {names, sizeof names / sizeof names[0]},
    };
    return kafka_client_conf(layers, sizeof layers / sizeof layers[0]);
}

rd_kafka_t *kafka_client_new(rd_kafka_type_t type, rd_kafka_conf_t *conf)
{
    char reason[REASON_SIZE];
    rd_kafka_t *client = rd_kafka_new(type, conf, reason, sizeof reason);

    if (client == NULL) {
        log_error("librdkafka: %s", reason);
        rd_kafka_conf_destroy(conf);
    }
    return client;
}

static void count(const rd_kafka_error_t *error, const char *what)
{
    struct text labels = {0};

    text_format(&labels, "call=\"%s\",error=\"%s\"", what, rd_kafka_error_name(error));
    text_add_byte(&labels, '\0');
    counter_add(counter_get(COUNTER_TOTAL, "seinpost_transaction_errors_total", labels.data,
                            "Calls of transactions and assignments that failed, by error."),
                1);
    text_free(&labels);
}

enum outcome kafka_client_outcome(rd_kafka_error_t *error, const char *what)
{
    enum outcome outcome = OUTCOME_STOP;

    if (error == NULL) {
        return OUTCOME_OK;
    }
    if (rd_kafka_error_is_fatal(error) != 0) {
        outcome = OUTCOME_STOP;
    } else if (rd_kafka_error_txn_requires_abort(error) != 0) {
        outcome = OUTCOME_ABORT;
    } else if (rd_kafka_error_is_retriable(error) != 0) {
        outcome = OUTCOME_RETRY;
    }
    log_warning("%s: %s: %s", what, rd_kafka_error_name(error), rd_kafka_error_string(error));
    count(error, what);
    rd_kafka_error_destroy(error);
    return outcome;
}

bool kafka_client_was_fenced(rd_kafka_t *client)
{
    char reason[REASON_SIZE];

    switch (rd_kafka_fatal_error(client, reason, sizeof reason)) {
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
        return true;
    default: /* of another kind of enum */
        return false;
    }
}

static int32_t count_of(const struct rd_kafka_metadata *metadata, const char *topic)
{
    if (metadata->topic_cnt != 1) {
        return KAFKA_CLIENT_REFUSED;
    }
    switch (metadata->topics[0].err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
        return metadata->topics[0].partition_cnt;
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
        return 0;
    default: /* of another kind of enum */
        log_warning("topic %s: %s", topic, rd_kafka_err2str(metadata->topics[0].err));
        return KAFKA_CLIENT_REFUSED;
    }
}

int32_t kafka_client_partitions(rd_kafka_t *client, const char *topic,
                                struct kafka_tries *tries)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__TIMED_OUT;
    int32_t partitions = KAFKA_CLIENT_SILENT;

    ENSURE_MEMORY(handle != NULL);
    for (int ms = kafka_tries_next(tries); ms > 0 && error != RD_KAFKA_RESP_ERR_NO_ERROR;
         ms = kafka_tries_next(tries)) {
        error = rd_kafka_metadata(client, 0, handle, &metadata, ms);
    }
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
        partitions = count_of(metadata, topic);
        rd_kafka_metadata_destroy(metadata);
    } else {
        log_warning("topic %s: %s", topic, rd_kafka_err2str(error));
    }
    rd_kafka_topic_destroy(handle);
    return partitions;
}

static void forget_errors(rd_kafka_topic_partition_list_t *list)
{
    for (int i = 0; i < list->cnt; i++) {
        list->elems[i].err = RD_KAFKA_RESP_ERR_NO_ERROR;
    }
}

/* What an open transaction holds is decided soon. */
static bool is_unstable(const rd_kafka_topic_partition_list_t *list)
{
    for (int i = 0; i < list->cnt; i++) {
        if (list->elems[i].err == RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT) {
            return true;
        }
    }
    return false;
}

enum outcome kafka_client_committed(rd_kafka_t *client, rd_kafka_topic_partition_list_t *list,
                                    struct kafka_tries *tries)
{
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__TIMED_OUT;

    for (int ms = kafka_tries_next(tries); ms > 0; ms = kafka_tries_next(tries)) {
        forget_errors(list);
        error = rd_kafka_committed(client, list, ms);
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR && !is_unstable(list)) {
            return OUTCOME_OK;
        }
        log_info("%s: committed offsets: %s", rd_kafka_name(client),
                 error == RD_KAFKA_RESP_ERR_NO_ERROR ? "a transaction is open"
                                                     : rd_kafka_err2str(error));
    }
    log_error("%s: committed offsets: no answer", rd_kafka_name(client));
    return OUTCOME_STOP;
}
