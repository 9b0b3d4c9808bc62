#include "seinpost/cli/inspection.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/cli/finding.h"
#include "seinpost/run/rounds.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    HOUR_MS = 60 * 60 * 1000,
    SEEN_MAX = 50000, /* the oldest are forgotten */
};

/* Where a partition ended: what came after is younger. */
struct seen {
    int topic; /* of ours */
    int32_t partition;
    int64_t at_ms;
    int64_t high;
};

struct inspection {
    const struct config_data *config;
    const struct plan *plan;
    struct kafka_admin *admin;
    struct halt halt;
    VECTOR(struct seen) seen;
    struct rounds *rounds;
};

static int64_t clock_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_ending(const struct inspection *inspection)
{
    return halt_asked_ms(inspection->halt) >= 0;
}

/* Below 0 is for ever. */
static bool is_kept_shorter(const struct setting *setting, struct slice value)
{
    long long wanted = 0;
    long long has = 0;

    return strcmp(setting->name, "retention.ms") == 0 &&
           slice_number(slice_of(setting->value), &wanted) && slice_number(value, &has) &&
           has >= 0 && has < wanted;
}

static void compare_setting(struct inspection *inspection, const struct kafka_topic *topic,
                            const struct setting *setting)
{
    struct text value = {0};
    struct text words = {0};

    if (kafka_admin_setting(inspection->admin, topic->name, setting->name, &value) ==
        OUTCOME_OK) {
        const bool wrong = !plan_fits(setting, text_slice(&value));
        const bool shorter = is_kept_shorter(setting, text_slice(&value));
        text_format(&words, "%s is %.*s, should be %s%s", setting->name,
                    SLICE_ARGS(text_slice(&value)), setting->value,
                    shorter ? ": what rules look back at is deleted before they are done" : "");
        text_add_byte(&words, '\0');
        finding_set(FINDING_RETENTION, topic->name, setting->name, shorter, words.data);
        finding_set(FINDING_SETTING, topic->name, setting->name, wrong && !shorter, words.data);
    }
    text_free(&value);
    text_free(&words);
}

/* Returns whether it has the partitions that it should have. */
static bool compare_partitions(struct inspection *inspection, const struct kafka_topic *topic)
{
    const int32_t partitions = kafka_admin_partitions(inspection->admin, topic->name);
    struct text words = {0};

    if (partitions < 0) {
        return false;
    }
    text_format(&words, "has %d partitions, should have %d", (int)partitions,
                (int)topic->partitions);
    text_add_byte(&words, '\0');
    finding_set(FINDING_MISSING, topic->name, "topic", partitions == 0, "is gone");
    finding_set(FINDING_PARTITIONS, topic->name, "partitions",
                partitions > 0 && partitions != topic->partitions, words.data);
    text_free(&words);
    return partitions == topic->partitions;
}

/* The log begins behind a record that came after we had looked, less than the retention ago. */
static void judge_start(struct inspection *inspection, const struct seen *now, int64_t low,
                        int64_t kept_ms)
{
    const char *topic = inspection->plan->names[now->topic];
    struct text what = {0};
    struct text words = {0};
    bool deleted = false;

    for (size_t i = 0; i < inspection->seen.count; i++) {
        const struct seen *seen = &inspection->seen.items[i];
        deleted = deleted || (seen->topic == now->topic && seen->partition == now->partition &&
                              now->at_ms - seen->at_ms < kept_ms && low > seen->high);
    }
    text_format(&what, "%d", (int)now->partition);
    text_add_byte(&what, '\0');
    text_format(&words,
                "partition %d begins at offset %lld: records are gone before their time. What "
                "is known goes on; after a start it would not be known",
                (int)now->partition, (long long)low);
    text_add_byte(&words, '\0');
    finding_set(FINDING_DELETED, topic, what.data, deleted, words.data);
    text_free(&what);
    text_free(&words);
}

static void look_at_log(struct inspection *inspection, int topic, int64_t kept_ms)
{
    const struct kafka_topic *as = &inspection->plan->topics[topic];

    for (int32_t i = 0; i < as->partitions && !is_ending(inspection); i++) {
        int64_t low = 0;
        struct seen now = {.topic = topic, .partition = i, .at_ms = clock_ms()};
        if (kafka_admin_ends(inspection->admin, as->name, i, &low, &now.high) != OUTCOME_OK) {
            continue;
        }
        judge_start(inspection, &now, low, kept_ms);
        if (inspection->seen.count == SEEN_MAX) {
            VECTOR_REMOVE(&inspection->seen, 0, 1);
        }
        VECTOR_PUSH(&inspection->seen, now);
    }
}

/* The watermark of a source that is silent stands still; what waits for it is deleted in the
 * end, and never told. */
static void look_at_silence(struct inspection *inspection, const char *topic,
                            int32_t partitions)
{
    const int64_t since_ms = clock_ms() - inspection->config->matches.retention_ms;
    bool spoke = false;
    bool ever = false;

    for (int32_t i = 0; i < partitions && !is_ending(inspection); i++) {
        int64_t low = 0;
        int64_t high = 0;
        int64_t offset = 0;
        if (kafka_admin_ends(inspection->admin, topic, i, &low, &high) != OUTCOME_OK ||
            kafka_admin_since(inspection->admin, topic, i, since_ms, &offset) != OUTCOME_OK) {
            return;
        }
        ever = ever || high > 0;
        spoke = spoke || (offset >= 0 && offset < high);
    }
    finding_set(FINDING_SILENT, topic, "silence", ever && !spoke,
                "nothing came for longer than matches are kept: what waits for this source is "
                "deleted before it can be told");
}

static void look_at_source(struct inspection *inspection, const char *topic)
{
    const int32_t partitions = kafka_admin_partitions(inspection->admin, topic);
    struct text value = {0};

    if (partitions <= 0) {
        return; /* who reads it tells that */
    }
    if (kafka_admin_setting(inspection->admin, topic, "message.timestamp.type", &value) ==
        OUTCOME_OK) {
        finding_set(FINDING_CLAIMED, topic, "message.timestamp.type",
                    slice_is(text_slice(&value), "CreateTime"),
                    "message.timestamp.type is CreateTime: when its records came is not known "
                    "to the broker; ingest takes the time that it reads them at");
    }
    text_free(&value);
    look_at_silence(inspection, topic, partitions);
}

static bool compare_topic(struct inspection *inspection, const struct kafka_topic *topic)
{
    const bool whole = compare_partitions(inspection, topic);

    for (size_t i = 0; whole && i < topic->settings.count && !is_ending(inspection); i++) {
        compare_setting(inspection, topic, &topic->settings.items[i]);
    }
    return whole;
}

static void look(void *context, struct halt halt)
{
    struct inspection *inspection = context;
    const struct plan *plan = inspection->plan;

    inspection->halt = halt;
    kafka_admin_heed(inspection->admin, halt);
    for (int i = 0; i < OUTBOX_TOPICS_COUNT && !is_ending(inspection); i++) {
        if (compare_topic(inspection, &plan->topics[i]) && i == OUTBOX_MATCHES) {
            look_at_log(inspection, i, inspection->config->matches.retention_ms);
        }
    }
    for (size_t i = 0; i < plan->desks_count && !is_ending(inspection); i++) {
        (void)compare_topic(inspection, &plan->desks[i]);
    }
    for (size_t i = 0; i < inspection->config->sources.count && !is_ending(inspection); i++) {
        look_at_source(inspection, plan->groups[0].topics[i]);
    }
}

struct inspection *inspection_start(const struct config_data *config, const struct plan *plan)
{
    struct inspection *inspection = calloc(1, sizeof *inspection);

    ENSURE_MEMORY(inspection != NULL);
    inspection->config = config;
    inspection->plan = plan;
    inspection->admin = kafka_admin_new(config->brokers);
    if (inspection->admin != NULL) {
        inspection->rounds = rounds_start(HOUR_MS, look, inspection);
    }
    return inspection;
}

void inspection_end(struct inspection *inspection)
{
    if (inspection != NULL) {
        rounds_end(inspection->rounds);
    }
}

void inspection_stop(struct inspection *inspection)
{
    if (inspection == NULL) {
        return;
    }
    rounds_stop(inspection->rounds);
    kafka_admin_free(inspection->admin);
    VECTOR_FREE(&inspection->seen);
    free(inspection);
}
