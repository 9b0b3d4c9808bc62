#include "seinpost/kafka/kafka_share.h"

#include "seinpost/base/log.h"
#include "seinpost/base/trouble.h"

#include <string.h>

enum {
    LOOK_AGAIN_MS = 10 * 1000
};

typedef rd_kafka_topic_partition_list_t partition_list;

void kafka_share_init(struct kafka_share *share, rd_kafka_t *client, rd_kafka_queue_t *news,
                      const struct kafka_reading *reading)
{
    *share = (struct kafka_share){
        .client = client,
        .lanes = kafka_lanes_of(client, news),
        .reading = reading,
        .blocked = rd_kafka_topic_partition_list_new(1),
        .places = {.client = client, .reading = reading},
    };
}

void kafka_share_clear(struct kafka_share *share)
{
    kafka_place_clear(&share->places);
}

void kafka_share_fini(struct kafka_share *share)
{
    for (int i = 0; i < share->blocked->cnt; i++) {
        trouble_end(share->blocked->elems[i].topic, share->blocked->elems[i].partition);
    }
    rd_kafka_topic_partition_list_destroy(share->blocked);
    kafka_place_clear(&share->places);
    VECTOR_FREE(&share->places.items);
    kafka_lanes_close(&share->lanes);
}

static bool is_incremental(const struct kafka_share *share)
{
    const char *protocol = rd_kafka_rebalance_protocol(share->client);

    return protocol != NULL && strcmp(protocol, "COOPERATIVE") == 0;
}

/* Those of the list that are read: librdkafka refuses to give up what it does not read, and
 * then waits for ever. */
static partition_list *read_of(const struct kafka_share *share, const partition_list *list)
{
    partition_list *kept = rd_kafka_topic_partition_list_new(list->cnt);
    partition_list *read = NULL;

    if (rd_kafka_assignment(share->client, &read) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return kept;
    }
    for (int i = 0; i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *item = &list->elems[i];
        if (rd_kafka_topic_partition_list_find(read, item->topic, item->partition) != NULL) {
            (void)rd_kafka_topic_partition_list_add(kept, item->topic, item->partition);
        }
    }
    rd_kafka_topic_partition_list_destroy(read);
    return kept;
}

/* They are not ours any more. */
static void unblock(struct kafka_share *share, const partition_list *list)
{
    for (int i = 0; i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *item = &list->elems[i];
        if (rd_kafka_topic_partition_list_del(share->blocked, item->topic, item->partition) !=
            0) {
            trouble_end(item->topic, item->partition);
        }
    }
}

static enum outcome assign(struct kafka_share *share, const partition_list *list)
{
    if (is_incremental(share)) {
        return kafka_client_outcome(rd_kafka_incremental_assign(share->client, list), "assign");
    }
    const rd_kafka_resp_err_t error = rd_kafka_assign(share->client, list);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log_error("assign: %s", rd_kafka_err2str(error));
        return OUTCOME_STOP;
    }
    return OUTCOME_OK;
}

/* Tells librdkafka that partitions are given up; it waits for that. */
void kafka_share_give_up(struct kafka_share *share, const partition_list *going)
{
    unblock(share, going);
    if (is_incremental(share)) {
        partition_list *read = read_of(share, going);
        for (int i = 0; i < read->cnt; i++) {
            kafka_lanes_remove(&share->lanes, read->elems[i].topic, read->elems[i].partition);
        }
        (void)kafka_client_outcome(rd_kafka_incremental_unassign(share->client, read),
                                   "unassign");
        rd_kafka_topic_partition_list_destroy(read);
    } else {
        kafka_lanes_clear(&share->lanes);
        (void)rd_kafka_assign(share->client, NULL);
    }
}

void kafka_share_refuse(struct kafka_share *share)
{
    partition_list *none = rd_kafka_topic_partition_list_new(1);

    (void)assign(share, none);
    rd_kafka_topic_partition_list_destroy(none);
}

/* A beginning that is not committed would be another one for the next owner. */
static enum outcome commit_beginnings(struct kafka_share *share)
{
    partition_list *begins = rd_kafka_topic_partition_list_new(1);
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;

    for (size_t i = 0; i < share->places.items.count; i++) {
        const struct kafka_place *place = &share->places.items.items[i];
        if (place->begins && place->reason == NULL) {
            rd_kafka_topic_partition_list_add(begins, place->partition.topic,
                                              place->partition.partition)
                ->offset = place->committed;
            log_info("%s[%d] is new: group %s begins at offset %lld", place->partition.topic,
                     place->partition.partition, share->reading->group,
                     (long long)place->committed);
        }
    }
    if (begins->cnt > 0) {
        error = rd_kafka_commit(share->client, begins, 0);
    }
    rd_kafka_topic_partition_list_destroy(begins);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log_error("where group %s begins cannot be committed: %s", share->reading->group,
                  rd_kafka_err2str(error));
        return OUTCOME_STOP;
    }
    return OUTCOME_OK;
}

/* A topic comes once. */
static void note_begun(struct kafka_share *share, const char *topic)
{
    for (size_t i = 0; share->reading->begins != NULL && i < share->reading->topics_count;
         i++) {
        if (strcmp(share->reading->topics[i], topic) == 0) {
            share->reading->begins[i] = KAFKA_BEGIN_NEVER;
        }
    }
}

static void block(struct kafka_share *share, const struct kafka_place *place)
{
    const struct record_partition at = place->partition;

    if (rd_kafka_topic_partition_list_find(share->blocked, at.topic, at.partition) == NULL) {
        (void)rd_kafka_topic_partition_list_add(share->blocked, at.topic, at.partition);
    }
    if (trouble_begin(at.topic, at.partition, place->reason)) {
        trouble_end(at.topic, at.partition); /* of another reason */
        (void)trouble_begin(at.topic, at.partition, place->reason);
        kafka_place_explain(place, share->reading->group);
    }
}

/* Takes over what can be read. */
static enum outcome take_places(struct kafka_share *share)
{
    const enum outcome outcome = commit_beginnings(share);

    for (size_t i = 0; outcome == OUTCOME_OK && i < share->places.items.count; i++) {
        const struct kafka_place *place = &share->places.items.items[i];
        if (place->reason != NULL) {
            block(share, place);
        } else {
            note_begun(share, place->partition.topic);
        }
    }
    share->taken = outcome == OUTCOME_OK;
    return outcome;
}

void kafka_share_begin_at(struct kafka_share *share, struct record_partition partition,
                          int64_t offset)
{
    for (size_t i = 0; i < share->places.items.count; i++) {
        struct kafka_place *place = &share->places.items.items[i];
        if (place->partition.partition == partition.partition &&
            strcmp(place->partition.topic, partition.topic) == 0) {
            place->start = offset;
        }
    }
}

/* Reads what was taken over, each from its place. */
enum outcome kafka_share_read(struct kafka_share *share)
{
    if (!share->taken) {
        return OUTCOME_OK;
    }
    partition_list *good = rd_kafka_topic_partition_list_new(1);
    for (size_t i = 0; i < share->places.items.count; i++) {
        const struct kafka_place *place = &share->places.items.items[i];
        if (place->reason == NULL) {
            rd_kafka_topic_partition_list_add(good, place->partition.topic,
                                              place->partition.partition)
                ->offset = place->start;
            kafka_lanes_add(&share->lanes, place->partition);
        }
    }
    unblock(share, good);
    share->taken = false;
    const enum outcome outcome = assign(share, good);
    log_info("%s: %d partitions taken over", share->reading->member, good->cnt);
    rd_kafka_topic_partition_list_destroy(good);
    return outcome;
}

enum outcome kafka_share_take(struct kafka_share *share, partition_list *coming)
{
    const enum outcome outcome = kafka_place_find(&share->places, coming, true);

    return outcome == OUTCOME_OK ? take_places(share) : outcome;
}

static bool can_any(const struct kafka_places *places)
{
    for (size_t i = 0; i < places->items.count; i++) {
        if (places->items.items[i].reason == NULL) {
            return true;
        }
    }
    return false;
}

/* What was blocked may be readable now: a broker is back, a coordinator remembers. */
enum outcome kafka_share_look_again(struct kafka_share *share)
{
    const int64_t now_ms = kafka_tries_now();

    if (share->blocked->cnt == 0 || now_ms - share->looked_ms < LOOK_AGAIN_MS) {
        return OUTCOME_OK;
    }
    const enum outcome outcome = kafka_place_find(&share->places, share->blocked, false);
    share->looked_ms = kafka_tries_now();
    if (outcome != OUTCOME_OK || !can_any(&share->places)) {
        kafka_place_clear(&share->places); /* nothing may be told of what was not judged */
        return OUTCOME_OK;
    }
    if (!is_incremental(share)) {
        log_warning("%s: what was blocked can be read now", share->reading->member);
        return OUTCOME_STOP; /* all is assigned anew: partitions cannot be added one by one */
    }
    return take_places(share);
}
