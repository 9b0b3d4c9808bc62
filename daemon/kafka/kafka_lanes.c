#include "seinpost/kafka/kafka_lanes.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/kafka/kafka_lag.h"
#include "seinpost/kafka/kafka_tries.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    REWIND_MS = 5000, /* librdkafka does it at once, without a broker */
};

static const uint64_t ring = 1; /* what an eventfd wants to be written */

struct kafka_lanes kafka_lanes_of(rd_kafka_t *client, rd_kafka_queue_t *news)
{
    const int bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

    ENSURE(bell >= 0);
    rd_kafka_queue_io_event_enable(news, bell, &ring, sizeof ring);
    return (struct kafka_lanes){.client = client, .news = news, .bell = bell};
}

static void close_lane(struct kafka_lane *lane)
{
    kafka_lag_forget(lane->partition);
    rd_kafka_queue_io_event_enable(lane->queue, -1, NULL, 0);
    rd_kafka_queue_destroy(lane->queue);
}

void kafka_lanes_clear(struct kafka_lanes *lanes)
{
    for (size_t i = 0; i < lanes->items.count; i++) {
        close_lane(&lanes->items.items[i]);
    }
    lanes->items.count = 0;
}

void kafka_lanes_close(struct kafka_lanes *lanes)
{
    kafka_lanes_clear(lanes);
    VECTOR_FREE(&lanes->items);
    rd_kafka_queue_io_event_enable(lanes->news, -1, NULL, 0);
    (void)close(lanes->bell);
}

static size_t index_of(const struct kafka_lanes *lanes, const char *topic, int32_t partition)
{
    size_t index = 0;

    while (index < lanes->items.count &&
           (lanes->items.items[index].partition.partition != partition ||
            strcmp(lanes->items.items[index].partition.topic, topic) != 0)) {
        index++;
    }
    return index;
}

void kafka_lanes_add(struct kafka_lanes *lanes, struct record_partition partition)
{
    rd_kafka_queue_t *queue =
        rd_kafka_queue_get_partition(lanes->client, partition.topic, partition.partition);

    ENSURE_MEMORY(queue != NULL);
    kafka_lanes_remove(lanes, partition.topic, partition.partition);
    rd_kafka_queue_forward(queue, NULL); /* not to the queue of all */
    rd_kafka_queue_io_event_enable(queue, lanes->bell, &ring, sizeof ring);
    VECTOR_PUSH(&lanes->items, (struct kafka_lane){.partition = partition, .queue = queue});
}

void kafka_lanes_remove(struct kafka_lanes *lanes, const char *topic, int32_t partition)
{
    const size_t index = index_of(lanes, topic, partition);

    if (index < lanes->items.count) {
        close_lane(&lanes->items.items[index]);
        VECTOR_REMOVE(&lanes->items, index, 1);
    }
}

static size_t take_from(struct kafka_lane *lane, rd_kafka_message_t **messages, size_t room,
                        int64_t now_ms)
{
    if (room == 0 || now_ms < lane->held_ms || rd_kafka_queue_length(lane->queue) == 0) {
        return 0;
    }
    const ssize_t count = rd_kafka_consume_batch_queue(lane->queue, 0, messages, room);
    return count < 0 ? 0 : (size_t)count;
}

/* One round: each lane gives at most its share. */
static size_t take_round(struct kafka_lanes *lanes, rd_kafka_message_t **messages, size_t room,
                         int64_t now_ms)
{
    const size_t share = room < lanes->items.count ? 1 : room / lanes->items.count;
    size_t count = 0;

    for (size_t i = 0; i < lanes->items.count && count < room; i++) {
        struct kafka_lane *lane = &lanes->items.items[(lanes->first + i) % lanes->items.count];
        const size_t most = room - count < share ? room - count : share;
        count += take_from(lane, messages + count, most, now_ms);
    }
    return count;
}

/* In rounds, until there is nothing left or no room: what a lane leaves is shared again. */
size_t kafka_lanes_take(struct kafka_lanes *lanes, rd_kafka_message_t **messages, size_t room)
{
    const int64_t now_ms = kafka_tries_now();
    size_t count = 0;

    if (lanes->items.count == 0) {
        return 0;
    }
    lanes->first = (lanes->first + 1) % lanes->items.count;
    for (size_t got = 1; got > 0 && count < room;) {
        got = take_round(lanes, messages + count, room - count, now_ms);
        count += got;
    }
    return count;
}

enum outcome kafka_lanes_rewind(struct kafka_lanes *lanes, struct record_partition partition,
                                int64_t next, int64_t hold_ms)
{
    const size_t index = index_of(lanes, partition.topic, partition.partition);

    if (index == lanes->items.count) {
        return OUTCOME_OK; /* it is not ours any more */
    }
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_t *item =
        rd_kafka_topic_partition_list_add(list, partition.topic, partition.partition);
    item->offset = next;
    rd_kafka_error_t *error = rd_kafka_seek_partitions(lanes->client, list, REWIND_MS);
    const rd_kafka_resp_err_t code = error != NULL ? rd_kafka_error_code(error) : item->err;
    if (error != NULL) {
        rd_kafka_error_destroy(error);
    }
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log_error("%s[%d]: going back to offset %lld: %s", partition.topic, partition.partition,
                  (long long)next, rd_kafka_err2str(code));
        return OUTCOME_STOP;
    }
    lanes->items.items[index].held_ms = kafka_tries_now() + hold_ms;
    return OUTCOME_OK;
}

void kafka_lanes_wake(struct kafka_lanes *lanes)
{
    uint64_t rings = 0;
    const ssize_t size = read(lanes->bell, &rings, sizeof rings);

    ENSURE(size == (ssize_t)sizeof rings || errno == EAGAIN || errno == EINTR);
}

/* When the next lane is not held any more, it is looked at as well. */
void kafka_lanes_wait(struct kafka_lanes *lanes, int64_t timeout_ms)
{
    const int64_t now_ms = kafka_tries_now();
    struct pollfd bell = {.fd = lanes->bell, .events = POLLIN};

    for (size_t i = 0; i < lanes->items.count; i++) {
        const int64_t held_ms = lanes->items.items[i].held_ms - now_ms;
        timeout_ms = held_ms > 0 && held_ms < timeout_ms ? held_ms : timeout_ms;
    }
    (void)poll(&bell, 1, (int)timeout_ms);
}
