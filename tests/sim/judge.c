#include "judge.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/digest.h"
#include "seinpost/schema/binary.h"
#include "seinpost/stage/outbox.h"

#include "reading.h"
#include "reference.h"

struct collecting {
    const struct world *world;
    struct lines *lines;
    const char *name;
    struct text key;
    struct text text;
};

static void add_alert(struct collecting *to, int32_t log_partition, struct slice key,
                      struct slice value)
{
    const struct alert alert = reading_alert(to->lines->arena, value);

    text_format(&to->key, "%s[%d] of matches[%d]", to->name, log_partition, alert.partition);
    text_format(&to->text, "%lld %.*s ", (long long)alert.sequence, SLICE_ARGS(key));
    text_add(&to->text, value);
    lines_add(to->lines, &to->key, &to->text);
}

static void collect_alert(void *context, int32_t partition, int64_t offset,
                          const struct broker_record *record)
{
    (void)offset;
    add_alert(context, partition, record->key, record->value);
}

static void free_texts(struct collecting *to)
{
    text_free(&to->key);
    text_free(&to->text);
}

static const struct {
    enum outbox_topic topic;
    const char *name;
} published[] = {
    {OUTBOX_ALERTS, "alerts"},
    {OUTBOX_ALERTS_CURRENT, "alerts.current"},
    {OUTBOX_SHADOW, "shadow"},
};

enum {
    PUBLISHED_COUNT = sizeof published / sizeof published[0]
};

static void collect_published(const struct world *world, struct lines *lines)
{
    for (size_t i = 0; i < PUBLISHED_COUNT; i++) {
        struct collecting to = {.world = world, .lines = lines, .name = published[i].name};
        reading_each(world, world->topics[published[i].topic], collect_alert, &to);
        free_texts(&to);
    }
}

static void collect_made(const struct world *world, const struct outbox *outbox,
                         struct lines *lines)
{
    for (size_t i = 0; i < outbox_count(outbox); i++) {
        const struct outbox_record *record = outbox_get(outbox, i);
        for (size_t j = 0; j < PUBLISHED_COUNT; j++) {
            if (record->topic == published[j].topic) {
                struct collecting to = {
                    .world = world, .lines = lines, .name = published[j].name};
                const uint64_t partitions =
                    (uint64_t)broker_partitions(world->broker, world->topics[record->topic]);
                add_alert(&to, (int32_t)(digest_spread(record->key) % partitions), record->key,
                          record->value);
                free_texts(&to);
            }
        }
    }
}

static void collect_derived(void *context, int32_t partition, int64_t offset,
                            const struct broker_record *record)
{
    const struct collecting *to = context;

    (void)partition;
    (void)offset;
    reading_derived(to->lines->arena, to->world->bench->program, record->value, to->lines);
}

static void collect_made_derived(const struct world *world, const struct outbox *outbox,
                                 struct lines *lines)
{
    for (size_t i = 0; i < outbox_count(outbox); i++) {
        const struct outbox_record *record = outbox_get(outbox, i);
        if (record->topic == OUTBOX_DERIVED) {
            reading_derived(lines->arena, world->bench->program, record->value, lines);
        }
    }
}

static bool compare(struct lines *got, struct lines *wanted, const char *what, struct text *why)
{
    lines_sort(got);
    lines_sort(wanted);
    const bool same = lines_same(got, wanted, what, why);
    lines_free(got);
    lines_free(wanted);
    return same;
}

bool judge_correlate(const struct world *world, const struct outbox *made, struct text *why)
{
    struct lines got = {.arena = world->arena};
    struct lines wanted = {.arena = world->arena};
    struct lines got_derived = {.arena = world->arena};
    struct lines wanted_derived = {.arena = world->arena};
    struct collecting to = {.world = world, .lines = &got_derived};

    collect_published(world, &got);
    collect_made(world, made, &wanted);
    reading_each(world, world->topics[OUTBOX_DERIVED], collect_derived, &to);
    collect_made_derived(world, made, &wanted_derived);
    const bool same = compare(&got, &wanted, "alerts against one correlator", why);
    const bool same_derived =
        compare(&got_derived, &wanted_derived, "derived against one correlator", why);
    return same && same_derived;
}

static void collect_matches(void *context, int32_t partition, int64_t offset,
                            const struct broker_record *record)
{
    const struct collecting *to = context;

    (void)offset;
    reading_matches(to->lines->arena, partition, record->value, to->lines);
}

static void add_reject(struct collecting *to, struct slice value)
{
    text_add(&to->key, SLICE("rejects "));
    text_add(&to->key, value);
    lines_add(to->lines, &to->key, &to->text);
}

static void collect_reject(void *context, int32_t partition, int64_t offset,
                           const struct broker_record *record)
{
    (void)partition;
    (void)offset;
    add_reject(context, record->value);
}

bool judge_rejects(const struct world *world, const struct outbox *made, struct text *why)
{
    struct lines got = {.arena = world->arena};
    struct lines wanted = {.arena = world->arena};
    struct collecting getting = {.world = world, .lines = &got};
    struct collecting wanting = {.world = world, .lines = &wanted};

    reading_each(world, world->topics[OUTBOX_REJECTS], collect_reject, &getting);
    for (size_t i = 0; i < outbox_count(made); i++) {
        const struct outbox_record *record = outbox_get(made, i);
        if (record->topic == OUTBOX_REJECTS) {
            add_reject(&wanting, record->value);
        }
    }
    free_texts(&getting);
    free_texts(&wanting);
    return compare(&got, &wanted, "rejects, each once", why);
}

bool judge_ingest(const struct world *world, const struct outbox *made, struct text *why)
{
    struct lines got = {.arena = world->arena};
    struct lines wanted = {.arena = world->arena};
    struct collecting to = {.world = world, .lines = &got};

    reading_each(world, world->topics[OUTBOX_MATCHES], collect_matches, &to);
    for (size_t i = 0; i < outbox_count(made); i++) {
        const struct outbox_record *record = outbox_get(made, i);
        if (record->topic == OUTBOX_MATCHES) {
            reading_matches(world->arena, record->partition, record->value, &wanted);
        }
    }
    return compare(&got, &wanted, "matches against one ingest", why);
}

/* The last record of each alert, in one list; those retracted left out. */
static void keep_standing(const struct lines *last, struct lines *standing)
{
    struct text key = {0};
    struct text text = {0};

    for (size_t i = 0; i < last->count; i++) {
        const bool newest =
            i + 1 == last->count || !slice_equal(last->items[i].key, last->items[i + 1].key);
        if (newest && last->items[i].text.size > 0) {
            text_add(&key, last->items[i].text);
            lines_add(standing, &key, &text);
        }
    }
    text_free(&key);
    text_free(&text);
}

static void add_standing(struct lines *lines, struct slice value)
{
    const struct alert alert = reading_alert(lines->arena, value);
    struct text key = {0};
    struct text text = {0};

    text_add(&key, alert.id);
    if (!slice_is(alert.state, "retracted")) {
        reading_standing(&alert, &text);
    }
    lines_add(lines, &key, &text);
    text_free(&key);
    text_free(&text);
}

static void collect_standing(void *context, int32_t partition, int64_t offset,
                             const struct broker_record *record)
{
    (void)partition;
    (void)offset;
    add_standing(context, record->value);
}

/* Only at the end of all time, and when no arrival changed what counts, is order of no account.
 */
static bool is_comparable(const struct world *world)
{
    const int topic = world->topics[OUTBOX_REJECTS];
    bool late = false;

    for (int64_t i = 0; i < broker_end(world->broker, (struct broker_place){topic, 0}); i++) {
        const struct broker_record *record =
            broker_get(world->broker, (struct broker_place){topic, 0}, i);
        if (broker_is_visible(record)) {
            struct binary bytes = binary_of(reading_body(record->value));
            late = late || slice_is(binary_get_text(&bytes), "late");
        }
    }
    return world->plan.traffic.ends && !late;
}

bool judge_order(const struct world *world, struct text *why)
{
    struct lines got_all = {.arena = world->arena};
    struct lines wanted_all = {.arena = world->arena};
    struct lines got = {.arena = world->arena};
    struct lines wanted = {.arena = world->arena};
    struct outbox *outbox = outbox_new();

    if (!is_comparable(world)) {
        outbox_free(outbox);
        return true;
    }
    reference_in_order(world, outbox);
    reading_each(world, world->topics[OUTBOX_ALERTS], collect_standing, &got_all);
    reading_each(world, world->topics[OUTBOX_SHADOW], collect_standing, &got_all);
    for (size_t i = 0; i < outbox_count(outbox); i++) {
        add_standing(&wanted_all, outbox_get(outbox, i)->value);
    }
    outbox_free(outbox);
    lines_sort(&got_all);
    lines_sort(&wanted_all);
    keep_standing(&got_all, &got);
    keep_standing(&wanted_all, &wanted);
    lines_free(&got_all);
    lines_free(&wanted_all);
    return compare(&got, &wanted, "alerts against events in content order", why);
}

bool judge_offsets(const struct world *world, struct text *why)
{
    bool good = true;

    for (int i = 0; i < WORLD_GROUPS_COUNT; i++) {
        struct broker_place places[GROUPS_PARTITIONS_MAX];
        const size_t count = groups_places(world->groups, i, places);
        for (size_t j = 0; j < count; j++) {
            const int64_t end = broker_end(world->broker, places[j]); /* aborted ones too */
            const int64_t committed = groups_offset(world->groups, i, places[j])->next;
            if (committed != end) {
                text_format(why, "%s[%d] is committed up to %lld of %lld\n",
                            broker_name(world->broker, places[j].topic), places[j].partition,
                            (long long)committed, (long long)end);
                good = false;
            }
        }
    }
    return good;
}

/* What holds as long as nothing is lost that a rule needs. */
static bool judge_state(const struct world *world, const struct outbox *made, struct text *why)
{
    bool good = judge_rejects(world, made, why);

    good = judge_clock(world, why) && good;
    good = judge_correlate(world, made, why) && good;
    good = judge_alerts_lives(world, why) && good;
    good = judge_order(world, why) && good;
    return good;
}

bool judge_run(const struct world *world, struct text *why)
{
    struct outbox *made = outbox_new();
    bool good = judge_offsets(world, why);

    reference_ingest(world, made);
    for (int32_t i = 0; i < world->plan.match_partitions; i++) {
        reference_correlate(world, i, made);
    }
    good = judge_ingest(world, made, why) && good;
    good = judge_watermarks(world, why) && good;
    good = judge_lateness(world, why) && good;
    good = judge_alerts_sequences(world, why) && good;
    if (!world->plan.forgets_more) {
        good = judge_state(world, made, why) && good;
    }
    outbox_free(made);
    return good;
}
