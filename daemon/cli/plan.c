#include "seinpost/cli/plan.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"
#include "seinpost/kafka/kafka_producer.h"

#include <string.h>

enum {
    SETTINGS_MAX = 6,
    INSYNC_REPLICATION = 3, /* from so many copies on, two must have a record: one may fail */
};

static const char *name_of(struct arena *arena, const struct config_data *config,
                           const char *suffix)
{
    struct text text = {0};

    text_format(&text, "%s.%s", config->prefix, suffix);
    const char *name = slice_string(arena, text_slice(&text));
    text_free(&text);
    return name;
}

static const char *number(struct arena *arena, int64_t value)
{
    struct text text = {0};

    text_format(&text, "%lld", (long long)value);
    const char *string = slice_string(arena, text_slice(&text));
    text_free(&text);
    return string;
}

/* Time alone decides what is deleted (retention.bytes), and that is the brokers': by a daemon's
 * clock matches could expire at once, or be refused as too far ahead. What we write fits. A
 * retention below 0 is that of a compacted topic. */
static struct settings settings_of(struct arena *arena, const struct config_data *config,
                                   int64_t retention_ms)
{
    struct setting *items = arena_alloc(arena, SETTINGS_MAX * sizeof *items);
    size_t count = 0;

    items[count++] =
        (struct setting){"cleanup.policy", retention_ms < 0 ? "compact" : "delete"};
    if (retention_ms >= 0) {
        items[count++] = (struct setting){"retention.ms", number(arena, retention_ms)};
        items[count++] = (struct setting){"retention.bytes", "-1"};
    }
    items[count++] = (struct setting){"message.timestamp.type", "LogAppendTime"};
    items[count++] =
        (struct setting){"max.message.bytes", number(arena, KAFKA_PRODUCER_BYTES_MAX)};
    items[count++] = (struct setting){"min.insync.replicas",
                                      config->replication < INSYNC_REPLICATION ? "1" : "2"};
    return (struct settings){items, count};
}

bool plan_fits(const struct setting *setting, struct slice value)
{
    long long wanted = 0;
    long long has = 0;
    const bool least = strcmp(setting->name, "max.message.bytes") == 0 ||
                       strcmp(setting->name, "min.insync.replicas") == 0;

    if (least && slice_number(slice_of(setting->value), &wanted) && slice_number(value, &has)) {
        return has >= wanted;
    }
    return slice_is(value, setting->value);
}

static void plan_topic(struct arena *arena, const struct config_data *config, struct plan *plan,
                       enum outbox_topic topic, const char *suffix,
                       const struct config_topic *as)
{
    plan->names[topic] = name_of(arena, config, suffix);
    plan->topics[topic] = (struct kafka_topic){
        .name = plan->names[topic],
        .partitions = as->partitions,
        .replication = config->replication,
        .settings = settings_of(arena, config, as->retention_ms),
    };
}

static void plan_topics(struct arena *arena, const struct config_data *config,
                        struct plan *plan)
{
    const struct config_topic shadow = {1, config->rejects.retention_ms};

    plan_topic(arena, config, plan, OUTBOX_MATCHES, "matches", &config->matches);
    plan_topic(arena, config, plan, OUTBOX_DERIVED, "derived", &config->derived);
    plan_topic(arena, config, plan, OUTBOX_ALERTS, "alerts", &config->alerts);
    plan_topic(arena, config, plan, OUTBOX_ALERTS_CURRENT, "alerts.current", &config->alerts);
    plan->topics[OUTBOX_ALERTS_CURRENT].settings = settings_of(arena, config, -1);
    plan_topic(arena, config, plan, OUTBOX_SHADOW, "shadow", &shadow);
    plan_topic(arena, config, plan, OUTBOX_REJECTS, "rejects", &config->rejects);
}

static void plan_groups(struct arena *arena, const struct config_data *config,
                        struct plan *plan)
{
    const size_t sources = config->sources.count;
    const char **inputs = arena_alloc(arena, (sources + 1) * sizeof *inputs);
    bool *newest = arena_alloc(arena, (sources + 1) * sizeof *newest);
    static const bool oldest[1];

    for (size_t i = 0; i < sources; i++) {
        inputs[i] = slice_string(arena, config->sources.items[i].topic);
        newest[i] = config->sources.items[i].start == SOURCE_NEWEST;
    }
    inputs[sources] = plan->names[OUTBOX_DERIVED];
    plan->groups[0] =
        (struct plan_group){.stage = "ingest",
                            .name = name_of(arena, config, "ingest"),
                            .topics = inputs,
                            .newest = newest,
                            .absent = arena_alloc(arena, (sources + 1) * sizeof(bool)),
                            .topics_count = sources + 1,
                            .partitions = config->derived.partitions};
    plan->groups[1] = (struct plan_group){.stage = "correlate",
                                          .name = name_of(arena, config, "correlate"),
                                          .topics = &plan->names[OUTBOX_MATCHES],
                                          .newest = oldest,
                                          .absent = arena_alloc(arena, sizeof(bool)),
                                          .topics_count = 1,
                                          .partitions = config->matches.partitions};
}

struct settings plan_brokers(struct arena *arena, const struct config_data *config,
                             const char *others)
{
    const struct settings *brokers = &config->brokers;
    struct setting *items = arena_alloc(arena, (brokers->count + 1) * sizeof *items);

    if (others == NULL) {
        return *brokers;
    }
    for (size_t i = 0; i < brokers->count; i++) {
        items[i] = brokers->items[i];
    }
    items[brokers->count] = (struct setting){"bootstrap.servers", others}; /* the last counts */
    return (struct settings){items, brokers->count + 1};
}

void plan_desks(struct arena *arena, const struct config_data *config,
                const struct model *model, struct plan *plan)
{
    const size_t room = model == NULL ? 0 : model->desks.count;
    struct text suffix = {0};

    plan->desks = arena_alloc(arena, room * sizeof *plan->desks);
    plan->all = arena_alloc(arena, (OUTBOX_TOPICS_COUNT + room) * sizeof *plan->all);
    memcpy(plan->all, plan->names, sizeof plan->names);
    for (size_t i = 0; i < room; i++) {
        const struct desks_desk *desk = &model->desks.items[i];
        if (desk->tracks == 0) {
            continue;
        }
        text_clear(&suffix);
        text_format(&suffix, "desk.%.*s%c", SLICE_ARGS(desk->id), '\0');
        struct kafka_topic *topic = &plan->desks[plan->desks_count];
        *topic = (struct kafka_topic){
            .name = name_of(arena, config, suffix.data),
            .partitions = config->alerts.partitions,
            .replication = config->replication,
            .settings = settings_of(arena, config, config->alerts.retention_ms),
        };
        plan->all[OUTBOX_TOPICS_COUNT + plan->desks_count++] = topic->name;
    }
    text_free(&suffix);
}

void plan_make(struct arena *arena, const struct config_data *config, struct plan *plan)
{
    *plan = (struct plan){0};
    plan_topics(arena, config, plan);
    plan_groups(arena, config, plan);
    plan_desks(arena, config, NULL, plan);
}
