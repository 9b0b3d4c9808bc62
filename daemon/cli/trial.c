#include "seinpost/cli/trial.h"

#include "seinpost/alert/alert_json.h"
#include "seinpost/alert/derived.h"
#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/cli/contrast.h"
#include "seinpost/cli/rehearsal.h"
#include "seinpost/rule/alerting.h"
#include "seinpost/schema/vocabulary.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/verdict.h"

enum {
    ARENA_MAX = 64 * 1024 * 1024
};

struct trial {
    const struct rule *rule;
    const struct ruletest *test;
    const struct formats *formats;
    struct arena *arena;
    VECTOR(struct contrast_alert) told;
    struct text *why;
    bool passed;
};

static struct ruletest_pair *copy_pairs(struct arena *arena, const struct alert_pairs *pairs)
{
    struct ruletest_pair *copy = arena_alloc(arena, pairs->count * sizeof *copy);

    for (size_t i = 0; i < pairs->count; i++) {
        copy[i].name = slice_copy(arena, pairs->items[i].name);
        copy[i].value = slice_copy(arena, pairs->items[i].value);
    }
    return copy;
}

static void on_alert(void *context, const struct alert *alert, bool shadow)
{
    struct trial *trial = context;

    (void)shadow;
    if (trial->rule != NULL && !slice_equal(alert->rule, trial->rule->name)) {
        return;
    }
    struct contrast_alert told = {
        .rule = slice_copy(trial->arena, alert->rule),
        .state = slice_copy(trial->arena, alert->state),
        .at = alert->at,
        .group = copy_pairs(trial->arena, &alert->group),
        .group_count = alert->group.count,
        .metrics = copy_pairs(trial->arena, &alert->metrics),
        .metrics_count = alert->metrics.count,
        .evidence = arena_alloc(trial->arena, alert->evidence_count * sizeof(struct slice)),
        .evidence_count = alert->evidence_count,
    };
    for (size_t i = 0; i < alert->evidence_count; i++) {
        told.evidence[i] = slice_copy(trial->arena, alert->evidence[i].is.id);
    }
    VECTOR_PUSH(&trial->told, told);
}

static void on_reject(void *context, struct slice reason, struct slice detail,
                      const struct event_place *place)
{
    struct trial *trial = context;

    text_format(trial->why, "    event %lld was rejected: %.*s %.*s\n",
                (long long)place->offset + 1, SLICE_ARGS(reason), SLICE_ARGS(detail));
    trial->passed = false;
}

static struct slice word_given(const struct ruletest_given *given, const char *name,
                               struct slice otherwise)
{
    for (size_t i = 0; i < given->values_count; i++) {
        if (slice_is(given->values[i].name, name) &&
            given->values[i].value.type == VALUE_TEXT) {
            return given->values[i].value.as.text;
        }
    }
    return otherwise;
}

static struct alert_texts sectors_given(struct arena *arena, const struct ruletest_given *given)
{
    struct slice *items = arena_alloc(arena, given->values_count * sizeof *items);
    struct alert_texts sectors = {.items = items};

    for (size_t i = 0; i < given->values_count; i++) {
        if (slice_is(given->values[i].name, "sector") &&
            given->values[i].value.type == VALUE_TEXT) {
            items[sectors.count++] = given->values[i].value.as.text;
        }
    }
    return sectors;
}

static bool is_own_field(struct slice name)
{
    return slice_is(name, "rule") || slice_is(name, "stage") || slice_is(name, "level") ||
           slice_is(name, "sector");
}

/* An alert that the test gives directly. */
static void give_alert(struct trial *trial, struct rehearsal *rehearsal,
                       const struct ruletest_given *given)
{
    const struct rule *maker = given->maker;
    struct match_value *values =
        arena_alloc(trial->arena, given->values_count * sizeof *values);
    struct derived_alert alert = {
        .id = given->id,
        .rule = maker->name,
        .time = given->at,
        .stage = word_given(given, "stage", slice_of(vocabulary_stages[maker->stage])),
        .level = word_given(given, "level", slice_of(vocabulary_levels[maker->level])),
        .sectors = sectors_given(trial->arena, given),
        .purposes = alert_words(trial->arena, vocabulary_purposes, maker->purposes),
        .values = values,
    };
    struct derived derived = {0};
    struct text record = {0};

    for (size_t i = 0; i < given->values_count; i++) {
        if (!is_own_field(given->values[i].name)) {
            values[alert.values_count++] = given->values[i];
        }
    }
    derived_add(&derived, &alert);
    derived_add_watermark(&derived, maker, instant_add(given->at, -1));
    frame_put(&record, SOURCE_SINGLE_OBJECT, trial->formats->derived.fingerprint);
    derived_finish(&derived, 0, 1, &record);
    rehearsal_derived(rehearsal, text_slice(&record));
    derived_free(&derived);
    text_free(&record);
}

static void give_all(struct trial *trial, const struct program *program)
{
    const struct ruletest *test = trial->test;
    const struct rehearsal_options options = {.program = program,
                                              .lists = test->lists,
                                              .formats = trial->formats,
                                              .shows_helpers = true};
    struct rehearsal *rehearsal =
        rehearsal_new(&options, (struct rehearsal_listener){trial, on_alert, on_reject, NULL});

    for (size_t i = 0; i < test->given_count; i++) {
        if (test->given[i].maker != NULL) {
            give_alert(trial, rehearsal, &test->given[i]);
        } else {
            rehearsal_event(rehearsal, test->given[i].line);
        }
    }
    if (test->has_watermark) {
        rehearsal_watermark(rehearsal, test->watermark);
    }
    rehearsal_free(rehearsal);
}

bool trial_run(const struct program *program, const struct formats *formats,
               const struct rule *rule, const struct ruletest *test, struct text *why)
{
    struct trial trial = {.rule = rule,
                          .test = test,
                          .formats = formats,
                          .arena = arena_new(ARENA_MAX),
                          .why = why,
                          .passed = true};

    give_all(&trial, program);
    trial.passed =
        contrast_judge(test, trial.told.items, trial.told.count, why) && trial.passed;
    VECTOR_FREE(&trial.told);
    arena_free(trial.arena);
    return trial.passed;
}
