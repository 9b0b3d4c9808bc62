#include "seinpost/kafka/kafka_lag.h"

#include "seinpost/base/counter.h"
#include "seinpost/base/text.h"
#include "seinpost/kafka/kafka_tries.h"

enum {
    LOOK_MS = 2000
};

static void set(struct record_partition partition, int64_t records)
{
    struct text labels = {0};

    text_format(&labels, "topic=\"%s\",partition=\"%d\"", partition.topic, partition.partition);
    text_add_byte(&labels, '\0');
    counter_set(counter_get(COUNTER_GAUGE, "seinpost_lag_records", labels.data,
                            "Records of a partition that were not taken yet."),
                records);
    text_free(&labels);
}

static void look_at(const struct kafka_lane *lane, const rd_kafka_topic_partition_t *place,
                    rd_kafka_t *client)
{
    int64_t low = 0;
    int64_t high = 0;

    if (place->err == RD_KAFKA_RESP_ERR_NO_ERROR && place->offset >= 0 &&
        rd_kafka_get_watermark_offsets(client, place->topic, place->partition, &low, &high) ==
            RD_KAFKA_RESP_ERR_NO_ERROR &&
        high >= 0) {
        set(lane->partition, high > place->offset ? high - place->offset : 0);
    }
}

void kafka_lag_look(struct kafka_lag *lag, const struct kafka_lanes *lanes)
{
    const int64_t now_ms = kafka_tries_now();

    if (lag->looked_ms != 0 && now_ms - lag->looked_ms < LOOK_MS) {
        return;
    }
    lag->looked_ms = now_ms;
    rd_kafka_topic_partition_list_t *places =
        rd_kafka_topic_partition_list_new((int)lanes->items.count);
    for (size_t i = 0; i < lanes->items.count; i++) {
        const struct record_partition of = lanes->items.items[i].partition;
        (void)rd_kafka_topic_partition_list_add(places, of.topic, of.partition);
    }
    if (rd_kafka_position(lanes->client, places) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        for (size_t i = 0; i < lanes->items.count; i++) {
            look_at(&lanes->items.items[i], &places->elems[i], lanes->client);
        }
    }
    rd_kafka_topic_partition_list_destroy(places);
}

void kafka_lag_forget(struct record_partition partition)
{
    set(partition, 0);
}
