#include "retention.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/vector.h"
#include "seinpost/signal/pack.h"

#include <stdlib.h>

#include "reading.h"
#include "tide.h"
#include "trace.h"

/* A match as one rule sees it. */
struct sight {
    const struct rule *rule;
    struct slice key;
    struct instant time;
    int64_t offset;
};

struct survey {
    const struct world *world;
    int64_t offset;
    struct tide tide;
    VECTOR(struct sight) sights;
};

/* How long after a match it can still be seen that it was there, once time has passed it. */
static int64_t reach_ms(const struct rule *rule)
{
    int64_t reach = rule->timespan_ms + rule->lookback_ms + rule->close_after_ms +
                    rule->suppress.for_ms + rule->history_ms;

    for (size_t i = 0; i < rule->steps_count; i++) {
        if (rule->steps[i].absent && rule->steps[i].within_ms > 0) {
            reach += rule->steps[i].within_ms;
        }
    }
    if (rule->class == RULE_ABSENCE) {
        reach += rule->timespan_ms; /* it holds for another one */
    }
    return reach;
}

static void on_match(void *context, const struct match *match)
{
    struct survey *survey = context;

    for (size_t i = 0; i < match->steps_count; i++) {
        const struct use_list uses =
            program_uses(survey->world->bench->program, match->steps[i]);
        for (size_t j = 0; j < uses.count; j++) {
            VECTOR_PUSH(&survey->sights, (struct sight){uses.items[j].rule, match->value,
                                                        match->is.time, survey->offset});
        }
    }
}

static void on_watermark(void *context, const struct watermark *watermark)
{
    struct survey *survey = context;

    tide_report(&survey->tide, watermark, survey->offset);
}

static int by_rule_and_key(const void *left, const void *right)
{
    const struct sight *a = left;
    const struct sight *b = right;

    if (a->rule != b->rule) {
        return a->rule->index < b->rule->index ? -1 : 1;
    }
    const int order = slice_compare(a->key, b->key);
    return order != 0 ? order : instant_compare(a->time, b->time);
}

/* The last of those of a rule and key that follow each other within its reach. */
static size_t end_of_chain(const struct survey *survey, size_t first)
{
    size_t last = first;
    const struct sight *sights = survey->sights.items;

    while (last + 1 < survey->sights.count && sights[last + 1].rule == sights[first].rule &&
           slice_equal(sights[last + 1].key, sights[first].key) &&
           instant_distance(sights[last + 1].time, sights[last].time) <=
               reach_ms(sights[first].rule)) {
        last++;
    }
    return last;
}

static int64_t needed_by_matches(const struct survey *survey, int64_t needed)
{
    for (size_t i = 0; i < survey->sights.count;) {
        const size_t last = end_of_chain(survey, i);
        const struct sight *end = &survey->sights.items[last];
        const struct instant passed = tide_watermark(&survey->tide, end->rule);
        const bool over = instant_before(instant_add(end->time, reach_ms(end->rule)), passed);
        for (; i <= last; i++) {
            const int64_t offset = survey->sights.items[i].offset;
            needed = !over && offset < needed ? offset : needed;
        }
    }
    return needed;
}

static int64_t needed_by_reports(const struct survey *survey, int64_t needed)
{
    for (size_t i = 0; i < survey->tide.reports_count; i++) {
        const struct tide_report *report = &survey->tide.reports[i];
        needed = report->offset < needed ? report->offset : needed;
    }
    for (size_t i = 0; i < survey->tide.sources_count; i++) {
        const struct tide_source *source = &survey->tide.sources[i];
        needed = source->since < needed ? source->since : needed;
    }
    return needed;
}

int64_t retention_needed(const struct world *world, int32_t partition)
{
    const struct broker_place place = {world->topics[OUTBOX_MATCHES], partition};
    const int64_t committed = groups_offset(world->groups, WORLD_CORRELATE, place)->next;
    struct survey survey = {.world = world};
    const struct pack_visitor visitor = {&survey, on_match, on_watermark};

    for (survey.offset = 0; survey.offset < committed; survey.offset++) {
        const struct broker_record *record = broker_get(world->broker, place, survey.offset);
        if (broker_is_visible(record)) {
            const bool good = pack_read(world->arena, reading_body(record->value), &visitor);
            ENSURE(good);
        }
    }
    if (survey.sights.count > 1) {
        qsort(survey.sights.items, survey.sights.count, sizeof survey.sights.items[0],
              by_rule_and_key);
    }
    const int64_t needed = needed_by_reports(&survey, needed_by_matches(&survey, committed));
    VECTOR_FREE(&survey.sights);
    tide_free(&survey.tide);
    return needed;
}

/* What ingest has read, nobody reads again. */
static void forget_read(struct world *world)
{
    struct broker_place places[GROUPS_PARTITIONS_MAX];
    const size_t count = groups_places(world->groups, WORLD_INGEST, places);

    for (size_t i = 0; i < count; i++) {
        broker_expire(world->broker, places[i],
                      groups_offset(world->groups, WORLD_INGEST, places[i])->next);
    }
}

void retention_pass(struct world *world)
{
    forget_read(world);
    for (int32_t i = 0; i < world->plan.match_partitions; i++) {
        const struct broker_place place = {world->topics[OUTBOX_MATCHES], i};
        const int64_t committed = groups_offset(world->groups, WORLD_CORRELATE, place)->next;
        const int64_t start = broker_start(world->broker, place);
        const int64_t to = world->plan.forgets_more
                               ? dice_between(&world->dice, start, committed)
                               : retention_needed(world, i);
        if (to > start) {
            trace_say("! matches[%d] is forgotten up to %lld (committed %lld)", i,
                      (long long)to, (long long)committed);
            broker_expire(world->broker, place, to);
        }
    }
}
