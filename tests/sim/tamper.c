#include "tamper.h"

#include "seinpost/alert/alert_avro.h"
#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/signal/frame.h"
#include "seinpost/stage/outbox.h"

#include <string.h>

#include "judge.h"
#include "reading.h"
#include "reference.h"

/* Spoils; returns whether there was anything to spoil. */
typedef bool tamper_spoil(struct world *world);

/* Returns whether the claim still holds. */
typedef bool tamper_claim(const struct world *world, struct text *why);

static struct broker_place at(const struct world *world, enum outbox_topic topic,
                              int32_t partition)
{
    return (struct broker_place){world->topics[topic], partition};
}

/* Returns whether a record is one that the claim is about. */
typedef bool tamper_suits(const struct world *world, const struct broker_record *record);

/* The first record that suits, and where it is; NULL: none. */
static struct broker_record *first_of(struct world *world, enum outbox_topic topic,
                                      tamper_suits *suits, struct broker_place *place)
{
    for (int32_t i = 0; i < broker_partitions(world->broker, world->topics[topic]); i++) {
        *place = at(world, topic, i);
        for (int64_t j = 0; j < broker_end(world->broker, *place); j++) {
            struct broker_record *record = broker_spoil(world->broker, *place, j);
            if (broker_is_visible(record) && suits(world, record)) {
                return record;
            }
        }
    }
    return NULL;
}

static bool any(const struct world *world, const struct broker_record *record)
{
    (void)world;
    return record->value.size > 0;
}

static bool has_alerts(const struct world *world, const struct broker_record *record)
{
    struct lines lines = {.arena = world->arena};

    reading_derived(world->arena, world->bench->program, record->value, &lines);
    const bool has = lines.count > 0;
    lines_free(&lines);
    return has;
}

static bool has_matches(const struct world *world, const struct broker_record *record)
{
    struct lines lines = {.arena = world->arena};

    reading_matches(world->arena, 0, record->value, &lines);
    const bool has = lines.count > 0;
    lines_free(&lines);
    return has;
}

static bool lose(struct world *world, enum outbox_topic topic, tamper_suits *suits)
{
    struct broker_place place;
    struct broker_record *record = first_of(world, topic, suits, &place);

    if (record != NULL) {
        record->fate = BROKER_ABORTED;
    }
    return record != NULL;
}

static bool repeat(struct world *world, enum outbox_topic topic)
{
    struct broker_place place;
    const struct broker_record *record = first_of(world, topic, any, &place);

    if (record == NULL) {
        return false;
    }
    const struct broker_record copy = *record;
    (void)broker_append(world->broker, place, &copy);
    return true;
}

/* The first two records of a partition that suit change places. */
static bool exchange(struct world *world, enum outbox_topic topic, tamper_suits *suits)
{
    struct broker_record *first = NULL;
    const struct broker_place place = at(world, topic, 0);

    for (int64_t i = 0; i < broker_end(world->broker, place); i++) {
        struct broker_record *record = broker_spoil(world->broker, place, i);
        if (!broker_is_visible(record) || !suits(world, record)) {
            continue;
        }
        if (first != NULL) {
            const struct broker_record copy = *first;
            *first = *record;
            *record = copy;
            return true;
        }
        first = record;
    }
    return false;
}

static struct broker_record *numbered(struct world *world, enum outbox_topic topic,
                                      int32_t partition, int64_t sequence)
{
    for (int32_t i = 0; i < broker_partitions(world->broker, world->topics[topic]); i++) {
        const struct broker_place place = at(world, topic, i);
        for (int64_t j = 0; j < broker_end(world->broker, place); j++) {
            struct broker_record *record = broker_spoil(world->broker, place, j);
            if (!broker_is_visible(record)) {
                continue;
            }
            const struct alert alert = reading_alert(world->arena, record->value);
            if (alert.partition == partition && alert.sequence == sequence) {
                return record;
            }
        }
    }
    return NULL;
}

/* The first of two: the last of all would not be missed. */
static bool lose_first(struct world *world, enum outbox_topic topic)
{
    for (int32_t i = 0; i < world->plan.match_partitions; i++) {
        if (numbered(world, topic, i, 2) != NULL) {
            numbered(world, topic, i, 1)->fate = BROKER_ABORTED;
            return true;
        }
    }
    return false;
}

static bool lose_first_alert(struct world *world)
{
    return lose_first(world, OUTBOX_ALERTS);
}

static bool lose_first_shadow(struct world *world)
{
    return lose_first(world, OUTBOX_SHADOW);
}

static bool lose_alert(struct world *world)
{
    return lose(world, OUTBOX_ALERTS, any);
}

static bool repeat_alert(struct world *world)
{
    return repeat(world, OUTBOX_ALERTS);
}

static bool exchange_alerts(struct world *world)
{
    return world->plan.match_partitions == 1 && exchange(world, OUTBOX_ALERTS, any);
}

static bool lose_derived(struct world *world)
{
    return lose(world, OUTBOX_DERIVED, has_alerts);
}

static bool lose_all(struct world *world, enum outbox_topic topic)
{
    bool some = false;

    while (lose(world, topic, any)) {
        some = true;
    }
    return some;
}

static bool lose_all_derived(struct world *world)
{
    return lose_all(world, OUTBOX_DERIVED);
}

static bool lose_pack(struct world *world)
{
    return lose(world, OUTBOX_MATCHES, has_matches);
}

static bool lose_all_packs(struct world *world)
{
    return lose_all(world, OUTBOX_MATCHES);
}

static bool exchange_packs(struct world *world)
{
    return exchange(world, OUTBOX_MATCHES, has_matches);
}

static bool lose_reject(struct world *world)
{
    return lose(world, OUTBOX_REJECTS, any);
}

static bool repeat_reject(struct world *world)
{
    return repeat(world, OUTBOX_REJECTS);
}

/* One letter. */
static bool change_alert(struct world *world)
{
    struct broker_place place;
    struct broker_record *record = first_of(world, OUTBOX_ALERTS, any, &place);

    if (record == NULL) {
        return false;
    }
    const struct slice value = slice_copy(world->arena, record->value);
    for (size_t i = 0; i + 8 <= value.size; i++) {
        if (memcmp(value.data + i, "desk-sim", 8) == 0) {
            ((char *)(uintptr_t)value.data)[i + 7] = 'n';
        }
    }
    record->value = value;
    return true;
}

/* An alert is opened once more. */
static bool say_again(struct world *world)
{
    struct broker_place place;
    const struct broker_record *record = first_of(world, OUTBOX_ALERTS, any, &place);
    struct text value = {0};

    if (record == NULL) {
        return false;
    }
    struct alert alert = reading_alert(world->arena, record->value);
    alert.state = SLICE("opened");
    frame_put(&value, SOURCE_SINGLE_OBJECT, world->bench->formats.alert.fingerprint);
    alert_avro_put(&alert, &value);
    struct broker_record copy = *record;
    copy.value = text_slice(&value);
    (void)broker_append(world->broker, place, &copy);
    text_free(&value);
    return true;
}

static bool move_offset(struct world *world)
{
    struct groups_offset *offset =
        groups_offset(world->groups, WORLD_CORRELATE, at(world, OUTBOX_MATCHES, 0));

    return offset->next-- > 0;
}

/* As if an event of a partition had been far ahead of those behind it. */
static bool hurry(struct world *world)
{
    struct traffic_queue *queue = &world->traffic.queues[BENCH_CARD][0];

    for (size_t i = 0; i + 2 < queue->count; i++) {
        if (!queue->items[i].spoiled) {
            queue->items[i].time.ms += INT64_C(10) * INSTANT_DAY_MS;
            return true;
        }
    }
    return false;
}

/* As if no card had ever paid. */
static bool leave_out(struct world *world)
{
    for (int32_t i = 0; i < world->plan.traffic.partitions[BENCH_CARD]; i++) {
        struct traffic_queue *queue = &world->traffic.queues[BENCH_CARD][i];
        for (size_t j = 0; j < queue->count; j++) {
            queue->items[j].spoiled = true;
        }
    }
    return world->plan.traffic.ends && world->traffic.count > 60;
}

static bool claim_correlate(const struct world *world, struct text *why)
{
    struct outbox *made = outbox_new();

    for (int32_t i = 0; i < world->plan.match_partitions; i++) {
        reference_correlate(world, i, made);
    }
    const bool good = judge_correlate(world, made, why);
    outbox_free(made);
    return good;
}

static bool claim_ingest(const struct world *world, struct text *why)
{
    struct outbox *made = outbox_new();

    reference_ingest(world, made);
    const bool good = judge_ingest(world, made, why);
    outbox_free(made);
    return good;
}

static bool claim_rejects(const struct world *world, struct text *why)
{
    struct outbox *made = outbox_new();

    reference_ingest(world, made);
    for (int32_t i = 0; i < world->plan.match_partitions; i++) {
        reference_correlate(world, i, made);
    }
    const bool good = judge_rejects(world, made, why);
    outbox_free(made);
    return good;
}

/* Some are no fault in each run: what changes places may be independent. */
static const struct {
    const char *name;
    tamper_spoil *spoil;
    tamper_claim *claim;
    bool sometimes;
} tampers[] = {
    {"an alert is lost: a sequence has a gap", lose_first_alert, judge_alerts_sequences, false},
    {"an alert is there twice: a sequence repeats", repeat_alert, judge_alerts_sequences,
     false},
    {"an alert of the shadow topic is lost", lose_first_shadow, judge_alerts_sequences, false},
    {"an alert is opened again", say_again, judge_alerts_lives, false},
    {"an alert is lost that one correlator makes", lose_alert, claim_correlate, false},
    {"a letter of an alert is another", change_alert, claim_correlate, false},
    {"two alerts change places", exchange_alerts, claim_correlate, false},
    {"an alert as an event is lost", lose_derived, claim_correlate, false},
    {"the watermarks of rules are lost", lose_all_derived, judge_clock, false},
    {"a pack of matches is lost", lose_pack, claim_ingest, false},
    {"two packs of matches change places", exchange_packs, claim_ingest, true},
    {"watermarks are lost", lose_all_packs, judge_watermarks, false},
    {"a watermark goes before its matches", exchange_packs, judge_watermarks, true},
    {"a reject is lost", lose_reject, claim_rejects, false},
    {"a reject is there twice", repeat_reject, claim_rejects, false},
    {"what came too late is there", hurry, judge_lateness, true},
    {"an offset is not committed", move_offset, judge_offsets, false},
    {"events are left out of the comparison in order", leave_out, judge_order, true},
};

size_t tamper_count(void)
{
    return sizeof tampers / sizeof tampers[0];
}

const char *tamper_name(size_t index)
{
    return tampers[index].name;
}

enum tamper_result tamper_try(size_t index, const struct bench *bench,
                              const struct world_plan *plan)
{
    struct world *world = world_new(bench, plan);
    struct text why = {0};
    enum tamper_result result = TAMPER_NOTHING;

    const bool good = world_run(world) && judge_run(world, &why);
    if (good && tampers[index].spoil(world)) {
        const bool unseen = tampers[index].claim(world, &why);
        result = !unseen                    ? TAMPER_NOTICED
                 : tampers[index].sometimes ? TAMPER_NOTHING
                                            : TAMPER_UNNOTICED;
    }
    text_free(&why);
    world_free(world);
    return result;
}
