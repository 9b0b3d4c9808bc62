#include "seinpost/alert/derived.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/vector.h"
#include "seinpost/signal/pack.h"

#include "judge.h"
#include "reading.h"
#include "tide.h"

/* What a reader was told, and what it told of its rules. */
struct ticking {
    const struct world *world;
    int32_t reader;
    int64_t offset;
    struct tide tide;
    VECTOR(struct tide_source) told; /* of each rule, in `exact` */
};

static void on_watermark(void *context, const struct watermark *watermark)
{
    struct ticking *ticking = context;

    tide_report(&ticking->tide, watermark, ticking->offset);
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

    ticking->offset = offset;
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
                    (struct tide_source){
                        .name = slice_copy(ticking->world->arena, watermark->source),
                        .exact = watermark->high,
                    });
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
        const struct instant wanted = tide_watermark(&ticking->tide, rule);
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
        tide_free(&ticking.tide);
        VECTOR_FREE(&ticking.told);
    }
    return good;
}
