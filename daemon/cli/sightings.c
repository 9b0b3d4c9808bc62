#include "seinpost/cli/sightings.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/gathering.h"
#include "seinpost/cli/rehearsal.h"
#include "seinpost/plain/condition.h"
#include "seinpost/rule/answer.h"
#include "seinpost/stage/intake.h"

enum {
    BATCH_MAX = 64 * 1024 * 1024
};

struct sightings {
    struct arena *arena;
    struct arena *batch;
    struct intake *intake;
    struct sightings_wanted wanted;
    size_t count;
    struct instant newest;
    VECTOR(struct sightings_entry) entries;
};

struct sightings *sightings_new(struct arena *arena, const struct sightings_wanted *wanted)
{
    struct sightings *sightings = arena_alloc(arena, sizeof *sightings);

    sightings->arena = arena;
    sightings->batch = arena_new(BATCH_MAX);
    sightings->intake = intake_new(wanted->program->catalogue, NULL);
    sightings->wanted = *wanted;
    sightings->newest = INSTANT_MIN;
    return sightings;
}

void sightings_free(struct sightings *sightings)
{
    intake_free(sightings->intake);
    arena_free(sightings->batch);
    VECTOR_FREE(&sightings->entries);
}

static bool has_value(const struct path *path, const struct event *event, struct slice wanted)
{
    struct value values[PATH_VALUES_MAX];
    const size_t count = path_values(path, event, values);
    bool found = false;

    for (size_t i = 0; i < count; i++) {
        struct text text = {0};
        value_format(&text, &values[i]);
        found = found || slice_equal(text_slice(&text), wanted);
        text_free(&text);
    }
    return found;
}

/* Has the event the group's value where the rule looks for it? */
static bool concerns(const struct sightings *sightings, const struct probe *probe,
                     const struct event *event)
{
    const struct rule *rule = probe->rule;
    const int element = gathering_element(rule, sightings->wanted.kind);

    if (element == RULE_NONE) {
        return false;
    }
    if (element == rule->key) {
        return has_value(&probe->key, event, sightings->wanted.value);
    }
    for (size_t i = 0; i < probe->operands_count; i++) {
        if (probe->operands[i].operand == rule->group[element].operand) {
            return has_value(&probe->operands[i].path, event, sightings->wanted.value);
        }
    }
    return false;
}

static struct sightings_entry *entry_of(struct sightings *sightings, const struct probe *probe)
{
    for (size_t i = 0; i < sightings->entries.count; i++) {
        struct sightings_entry *entry = &sightings->entries.items[i];
        if (entry->rule == probe->rule && entry->entry == probe->entry) {
            return entry;
        }
    }
    VECTOR_PUSH(&sightings->entries,
                (struct sightings_entry){.rule = probe->rule, .entry = probe->entry});
    return &sightings->entries.items[sightings->entries.count - 1];
}

/* What an event has where a condition asks; never of a person. */
static void add_has(const struct predicate *predicate, const struct event *event,
                    struct text *text)
{
    struct operand_value values[PATH_VALUES_MAX];
    const struct field *left = predicate->operand.left.field;
    const struct field *right =
        predicate->operand.operator== 0 ? NULL : predicate->operand.right.field;
    const bool personal = (left != NULL && (left->personal || left->kind != KIND_NONE)) ||
                          (right != NULL && right->personal);
    const size_t count = operand_values(&predicate->operand, event, values);

    if (count == 0) {
        text_add(text, SLICE("; it has none"));
    } else if (!personal && values[0].divisor == 1) {
        text_add(text, SLICE("; it has "));
        for (size_t i = 0; i < count; i++) {
            text_add(text, i > 0 ? SLICE(", ") : SLICE(""));
            value_format(text, &values[i].value);
        }
    } else {
        text_add(text, SLICE("; it has another"));
    }
}

/* What one map of a search fails of an event. */
struct failing {
    size_t count;
    struct text text;
};

static void add_failing(const struct condition_teller *teller,
                        const struct predicate *predicate, const struct event *event,
                        struct failing *failing)
{
    if (failing->count++ > 0) {
        text_add(&failing->text, SLICE("; "));
    }
    text_add(&failing->text, SLICE("not so: "));
    condition_predicate(teller, predicate, &failing->text);
    add_has(predicate, event, &failing->text);
}

/* The map of the search that lacks least. */
static void fail_search(const struct condition_teller *teller, const struct search *search,
                        const struct event *event, const struct list_set *lists,
                        struct failing *failing)
{
    const struct search_map *best = NULL;
    size_t least = SIZE_MAX;

    for (size_t i = 0; i < search->maps_count; i++) {
        size_t lacking = 0;
        for (size_t j = 0; j < search->maps[i].count; j++) {
            lacking += answer_predicate(&search->maps[i].predicates[j], event, lists) ? 0U : 1U;
        }
        if (lacking < least) {
            least = lacking;
            best = &search->maps[i];
        }
    }
    for (size_t i = 0; best != NULL && i < best->count; i++) {
        if (!answer_predicate(&best->predicates[i], event, lists)) {
            add_failing(teller, &best->predicates[i], event, failing);
        }
    }
}

/* The searches that the condition cannot do without; if all of them hold, the whole condition.
 */
static void fail_detection(const struct condition_teller *teller, const struct probe *probe,
                           const struct event *event, struct failing *failing)
{
    const struct detection *detection = probe->detection;

    for (size_t i = 0; i < detection->searches_count; i++) {
        if (expression_needs(&detection->expression, i)) {
            fail_search(teller, &detection->searches[i], event, teller->lists, failing);
        }
    }
    if (failing->count == 0) {
        failing->count = 1;
        text_add(&failing->text, SLICE("not so: "));
        condition_detection(teller, detection, &failing->text);
    }
}

static const struct exclusion *exonerating(const struct probe *probe, const struct event *event,
                                           const struct list_set *lists)
{
    for (size_t i = 0; i < probe->exclusions_count; i++) {
        const struct exclusion *exclusion = &probe->exclusions[i];
        if (instant_before(event->is.time, exclusion->until) &&
            detection_search_true(&exclusion->search, event, lists)) {
            return exclusion;
        }
    }
    return NULL;
}

static void add_event(struct text *text, const struct event *event)
{
    char at[INSTANT_TEXT_SIZE];

    text_format(text, "%.*s at %s", SLICE_ARGS(event->is.id),
                instant_format(event->is.time, at));
}

static void note_plea(struct sightings *sightings, struct sightings_entry *entry,
                      const struct condition_teller *teller, const struct event *event,
                      const struct exclusion *exclusion)
{
    const bool always = exclusion->until.ms == INSTANT_MAX.ms;
    struct text text = {0};

    entry->exonerated++;
    add_event(&text, event);
    text_format(&text, ", by %s%.*s: ", always ? "" : "an exception",
                always ? (int)exclusion->search.name.size : 0, exclusion->search.name.data);
    condition_search(teller, &exclusion->search, &text);
    entry->plea = slice_copy(sightings->arena, text_slice(&text));
    text_free(&text);
}

static void note_failure(struct sightings *sightings, struct sightings_entry *entry,
                         const struct event *event, const struct failing *failing)
{
    struct text text = {0};

    entry->failed++;
    if (entry->failing != 0 && failing->count > entry->failing) {
        return;
    }
    entry->failing = failing->count;
    add_event(&text, event);
    text_format(&text, ": %.*s", (int)failing->text.size, failing->text.data);
    entry->nearest = slice_copy(sightings->arena, text_slice(&text));
    text_free(&text);
}

static void ask(struct sightings *sightings, const struct probe *probe,
                const struct event *event)
{
    const struct program *program = sightings->wanted.program;
    const struct condition_teller teller = {sightings->wanted.language, program->lists,
                                            probe->rule, probe->type};
    struct sightings_entry *entry = entry_of(sightings, probe);
    struct failing failing = {0};

    if ((probe->rule->purposes & ~event->purposes) != 0) {
        failing.count = 1;
        text_add(&failing.text, SLICE("it was not given for the purposes of the rule"));
    } else if (probe->source.size > 0 && !slice_glob(probe->source, event->is.source)) {
        failing.count = 1;
        text_format(&failing.text, "it is of source %.*s, not of %.*s",
                    SLICE_ARGS(event->is.source), SLICE_ARGS(probe->source));
    } else if (probe->detection != NULL &&
               !detection_true(probe->detection, event, program->lists)) {
        fail_detection(&teller, probe, event, &failing);
    }
    const struct exclusion *exclusion =
        failing.count > 0 ? NULL : exonerating(probe, event, program->lists);
    if (failing.count > 0) {
        note_failure(sightings, entry, event, &failing);
    } else if (exclusion != NULL) {
        note_plea(sightings, entry, &teller, event, exclusion);
    } else {
        entry->met++;
    }
    text_free(&failing.text);
}

void sightings_event(struct sightings *sightings, struct slice line)
{
    const struct record record = {
        .from = {"file", 0}, .timestamp_ms = -1, .key = SLICE(""), .value = line};
    const struct intake_result result =
        intake_take(sightings->intake, sightings->batch, rehearsal_source(), &record);
    bool counted = false;

    if (result.verdict == VERDICT_GOOD && !result.wants_schema) {
        sightings->newest = instant_latest(sightings->newest, result.event.is.time);
        const struct probe_list *probes =
            program_probes(sightings->wanted.program, result.event.type);
        for (size_t i = 0; i < probes->count; i++) {
            if (concerns(sightings, &probes->items[i], &result.event)) {
                ask(sightings, &probes->items[i], &result.event);
                counted = true;
            }
        }
    }
    sightings->count += counted ? 1U : 0U;
    arena_reset(sightings->batch);
}

const struct sightings_entry *sightings_of(const struct sightings *sightings,
                                           const struct rule *rule, int entry)
{
    for (size_t i = 0; i < sightings->entries.count; i++) {
        const struct sightings_entry *found = &sightings->entries.items[i];
        if (found->rule == rule && found->entry == entry) {
            return found;
        }
    }
    return NULL;
}

struct instant sightings_newest(const struct sightings *sightings)
{
    return sightings->newest;
}

size_t sightings_count(const struct sightings *sightings)
{
    return sightings->count;
}
