#include "seinpost/base/ensure.h"
#include "seinpost/base/vector.h"
#include "seinpost/signal/pack.h"

#include <string.h>

#include "judge.h"
#include "reading.h"

/* How far a source's partition has come, as one match partition was told. */
struct progress {
    int32_t reader; /* the match partition */
    struct slice source;
    int32_t partition;
    struct instant high;
    int64_t covered; /* offset of the first event that is dated `high` */
    bool quiet;
    int64_t quiet_ms; /* since when */
};

struct watching {
    const struct world *world;
    int32_t reader;
    int64_t now_ms; /* when the pack was written */
    VECTOR(struct progress) progress;
    struct text *why;
    bool good;
};

static struct progress *progress_of(struct watching *watching, struct slice source,
                                    int32_t partition)
{
    for (size_t i = 0; i < watching->progress.count; i++) {
        struct progress *progress = &watching->progress.items[i];
        if (progress->reader == watching->reader && progress->partition == partition &&
            slice_equal(progress->source, source)) {
            return progress;
        }
    }
    VECTOR_PUSH(&watching->progress, (struct progress){.reader = watching->reader,
                                                       .source = source,
                                                       .partition = partition,
                                                       .high = INSTANT_MIN,
                                                       .covered = -1});
    return &watching->progress.items[watching->progress.count - 1];
}

/* Returns the index of the partner's source, or the count. */
static int source_of(const struct world *world, struct slice name)
{
    int source = 0;

    while (source < BENCH_SOURCES_COUNT &&
           !slice_equal(world->bench->sources[source].name, name)) {
        source++;
    }
    return source;
}

static int64_t first_dated(const struct world *world, int source, int32_t partition,
                           struct instant high)
{
    const struct traffic_queue *queue = &world->traffic.queues[source][partition];

    for (size_t i = 0; i < queue->count; i++) {
        if (!queue->items[i].spoiled && queue->items[i].time.ms == high.ms) {
            return (int64_t)i;
        }
    }
    return -1;
}

static void on_watermark(void *context, const struct watermark *watermark)
{
    struct watching *watching = context;
    struct progress *progress = progress_of(watching, watermark->source, watermark->partition);
    const int source = source_of(watching->world, watermark->source);

    if (instant_before(watermark->high, progress->high) &&
        (source < BENCH_SOURCES_COUNT || !watching->world->plan.forgets_more)) {
        text_format(watching->why, "matches[%d]: the watermark of %.*s[%d] falls by %lld ms\n",
                    watching->reader, SLICE_ARGS(watermark->source), watermark->partition,
                    (long long)instant_distance(progress->high, watermark->high));
        watching->good = false;
    }
    progress->high = watermark->high;
    if (watermark->quiet && !progress->quiet) {
        progress->quiet_ms = watching->now_ms;
    }
    progress->quiet = watermark->quiet;
    if (source < BENCH_SOURCES_COUNT && watermark->high.ms != INSTANT_MIN.ms) {
        progress->covered =
            first_dated(watching->world, source, watermark->partition, watermark->high);
        if (progress->covered < 0) {
            text_format(watching->why, "matches[%d]: %.*s[%d] has no event dated %lld\n",
                        watching->reader, SLICE_ARGS(watermark->source), watermark->partition,
                        (long long)watermark->high.ms);
            watching->good = false;
        }
    }
}

/* A partition is quiet when it is, not when its reader is behind: of what was written long
 * before it was called so, nothing may come any more. */
static void check_quiet(const struct watching *watching, const struct progress *progress,
                        const struct event_place *place, bool *good)
{
    const struct world *world = watching->world;
    const int source = source_of(world, progress->source);
    const struct broker_place at = {world->sources[source], place->partition};
    const int64_t written_ms = broker_get(world->broker, at, place->offset)->written_ms;

    if (progress->quiet_ms > 0 && written_ms <= progress->quiet_ms - BENCH_IDLE_MS) {
        text_format(watching->why,
                    "matches[%d]: %.*s[%d] was called quiet at %lld ms, though its offset %lld "
                    "was there since %lld ms\n",
                    watching->reader, SLICE_ARGS(progress->source), place->partition,
                    (long long)progress->quiet_ms, (long long)place->offset,
                    (long long)written_ms);
        *good = false;
    }
}

/* An alert as an event is later than its rule's watermark: no alert opens at or before that. It
 * came from a partition that is not known here, so all of them must have passed it. */
static void check_alert(struct watching *watching, const struct match *match)
{
    const struct program *program = watching->world->bench->program;

    for (size_t i = 0; i < match->steps_count; i++) {
        const struct use_list uses = program_uses(program, match->steps[i]);
        for (size_t j = 0; j < uses.count; j++) {
            const struct rule *maker = uses.items[j].rule->entries[uses.items[j].entry].made_by;
            bool passed = true;
            for (int32_t k = 0; k < watching->world->plan.match_partitions; k++) {
                struct text name = {0};
                text_format(&name, "rule:%.*s", SLICE_ARGS(maker->name));
                const struct progress *progress = progress_of(
                    watching, slice_copy(watching->world->arena, text_slice(&name)), k);
                passed = passed && !instant_before(progress->high, match->is.time);
                text_free(&name);
            }
            if (passed) {
                text_format(watching->why,
                            "matches[%d]: alert %.*s of %.*s is behind the watermark of its "
                            "rule\n",
                            watching->reader, SLICE_ARGS(match->is.id),
                            SLICE_ARGS(maker->name));
                watching->good = false;
            }
        }
    }
}

static void on_match(void *context, const struct match *match)
{
    struct watching *watching = context;

    if (slice_equal(match->is.source, EVENT_SOURCE_OF_ALERTS)) {
        if (!watching->world->plan.forgets_more) {
            check_alert(watching, match);
        }
        return;
    }
    const struct progress *progress =
        progress_of(watching, match->is.source, match->is.place.partition);
    if (match->is.place.offset <= progress->covered) {
        text_format(watching->why,
                    "matches[%d]: the match of %.*s[%d] offset %lld stands behind the "
                    "watermark of offset %lld\n",
                    watching->reader, SLICE_ARGS(match->is.source), match->is.place.partition,
                    (long long)match->is.place.offset, (long long)progress->covered);
        watching->good = false;
    }
    check_quiet(watching, progress, &match->is.place, &watching->good);
}

static void watch(void *context, int32_t partition, int64_t offset,
                  const struct broker_record *record)
{
    struct watching *watching = context;
    const struct pack_visitor visitor = {watching, on_match, on_watermark};

    (void)offset;
    watching->reader = partition;
    watching->now_ms = record->written_ms;
    const bool good = pack_read(watching->world->arena, reading_body(record->value), &visitor);
    ENSURE(good);
}

static struct instant newest_of(const struct traffic_queue *queue)
{
    struct instant newest = INSTANT_MIN;

    for (size_t i = 0; i < queue->count; i++) {
        if (!queue->items[i].spoiled) {
            newest = instant_latest(newest, queue->items[i].time);
        }
    }
    return newest;
}

/* Every match partition has heard of every event. */
static void check_ends(struct watching *watching)
{
    const struct world *world = watching->world;

    for (watching->reader = 0; watching->reader < world->plan.match_partitions;
         watching->reader++) {
        for (int i = 0; i < BENCH_SOURCES_COUNT; i++) {
            for (int32_t j = 0; j < world->plan.traffic.partitions[i]; j++) {
                const struct progress *progress =
                    progress_of(watching, world->bench->sources[i].name, j);
                const struct instant newest = newest_of(&world->traffic.queues[i][j]);
                if (!progress->quiet) {
                    text_format(watching->why, "matches[%d]: %.*s[%d] was never called quiet\n",
                                watching->reader, SLICE_ARGS(world->bench->sources[i].name), j);
                    watching->good = false;
                }
                if (progress->high.ms != newest.ms) {
                    text_format(watching->why,
                                "matches[%d]: %.*s[%d] has come to %lld, not to %lld\n",
                                watching->reader, SLICE_ARGS(world->bench->sources[i].name), j,
                                (long long)progress->high.ms, (long long)newest.ms);
                    watching->good = false;
                }
            }
        }
    }
}

bool judge_watermarks(const struct world *world, struct text *why)
{
    struct watching watching = {.world = world, .why = why, .good = true};

    reading_each(world, world->topics[OUTBOX_MATCHES], watch, &watching);
    check_ends(&watching);
    VECTOR_FREE(&watching.progress);
    return watching.good;
}
