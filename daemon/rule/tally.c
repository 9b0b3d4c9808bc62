#include "seinpost/rule/tally.h"

#include "seinpost/base/arena.h"
#include "seinpost/rule/entries.h"
#include "seinpost/rule/metric.h"

#include <stddef.h>

static void read_count(struct metric_reader *reader, uint64_t mask)
{
    const struct document_correlation *joins = &reader->build->document->joins;
    struct rule_metric metric = {.name = SLICE("count"),
                                 .type = OPERAND_NUMBER,
                                 .entries = mask,
                                 .operand = RULE_NONE,
                                 .node = joins->condition};

    metric_plain_conditions(reader, joins->condition, metric_add(reader, metric));
}

static const struct tree *field_node(const struct metric_reader *reader)
{
    const struct tree *node = tree_get(reader->build->document->correlation, "field");

    return node != NULL ? node : reader->build->document->correlation;
}

static void read_value(struct metric_reader *reader, uint64_t mask, const char *name,
                       enum rule_function function)
{
    const struct document_correlation *joins = &reader->build->document->joins;
    struct rule_metric metric = {
        .name = slice_of(name), .function = function, .node = joins->condition};

    if (joins->field.size > 0 &&
        metric_argument(reader, field_node(reader), mask, joins->field, &metric)) {
        metric_plain_conditions(reader, joins->condition, metric_add(reader, metric));
    }
}

static void require(struct metric_reader *reader, size_t metric, int64_t least)
{
    const struct rule_condition condition = {
        .metric = metric,
        .test = PREDICATE_GREATER_EQUAL,
        .wanted = value_of_number(least * VALUE_MILLI),
    };

    VECTOR_PUSH(&reader->conditions, condition);
}

/* Is it a count for one of the rule's `rules`? */
static void check_min_count(const struct metric_reader *reader, const struct tree *node,
                            uint64_t mask)
{
    struct build *build = reader->build;
    const int entry = entries_find(build, node, node->key);
    long long least = 0;

    if (node->kind != TREE_SCALAR || !slice_number(node->text, &least) || least < 1) {
        tree_fault(build->compile.diag, node, "E205", "a whole number from 1 on expected");
    }
    if (entry != RULE_NONE && (mask >> entry & 1) == 0) {
        tree_key_fault(build->compile.diag, node, "E302", "'%.*s' is not among 'rules'",
                       SLICE_ARGS(node->key));
    }
}

/* The entries in the order in which `rules` names them; of a glob by their names. */
static size_t order_entries(struct build *build, const struct tree *rules, int *entries)
{
    const struct tree *item = rules->kind == TREE_SCALAR ? rules : rules->first;
    size_t count = 0;

    for (; item != NULL; item = rules->kind == TREE_SCALAR ? NULL : item->next) {
        const uint64_t mask = item->kind == TREE_SCALAR && rules->kind != TREE_MAP
                                  ? entries_mask(build, item)
                                  : 0;
        for (int i = 0; i < RULE_ENTRIES_MAX; i++) {
            bool named = false;
            for (size_t j = 0; j < count; j++) {
                named = named || entries[j] == i;
            }
            if ((mask >> i & 1) != 0 && !named) {
                entries[count++] = i;
            }
        }
    }
    return count;
}

/* How many events of an entry `min-count` asks for. */
static int64_t wanted_count(const struct metric_reader *reader, int entry)
{
    const struct tree *map = reader->build->document->joins.min_count;
    long long least = 1;

    for (const struct tree *node = map == NULL ? NULL : map->first; node != NULL;
         node = node->next) {
        if (slice_equal(node->key, reader->build->names[entry]) && node->kind == TREE_SCALAR) {
            (void)slice_number(node->text, &least);
        }
    }
    return least;
}

static void read_chain(struct metric_reader *reader, const int *entries, size_t count,
                       struct rule_metric *metric)
{
    struct rule_link *chain = arena_alloc(reader->build->compile.arena, count * sizeof *chain);

    for (size_t i = 0; i < count; i++) {
        chain[i] = (struct rule_link){entries[i], wanted_count(reader, entries[i])};
    }
    metric->chain = chain;
    metric->chain_count = count;
}

static void read_ordered(struct metric_reader *reader, struct rule_metric *metric)
{
    struct build *build = reader->build;
    const struct tree *rules = build->document->joins.rules;
    int entries[RULE_ENTRIES_MAX];
    const size_t count = rules == NULL ? 0 : order_entries(build, rules, entries);

    if (rules != NULL && rules->kind == TREE_MAP) {
        tree_fault(build->compile.diag, rules, "E204", "a list expected, this is a map");
        diag_hint(build->compile.diag, "its order is the order of the events");
    }
    if (count > RULE_STEPS_MAX) {
        tree_fault(build->compile.diag, rules, "E204", "more than %d rules in an order",
                   RULE_STEPS_MAX);
        return;
    }
    read_chain(reader, entries, count, metric);
}

static void read_unordered(struct metric_reader *reader, struct rule_metric *metric)
{
    int entries[RULE_ENTRIES_MAX];
    size_t count = 0;

    for (int i = 0; i < RULE_ENTRIES_MAX; i++) {
        if ((metric->entries >> i & 1) != 0) {
            entries[count++] = i;
        }
    }
    read_chain(reader, entries, count, metric);
}

static void read_temporal(struct metric_reader *reader, uint64_t mask, bool ordered)
{
    const struct document_correlation *joins = &reader->build->document->joins;
    struct rule_metric metric = {.name = SLICE("count"),
                                 .function = ordered ? RULE_COUNT_ORDERED : RULE_COUNT_ENTRIES,
                                 .type = OPERAND_NUMBER,
                                 .entries = mask,
                                 .operand = RULE_NONE,
                                 .node = joins->rules};

    for (const struct tree *node = joins->min_count == NULL ? NULL : joins->min_count->first;
         node != NULL; node = node->next) {
        check_min_count(reader, node, mask);
    }
    if (ordered) {
        read_ordered(reader, &metric);
    } else {
        read_unordered(reader, &metric);
    }
    const size_t index = metric_add(reader, metric);
    if (joins->condition == NULL) {
        require(reader, index, __builtin_popcountll(mask));
    }
    metric_plain_conditions(reader, joins->condition, index);
}

static void read_aggregate(struct metric_reader *reader, uint64_t mask)
{
    const struct document_correlation *joins = &reader->build->document->joins;

    for (const struct tree *node = joins->metrics == NULL ? NULL : joins->metrics->first;
         node != NULL; node = node->next) {
        (void)bind_name(reader->build->compile.diag, node, node->key);
        (void)metric_function(reader, node->key, node, mask);
    }
    metric_named_conditions(reader, joins->condition);
}

struct side_document {
    struct slice rule;
    const struct tree *metric;
    const struct tree *key; /* grouping.c reads it */
};

static const struct bind_key side_keys[] = {
    {"rule", BIND_TEXT, true, offsetof(struct side_document, rule), NULL},
    {"metric", BIND_NODE, true, offsetof(struct side_document, metric), NULL},
    {"key", BIND_NODE, false, offsetof(struct side_document, key), NULL},
};
const struct bind_table tally_side_table = {side_keys, 3, NULL};

/* One side of a ratio: a metric of one event. Returns the mask of its entry; 0: a fault. */
static uint64_t read_side(struct metric_reader *reader, const char *name,
                          const struct tree *node)
{
    struct build *build = reader->build;
    struct side_document side = {0};

    if (node == NULL ||
        !bind_map(build->compile.diag, build->compile.arena, node, &tally_side_table, &side) ||
        side.rule.size == 0 || side.metric == NULL) {
        return 0;
    }
    const int entry = entries_find_by(build, tree_get(node, "rule"), side.rule, side.key);
    if (entry == RULE_NONE) {
        return 0;
    }
    const uint64_t mask = UINT64_C(1) << entry;
    return metric_function(reader, slice_of(name), side.metric, mask) ? mask : 0;
}

static void read_ratio(struct metric_reader *reader)
{
    struct build *build = reader->build;
    const struct document_correlation *joins = &build->document->joins;
    const uint64_t above = read_side(reader, "numerator", joins->numerator);
    const uint64_t below = read_side(reader, "denominator", joins->denominator);

    if (above == 0 || below == 0) {
        return;
    }
    build->rule->counted = above | below;
    if (reader->metrics.items[0].type != reader->metrics.items[1].type) {
        tree_key_fault(build->compile.diag, joins->numerator, "E213",
                       "a ratio is of two amounts of one sort");
        reader->metrics.count = 0; /* of which currency they are is no further question */
        return;
    }
    if (joins->min_denominator != NULL) {
        metric_at_least(reader, joins->min_denominator, 1);
    }
    const struct rule_metric ratio = {.name = SLICE("ratio"),
                                      .function = RULE_RATIO,
                                      .type = OPERAND_NUMBER,
                                      .operand = RULE_NONE,
                                      .right = 1,
                                      .node = joins->condition};
    (void)metric_add(reader, ratio);
    metric_named_conditions(reader, joins->condition);
}

void tally_read(struct build *build)
{
    struct metric_reader reader = {.build = build};
    const uint64_t mask = entries_mask(build, build->document->joins.rules);

    build->rule->counted = mask;
    switch ((enum correlation_type)build->document->joins.type) {
    case CORRELATION_EVENT_COUNT:
        read_count(&reader, mask);
        break;
    case CORRELATION_VALUE_COUNT:
        read_value(&reader, mask, "count", RULE_COUNT_DISTINCT);
        break;
    case CORRELATION_VALUE_SUM:
        read_value(&reader, mask, "sum", RULE_SUM);
        break;
    case CORRELATION_VALUE_AVG:
        read_value(&reader, mask, "avg", RULE_AVERAGE);
        break;
    case CORRELATION_TEMPORAL:
        read_temporal(&reader, mask, false);
        break;
    case CORRELATION_TEMPORAL_ORDERED:
        read_temporal(&reader, mask, true);
        break;
    case CORRELATION_AGGREGATE:
        read_aggregate(&reader, mask);
        break;
    case CORRELATION_RATIO:
        read_ratio(&reader);
        break;
    case CORRELATION_SEQUENCE:
    case CORRELATION_ABSENCE:
    case CORRELATION_VELOCITY:
    case CORRELATION_FIRST_SEEN:
    case CORRELATION_CHANGE:
    case CORRELATION_LINK:
    case CORRELATION_SCORE:
        break;
    }
    metric_finish(&reader);
}
