/* The bare librdkafka loop that ingest is measured against: reads all that a topic holds, by
 * batches from one queue, and does nothing but look at each byte count. It also fills topics.
 *
 * usage: loop_bench consume BOOTSTRAP TOPIC PARTITIONS      prints what it cost, as JSON
 *        loop_bench produce BOOTSTRAP TOPIC PARTITIONS RECORDS COUNT [FIRST]
 *
 * RECORDS: records one after the other, each behind its size in 4 bytes, least first. Those of
 * number FIRST on are sent by turns until there are COUNT, number N to partition N %
 * PARTITIONS.
 */
#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/file.h"
#include "seinpost/base/slice.h"
#include "seinpost/base/vector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <librdkafka/rdkafka.h>

enum {
    BATCH = 1000,
    POLL_MS = 100,
    FLUSH_MS = 60000,
    SILENCE_MAX = 300, /* polls without a message */
};

static double cpu_ns(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char reason[256];

    ENSURE(rd_kafka_conf_set(conf, name, value, reason, sizeof reason) == RD_KAFKA_CONF_OK);
}

static rd_kafka_t *client_new(rd_kafka_type_t type, const char *bootstrap)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char reason[256];

    set(conf, "bootstrap.servers", bootstrap);
    if (type == RD_KAFKA_CONSUMER) {
        set(conf, "group.id", "loop-bench");
        set(conf, "enable.auto.commit", "false");
        set(conf, "enable.partition.eof", "true");
    } else {
        set(conf, "linger.ms", "20");
        set(conf, "queue.buffering.max.messages", "1000000");
        set(conf, "compression.type", "lz4");
    }
    rd_kafka_t *client = rd_kafka_new(type, conf, reason, sizeof reason);
    ENSURE(client != NULL);
    return client;
}

static void assign(rd_kafka_t *client, const char *topic, int partitions)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);

    for (int i = 0; i < partitions; i++) {
        rd_kafka_topic_partition_list_add(list, topic, i)->offset = RD_KAFKA_OFFSET_BEGINNING;
    }
    ENSURE(rd_kafka_assign(client, list) == RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_topic_partition_list_destroy(list);
}

static int consume(const char *bootstrap, const char *topic, int partitions)
{
    rd_kafka_t *client = client_new(RD_KAFKA_CONSUMER, bootstrap);
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(client);
    rd_kafka_message_t *batch[BATCH];
    size_t count = 0;
    size_t bytes = 0;
    int silence = 0;

    const double all = cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
    const double own = cpu_ns(CLOCK_THREAD_CPUTIME_ID);
    assign(client, topic, partitions);
    for (int ended = 0; ended < partitions && silence < SILENCE_MAX;) {
        const ssize_t got = rd_kafka_consume_batch_queue(queue, POLL_MS, batch, BATCH);
        silence = got > 0 ? 0 : silence + 1;
        for (ssize_t i = 0; i < got; i++) {
            ended += batch[i]->err == RD_KAFKA_RESP_ERR__PARTITION_EOF ? 1 : 0;
            count += batch[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR ? 1 : 0;
            bytes += batch[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR ? batch[i]->len : 0;
            rd_kafka_message_destroy(batch[i]);
        }
    }
    const double each = count == 0 ? 1 : (double)count;
    (void)printf("{\"messages\": %zu, \"bytes\": %zu, \"ns\": %.0f, \"own_ns\": %.0f}\n", count,
                 bytes, (cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - all) / each,
                 (cpu_ns(CLOCK_THREAD_CPUTIME_ID) - own) / each);
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(client);
    return count > 0 && silence < SILENCE_MAX ? 0 : 1;
}

typedef VECTOR(struct slice) records;

static void cut(struct slice all, records *found)
{
    while (all.size >= 4) {
        size_t size = 0;
        for (size_t i = 0; i < 4; i++) {
            size |= (size_t)(unsigned char)all.data[i] << (8 * i);
        }
        ENSURE(size <= all.size - 4);
        VECTOR_PUSH(found, ((struct slice){all.data + 4, size}));
        all = (struct slice){all.data + 4 + size, all.size - 4 - size};
    }
}

static void send_one(rd_kafka_t *client, rd_kafka_topic_t *topic, int partition,
                     struct slice value)
{
    void *bytes = (void *)(uintptr_t)value.data;

    while (rd_kafka_produce(topic, partition, 0, bytes, value.size, NULL, 0, NULL) != 0) {
        ENSURE(rd_kafka_last_error() == RD_KAFKA_RESP_ERR__QUEUE_FULL);
        (void)rd_kafka_poll(client, POLL_MS);
    }
    (void)rd_kafka_poll(client, 0);
}

static int produce(const char *bootstrap, char **words, long long count, long long first)
{
    long long partitions = 0;
    struct arena *arena = arena_new(2 * (size_t)FILE_SIZE_MAX);
    struct slice file = {0};
    records values = {0};

    ENSURE(slice_number(slice_of(words[1]), &partitions) && partitions > 0);
    ENSURE(file_read(arena, words[2], &file));
    cut(file, &values);
    rd_kafka_t *client = client_new(RD_KAFKA_PRODUCER, bootstrap);
    rd_kafka_topic_t *topic = rd_kafka_topic_new(client, words[0], NULL);
    for (long long i = first; values.count > 0 && i < first + count; i++) {
        send_one(client, topic, (int)(i % partitions), values.items[(size_t)i % values.count]);
    }
    const bool good = rd_kafka_flush(client, FLUSH_MS) == RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(client);
    VECTOR_FREE(&values);
    arena_free(arena);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    long long partitions = 0;
    long long count = 0;
    long long first = 0;

    if (argc == 5 && slice_is(slice_of(argv[1]), "consume") &&
        slice_number(slice_of(argv[4]), &partitions) && partitions > 0) {
        return consume(argv[2], argv[3], (int)partitions);
    }
    if ((argc == 7 || (argc == 8 && slice_number(slice_of(argv[7]), &first))) &&
        slice_is(slice_of(argv[1]), "produce") && slice_number(slice_of(argv[6]), &count)) {
        return produce(argv[2], argv + 3, count, first);
    }
    (void)fputs("usage: loop_bench consume BOOTSTRAP TOPIC PARTITIONS\n"
                "       loop_bench produce BOOTSTRAP TOPIC PARTITIONS RECORDS COUNT [FIRST]\n",
                stderr);
    return 2;
}
