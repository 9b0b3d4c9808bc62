#include "seinpost/file/memory.h"
#include "seinpost/run/worker.h"

#include "bench.h"

enum {
    RECORDS = 500,
    PARTITIONS = 3
};

/* A worker from one topic of a log in memory to another. */
struct line {
    struct bench *bench;
    struct memory *memory;
    size_t in, out;
    struct worker_ports ports;
    struct worker *worker;
};

static struct line line_begin(size_t batch_max)
{
    struct line line = {.bench = bench_begin(), .memory = memory_new()};
    const struct stage stage = bench_stage(line.bench);

    line.in = memory_topic(line.memory, "in", PARTITIONS);
    line.out = memory_topic(line.memory, "out", 1);
    size_t topics[OUTBOX_TOPICS_COUNT];
    for (size_t i = 0; i < COUNT_OF(topics); i++) {
        topics[i] = line.out;
    }
    const struct memory_reading reading = {
        .topics = {line.in}, .topics_count = 1, .batch_max = batch_max};
    line.ports = bench_ports(line.bench);
    line.ports.consumer = memory_consumer(line.memory, &reading);
    line.ports.producer = memory_producer(line.memory, topics, COUNT_OF(topics));
    line.worker = worker_new(&stage, &line.ports);
    return line;
}

static void line_end(struct line *line)
{
    worker_free(line->worker);
    line->ports.consumer.free(line->ports.consumer.self);
    line->ports.producer.free(line->ports.producer.self);
    memory_free(line->memory);
    bench_end(line->bench);
}

static void fill(const struct line *line)
{
    char value[16];

    for (int i = 0; i < RECORDS; i++) {
        snprintf(value, sizeof value, "%d %d", i % PARTITIONS, i / PARTITIONS);
        memory_append(line->memory, line->in, i % PARTITIONS, (struct slice){NULL, 0},
                      slice_of(value));
    }
}

static void expect_all_in_order(const struct line *line)
{
    int next[PARTITIONS] = {0};
    char value[16];

    ck_assert_int_eq(memory_end(line->memory, line->out, 0), RECORDS);
    for (int64_t offset = 0; offset < RECORDS; offset++) {
        const struct slice seen = memory_get(line->memory, line->out, 0, offset)->value;
        const int partition = seen.data[0] - '0';
        snprintf(value, sizeof value, "%d %d", partition, next[partition]++);
        ck_assert_slice_eq(seen, value);
    }
}

/* Whatever the size of a batch, each record goes from one log to the other once, in the order
 * of its partition. */
START_TEST(a_log_in_memory_is_passed_on_whole)
{
    static const size_t sizes[] = {1, 7, 1000};
    struct line line = line_begin(sizes[_i]);

    fill(&line);
    do {
        ck_assert_int_eq(worker_turn(line.worker, 0), OUTCOME_OK);
    } while (!worker_was_idle(line.worker));
    expect_all_in_order(&line);
    ck_assert(worker_is_live(line.worker));
    line_end(&line);
}
END_TEST

Suite *worker_memory_suite(void)
{
    const TTest *const tests[] = {NULL};
    Suite *const suite = unit_suite("worker_memory", tests);

    unit_loop(suite, a_log_in_memory_is_passed_on_whole, 3);
    return suite;
}
