#include "seinpost/rule/lint.h"

#include "seinpost/base/duration.h"
#include "seinpost/base/vector.h"
#include "seinpost/rule/assembly.h"
#include "seinpost/schema/vocabulary.h"

#include <string.h>

enum {
    EXCEPTION_DAYS_MAX = 90,
};

/* PNR Directive (EU) 2016/681 art. 6(4), GDPR art. 9, LED art. 10: no assessment on these.
 * Names and special-service or meal codes give them away. */
static const char *const protected_words[] = {
    "nationality", "birth_place",   "birthplace",
    "birth_city",  "birth_country", "gender",
    "sex",         "religion",      "health",
    "union",       "language",      "ethnicity",
    "race",        "name",          "surname",
    "first_name",  "ssr",           "special_service",
    "meal",        "meal_code",
};

/* Facts that stand for where somebody comes from or lives: never the only condition (F2). */
static const char *const proxy_words[] = {
    "route", "from_", "to", "country", "creditor_country", "region", "district", "station"};

static struct diag *diag_of(const struct build *build)
{
    return build->compile.diag;
}

static const struct tree *key_of(const struct build *build, const char *key)
{
    const struct tree *node = tree_get(build->rule->node, key);

    return node != NULL ? node : build->rule->node;
}

static bool in_words(struct slice word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_is(word, words[i])) {
            return true;
        }
    }
    return false;
}

static void check_unless(const struct build *build)
{
    const struct tree *unless = build->document->unless;

    if (unless == NULL) {
        tree_key_fault(diag_of(build), build->rule->node, "E401",
                       "'unless' is missing: which facts speak for the person?");
        diag_hint(diag_of(build), "or unless: {none: why there are none}");
        return;
    }
    if (unless->kind != TREE_MAP) {
        return;
    }
    const struct tree *none = tree_get(unless, "none");
    if (unless->count == 0 || (none != NULL && (none->kind != TREE_SCALAR ||
                                                tree_is_null(none) || unless->count > 1))) {
        tree_key_fault(diag_of(build), unless, "E401",
                       "'unless' names facts, or says under 'none' alone why there are none");
    }
}

/* The words of an operand: `area_m2 / occupants_n` has two, `from_.country` is about `from_`.
 */
static bool operand_has(struct slice operand, const char *const *words, size_t count)
{
    while (operand.data != NULL) {
        struct slice word = slice_cut(&operand, ' ');
        struct slice path = word;
        if (in_words(slice_cut(&path, '.'), words, count) || in_words(word, words, count)) {
            return true;
        }
    }
    return false;
}

#define WORDS(list) list, sizeof(list) / sizeof((list)[0])

struct key_count {
    const struct build *build;
    size_t conditions;
    size_t proxies;
};

static void look_at_key(const struct tree *key, void *context)
{
    struct key_count *count = context;
    struct slice operand = key->key;
    operand = slice_cut(&operand, '|');

    if (operand_has(operand, WORDS(protected_words))) {
        tree_key_fault(diag_of(count->build), key, "E405",
                       "'%.*s' is protected: no rule may ask it", SLICE_ARGS(operand));
    }
    count->conditions++;
    if (operand_has(operand, WORDS(proxy_words))) {
        count->proxies++;
    }
}

/* Does anything but the conditions of single events make the rule fire? */
static bool weighs_behaviour(const struct build *build)
{
    const struct rule *rule = build->rule;

    switch (rule->class) {
    case RULE_SINGLE:
        return false;
    case RULE_COUNTING:
    case RULE_SEQUENCE:
    case RULE_ABSENCE:
        break;
    }
    return true;
}

static void check_operands(const struct build *build)
{
    struct key_count count = {.build = build};

    for (size_t i = 0; i < build->rule->entries_count; i++) {
        if (build->sources[i].detection != NULL) {
            detection_each_key(build->sources[i].detection, look_at_key, &count);
        }
    }
    if (build->document->unless != NULL && build->document->unless->kind == TREE_MAP &&
        tree_get(build->document->unless, "none") == NULL) {
        struct key_count pleas = {.build = build};
        detection_each_key(build->document->unless, look_at_key, &pleas);
    }
    if (count.conditions > 0 && count.conditions == count.proxies && !weighs_behaviour(build)) {
        tree_key_fault(diag_of(build), key_of(build, "detection"), "E406",
                       "origin, route or district alone decide: add what somebody does");
    }
}

static void report_mask(const struct build *build, const char *key, const char *code,
                        unsigned missing, const char *const *words, struct slice source)
{
    for (unsigned i = 0; words[i] != NULL; i++) {
        if ((missing >> i & 1) != 0) {
            tree_fault(diag_of(build), key_of(build, key), code,
                       "%s '%s' is not allowed by source %.*s", key, words[i],
                       SLICE_ARGS(source));
        }
    }
}

/* F1: a rule reads a source only within the source's purposes and legal bases; F8: and only as
 * far back as it may be kept. */
static void check_source(const struct build *build, const struct source *source)
{
    const struct rule *rule = build->rule;
    char retention[INSTANT_TEXT_SIZE];

    report_mask(build, "purpose", "E402", rule->purposes & ~source->purposes,
                vocabulary_purposes, source->name);
    if (rule->legal_bases != 0 && (rule->legal_bases & source->legal_bases) == 0) {
        tree_fault(diag_of(build), key_of(build, "legal-basis"), "E403",
                   "no legal basis of the rule is allowed by source %.*s",
                   SLICE_ARGS(source->name));
    }
    const int64_t window_ms = rule->timespan_ms + rule->lookback_ms;
    if (source->retention_ms > 0 && window_ms > source->retention_ms) {
        tree_key_fault(diag_of(build), build->document->correlation, "E404",
                       "the window is longer than source %.*s may be kept (%s)",
                       SLICE_ARGS(source->name),
                       duration_format(source->retention_ms, retention));
    }
}

static bool reads(const struct rule *rule, const struct source *source)
{
    for (size_t i = 0; i < rule->entries_count; i++) {
        for (size_t j = 0; j < rule->entries[i].types_count; j++) {
            if (rule->entries[i].made_by == NULL &&
                source_may_send(source, rule->entries[i].types[j]->name)) {
                return true;
            }
        }
    }
    return false;
}

static void check_sources(const struct build *build)
{
    for (size_t i = 0; i < build->program->sources.count; i++) {
        const struct source *source = &build->program->sources.items[i];
        if (reads(build->rule, source)) {
            check_source(build, source);
        }
    }
}

/* Purposes may only narrow from rule to rule (domain: intersection of the evidence). */
static void check_read_rules(const struct build *build)
{
    for (size_t i = 0; i < build->rule->entries_count; i++) {
        const struct rule *made_by = build->entries[i].made_by;
        if (made_by != NULL && (build->rule->purposes & ~made_by->purposes) != 0) {
            tree_fault(diag_of(build), key_of(build, "purpose"), "E402",
                       "rule %.*s, whose alerts this one reads, has another purpose",
                       SLICE_ARGS(made_by->name));
        }
    }
}

static void check_four_eyes(const struct build *build)
{
    const struct document_rule *document = build->document;

    for (size_t i = 0; i < document->approved_by.count; i++) {
        if (document->author.size > 0 &&
            slice_equal(document->approved_by.nodes[i]->text, document->author)) {
            tree_fault(diag_of(build), document->approved_by.nodes[i], "E407",
                       "the author cannot approve: four eyes");
        }
    }
}

static void check_dates(const struct build *build, struct instant today)
{
    const struct document_rule *document = build->document;

    if (!instant_before(today, document->expires)) {
        tree_fault(diag_of(build), key_of(build, "expires"), "E408", "expired on %.*s",
                   SLICE_ARGS(key_of(build, "expires")->text));
    } else if (!instant_before(today, document->review_by)) {
        tree_fault(diag_of(build), key_of(build, "review-by"), "W703", "its review is due");
    }
}

static bool expects_alerts(const struct tree *test)
{
    const struct tree *expect = tree_get(test, "expect");

    return expect != NULL && expect->kind == TREE_LIST && expect->count > 0;
}

static void require(const struct build *build, bool there, const char *what)
{
    if (!there) {
        tree_key_fault(diag_of(build), key_of(build, "status"), "E409",
                       "a stable rule needs %s", what);
    }
}

static void check_stable(const struct build *build)
{
    const struct document_rule *document = build->document;
    bool fires = false;
    bool silent = false;

    if (document->status != RULE_STABLE) {
        return;
    }
    for (const struct tree *test = document->tests == NULL ? NULL : document->tests->first;
         test != NULL; test = test->next) {
        fires = fires || expects_alerts(test);
        silent = silent || !expects_alerts(test);
    }
    require(build, document->author.size > 0, "an author");
    require(build, document->approved_by.count > 0, "'approved-by', which is not the author");
    require(build, tree_get(build->rule->node, "review-by") != NULL, "'review-by'");
    require(build, tree_get(build->rule->node, "expires") != NULL, "'expires'");
    require(build, document->falsepositives.count > 0, "'falsepositives'");
    require(build, fires, "a test that fires");
    require(build, silent, "a test that stays silent");
    for (size_t i = 0; i < build->rule->entries_count; i++) {
        const struct rule *made_by = build->entries[i].made_by;
        if (made_by != NULL && made_by->status == RULE_TEST) {
            tree_fault(diag_of(build), build->entries[i].node, "E409",
                       "a stable rule cannot read '%.*s', which is under test",
                       SLICE_ARGS(made_by->name));
        }
    }
}

static void check_time(const struct build *build)
{
    const struct rule *rule = build->rule;

    for (size_t i = 0; i < rule->steps_count; i++) {
        if (rule->steps[i].within_ms > rule->timespan_ms) {
            tree_fault(diag_of(build), build->document->joins.steps, "W501",
                       "'within' is longer than the timespan, which bounds the whole sequence");
        }
    }
    if (rule->suppress.for_ms > 0 && rule->class == RULE_SINGLE) {
        tree_key_fault(diag_of(build), build->document->alert, "W601",
                       "each event is its own alert: nothing is suppressed");
    }
    if (rule->class != RULE_SINGLE && rule->group_count == 0) {
        tree_key_fault(diag_of(build), build->document->correlation, "W602",
                       "without group-by all events are one group");
    }
}

void lint_rule(const struct build *build, struct instant today)
{
    check_unless(build);
    check_operands(build);
    check_sources(build);
    check_read_rules(build);
    check_four_eyes(build);
    check_dates(build, today);
    check_stable(build);
    check_time(build);
}

void lint_exception(struct diag *diag, const struct document_exception *exception,
                    const struct tree *node, struct instant today)
{
    const struct tree *expires = tree_get(node, "expires");
    const int64_t longest_ms = (int64_t)EXCEPTION_DAYS_MAX * INSTANT_DAY_MS;

    if (expires != NULL && exception->expires.ms != INSTANT_MIN.ms &&
        today.ms != INSTANT_MIN.ms) {
        if (!instant_before(today, exception->expires)) {
            tree_fault(diag, expires, "W704", "expired: it exonerates no event from then on");
        } else if (instant_distance(exception->expires, today) > longest_ms) {
            tree_fault(diag, expires, "E410", "more than %d days ahead", EXCEPTION_DAYS_MAX);
        }
    }
    for (size_t i = 0; i < exception->approved_by.count; i++) {
        if (slice_equal(exception->approved_by.nodes[i]->text, exception->author)) {
            tree_fault(diag, exception->approved_by.nodes[i], "E407",
                       "the author cannot approve: four eyes");
        }
    }
}
