#include "seinpost/kafka/kafka_place.h"

#include "kafka.h"

enum {
    PARTITIONS = 3
};

/* A group of which some offsets are committed, and the places of partitions in it. */
struct scene {
    struct stand *stand;
    struct kafka_reading reading;
    enum kafka_begin begins[1];
    struct kafka_places places;
};

static const char *const names[] = {"three"};

static struct scene scene_new(bool whole)
{
    struct scene scene = {.stand = stand_new(),
                          .reading = {.topics = names,
                                      .topics_count = 1,
                                      .group = "group",
                                      .whole = whole,
                                      .transaction_ms = 1000}};

    ck_assert_int_eq(rd_kafka_mock_topic_create(scene.stand->cluster, names[0], PARTITIONS, 1),
                     RD_KAFKA_RESP_ERR_NO_ERROR);
    return scene;
}

static void scene_free(struct scene *scene)
{
    kafka_place_clear(&scene->places);
    VECTOR_FREE(&scene->places.items);
    stand_free(scene->stand);
}

static void commit(const struct scene *scene, int32_t partition, int64_t offset)
{
    rd_kafka_t *const client = kafka_consumer_client(&scene->stand->consumer);
    rd_kafka_topic_partition_list_t *const list = rd_kafka_topic_partition_list_new(1);

    rd_kafka_topic_partition_list_add(list, names[0], partition)->offset = offset;
    ck_assert_int_eq(rd_kafka_commit(client, list, 0), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_topic_partition_list_destroy(list);
}

/* Writes so many records to each partition. */
static void fill(const struct scene *scene, int count)
{
    char reason[256];
    rd_kafka_conf_t *const conf = rd_kafka_conf_new();

    ck_assert_int_eq(rd_kafka_conf_set(conf, "bootstrap.servers",
                                       rd_kafka_mock_cluster_bootstraps(scene->stand->cluster),
                                       reason, sizeof reason),
                     RD_KAFKA_CONF_OK);
    rd_kafka_t *const client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof reason);
    rd_kafka_topic_t *const topic = rd_kafka_topic_new(client, names[0], NULL);
    for (int i = 0; i < count * PARTITIONS; i++) {
        ck_assert_int_eq(rd_kafka_produce(topic, i % PARTITIONS, RD_KAFKA_MSG_F_COPY,
                                          (char[]){"x"}, 1, NULL, 0, NULL),
                         0);
    }
    ck_assert_int_eq(rd_kafka_flush(client, 10000), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(client);
}

/* The place of a partition. */
static struct kafka_place find(struct scene *scene, const char *topic, int32_t partition)
{
    rd_kafka_topic_partition_list_t *const list = rd_kafka_topic_partition_list_new(1);

    kafka_place_clear(&scene->places);
    scene->places.client = kafka_consumer_client(&scene->stand->consumer);
    scene->places.reading = &scene->reading;
    rd_kafka_topic_partition_list_add(list, topic, partition);
    ck_assert_int_eq(kafka_place_find(&scene->places, list, true), OUTCOME_OK);
    rd_kafka_topic_partition_list_destroy(list);
    ck_assert_uint_eq(scene->places.items.count, 1);
    return scene->places.items.items[0];
}

/* It goes on where the group was, or reads the whole log again. */
START_TEST(a_commit_is_where_it_goes_on)
{
    struct scene scene = scene_new(_i == 1);

    fill(&scene, 5);
    commit(&scene, 1, 3);
    const struct kafka_place place = find(&scene, names[0], 1);
    ck_assert_ptr_null(place.reason);
    ck_assert_int_eq(place.committed, 3);
    ck_assert_int_eq(place.start, _i == 1 ? 0 : 3);
    ck_assert_int_eq(place.partitions, PARTITIONS);
    scene_free(&scene);
}
END_TEST

/* A topic that was never committed is not begun, unless it came while we run. */
START_TEST(a_topic_without_a_commit_is_not_read)
{
    struct scene scene = scene_new(_i == 1);
    enum kafka_begin begins[] = {KAFKA_BEGIN_OLDEST};

    fill(&scene, 5);
    ck_assert_str_eq(find(&scene, names[0], 1).reason, "no-commit");
    scene.reading.begins = begins;
    struct kafka_place place = find(&scene, names[0], 1);
    ck_assert_ptr_null(place.reason);
    ck_assert(place.begins);
    ck_assert_int_eq(place.committed, 0);
    begins[0] = KAFKA_BEGIN_NEWEST;
    place = find(&scene, names[0], 1);
    ck_assert_int_eq(place.committed, 5);
    begins[0] = KAFKA_BEGIN_NEVER;
    ck_assert_str_eq(find(&scene, names[0], 1).reason, "no-commit");
    scene_free(&scene);
}
END_TEST

/* A partition that was added to a partner's topic begins at its first record; one among others
 * that are committed has lost its offset. */
START_TEST(an_added_partition_begins_and_a_lost_offset_does_not)
{
    struct scene scene = scene_new(false);

    fill(&scene, 5);
    commit(&scene, 1, 3);
    const struct kafka_place added = find(&scene, names[0], 2);
    ck_assert_ptr_null(added.reason);
    ck_assert_int_eq(added.start, 0);
    ck_assert_str_eq(find(&scene, names[0], 0).reason, "lost-commit");
    scene.reading.whole = true; /* the number of its partitions never changes */
    ck_assert_str_eq(find(&scene, names[0], 2).reason, "lost-commit");
    scene_free(&scene);
}
END_TEST

/* A log that ends before what was read of it is another one. */
START_TEST(another_log_is_not_read)
{
    struct scene scene = scene_new(false);

    fill(&scene, 5);
    commit(&scene, 1, 6);
    ck_assert_str_eq(find(&scene, names[0], 1).reason, "other-log");
    scene_free(&scene);
}
END_TEST

/* What is not there is called missing; what does not answer, unreachable. */
START_TEST(what_cannot_be_asked_is_not_read)
{
    struct scene scene = scene_new(false);

    commit(&scene, 1, 0);
    ck_assert_str_eq(find(&scene, names[0], PARTITIONS).reason, "missing");
    rd_kafka_mock_topic_set_error(scene.stand->cluster, names[0],
                                  RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    ck_assert_str_eq(find(&scene, names[0], 1).reason, "unreachable");
    scene_free(&scene);
}
END_TEST

/* When the group cannot be asked, nothing is known of any partition. */
START_TEST(a_silent_group_stops)
{
    struct scene scene = scene_new(false);
    rd_kafka_topic_partition_list_t *const list = rd_kafka_topic_partition_list_new(1);

    commit(&scene, 1, 0);
    rd_kafka_mock_broker_set_down(scene.stand->cluster, 1);
    scene.places.client = kafka_consumer_client(&scene.stand->consumer);
    scene.places.reading = &scene.reading;
    rd_kafka_topic_partition_list_add(list, names[0], 1);
    ck_assert_int_eq(kafka_place_find(&scene.places, list, false), OUTCOME_STOP);
    rd_kafka_topic_partition_list_destroy(list);
    scene_free(&scene);
}
END_TEST

Suite *place_suite(void)
{
    const TTest *const tests[] = {an_added_partition_begins_and_a_lost_offset_does_not,
                                  another_log_is_not_read, what_cannot_be_asked_is_not_read,
                                  a_silent_group_stops, NULL};
    Suite *const suite = unit_suite("place", tests);

    unit_loop(suite, a_commit_is_where_it_goes_on, 2);
    unit_loop(suite, a_topic_without_a_commit_is_not_read, 2);
    return suite;
}
