#include "seinpost/rule/ruletest.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/duration.h"
#include "seinpost/base/nearest.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/rule/alerting.h"
#include "seinpost/rule/given.h"
#include "seinpost/yaml/bind.h"

#include <stddef.h>

struct test_document {
    struct slice name;
    const struct tree *with;
    const struct tree *lists;
    const struct tree *given;
    int64_t watermark_ms;
    const struct tree *expect;
};

#define TEST(member) offsetof(struct test_document, member)

static const struct bind_key test_keys[] = {
    {"name", BIND_TEXT, true, TEST(name), NULL},
    {"with", BIND_MAP, false, TEST(with), NULL},
    {"lists", BIND_MAP, false, TEST(lists), NULL},
    {"given", BIND_LIST, true, TEST(given), NULL},
    {"watermark", BIND_DURATION, false, TEST(watermark_ms), NULL},
    {"expect", BIND_NODE, true, TEST(expect), NULL},
};
const struct bind_table ruletest_test_table = {test_keys,
                                               sizeof test_keys / sizeof test_keys[0], NULL};

struct expected_document {
    struct slice rule;
    int64_t at_ms;
    const struct tree *group;
    const struct tree *metrics;
    const struct tree *evidence;
    int state;
};

#define EXPECTED(member) offsetof(struct expected_document, member)

static const char *const states[] = {"opened", "updated", "closed", "retracted", NULL};

static const struct bind_key expected_keys[] = {
    {"rule", BIND_TEXT, false, EXPECTED(rule), NULL},
    {"at", BIND_DURATION, false, EXPECTED(at_ms), NULL},
    {"group", BIND_MAP, false, EXPECTED(group), NULL},
    {"metrics", BIND_MAP, false, EXPECTED(metrics), NULL},
    {"evidence", BIND_LIST, false, EXPECTED(evidence), NULL},
    {"state", BIND_CHOICE, false, EXPECTED(state), states},
};
const struct bind_table ruletest_expected_table = {
    expected_keys, sizeof expected_keys / sizeof expected_keys[0], NULL};

struct reader {
    struct arena *arena;
    struct diag *diag;
    const struct program *program;
    const struct rule *rule;
};

static const struct ruletest_pair *read_pairs(const struct reader *reader,
                                              const struct tree *map, size_t *count)
{
    const size_t room = map == NULL ? 0 : map->count;
    struct ruletest_pair *pairs = arena_alloc(reader->arena, room * sizeof *pairs);

    *count = 0;
    for (const struct tree *node = room == 0 ? NULL : map->first; node != NULL;
         node = node->next) {
        if (node->kind != TREE_SCALAR) {
            tree_fault(reader->diag, node, "E204", "a value expected, this is %s",
                       tree_kind_name(node));
            continue;
        }
        pairs[(*count)++] = (struct ruletest_pair){node->key, node->text};
    }
    return pairs;
}

static void read_evidence(const struct reader *reader, const struct tree *list, size_t given,
                          struct ruletest_expected *expected)
{
    size_t *positions = arena_alloc(reader->arena, list->count * sizeof *positions);

    for (const struct tree *node = list->first; node != NULL; node = node->next) {
        long long position = 0;
        if (node->kind != TREE_SCALAR || !slice_number(node->text, &position) || position < 1 ||
            (size_t)position > given) {
            tree_fault(reader->diag, node, "E205",
                       "a position in 'given' expected, from 1 to %zu", given);
            continue;
        }
        positions[expected->evidence_count++] = (size_t)position - 1;
    }
    expected->evidence = positions;
    expected->has_evidence = true;
}

static void tell_unknown_rule(const struct reader *reader, const struct tree *name)
{
    struct nearest nearest = {0};

    if (program_is_unread(reader->program, name->text)) {
        return;
    }
    for (size_t i = 0; !diag_is_long(reader->diag) && i < reader->program->rules_count; i++) {
        nearest_try(&nearest, name->text, reader->program->rules[i]->name);
    }
    tree_fault(reader->diag, name, "E301", "no rule is named '%.*s'", SLICE_ARGS(name->text));
    if (nearest_found(&nearest)) {
        diag_hint(reader->diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
}

static void check_rule(const struct reader *reader, const struct tree *node,
                       const struct expected_document *document)
{
    if (document->rule.size > 0 && program_find(reader->program, document->rule) == NULL) {
        tell_unknown_rule(reader, tree_get(node, "rule"));
    }
    if (document->rule.size == 0 && reader->rule == NULL) {
        tree_fault(reader->diag, node, "E202", "key 'rule' is missing");
    }
}

static void check_group(const struct reader *reader, const struct rule *rule,
                        const struct tree *node)
{
    struct nearest nearest = {0};

    for (size_t i = 0; i < rule->group_count; i++) {
        if (slice_equal(rule->group[i].name, node->key)) {
            return;
        }
        nearest_try(&nearest, node->key, rule->group[i].name);
    }
    tree_key_fault(reader->diag, node, "E311", "'%.*s' is not in group-by",
                   SLICE_ARGS(node->key));
    if (nearest_found(&nearest)) {
        diag_hint(reader->diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
}

static void check_metric(const struct reader *reader, const struct rule *rule,
                         const struct tree *node)
{
    struct nearest nearest = {0};

    for (size_t i = 0; i < rule->metrics_count; i++) {
        if (slice_equal(rule->metrics[i].name, node->key)) {
            return;
        }
        nearest_try(&nearest, node->key, rule->metrics[i].name);
    }
    const struct tree *correlation = tree_get(rule->node, "correlation");
    const struct tree *declared = tree_get(correlation, "metrics");
    for (const struct tree *metric = declared == NULL ? NULL : declared->first; metric != NULL;
         metric = metric->next) {
        if (slice_equal(metric->key, node->key)) {
            return; /* its own fault was told */
        }
    }
    tree_key_fault(reader->diag, node, "E310", "the rule has no metric '%.*s'",
                   SLICE_ARGS(node->key));
    if (nearest_found(&nearest)) {
        diag_hint(reader->diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
}

/* A misspelt name would be a test that cannot pass. */
static void check_pairs(const struct reader *reader, const struct expected_document *document,
                        struct slice name)
{
    const struct rule *rule = program_find(reader->program, name);

    if (rule == NULL || !rule->is_compiled || rule->class == RULE_SINGLE) {
        return;
    }
    for (const struct tree *node = document->group == NULL ? NULL : document->group->first;
         node != NULL; node = node->next) {
        check_group(reader, rule, node);
    }
    for (const struct tree *node = document->metrics == NULL ? NULL : document->metrics->first;
         node != NULL; node = node->next) {
        check_metric(reader, rule, node);
    }
}

static void read_expected(const struct reader *reader, const struct tree *node, size_t given,
                          struct ruletest_expected *expected)
{
    struct expected_document document = {.at_ms = -1};

    (void)bind_map(reader->diag, reader->arena, node, &ruletest_expected_table, &document);
    check_rule(reader, node, &document);
    *expected = (struct ruletest_expected){
        .rule =
            document.rule.size > 0 || reader->rule == NULL ? document.rule : reader->rule->name,
        .state = slice_of(states[document.state]),
        .has_at = document.at_ms >= 0,
        .at = instant_add(RULETEST_START, document.at_ms),
        .node = node,
    };
    expected->group = read_pairs(reader, document.group, &expected->group_count);
    expected->metrics = read_pairs(reader, document.metrics, &expected->metrics_count);
    check_pairs(reader, &document, expected->rule);
    if (document.evidence != NULL) {
        read_evidence(reader, document.evidence, given, expected);
    }
}

static void read_expectations(const struct reader *reader, const struct tree *node,
                              struct ruletest *test)
{
    if (node->kind == TREE_SCALAR && slice_is(node->text, "none")) {
        return;
    }
    if (node->kind != TREE_LIST) {
        tree_fault(reader->diag, node, "E204", "'none' or a list of alerts expected");
        return;
    }
    struct ruletest_expected *expected =
        arena_alloc(reader->arena, node->count * sizeof *expected);
    for (const struct tree *item = node->first; item != NULL; item = item->next) {
        read_expected(reader, item, test->given_count, &expected[test->expected_count++]);
    }
    test->expected = expected;
}

static void replace_list(const struct reader *reader, struct list_set *lists,
                         const struct tree *node)
{
    struct bind_list values = {0};

    if (!bind_scalars(reader->diag, reader->arena, node, &values)) {
        return;
    }
    struct list_entry *entries = arena_alloc(reader->arena, values.count * sizeof *entries);
    for (size_t i = 0; i < values.count; i++) {
        entries[i] = (struct list_entry){values.nodes[i]->text, INSTANT_MAX};
    }
    const struct list list = {
        .name = node->key, .entries = entries, .entries_count = values.count};
    list_set_replace(lists, &list);
}

/* A list that no rule asks for replaces nothing. */
static bool is_asked(const struct reader *reader, const struct tree *node)
{
    const struct list_set *lists = reader->program->lists;
    struct nearest nearest = {0};

    for (size_t i = 0; i < list_set_count(lists); i++) {
        if (slice_equal(list_set_get(lists, i)->name, node->key)) {
            return true;
        }
    }
    for (size_t i = 0; !diag_is_long(reader->diag) && i < list_set_count(lists); i++) {
        nearest_try(&nearest, node->key, list_set_get(lists, i)->name);
    }
    tree_key_fault(reader->diag, node, "E313", "no rule asks for a list '%.*s'",
                   SLICE_ARGS(node->key));
    if (nearest_found(&nearest)) {
        diag_hint(reader->diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
    return false;
}

static const struct list_set *read_lists(const struct reader *reader, const struct tree *map)
{
    if (map == NULL) {
        return reader->program->lists;
    }
    struct list_set *lists = list_set_copy(reader->arena, reader->program->lists);
    for (const struct tree *node = map->first; node != NULL; node = node->next) {
        if (is_asked(reader, node)) {
            replace_list(reader, lists, node);
        }
    }
    return lists;
}

static void read_test(const struct reader *reader, const struct tree *node,
                      struct ruletest *test)
{
    struct test_document document = {.watermark_ms = -1};

    *test = (struct ruletest){.node = node};
    (void)bind_map(reader->diag, reader->arena, node, &ruletest_test_table, &document);
    test->name = document.name;
    test->lists = read_lists(reader, document.lists);
    test->has_watermark = document.watermark_ms >= 0;
    test->watermark = instant_add(RULETEST_START, document.watermark_ms);
    if (document.with != NULL && document.with->count > GIVEN_DEFAULTS_MAX) {
        tree_key_fault(reader->diag, document.with, "E204", "more than %d defaults",
                       GIVEN_DEFAULTS_MAX);
        return;
    }
    if (document.given != NULL) {
        const struct given_context context = {reader->arena, reader->diag, reader->program,
                                              reader->rule, document.with};
        test->given = given_read(&context, document.given, &test->given_count);
    }
    if (document.expect != NULL) {
        read_expectations(reader, document.expect, test);
    }
}

struct ruletest_list ruletest_read(struct arena *arena, struct diag *diag,
                                   const struct program *program, const struct rule *rule,
                                   const struct tree *node)
{
    const struct reader reader = {arena, diag, program, rule};
    struct ruletest_list list = {0};

    if (node == NULL || node->kind != TREE_LIST) {
        return list;
    }
    struct ruletest *tests = arena_alloc(arena, node->count * sizeof *tests);
    for (const struct tree *item = node->first; item != NULL; item = item->next) {
        read_test(&reader, item, &tests[list.count++]);
    }
    list.items = tests;
    return list;
}
