#include "seinpost/cli/trial.h"

#include "seinpost/alert/alert_json.h"
#include "seinpost/alert/derived.h"
#include "seinpost/base/arena.h"
#include "seinpost/base/duration.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/cli/rehearsal.h"
#include "seinpost/rule/alerting.h"
#include "seinpost/rule/literal.h"
#include "seinpost/schema/vocabulary.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/verdict.h"

enum {
    ARENA_MAX = 64 * 1024 * 1024
};

/* An alert as it was told, with what is compared of it. */
struct told {
    struct slice rule;
    struct slice state;
    struct instant at;
    struct ruletest_pair *group;
    size_t group_count;
    struct ruletest_pair *metrics;
    size_t metrics_count;
    struct slice *evidence;
    size_t evidence_count;
    bool met; /* by an expectation */
};

struct trial {
    const struct rule *rule;
    const struct ruletest *test;
    const struct formats *formats;
    struct arena *arena;
    VECTOR(struct told) told;
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
    struct told told = {
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

static void on_reject(void *context, struct slice reason, struct slice detail, int64_t event)
{
    struct trial *trial = context;

    text_format(trial->why, "    event %lld was rejected: %.*s %.*s\n", (long long)event + 1,
                SLICE_ARGS(reason), SLICE_ARGS(detail));
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
        rehearsal_new(&options, (struct rehearsal_listener){trial, on_alert, on_reject});

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

/* `2.50` is `2.5`. */
static bool same_value(struct slice a, struct slice b)
{
    int64_t left = 0;
    int64_t right = 0;

    return slice_equal(a, b) ||
           (literal_milli(a, &left) && literal_milli(b, &right) && left == right);
}

static bool has_pairs(const struct ruletest_pair *pairs, size_t count,
                      const struct ruletest_pair *wanted, size_t wanted_count)
{
    for (size_t i = 0; i < wanted_count; i++) {
        bool found = false;
        for (size_t j = 0; j < count; j++) {
            found = found || (slice_equal(pairs[j].name, wanted[i].name) &&
                              same_value(pairs[j].value, wanted[i].value));
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

static bool same_evidence(const struct trial *trial, const struct told *told,
                          const struct ruletest_expected *expected)
{
    if (!expected->has_evidence) {
        return true;
    }
    for (size_t i = 0; i < expected->evidence_count; i++) {
        bool found = false;
        for (size_t j = 0; j < told->evidence_count; j++) {
            found = found || slice_equal(told->evidence[j],
                                         trial->test->given[expected->evidence[i]].id);
        }
        if (!found) {
            return false;
        }
    }
    return told->evidence_count == expected->evidence_count;
}

static bool meets(const struct trial *trial, const struct told *told,
                  const struct ruletest_expected *expected)
{
    return !told->met && slice_equal(told->rule, expected->rule) &&
           slice_equal(told->state, expected->state) &&
           (!expected->has_at || instant_compare(told->at, expected->at) == 0) &&
           has_pairs(told->group, told->group_count, expected->group, expected->group_count) &&
           has_pairs(told->metrics, told->metrics_count, expected->metrics,
                     expected->metrics_count) &&
           same_evidence(trial, told, expected);
}

/* How an instant stands in a test: as a duration from its start. */
static void add_instant(struct text *text, struct instant at)
{
    char buffer[INSTANT_TEXT_SIZE];
    const int64_t ms = instant_distance(at, RULETEST_START);

    text_format(text, "at: %s",
                ms >= 0 ? duration_format(ms, buffer) : instant_format(at, buffer));
}

static void add_pairs(struct text *text, const char *label, const struct ruletest_pair *pairs,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text_format(text, "%s%.*s: %.*s%s", i == 0 ? label : ", ", SLICE_ARGS(pairs[i].name),
                    SLICE_ARGS(pairs[i].value), i + 1 == count ? "}" : "");
    }
}

static void describe_told(const struct trial *trial, const struct told *told)
{
    struct text *why = trial->why;

    text_format(why, "    +  {rule: %.*s, state: %.*s, ", SLICE_ARGS(told->rule),
                SLICE_ARGS(told->state));
    add_instant(why, told->at);
    add_pairs(why, ", group: {", told->group, told->group_count);
    add_pairs(why, ", metrics: {", told->metrics, told->metrics_count);
    text_add(why, SLICE(", evidence: ["));
    for (size_t i = 0; i < told->evidence_count; i++) {
        size_t position = 0;
        while (position < trial->test->given_count &&
               !slice_equal(trial->test->given[position].id, told->evidence[i])) {
            position++;
        }
        text_format(why, "%s%zu", i > 0 ? ", " : "", position + 1);
    }
    text_add(why, SLICE("]}\n"));
}

static void describe_expected(const struct trial *trial,
                              const struct ruletest_expected *expected)
{
    struct text *why = trial->why;

    text_format(why, "    -  {rule: %.*s, state: %.*s", SLICE_ARGS(expected->rule),
                SLICE_ARGS(expected->state));
    if (expected->has_at) {
        text_add(why, SLICE(", "));
        add_instant(why, expected->at);
    }
    add_pairs(why, ", group: {", expected->group, expected->group_count);
    add_pairs(why, ", metrics: {", expected->metrics, expected->metrics_count);
    for (size_t i = 0; i < expected->evidence_count; i++) {
        text_format(why, "%s%zu%s", i == 0 ? ", evidence: [" : ", ", expected->evidence[i] + 1,
                    i + 1 == expected->evidence_count ? "]" : "");
    }
    text_add(why, SLICE("}\n"));
}

static void judge(struct trial *trial)
{
    const struct ruletest *test = trial->test;

    for (size_t i = 0; i < test->expected_count; i++) {
        size_t j = 0;
        while (j < trial->told.count &&
               !meets(trial, &trial->told.items[j], &test->expected[i])) {
            j++;
        }
        if (j < trial->told.count) {
            trial->told.items[j].met = true;
        } else {
            describe_expected(trial, &test->expected[i]);
            trial->passed = false;
        }
    }
    for (size_t i = 0; i < trial->told.count; i++) {
        const struct told *told = &trial->told.items[i];
        const bool unasked = !told->met && slice_is(told->state, "opened");
        if (unasked || (!trial->passed && !told->met)) {
            describe_told(trial, told);
            trial->passed = trial->passed && !unasked;
        }
    }
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
    judge(&trial);
    VECTOR_FREE(&trial.told);
    arena_free(trial.arena);
    return trial.passed;
}
