#include "seinpost/kafka/kafka_place.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"

#include <string.h>
#include <time.h>

enum {
    MARGIN_MS = 15 * 1000, /* a broker looks for transactions that timed out every 10 s */
    PATIENT_MS = 20 * 1000,
    GLANCE_MS = 1000,
    AGAIN_NS = 500 * 1000 * 1000,
};

static const char missing[] = "missing";
static const char unreachable[] = "unreachable";
static const char no_commit[] = "no-commit";
static const char lost_commit[] = "lost-commit";
static const char expired[] = "expired";
static const char other_log[] = "other-log";

void kafka_place_clear(struct kafka_places *places)
{
    if (places->committed != NULL) {
        rd_kafka_topic_partition_list_destroy(places->committed);
        places->committed = NULL;
    }
    places->items.count = 0;
}

/* Returns the index of the topic in what is read. */
static size_t index_of(const struct kafka_reading *reading, const char *topic)
{
    size_t index = 0;

    while (index < reading->topics_count && strcmp(reading->topics[index], topic) != 0) {
        index++;
    }
    ENSURE(index < reading->topics_count); /* it was subscribed */
    return index;
}

/* Adds all partitions of a topic to those whose commits are asked for. Returns how many. */
static int32_t add_topic(struct kafka_places *places, struct kafka_tries *tries,
                         const char *topic)
{
    tries->made = 0;
    const int32_t partitions = kafka_client_partitions(places->client, topic, tries);
    if (partitions > 0) {
        rd_kafka_topic_partition_list_add_range(places->committed, topic, 0, partitions - 1);
    }
    return partitions;
}

/* Lists the places of all partitions. Commits of whole topics will be asked for: whether a
 * group ever committed a topic is seen from all of its partitions. */
static enum outcome list_places(struct kafka_places *places,
                                rd_kafka_topic_partition_list_t *list, int64_t ms)
{
    struct kafka_tries tries = kafka_tries_for(places->reading->halt, ms);
    int32_t partitions = 0;

    rd_kafka_topic_partition_list_sort(list, NULL, NULL);
    places->committed = rd_kafka_topic_partition_list_new(list->cnt);
    for (int i = 0; i < list->cnt; i++) {
        const char *topic = list->elems[i].topic;
        if (i == 0 || strcmp(topic, list->elems[i - 1].topic) != 0) {
            partitions = add_topic(places, &tries, topic);
        }
        if (partitions == KAFKA_CLIENT_SILENT) {
            return OUTCOME_STOP; /* no broker answers: that is no matter of this topic */
        }
        const size_t index = index_of(places->reading, topic);
        VECTOR_PUSH(&places->items,
                    (struct kafka_place){
                        .partition = {places->reading->topics[index], list->elems[i].partition},
                        .partitions = partitions,
                        .reason = partitions == 0  ? missing
                                  : partitions < 0 ? unreachable
                                                   : NULL});
    }
    return OUTCOME_OK;
}

static const rd_kafka_topic_partition_t *commit_of(const struct kafka_places *places,
                                                   const struct kafka_place *place)
{
    return rd_kafka_topic_partition_list_find(places->committed, place->partition.topic,
                                              place->partition.partition);
}

static bool lacks_some(const struct kafka_places *places)
{
    for (size_t i = 0; i < places->items.count; i++) {
        const rd_kafka_topic_partition_t *commit = commit_of(places, &places->items.items[i]);
        if (commit != NULL && commit->offset < 0) {
            return true;
        }
    }
    return false;
}

/* That nothing is committed is believed when it was said twice. */
static enum outcome ask_committed(const struct kafka_places *places, int64_t ms)
{
    const struct timespec pause = {0, AGAIN_NS};
    struct kafka_tries tries = kafka_tries_for(places->reading->halt, ms);

    if (places->committed->cnt == 0) {
        return OUTCOME_OK;
    }
    enum outcome outcome = kafka_client_committed(places->client, places->committed, &tries);
    if (outcome == OUTCOME_OK && lacks_some(places)) {
        (void)nanosleep(&pause, NULL);
        outcome = kafka_client_committed(places->client, places->committed, &tries);
    }
    return outcome;
}

/* The highest partition of the topic that has a commit; -1: none. */
static int32_t highest_committed(const struct kafka_places *places, const char *topic)
{
    int32_t highest = -1;

    for (int i = 0; i < places->committed->cnt; i++) {
        const rd_kafka_topic_partition_t *item = &places->committed->elems[i];
        if (strcmp(item->topic, topic) == 0 && item->offset >= 0 && item->partition > highest) {
            highest = item->partition;
        }
    }
    return highest;
}

/* Nothing is committed: the topic came while we run, or partitions were added to it; else the
 * offsets were lost. Whoever reads the whole log would say all of it again. */
static void judge_uncommitted(const struct kafka_places *places, struct kafka_place *place)
{
    const struct kafka_reading *reading = places->reading;
    const int32_t highest = highest_committed(places, place->partition.topic);
    const size_t index = index_of(reading, place->partition.topic);

    if (reading->begins != NULL && reading->begins[index] != KAFKA_BEGIN_NEVER) {
        place->begins = true;
    } else if (highest < 0) {
        place->reason = no_commit;
    } else if (reading->whole || place->partition.partition < highest) {
        place->reason = lost_commit;
    }
}

static void judge_commit(const struct kafka_places *places, struct kafka_place *place)
{
    const rd_kafka_topic_partition_t *commit = commit_of(places, place);

    if (place->reason != NULL) {
        return;
    }
    if (commit == NULL) {
        place->reason = missing;
    } else if (commit->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log_warning("%s[%d]: %s", commit->topic, commit->partition,
                    rd_kafka_err2str(commit->err));
        place->reason = unreachable;
    } else if (commit->offset < 0) {
        judge_uncommitted(places, place);
    } else {
        place->committed = commit->offset;
        place->metadata = (struct slice){commit->metadata, commit->metadata_size};
    }
}

static bool ask_log(const struct kafka_places *places, struct kafka_tries *tries,
                    const struct kafka_place *place, int64_t *low, int64_t *high)
{
    tries->made = 0;
    const int ms = kafka_tries_next(tries);
    const rd_kafka_resp_err_t error =
        ms == 0 ? RD_KAFKA_RESP_ERR__TIMED_OUT
                : rd_kafka_query_watermark_offsets(places->client, place->partition.topic,
                                                   place->partition.partition, low, high, ms);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log_warning("%s[%d]: %s", place->partition.topic, place->partition.partition,
                    rd_kafka_err2str(error));
    }
    return error == RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* Checks the committed offset against what the log still holds. */
static void judge_log(const struct kafka_places *places, struct kafka_tries *tries,
                      struct kafka_place *place)
{
    const struct kafka_reading *reading = places->reading;
    int64_t low = 0;
    int64_t high = 0;

    if (!ask_log(places, tries, place, &low, &high)) {
        place->reason = unreachable;
        return;
    }
    if (place->begins) {
        const size_t index = index_of(reading, place->partition.topic);
        place->committed = reading->begins[index] == KAFKA_BEGIN_NEWEST ? high : low;
    }
    if (place->committed > high) {
        place->reason = other_log;
    } else if (place->committed < low) {
        place->reason = expired;
    }
    place->start = reading->whole ? low : place->committed;
}

enum outcome kafka_place_find(struct kafka_places *places,
                              rd_kafka_topic_partition_list_t *list, bool is_patient)
{
    const struct kafka_reading *reading = places->reading;
    const int64_t ms = is_patient ? PATIENT_MS : GLANCE_MS;

    ENSURE(places->items.count == 0 && places->committed == NULL);
    enum outcome outcome = list_places(places, list, ms);
    if (outcome == OUTCOME_OK) {
        outcome = ask_committed(places, is_patient ? reading->transaction_ms + MARGIN_MS : ms);
    }
    struct kafka_tries tries = kafka_tries_for(reading->halt, ms);
    for (size_t i = 0; outcome == OUTCOME_OK && i < places->items.count; i++) {
        struct kafka_place *place = &places->items.items[i];
        judge_commit(places, place);
        if (place->reason == NULL) {
            judge_log(places, &tries, place);
        }
    }
    return outcome;
}

static const char *in_words(const char *reason)
{
    if (reason == missing) {
        return "there is no such partition any more";
    }
    if (reason == no_commit) {
        return "the group has committed nothing of this topic: stop all daemons and let "
               "`seinpost "
               "topics create` say where it begins";
    }
    if (reason == lost_commit) {
        return "the group has committed other partitions of this topic, but not this one: its "
               "offset was lost; stop all daemons and see `seinpost topics check`";
    }
    if (reason == expired) {
        return "records expired before they were read; stop all daemons and let `seinpost "
               "topics "
               "create` move the group past them";
    }
    if (reason == other_log) {
        return "the log ends before the committed offset: it is not the log that was read";
    }
    return "its broker does not answer";
}

void kafka_place_explain(const struct kafka_place *place, const char *group)
{
    log_error("%s[%d] is not read by %s (%s, committed offset %lld): %s",
              place->partition.topic, place->partition.partition, group, place->reason,
              (long long)place->committed, in_words(place->reason));
}
