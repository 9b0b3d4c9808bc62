#include "seinpost/kafka/kafka_admin.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/slice.h"
#include "seinpost/kafka/kafka_client.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    ASK_MS = 15 * 1000,
    COMMITTED_MS = 60 * 1000,
    SHOWN_TRIES_MAX = 100, /* a new topic is not known everywhere at once */
    SHOWN_WAIT_NS = 100 * 1000 * 1000,
    REASON_SIZE = 512,
};

struct kafka_admin {
    rd_kafka_t *client;
    struct settings brokers;
    struct halt halt;
};

struct kafka_admin *kafka_admin_new(struct settings brokers)
{
    rd_kafka_conf_t *conf = kafka_client_conf(&brokers, 1);
    rd_kafka_t *client = conf == NULL ? NULL : kafka_client_new(RD_KAFKA_PRODUCER, conf);

    if (client == NULL) {
        return NULL;
    }
    struct kafka_admin *admin = calloc(1, sizeof *admin);
    ENSURE_MEMORY(admin != NULL);
    *admin = (struct kafka_admin){.client = client, .brokers = brokers};
    return admin;
}

void kafka_admin_free(struct kafka_admin *admin)
{
    if (admin != NULL) {
        rd_kafka_destroy(admin->client);
        free(admin);
    }
}

void kafka_admin_heed(struct kafka_admin *admin, struct halt halt)
{
    admin->halt = halt;
}

int32_t kafka_admin_partitions(struct kafka_admin *admin, const char *topic)
{
    struct kafka_tries tries = kafka_tries_for(admin->halt, ASK_MS);

    return kafka_client_partitions(admin->client, topic, &tries);
}

static rd_kafka_NewTopic_t *new_topic(const struct kafka_topic *topic)
{
    char reason[REASON_SIZE];
    rd_kafka_NewTopic_t *new = rd_kafka_NewTopic_new(topic->name, topic->partitions,
                                                     topic->replication, reason, sizeof reason);

    if (new == NULL) {
        log_error("%s: %s", topic->name, reason);
        return NULL;
    }
    for (size_t i = 0; i < topic->settings.count; i++) {
        (void)rd_kafka_NewTopic_set_config(new, topic->settings.items[i].name,
                                           topic->settings.items[i].value);
    }
    return new;
}

static enum outcome created(const char *name, rd_kafka_event_t *event)
{
    const rd_kafka_CreateTopics_result_t *result = rd_kafka_event_CreateTopics_result(event);
    size_t count = 0;

    if (result == NULL || rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log_error("%s: %s", name, rd_kafka_event_error_string(event));
        return OUTCOME_STOP;
    }
    const rd_kafka_topic_result_t **topics =
        rd_kafka_CreateTopics_result_topics(result, &count);
    if (count != 1 ||
        (rd_kafka_topic_result_error(topics[0]) != RD_KAFKA_RESP_ERR_NO_ERROR &&
         rd_kafka_topic_result_error(topics[0]) != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)) {
        log_error("%s: %s", name,
                  count == 1 ? rd_kafka_topic_result_error_string(topics[0]) : "no answer");
        return OUTCOME_STOP;
    }
    return OUTCOME_OK;
}

static enum outcome wait_shown(struct kafka_admin *admin, const struct kafka_topic *topic)
{
    const struct timespec pause = {0, SHOWN_WAIT_NS};

    for (int i = 0; i < SHOWN_TRIES_MAX; i++) {
        if (kafka_admin_partitions(admin, topic->name) == topic->partitions) {
            return OUTCOME_OK;
        }
        (void)nanosleep(&pause, NULL);
    }
    log_error("%s: made, but not shown", topic->name);
    return OUTCOME_STOP;
}

enum outcome kafka_admin_create(struct kafka_admin *admin, const struct kafka_topic *topic)
{
    rd_kafka_NewTopic_t *new = new_topic(topic);
    enum outcome outcome = OUTCOME_STOP;

    if (new == NULL) {
        return OUTCOME_STOP;
    }
    rd_kafka_queue_t *queue = rd_kafka_queue_new(admin->client);
    rd_kafka_CreateTopics(admin->client, &new, 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, ASK_MS * 2);
    if (event == NULL) {
        log_error("%s: the broker does not answer", topic->name);
    } else {
        outcome = created(topic->name, event);
        rd_kafka_event_destroy(event);
    }
    rd_kafka_queue_destroy(queue);
    rd_kafka_NewTopic_destroy(new);
    return outcome == OUTCOME_OK ? wait_shown(admin, topic) : outcome;
}

static enum outcome described(const char *topic, const char *setting, rd_kafka_event_t *event,
                              struct text *value)
{
    const rd_kafka_DescribeConfigs_result_t *result =
        rd_kafka_event_DescribeConfigs_result(event);
    size_t count = 0;
    size_t entries = 0;

    if (result == NULL || rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log_error("%s: %s", topic, rd_kafka_event_error_string(event));
        return OUTCOME_STOP;
    }
    const rd_kafka_ConfigResource_t **resources =
        rd_kafka_DescribeConfigs_result_resources(result, &count);
    ENSURE(count == 1);
    if (rd_kafka_ConfigResource_error(resources[0]) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log_error("%s: %s", topic, rd_kafka_ConfigResource_error_string(resources[0]));
        return OUTCOME_STOP;
    }
    const rd_kafka_ConfigEntry_t **configs =
        rd_kafka_ConfigResource_configs(resources[0], &entries);
    for (size_t i = 0; i < entries; i++) {
        if (strcmp(rd_kafka_ConfigEntry_name(configs[i]), setting) == 0) {
            text_add(value, slice_of(rd_kafka_ConfigEntry_value(configs[i])));
        }
    }
    return OUTCOME_OK;
}

enum outcome kafka_admin_setting(struct kafka_admin *admin, const char *topic,
                                 const char *setting, struct text *value)
{
    rd_kafka_ConfigResource_t *resource =
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);
    enum outcome outcome = OUTCOME_STOP;

    ENSURE_MEMORY(resource != NULL);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(admin->client);
    rd_kafka_DescribeConfigs(admin->client, &resource, 1, NULL, queue);
    struct kafka_tries tries = kafka_tries_for(admin->halt, ASK_MS * 2LL);
    rd_kafka_event_t *event = NULL;
    for (int ms = 1; ms > 0 && event == NULL;) {
        ms = kafka_tries_next(&tries);
        event = rd_kafka_queue_poll(queue, ms);
    }
    if (event == NULL) {
        log_error("%s: the broker does not answer", topic);
    } else {
        outcome = described(topic, setting, event, value);
        rd_kafka_event_destroy(event);
    }
    rd_kafka_queue_destroy(queue);
    rd_kafka_ConfigResource_destroy(resource);
    return outcome;
}

enum outcome kafka_admin_ends(struct kafka_admin *admin, const char *topic, int32_t partition,
                              int64_t *low, int64_t *high)
{
    struct kafka_tries tries = kafka_tries_for(admin->halt, ASK_MS);
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__TIMED_OUT;

    for (int ms = 1; ms > 0 && error != RD_KAFKA_RESP_ERR_NO_ERROR;) {
        ms = kafka_tries_next(&tries);
        error = ms == 0 ? RD_KAFKA_RESP_ERR__TIMED_OUT
                        : rd_kafka_query_watermark_offsets(admin->client, topic, partition, low,
                                                           high, ms);
    }
    return error == RD_KAFKA_RESP_ERR_NO_ERROR ? OUTCOME_OK : OUTCOME_RETRY;
}

enum outcome kafka_admin_since(struct kafka_admin *admin, const char *topic, int32_t partition,
                               int64_t ms, int64_t *offset)
{
    struct kafka_tries tries = kafka_tries_for(admin->halt, ASK_MS);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_t *item =
        rd_kafka_topic_partition_list_add(list, topic, partition);
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__TIMED_OUT;

    for (int wait_ms = 1; wait_ms > 0 && error != RD_KAFKA_RESP_ERR_NO_ERROR;) {
        wait_ms = kafka_tries_next(&tries);
        item->offset = ms;
        error = wait_ms == 0 ? RD_KAFKA_RESP_ERR__TIMED_OUT
                             : rd_kafka_offsets_for_times(admin->client, list, wait_ms);
        error = error == RD_KAFKA_RESP_ERR_NO_ERROR ? item->err : error;
    }
    *offset = item->offset;
    rd_kafka_topic_partition_list_destroy(list);
    return error == RD_KAFKA_RESP_ERR_NO_ERROR ? OUTCOME_OK : OUTCOME_RETRY;
}

/* A client that speaks for the group without being a member. */
static rd_kafka_t *speak_for(const struct kafka_admin *admin, const char *group)
{
    const struct setting own[] = {{"group.id", group}, {"enable.auto.commit", "false"}};
    const struct settings layers[] = {admin->brokers, {own, sizeof own / sizeof own[0]}};
    rd_kafka_conf_t *conf = kafka_client_conf(layers, sizeof layers / sizeof layers[0]);

    return conf == NULL ? NULL : kafka_client_new(RD_KAFKA_CONSUMER, conf);
}

static bool has_error(const rd_kafka_topic_partition_list_t *list)
{
    for (int i = 0; i < list->cnt; i++) {
        if (list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            log_error("%s[%d]: %s", list->elems[i].topic, list->elems[i].partition,
                      rd_kafka_err2str(list->elems[i].err));
            return true;
        }
    }
    return false;
}

/* Returns the partitions of the topic with what the group committed, or NULL. */
static rd_kafka_topic_partition_list_t *committed(rd_kafka_t *client, const char *topic)
{
    struct kafka_tries tries = kafka_tries_for((struct halt){0}, ASK_MS);
    const int32_t partitions = kafka_client_partitions(client, topic, &tries);

    if (partitions <= 0) {
        log_error("there is no topic %s", topic);
        return NULL;
    }
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
    rd_kafka_topic_partition_list_add_range(list, topic, 0, partitions - 1);
    tries = kafka_tries_for((struct halt){0}, COMMITTED_MS);
    if (kafka_client_committed(client, list, &tries) != OUTCOME_OK || has_error(list)) {
        rd_kafka_topic_partition_list_destroy(list);
        return NULL;
    }
    return list;
}

struct asking {
    const bool *newest; /* NULL: only a look */
    kafka_admin_note *note;
};

static void add_words(rd_kafka_topic_partition_list_t *begins,
                      const rd_kafka_topic_partition_t *item, int64_t offset,
                      struct slice words)
{
    rd_kafka_topic_partition_t *begin =
        rd_kafka_topic_partition_list_add(begins, item->topic, item->partition);

    begin->offset = offset;
    if (words.size > 0) { /* librdkafka frees it */
        begin->metadata = malloc(words.size);
        ENSURE_MEMORY(begin->metadata != NULL);
        memcpy(begin->metadata, words.data, words.size);
        begin->metadata_size = words.size;
    }
}

/* Adds where a partition begins, with what goes along from the commit before. */
static void add_begin(rd_kafka_topic_partition_list_t *begins,
                      const rd_kafka_topic_partition_t *item, int64_t offset,
                      kafka_admin_note *note)
{
    struct text text = {0};

    if (note != NULL) {
        note((struct slice){item->metadata, item->metadata_size}, &text);
    }
    add_words(begins, item, offset, text_slice(&text));
    text_free(&text);
}

/* Looks at every partition; in `begins` those without a place that can be read get one. */
static enum outcome visit(rd_kafka_t *client, rd_kafka_topic_partition_list_t *list,
                          const struct asking *asking, rd_kafka_topic_partition_list_t *begins,
                          struct kafka_admin_group *found)
{
    const bool newest = asking->newest != NULL && *asking->newest;

    *found = (struct kafka_admin_group){.partitions = list->cnt};
    for (int i = 0; i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *item = &list->elems[i];
        int64_t low = 0;
        int64_t high = 0;
        const rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(
            client, item->topic, item->partition, &low, &high, ASK_MS);
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            log_error("%s[%d]: %s", item->topic, item->partition, rd_kafka_err2str(error));
            return OUTCOME_STOP;
        }
        const bool missing = item->offset < 0;
        const bool expired = !missing && item->offset < low;
        found->missing += missing ? 1 : 0;
        found->expired += expired ? 1 : 0;
        if (missing || expired) {
            add_begin(begins, item, missing && newest ? high : low,
                      missing ? NULL : asking->note);
        }
    }
    return OUTCOME_OK;
}

/* A group with members takes offsets from them alone. */
static void tell_refused(const char *group, rd_kafka_resp_err_t error)
{
    if (error == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID ||
        error == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION ||
        error == RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS) {
        log_error("group %s has members: a daemon is running, or ended less than its "
                  "session.timeout.ms ago. Stop all daemons, wait so long, and try again",
                  group);
    } else {
        log_error("group %s: %s", group, rd_kafka_err2str(error));
    }
}

static enum outcome commit(rd_kafka_t *client, const char *group,
                           const rd_kafka_topic_partition_list_t *begins)
{
    const rd_kafka_resp_err_t error =
        begins->cnt == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_commit(client, begins, 0);

    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        tell_refused(group, error);
        return OUTCOME_STOP;
    }
    return OUTCOME_OK;
}

static enum outcome ask(struct kafka_admin *admin, const char *group, const char *topic,
                        const struct asking *asking, struct kafka_admin_group *found)
{
    rd_kafka_t *client = speak_for(admin, group);
    enum outcome outcome = OUTCOME_STOP;

    if (client == NULL) {
        return OUTCOME_STOP;
    }
    rd_kafka_topic_partition_list_t *begins = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_t *list = committed(client, topic);
    if (list != NULL) {
        outcome = visit(client, list, asking, begins, found);
        rd_kafka_topic_partition_list_destroy(list);
    }
    if (outcome == OUTCOME_OK && asking->newest != NULL) {
        outcome = commit(client, group, begins);
    }
    rd_kafka_topic_partition_list_destroy(begins);
    rd_kafka_destroy(client);
    return outcome;
}

enum outcome kafka_admin_look(struct kafka_admin *admin, const char *group, const char *topic,
                              struct kafka_admin_group *found)
{
    return ask(admin, group, topic, &(struct asking){NULL, NULL}, found);
}

enum outcome kafka_admin_begin(struct kafka_admin *admin, const char *group, const char *topic,
                               bool newest, kafka_admin_note *note)
{
    struct kafka_admin_group found;

    return ask(admin, group, topic, &(struct asking){&newest, note}, &found);
}

/* Finds what the group committed of one partition, and commits it anew. */
static enum outcome accept_partition(rd_kafka_t *client, const char *group,
                                     struct record_partition partition, kafka_admin_note *note)
{
    rd_kafka_topic_partition_list_t *begins = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_t *list = committed(client, partition.topic);
    enum outcome outcome = OUTCOME_STOP;

    for (int i = 0; list != NULL && i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *item = &list->elems[i];
        if (item->partition == partition.partition && item->offset >= 0) {
            add_begin(begins, item, item->offset, note);
            outcome = commit(client, group, begins);
        }
    }
    if (list != NULL && begins->cnt == 0) {
        log_error("group %s has committed nothing of %s[%d]", group, partition.topic,
                  partition.partition);
    }
    if (list != NULL) {
        rd_kafka_topic_partition_list_destroy(list);
    }
    rd_kafka_topic_partition_list_destroy(begins);
    return outcome;
}

enum outcome kafka_admin_accept(struct kafka_admin *admin, const char *group,
                                struct record_partition partition, kafka_admin_note *note)
{
    rd_kafka_t *client = speak_for(admin, group);
    enum outcome outcome = OUTCOME_STOP;

    if (client != NULL) {
        outcome = accept_partition(client, group, partition, note);
        rd_kafka_destroy(client);
    }
    return outcome;
}

/* Commits where the group has nothing. */
static enum outcome put_offset(rd_kafka_t *client, const char *group,
                               struct record_partition partition, int64_t offset,
                               struct slice words)
{
    rd_kafka_topic_partition_list_t *begins = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_t *list = committed(client, partition.topic);

    for (int i = 0; list != NULL && i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *item = &list->elems[i];
        if (item->partition == partition.partition && item->offset < 0) {
            add_words(begins, item, offset, words);
        }
    }
    const enum outcome outcome = list == NULL ? OUTCOME_STOP : commit(client, group, begins);
    if (list != NULL) {
        rd_kafka_topic_partition_list_destroy(list);
    }
    rd_kafka_topic_partition_list_destroy(begins);
    return outcome;
}

enum outcome kafka_admin_put(struct kafka_admin *admin, const char *group,
                             struct record_partition partition, int64_t offset,
                             struct slice words)
{
    rd_kafka_t *client = speak_for(admin, group);
    enum outcome outcome = OUTCOME_STOP;

    if (client != NULL) {
        outcome = put_offset(client, group, partition, offset, words);
        rd_kafka_destroy(client);
    }
    return outcome;
}
