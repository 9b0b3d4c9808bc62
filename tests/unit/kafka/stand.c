#include "seinpost/kafka/kafka_consumer.h"
#include "seinpost/kafka/kafka_producer.h"

#include <time.h>

#include "kafka.h"

static const char *const topics[] = {"one", "two"};

static int64_t asked_ms(void *self)
{
    const struct stand *stand = self;

    return stand->asked_ms < 0 ? -1 : stand_now() - stand->asked_ms;
}

static void open_ports(struct stand *stand)
{
    static struct setting brokers[1];

    brokers[0] =
        (struct setting){"bootstrap.servers", rd_kafka_mock_cluster_bootstraps(stand->cluster)};
    const struct kafka_reading reading = {.topics = topics,
                                          .topics_count = COUNT_OF(topics),
                                          .group = "group",
                                          .member = "member",
                                          .brokers = {brokers, 1}};
    const struct kafka_writing writing = {.topics = topics,
                                          .topics_count = COUNT_OF(topics),
                                          .transactional_id = "member",
                                          .brokers = {brokers, 1},
                                          .halt = {stand, asked_ms}};
    ck_assert_int_eq(kafka_consumer_new(&reading, &stand->consumer), OUTCOME_OK);
    ck_assert_int_eq(kafka_producer_new(&writing, &stand->consumer, &stand->producer),
                     OUTCOME_OK);
}

struct stand *stand_new(void)
{
    struct stand *stand = calloc(1, sizeof *stand);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char reason[256];

    ck_assert_ptr_nonnull(stand);
    ck_assert_int_eq(rd_kafka_conf_set(conf, "log_level", "2", reason, sizeof reason),
                     RD_KAFKA_CONF_OK);
    stand->asked_ms = -1;
    stand->host = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof reason);
    ck_assert_ptr_nonnull(stand->host);
    stand->cluster = rd_kafka_mock_cluster_new(stand->host, 1);
    ck_assert_ptr_nonnull(stand->cluster);
    for (size_t i = 0; i < COUNT_OF(topics); i++) {
        ck_assert_int_eq(rd_kafka_mock_topic_create(stand->cluster, topics[i], 1, 1),
                         RD_KAFKA_RESP_ERR_NO_ERROR);
    }
    open_ports(stand);
    return stand;
}

void stand_free(struct stand *stand)
{
    stand->producer.free(stand->producer.self);
    stand->consumer.free(stand->consumer.self);
    rd_kafka_mock_cluster_destroy(stand->cluster);
    rd_kafka_destroy(stand->host);
    free(stand);
}

void stand_fail(struct stand *stand, int16_t api, rd_kafka_resp_err_t error)
{
    rd_kafka_mock_push_request_errors(stand->cluster, api, 1, error);
}

enum outcome stand_send(struct stand *stand, size_t size)
{
    const struct producer *producer = &stand->producer;
    char *const bytes = calloc(size, 1);

    ck_assert_ptr_nonnull(bytes);
    ck_assert_int_eq(producer->begin(producer->self), OUTCOME_OK);
    const struct producer_record record = {.topic = 0, .partition = 0, .value = {bytes, size}};
    const enum outcome outcome = producer->send(producer->self, &record);
    free(bytes);
    return outcome;
}

enum outcome stand_commit(struct stand *stand)
{
    const struct producer_offset offset = {
        .partition = {"two", 0}, .next = 1, .metadata = SLICE("m")};

    return stand->producer.commit(stand->producer.self, &offset, 1);
}

int64_t stand_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
