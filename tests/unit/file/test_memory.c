#include "seinpost/base/text.h"
#include "seinpost/file/memory.h"

#include "files.h"

static void append(struct memory *memory, size_t topic, int32_t partition, const char *value)
{
    memory_append(memory, topic, partition, SLICE("key"), slice_of(value));
}

/* Records have offsets from 0, keep copies, and know their order over all topics. */
START_TEST(records_have_offsets_and_an_order)
{
    struct memory *const memory = memory_new();
    const size_t a = memory_topic(memory, "a", 2), b = memory_topic(memory, "b", 1);
    char value[] = "one";

    append(memory, a, 0, value);
    value[0] = 'x';
    append(memory, b, 0, "two");
    append(memory, a, 0, "three");
    ck_assert_int_eq(memory_end(memory, a, 0), 2);
    ck_assert_int_eq(memory_end(memory, a, 1), 0);
    ck_assert_slice_eq(memory_get(memory, a, 0, 0)->value, "one");
    ck_assert_slice_eq(memory_get(memory, a, 0, 0)->key, "key");
    ck_assert_slice_eq(memory_get(memory, a, 0, 1)->value, "three");
    ck_assert_uint_lt(memory_get(memory, a, 0, 0)->order, memory_get(memory, b, 0, 0)->order);
    ck_assert_uint_lt(memory_get(memory, b, 0, 0)->order, memory_get(memory, a, 0, 1)->order);
    memory_free(memory);
    memory_free(NULL);
}
END_TEST

/* What is trimmed is forgotten, and offsets stay what they are. */
START_TEST(trimming_keeps_offsets)
{
    struct memory *const memory = memory_new();
    const size_t topic = memory_topic(memory, "a", 1);

    append(memory, topic, 0, "one");
    append(memory, topic, 0, "two");
    append(memory, topic, 0, "three");
    memory_trim(memory, topic, 0, 2);
    ck_assert_int_eq(memory_start(memory, topic, 0), 2);
    ck_assert_int_eq(memory_end(memory, topic, 0), 3);
    ck_assert_slice_eq(memory_get(memory, topic, 0, 2)->value, "three");
    append(memory, topic, 0, "four");
    ck_assert_slice_eq(memory_get(memory, topic, 0, 3)->value, "four");
    memory_free(memory);
}
END_TEST

/* What a consumer tells of a topic, as words. */
static void tell(struct consumer *consumer, struct text *text)
{
    static const char *const events[] = {"joined", "record", "caught_up", "assigned",
                                         "revoked"};
    struct consumer_batch batch = {NULL, 0};

    ck_assert_int_eq(consumer->poll(consumer->self, 0, &batch), OUTCOME_OK);
    for (size_t i = 0; i < batch.count; i++) {
        const struct consumer_notice *const notice = &batch.notices[i];
        text_format(text, "%s", events[notice->event]);
        if (notice->event == CONSUMER_RECORD) {
            text_format(text, "(%s/%d:%lld=%.*s)", notice->record.from.topic,
                        (int)notice->record.from.partition, (long long)notice->record.offset,
                        SLICE_ARGS(notice->record.value));
        }
        text_add_byte(text, ' ');
    }
}

static void expect_tells(struct consumer *consumer, const char *wanted)
{
    struct text text = {0};

    tell(consumer, &text);
    text_add_byte(&text, '\0');
    ck_assert_msg(strstr(text.data, wanted) != NULL, "'%s' is not in '%s'", wanted, text.data);
    text_free(&text);
}

static struct consumer reader_of(struct memory *memory, size_t topic, size_t batch_max,
                                 bool trims)
{
    const struct memory_reading reading = {
        .topics = {topic}, .topics_count = 1, .batch_max = batch_max, .trims = trims};

    return memory_consumer(memory, &reading);
}

/* A consumer is given all partitions, then the records from their start, and then is told that
 * there is nothing more; what is appended later comes later. */
START_TEST(a_consumer_reads_from_the_start)
{
    struct memory *const memory = memory_new();
    const size_t topic = memory_topic(memory, "a", 1);
    struct consumer consumer = reader_of(memory, topic, 100, false);
    struct text all = {0};

    append(memory, topic, 0, "x");
    append(memory, topic, 0, "y");
    for (int i = 0; i < 3; i++) {
        tell(&consumer, &all);
    }
    ck_assert_slice_eq(text_slice(&all),
                       "assigned joined record(a/0:0=x) record(a/0:1=y) caught_up ");
    append(memory, topic, 0, "z");
    expect_tells(&consumer, "record(a/0:2=z)");
    text_free(&all);
    consumer.free(consumer.self);
    memory_free(memory);
}
END_TEST

/* Of a log that was trimmed, a consumer reads what is left. */
START_TEST(a_consumer_reads_what_is_left)
{
    struct memory *const memory = memory_new();
    const size_t topic = memory_topic(memory, "a", 1);
    struct consumer consumer = reader_of(memory, topic, 100, false);

    append(memory, topic, 0, "x");
    append(memory, topic, 0, "y");
    memory_trim(memory, topic, 0, 1);
    expect_tells(&consumer, "assigned joined");
    expect_tells(&consumer, "record(a/0:1=y)");
    consumer.free(consumer.self);
    memory_free(memory);
}
END_TEST

/* A consumer goes on at what was committed, one of the whole log at its start; both are told
 * what was committed. */
START_TEST(a_consumer_knows_what_was_committed)
{
    struct memory *const memory = memory_new();
    const size_t topic = memory_topic(memory, "a", 1);

    append(memory, topic, 0, "x");
    append(memory, topic, 0, "y");
    memory_commit(memory, topic, 0, 1, SLICE("m"));
    for (int i = 0; i < 2; i++) {
        const struct memory_reading reading = {
            .topics = {topic}, .topics_count = 1, .batch_max = 10, .whole = i == 1};
        struct consumer consumer = memory_consumer(memory, &reading);
        struct consumer_batch batch = {NULL, 0};
        ck_assert_int_eq(consumer.poll(consumer.self, 0, &batch), OUTCOME_OK);
        ck_assert_int_eq(batch.notices[0].committed, 1);
        ck_assert_int_eq(batch.notices[0].start, 1 - i);
        ck_assert_slice_eq(batch.notices[0].metadata, "m");
        expect_tells(&consumer, i == 0 ? "record(a/0:1=y)" : "record(a/0:0=x)");
        consumer.free(consumer.self);
    }
    memory_free(memory);
}
END_TEST

static size_t poll_again(struct rereader *rereader, int64_t below, struct rereader_batch *batch)
{
    ck_assert_int_eq(rereader->poll(rereader->self, below, 0, batch), OUTCOME_OK);
    return batch->count;
}

/* A rereader begins with the oldest record, stops where it is told to, and says when all is
 * given that there was when it was opened. */
START_TEST(a_rereader_reads_again)
{
    struct memory *const memory = memory_new();
    const size_t topic = memory_topic(memory, "a", 1);
    const struct record_partition partition = {"a", 0};
    struct rereader rereader = memory_rereader(memory, 2);
    struct rereader_batch batch;

    for (int i = 0; i < 5; i++) {
        append(memory, topic, 0, "x");
    }
    memory_trim(memory, topic, 0, 1);
    ck_assert_int_eq(rereader.open(rereader.self, partition), OUTCOME_OK);
    append(memory, topic, 0, "y");
    ck_assert_uint_eq(poll_again(&rereader, 2, &batch), 1);
    ck_assert_int_eq(batch.records[0].offset, 1);
    ck_assert_int_eq(batch.next, 2);
    ck_assert_uint_eq(poll_again(&rereader, 2, &batch), 0);
    ck_assert_uint_eq(poll_again(&rereader, 100, &batch), 2);
    ck_assert(!batch.at_end);
    ck_assert_uint_eq(poll_again(&rereader, 100, &batch), 2);
    ck_assert(batch.at_end);
    ck_assert_slice_eq(batch.records[1].value, "y");
    memory_trim(memory, topic, 0, 6);
    append(memory, topic, 0, "z");
    ck_assert_uint_eq(poll_again(&rereader, 100, &batch), 1);
    rereader.close(rereader.self);
    rereader.free(rereader.self);
    memory_free(memory);
}
END_TEST

/* What expires before it is read again makes it begin again. */
START_TEST(a_rereader_misses_what_expired)
{
    struct memory *const memory = memory_new();
    const size_t topic = memory_topic(memory, "a", 1);
    struct rereader rereader = memory_rereader(memory, 2);
    struct rereader_batch batch;

    for (int i = 0; i < 5; i++) {
        append(memory, topic, 0, "x");
    }
    ck_assert_int_eq(rereader.open(rereader.self, (struct record_partition){"a", 0}),
                     OUTCOME_OK);
    ck_assert_uint_eq(poll_again(&rereader, 100, &batch), 2);
    memory_trim(memory, topic, 0, 3);
    ck_assert_int_eq(rereader.poll(rereader.self, 100, 0, &batch), OUTCOME_RETRY);
    rereader.free(rereader.self);
    memory_free(memory);
}
END_TEST

static size_t records_of_poll(struct consumer *consumer)
{
    struct consumer_batch batch = {NULL, 0};
    size_t records = 0;

    ck_assert_int_eq(consumer->poll(consumer->self, 0, &batch), OUTCOME_OK);
    for (size_t i = 0; i < batch.count; i++) {
        records += batch.notices[i].event == CONSUMER_RECORD;
    }
    return records;
}

/* A poll gives no more than asked for; with `trims`, what was read is forgotten. */
START_TEST(a_consumer_may_trim)
{
    struct memory *const memory = memory_new();
    const size_t topic = memory_topic(memory, "a", 1);
    struct consumer consumer = reader_of(memory, topic, 2, true);

    for (int i = 0; i < 10; i++) {
        append(memory, topic, 0, "x");
    }
    for (int i = 0; i < 12; i++) {
        ck_assert_uint_le(records_of_poll(&consumer), 2);
    }
    ck_assert_int_eq(memory_start(memory, topic, 0), 10);
    consumer.free(consumer.self);
    memory_free(memory);
}
END_TEST

static void send(struct producer *producer, const char *key, const char *value,
                 int32_t partition)
{
    const struct producer_record record = {
        .topic = 1, .partition = partition, .key = slice_of(key), .value = slice_of(value)};

    ck_assert_int_eq(producer->send(producer->self, &record), OUTCOME_OK);
}

/* A transaction is there as a whole when it is committed, and never when it is aborted. */
START_TEST(a_transaction_is_whole_or_nothing)
{
    struct memory *const memory = memory_new();
    const size_t topic = memory_topic(memory, "a", 1), topics[] = {99, topic};
    const size_t in = memory_topic(memory, "in", 1);
    struct producer producer = memory_producer(memory, topics, 2);
    const struct producer_offset offset = {
        .partition = {"in", 0}, .next = 1, .metadata = SLICE("m")};
    struct slice metadata = {NULL, 0};

    ck_assert_int_eq(producer.begin(producer.self), OUTCOME_OK);
    send(&producer, "k", "one", 0);
    ck_assert_int_eq(memory_end(memory, topic, 0), 0);
    ck_assert_int_eq(producer.abort(producer.self), OUTCOME_OK);
    ck_assert_int_eq(memory_end(memory, topic, 0), 0);
    ck_assert_int_eq(memory_committed(memory, in, 0, &metadata), 0);
    ck_assert_int_eq(producer.begin(producer.self), OUTCOME_OK);
    send(&producer, "k", "two", 0);
    send(&producer, "k", "three", 0);
    ck_assert_int_eq(producer.commit(producer.self, &offset, 1), OUTCOME_OK);
    ck_assert_int_eq(memory_end(memory, topic, 0), 2);
    ck_assert_slice_eq(memory_get(memory, topic, 0, 0)->value, "two");
    ck_assert_slice_eq(memory_get(memory, topic, 0, 1)->value, "three");
    ck_assert_int_eq(memory_committed(memory, in, 0, &metadata), 1);
    ck_assert_slice_eq(metadata, "m");
    producer.free(producer.self);
    memory_free(memory);
}
END_TEST

/* By key, a record goes to the partition of the key: the same for the same key. */
START_TEST(a_key_has_its_partition)
{
    struct memory *const memory = memory_new();
    const size_t topic = memory_topic(memory, "a", 4), topics[] = {99, topic};
    (void)memory_topic(memory, "in", 1);
    struct producer producer = memory_producer(memory, topics, 2);
    const struct producer_offset offset = {.partition = {"in", 0}, .next = 1};
    int used = 0;

    producer.begin(producer.self);
    for (int i = 0; i < 40; i++) {
        send(&producer, "same", "x", -1);
    }
    ck_assert_int_eq(producer.commit(producer.self, &offset, 1), OUTCOME_OK);
    for (int32_t i = 0; i < 4; i++) {
        used += memory_end(memory, topic, i) > 0;
    }
    ck_assert_int_eq(used, 1);
    producer.free(producer.self);
    memory_free(memory);
}
END_TEST

static void append_at(struct memory *memory, size_t topic, int32_t partition, int64_t offset)
{
    const struct record record = {.from = {NULL, partition},
                                  .offset = offset,
                                  .timestamp_ms = 1000 + offset,
                                  .key = SLICE("k"),
                                  .value = SLICE("v")};

    memory_append_at(memory, topic, &record);
}

/* Records of another log keep their offsets and times; between them there may be none. */
START_TEST(gaps_hold_no_records)
{
    struct memory *const memory = memory_new();
    const size_t topic = memory_topic(memory, "a", 1);
    struct consumer consumer = reader_of(memory, topic, 10, false);
    static const int64_t offsets[] = {5, 6, 9, 10, 4000000000000};

    for (size_t i = 0; i < 5; i++) {
        append_at(memory, topic, 0, offsets[i]);
    }
    append(memory, topic, 0, "next");
    ck_assert_int_eq(memory_end(memory, topic, 0), 4000000000002);
    for (int64_t asked = 0; asked <= 10; asked++) {
        const int64_t found = asked <= 5 ? 5 : asked <= 6 ? 6 : asked <= 9 ? 9 : 10;
        ck_assert_int_eq(memory_get(memory, topic, 0, asked)->offset, found);
    }
    ck_assert_int_eq(memory_get(memory, topic, 0, 11)->timestamp_ms, 4000000001000);
    expect_tells(&consumer, "assigned joined");
    expect_tells(&consumer, "record(a/0:5=v) record(a/0:6=v) record(a/0:9=v) record(a/0:10=v) "
                            "record(a/0:4000000000000=v) record(a/0:4000000000001=next) "
                            "caught_up");
    memory_trim(memory, topic, 0, 8);
    ck_assert_int_eq(memory_start(memory, topic, 0), 8);
    ck_assert_int_eq(memory_get(memory, topic, 0, 8)->offset, 9);
    consumer.free(consumer.self);
    memory_free(memory);
}
END_TEST

/* Where it is asked for, records of all partitions come as they were appended. */
START_TEST(a_consumer_keeps_the_order_of_all)
{
    struct memory *const memory = memory_new();
    const size_t a = memory_topic(memory, "a", 2), b = memory_topic(memory, "b", 1);
    const struct memory_reading reading = {
        .topics = {a, b}, .topics_count = 2, .batch_max = 3, .trims = true, .in_order = true};
    struct consumer consumer = memory_consumer(memory, &reading);
    struct consumer_batch batch = {NULL, 0};

    append_at(memory, b, 0, 7);
    append_at(memory, a, 1, 2);
    append_at(memory, b, 0, 8);
    append_at(memory, a, 0, 1);
    ck_assert_int_eq(consumer.poll(consumer.self, 0, &batch), OUTCOME_OK);
    expect_tells(&consumer, "record(b/0:7=v) record(a/1:2=v) record(b/0:8=v)");
    expect_tells(&consumer, "record(a/0:1=v) caught_up caught_up caught_up");
    ck_assert_int_eq(memory_start(memory, b, 0), 9);
    consumer.free(consumer.self);
    memory_free(memory);
}
END_TEST

Suite *memory_suite(void)
{
    const TTest *const tests[] = {a_consumer_knows_what_was_committed,
                                  a_rereader_reads_again,
                                  a_rereader_misses_what_expired,
                                  a_consumer_reads_what_is_left,
                                  records_have_offsets_and_an_order,
                                  trimming_keeps_offsets,
                                  a_consumer_reads_from_the_start,
                                  a_consumer_may_trim,
                                  a_transaction_is_whole_or_nothing,
                                  a_key_has_its_partition,
                                  gaps_hold_no_records,
                                  a_consumer_keeps_the_order_of_all,
                                  NULL};

    return unit_suite("memory", tests);
}
