#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/schema/binary.h"
#include "seinpost/signal/pack.h"

#include "judge.h"
#include "reading.h"

struct checking {
    const struct world *world;
    struct instant *highs[BENCH_SOURCES_COUNT][TRAFFIC_PARTITIONS_MAX]; /* by offset */
    struct text *why;
    bool good;
};

/* The newest event up to each offset. */
static void find_highs(struct checking *checking)
{
    const struct world *world = checking->world;

    for (int i = 0; i < BENCH_SOURCES_COUNT; i++) {
        for (int32_t j = 0; j < world->plan.traffic.partitions[i]; j++) {
            const struct traffic_queue *queue = &world->traffic.queues[i][j];
            struct instant high = INSTANT_MIN;
            checking->highs[i][j] =
                arena_alloc(world->arena, queue->count * sizeof(struct instant));
            for (size_t k = 0; k < queue->count; k++) {
                if (!queue->items[k].spoiled) {
                    high = instant_latest(high, queue->items[k].time);
                }
                checking->highs[i][j][k] = high;
            }
        }
    }
}

static int source_of(const struct world *world, struct slice topic)
{
    int source = 0;

    while (source < BENCH_SOURCES_COUNT &&
           !slice_equal(world->bench->sources[source].topic, topic)) {
        source++;
    }
    return source;
}

/* How far the event is behind the newest before it in its partition. */
static int64_t delay_of(const struct checking *checking, const struct event_place *place,
                        struct instant time)
{
    const int source = source_of(checking->world, place->topic);

    ENSURE(source < BENCH_SOURCES_COUNT);
    return instant_distance(checking->highs[source][place->partition][place->offset], time);
}

static void on_match(void *context, const struct match *match)
{
    struct checking *checking = context;
    const struct program *program = checking->world->bench->program;

    if (slice_equal(match->is.source, EVENT_SOURCE_OF_ALERTS)) {
        return;
    }
    const int64_t delay_ms = delay_of(checking, &match->is.place, match->is.time);
    for (size_t i = 0; i < match->steps_count; i++) {
        const struct use_list uses = program_uses(program, match->steps[i]);
        bool in_time = false;
        for (size_t j = 0; j < uses.count; j++) {
            in_time = in_time || delay_ms <= uses.items[j].rule->lateness_ms;
        }
        if (!in_time) {
            text_format(checking->why,
                        "%.*s %.*s[%d] offset %lld is %lld ms late, and is there\n",
                        SLICE_ARGS(match->is.id), SLICE_ARGS(match->is.place.topic),
                        match->is.place.partition, (long long)match->is.place.offset,
                        (long long)delay_ms);
            checking->good = false;
        }
    }
}

static void on_watermark(void *context, const struct watermark *watermark)
{
    (void)context;
    (void)watermark;
}

static void check_matches(void *context, int32_t partition, int64_t offset,
                          const struct broker_record *record)
{
    const struct checking *checking = context;
    const struct pack_visitor visitor = {context, on_match, on_watermark};

    (void)partition;
    (void)offset;
    const bool good = pack_read(checking->world->arena, reading_body(record->value), &visitor);
    ENSURE(good);
}

/* One that ingest refused came too late for the least patient rule at least. Correlate names
 * one rule: it refuses what a quiet partition brings behind the others' watermark. */
static void check_reject(void *context, int32_t partition, int64_t offset,
                         const struct broker_record *record)
{
    struct checking *checking = context;
    struct binary bytes = binary_of(reading_body(record->value));
    const struct slice reason = binary_get_text(&bytes);
    struct event_place place;

    (void)partition;
    (void)offset;
    (void)binary_get_text(&bytes); /* detail */
    (void)binary_get_text(&bytes); /* source */
    place.topic = binary_get_text(&bytes);
    place.partition = binary_get_int(&bytes);
    place.offset = binary_get_long(&bytes);
    (void)binary_get_text(&bytes); /* type */
    if (!slice_is(reason, "late") || binary_get_long(&bytes) != 1 ||
        checking->world->plan.goes_quiet || checking->world->plan.forgets_more) {
        return;
    }
    if (place.topic.size == 0) {
        text_add(checking->why, SLICE("an alert came too late for a higher rule\n"));
        checking->good = false;
        return;
    }
    const struct instant time = {binary_get_long(&bytes)};
    const int64_t delay_ms = delay_of(checking, &place, time);
    if (delay_ms <= BENCH_LATENESS_MS) {
        text_format(checking->why, "%.*s[%d] offset %lld is called late, by %lld ms\n",
                    SLICE_ARGS(place.topic), place.partition, (long long)place.offset,
                    (long long)delay_ms);
        checking->good = false;
    }
}

bool judge_lateness(const struct world *world, struct text *why)
{
    struct checking checking = {.world = world, .why = why, .good = true};

    find_highs(&checking);
    reading_each(world, world->topics[OUTBOX_MATCHES], check_matches, &checking);
    reading_each(world, world->topics[OUTBOX_REJECTS], check_reject, &checking);
    return checking.good;
}
