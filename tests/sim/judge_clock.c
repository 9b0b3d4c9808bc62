#include "seinpost/alert/derived.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/vector.h"
#include "seinpost/signal/pack.h"

#include "judge.h"
#include "reading.h"

/* A plain reading of how watermarks come about: what the last report of each partition was, and
 * the least of those that are not quiet. */
struct report {
    struct slice source;
    int32_t partition;
    bool quiet;
    struct instant high;
    struct instant exact;
};

struct source_clock {
    struct slice name;
    int32_t partitions;
    struct instant high;
    struct instant exact;
};

struct ticking {
    const struct world *world;
    int32_t reader;
    VECTOR(struct report) reports;
    VECTOR(struct source_clock) sources;
    VECTOR(struct source_clock) told; /* by the reader, of each rule: in `exact` */
};

static struct report *report_of(struct ticking *ticking, struct slice source, int32_t partition)
{
    for (size_t i = 0; i < ticking->reports.count; i++) {
        struct report *report = &ticking->reports.items[i];
        if (report->partition == partition && slice_equal(report->source, source)) {
            return report;
        }
    }
    return NULL;
}

static struct source_clock *clock_of(struct ticking *ticking, struct slice name)
{
    for (size_t i = 0; i < ticking->sources.count; i++) {
        if (slice_equal(ticking->sources.items[i].name, name)) {
            return &ticking->sources.items[i];
        }
    }
    VECTOR_PUSH(&ticking->sources, (struct source_clock){name, 0, INSTANT_MIN, INSTANT_MIN});
    return &ticking->sources.items[ticking->sources.count - 1];
}

static void advance(struct ticking *ticking, struct source_clock *clock)
{
    struct instant high = INSTANT_MAX;
    struct instant exact = INSTANT_MAX;

    for (int32_t i = 0; i < clock->partitions; i++) {
        const struct report *report = report_of(ticking, clock->name, i);
        if (report == NULL) {
            return; /* nobody has told of it */
        }
        if (!report->quiet) {
            high = instant_least(high, report->high);
            exact = instant_least(exact, report->exact);
        }
    }
    if (high.ms != INSTANT_MAX.ms) {
        clock->high = instant_latest(clock->high, high);
        clock->exact = instant_latest(clock->exact, exact);
    }
}

static void on_watermark(void *context, const struct watermark *watermark)
{
    struct ticking *ticking = context;
    struct source_clock *clock = clock_of(ticking, watermark->source);
    struct report *report = report_of(ticking, watermark->source, watermark->partition);

    clock->partitions = watermark->partitions;
    if (report == NULL) {
        VECTOR_PUSH(&ticking->reports, (struct report){watermark->source, watermark->partition,
                                                       false, INSTANT_MIN, INSTANT_MIN});
        report = &ticking->reports.items[ticking->reports.count - 1];
    }
    report->quiet = watermark->quiet;
    if (watermark->exact) {
        report->exact = instant_latest(report->exact, watermark->high);
    } else {
        report->high = instant_latest(report->high, watermark->high);
    }
    advance(ticking, clock);
}

static void skip_match(void *context, const struct match *match)
{
    (void)context;
    (void)match;
}

static void read_pack(void *context, int32_t partition, int64_t offset,
                      const struct broker_record *record)
{
    struct ticking *ticking = context;
    const struct pack_visitor visitor = {ticking, skip_match, on_watermark};

    (void)offset;
    if (partition == ticking->reader) {
        const bool good =
            pack_read(ticking->world->arena, reading_body(record->value), &visitor);
        ENSURE(good);
    }
}

static void skip_event(void *context, const struct rule *rule, const struct event *event)
{
    (void)context;
    (void)rule;
    (void)event;
}

static void on_told(void *context, const struct watermark *watermark)
{
    struct ticking *ticking = context;

    if (watermark->partition == ticking->reader) {
        VECTOR_PUSH(&ticking->told,
                    (struct source_clock){slice_copy(ticking->world->arena, watermark->source),
                                          0, INSTANT_MIN, watermark->high});
    }
}

static void read_derived(void *context, int32_t partition, int64_t offset,
                         const struct broker_record *record)
{
    struct ticking *ticking = context;
    const struct derived_visitor visitor = {ticking, skip_event, on_told};

    (void)partition;
    (void)offset;
    const bool good = derived_read(ticking->world->arena, ticking->world->bench->program,
                                   reading_body(record->value), &visitor);
    ENSURE(good);
}

static struct instant watermark_of(struct ticking *ticking, const struct rule *rule)
{
    struct instant least = INSTANT_MAX;

    for (size_t i = 0; i < rule->sources_count; i++) {
        const struct source_clock *clock = clock_of(ticking, rule->sources[i]);
        const struct instant passed = instant_add(clock->high, -rule->lateness_ms - 1);
        least = instant_least(least, instant_latest(passed, clock->exact));
    }
    return least;
}

/* The last that was told of a rule. */
static struct instant told_of(const struct ticking *ticking, const struct rule *rule)
{
    struct instant last = INSTANT_MIN;

    for (size_t i = 0; i < ticking->told.count; i++) {
        struct slice name = ticking->told.items[i].name;
        (void)slice_cut(&name, ':');
        if (slice_equal(name, rule->name)) {
            last = ticking->told.items[i].exact;
        }
    }
    return last;
}

static bool judge_reader(struct ticking *ticking, struct text *why)
{
    const struct program *program = ticking->world->bench->program;
    bool good = true;

    reading_each(ticking->world, ticking->world->topics[OUTBOX_MATCHES], read_pack, ticking);
    reading_each(ticking->world, ticking->world->topics[OUTBOX_DERIVED], read_derived, ticking);
    for (size_t i = 0; i < program->rules_count; i++) {
        const struct rule *rule = program->rules[i];
        if (!rule->is_read) {
            continue;
        }
        const struct instant wanted = watermark_of(ticking, rule);
        const struct instant told = told_of(ticking, rule);
        if (wanted.ms != told.ms) {
            text_format(why, "matches[%d]: rule %.*s has come to %lld, wanted %lld\n",
                        ticking->reader, SLICE_ARGS(rule->name), (long long)told.ms,
                        (long long)wanted.ms);
            good = false;
        }
    }
    return good;
}

bool judge_clock(const struct world *world, struct text *why)
{
    bool good = true;

    for (int32_t i = 0; i < world->plan.match_partitions; i++) {
        struct ticking ticking = {.world = world, .reader = i};
        good = judge_reader(&ticking, why) && good;
        VECTOR_FREE(&ticking.reports);
        VECTOR_FREE(&ticking.sources);
        VECTOR_FREE(&ticking.told);
    }
    return good;
}
