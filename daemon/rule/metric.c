#include "seinpost/rule/metric.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/nearest.h"
#include "seinpost/base/vector.h"
#include "seinpost/rule/entries.h"

#include <string.h>

struct reader {
    struct build *build;
    struct diag *diag;
    VECTOR(struct rule_metric) metrics;
    VECTOR(struct rule_condition) conditions;
};

static size_t add_metric(struct reader *reader, struct rule_metric metric)
{
    VECTOR_PUSH(&reader->metrics, metric);
    return reader->metrics.count - 1;
}

static const struct {
    const char *name;
    enum rule_function function;
} functions[] = {
    {"count", RULE_COUNT}, {"count_distinct", RULE_COUNT_DISTINCT},
    {"sum", RULE_SUM},     {"avg", RULE_AVERAGE},
    {"min", RULE_LEAST},   {"max", RULE_MOST},
    {"ratio", RULE_RATIO},
};

static const struct {
    const char *name;
    enum predicate_test test;
    bool negated;
} operators[] = {
    {"gt", PREDICATE_GREATER, false}, {"gte", PREDICATE_GREATER_EQUAL, false},
    {"lt", PREDICATE_LESS, false},    {"lte", PREDICATE_LESS_EQUAL, false},
    {"eq", PREDICATE_EQUAL, false},   {"neq", PREDICATE_EQUAL, true},
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A number can be summed, and money; anything can be counted. */
static bool set_type(struct reader *reader, const struct tree *node, struct rule_metric *metric)
{
    if (metric->function == RULE_COUNT || metric->function == RULE_COUNT_DISTINCT ||
        metric->function == RULE_COUNT_ENTRIES) {
        return true;
    }
    const struct rule_operand *operand = &reader->build->operands[metric->operand];
    metric->type = operand_type_of(operand->type);
    if (metric->type == OPERAND_NUMBER || metric->type == OPERAND_MONEY) {
        return true;
    }
    tree_fault(reader->diag, node, "E213", "'%.*s' is %s: it cannot be added up or compared",
               SLICE_ARGS(operand->name), catalogue_field_type_name(operand->type));
    return false;
}

/* The argument of a function: an event, a field, or event.field. */
static bool read_argument(struct reader *reader, const struct tree *node, uint64_t mask,
                          struct slice argument, struct rule_metric *metric)
{
    struct build *build = reader->build;
    struct slice path = argument;
    const struct slice head = slice_cut(&path, '.');

    metric->entries = mask;
    metric->operand = RULE_NONE;
    metric->type = OPERAND_NUMBER;
    for (size_t i = 0; i < build->rule->entries_count; i++) {
        if (!slice_equal(build->names[i], head)) {
            continue;
        }
        metric->entries = UINT64_C(1) << i;
        if (path.data == NULL) {
            if (metric->function != RULE_COUNT) {
                tree_fault(reader->diag, node, "E213", "only 'count' is asked of an event");
                return false;
            }
            return true;
        }
        argument = path;
    }
    metric->operand = entries_operand(build, node, argument, metric->entries);
    return metric->operand != RULE_NONE && set_type(reader, node, metric);
}

static const struct rule_metric *find_metric(const struct reader *reader, struct slice name,
                                             size_t *index)
{
    for (*index = 0; *index < reader->metrics.count; ++*index) {
        if (slice_equal(reader->metrics.items[*index].name, name)) {
            return &reader->metrics.items[*index];
        }
    }
    return NULL;
}

static void unknown_metric(const struct reader *reader, const struct tree *node,
                           struct slice name)
{
    struct nearest nearest = {0};

    for (size_t i = 0; i < reader->metrics.count; i++) {
        if (!reader->metrics.items[i].hidden) {
            nearest_try(&nearest, name, reader->metrics.items[i].name);
        }
    }
    tree_key_fault(reader->diag, node, "E310", "no metric is named '%.*s'", SLICE_ARGS(name));
    if (nearest_found(&nearest)) {
        diag_hint(reader->diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
}

static bool read_ratio(struct reader *reader, const struct tree *node, struct slice arguments,
                       struct rule_metric *metric)
{
    struct slice rest = arguments;
    const struct slice left = slice_trim(slice_cut(&rest, ','));
    const struct slice right = slice_trim(rest);
    const struct rule_metric *numerator = find_metric(reader, left, &metric->left);

    if (numerator == NULL) {
        unknown_metric(reader, node, left);
        return false;
    }
    const struct rule_metric *denominator = find_metric(reader, right, &metric->right);
    if (denominator == NULL) {
        unknown_metric(reader, node, right);
        return false;
    }
    if (numerator->type != denominator->type || numerator->function == RULE_RATIO ||
        denominator->function == RULE_RATIO) {
        tree_fault(reader->diag, node, "E213", "a ratio is of two amounts of one sort");
        return false;
    }
    metric->type = OPERAND_NUMBER;
    metric->operand = RULE_NONE;
    return true;
}

/* `count_distinct(booking_ref)` */
static void read_metric(struct reader *reader, const struct tree *node, uint64_t mask)
{
    struct rule_metric metric = {.name = node->key, .node = node};
    struct slice arguments = node->text;
    const struct slice name = slice_trim(slice_cut(&arguments, '('));
    size_t i = 0;

    if (node->kind != TREE_SCALAR || arguments.size == 0 ||
        arguments.data[arguments.size - 1] != ')') {
        tree_fault(reader->diag, node, "E213", "a function expected");
        diag_hint(reader->diag, "as count_distinct(phone) or ratio(out, in)");
        return;
    }
    arguments.size--;
    while (i < COUNT_OF(functions) && !slice_is(name, functions[i].name)) {
        i++;
    }
    if (i == COUNT_OF(functions)) {
        struct nearest nearest = {0};
        for (size_t j = 0; j < COUNT_OF(functions); j++) {
            nearest_try(&nearest, name, slice_of(functions[j].name));
        }
        tree_fault(reader->diag, node, "E213", "unknown function '%.*s'", SLICE_ARGS(name));
        if (nearest_found(&nearest)) {
            diag_hint(reader->diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
        }
        return;
    }
    if (reader->metrics.count == RULE_METRICS_MAX) {
        tree_fault(reader->diag, node, "E204", "more than %d metrics", RULE_METRICS_MAX);
        return;
    }
    metric.function = functions[i].function;
    const bool good = metric.function == RULE_RATIO
                          ? read_ratio(reader, node, arguments, &metric)
                          : read_argument(reader, node, mask, slice_trim(arguments), &metric);
    if (good) {
        (void)add_metric(reader, metric);
    }
}

static void set_currency(struct rule_metric *metric, const struct value *wanted)
{
    if (wanted->type == VALUE_MONEY && metric->currency[0] == '\0') {
        memcpy(metric->currency, wanted->as.money.currency, sizeof metric->currency);
    }
}

static bool operator_of(const struct reader *reader, const struct tree *node, struct slice name,
                        struct rule_condition *condition)
{
    struct nearest nearest = {0};

    for (size_t i = 0; i < COUNT_OF(operators); i++) {
        if (slice_is(name, operators[i].name)) {
            condition->test = operators[i].test;
            condition->negated = operators[i].negated;
            return true;
        }
        nearest_try(&nearest, name, slice_of(operators[i].name));
    }
    tree_key_fault(reader->diag, node, "E208", "unknown comparison '%.*s'", SLICE_ARGS(name));
    diag_hint(reader->diag, "gt, gte, lt, lte, eq or neq");
    return false;
}

static void read_condition(struct reader *reader, const struct tree *node, struct slice name,
                           size_t metric_index)
{
    struct rule_condition condition = {.metric = metric_index};

    ENSURE(metric_index < reader->metrics.count);
    struct rule_metric *metric = &reader->metrics.items[metric_index];

    if (!operator_of(reader, node, name, &condition) ||
        !literal_read(reader->diag, node, metric->type, NULL, &condition.wanted)) {
        return;
    }
    set_currency(metric, &condition.wanted);
    VECTOR_PUSH(&reader->conditions, condition);
}

/* `{gte: 4}`, of the one metric there is */
static void read_plain_conditions(struct reader *reader, const struct tree *map, size_t metric)
{
    for (const struct tree *node = map == NULL ? NULL : map->first; node != NULL;
         node = node->next) {
        read_condition(reader, node, node->key, metric);
    }
}

/* `{bookings|gte: 4, share|lt: 0.5}` */
static void read_named_conditions(struct reader *reader, const struct tree *map)
{
    for (const struct tree *node = map == NULL ? NULL : map->first; node != NULL;
         node = node->next) {
        struct slice operator= node->key;
        const struct slice name = slice_trim(slice_cut(&operator, '|'));
        size_t index = 0;
        if (find_metric(reader, name, &index) == NULL) {
            unknown_metric(reader, node, name);
        } else {
            read_condition(reader, node, operator.data == NULL ? SLICE("eq") : operator, index);
        }
    }
}

static void read_count(struct reader *reader, uint64_t mask)
{
    const struct document_correlation *joins = &reader->build->document->joins;
    struct rule_metric metric = {.name = SLICE("count"),
                                 .type = OPERAND_NUMBER,
                                 .entries = mask,
                                 .operand = RULE_NONE,
                                 .node = joins->condition};

    read_plain_conditions(reader, joins->condition, add_metric(reader, metric));
}

static const struct tree *field_node(const struct reader *reader)
{
    const struct tree *node = tree_get(reader->build->document->correlation, "field");

    return node != NULL ? node : reader->build->document->correlation;
}

static void read_value(struct reader *reader, uint64_t mask, const char *name,
                       enum rule_function function)
{
    const struct document_correlation *joins = &reader->build->document->joins;
    struct rule_metric metric = {
        .name = slice_of(name), .function = function, .node = joins->condition};

    if (joins->field.size > 0 &&
        read_argument(reader, field_node(reader), mask, joins->field, &metric)) {
        read_plain_conditions(reader, joins->condition, add_metric(reader, metric));
    }
}

static void require(struct reader *reader, size_t metric, int64_t least)
{
    const struct rule_condition condition = {
        .metric = metric,
        .test = PREDICATE_GREATER_EQUAL,
        .wanted = value_of_number(least * VALUE_MILLI),
    };

    VECTOR_PUSH(&reader->conditions, condition);
}

static void read_min_count(struct reader *reader, const struct tree *node)
{
    const int entry = entries_find(reader->build, node, node->key);
    long long least = 0;

    if (node->kind != TREE_SCALAR || !slice_number(node->text, &least) || least < 1) {
        tree_fault(reader->diag, node, "E205", "a whole number from 1 on expected");
        return;
    }
    if (entry == RULE_NONE) {
        return;
    }
    const struct rule_metric metric = {.name = node->key,
                                       .hidden = true,
                                       .type = OPERAND_NUMBER,
                                       .entries = UINT64_C(1) << entry,
                                       .operand = RULE_NONE,
                                       .node = node};
    require(reader, add_metric(reader, metric), least);
}

static void read_temporal(struct reader *reader, uint64_t mask)
{
    const struct document_correlation *joins = &reader->build->document->joins;
    const struct rule_metric metric = {.name = SLICE("count"),
                                       .function = RULE_COUNT_ENTRIES,
                                       .type = OPERAND_NUMBER,
                                       .entries = mask,
                                       .operand = RULE_NONE,
                                       .node = joins->rules};
    const size_t index = add_metric(reader, metric);

    if (joins->condition == NULL) {
        require(reader, index, __builtin_popcountll(mask));
    }
    read_plain_conditions(reader, joins->condition, index);
    for (const struct tree *node = joins->min_count == NULL ? NULL : joins->min_count->first;
         node != NULL; node = node->next) {
        read_min_count(reader, node);
    }
}

static void read_aggregate(struct reader *reader, uint64_t mask)
{
    const struct document_correlation *joins = &reader->build->document->joins;

    for (const struct tree *node = joins->metrics == NULL ? NULL : joins->metrics->first;
         node != NULL; node = node->next) {
        read_metric(reader, node, mask);
    }
    read_named_conditions(reader, joins->condition);
}

static bool needs_currency(const struct rule_metric *metric)
{
    return metric->function != RULE_RATIO && metric->type == OPERAND_MONEY &&
           metric->currency[0] == '\0';
}

/* Two sides of a ratio are of one currency; each amount of money needs to know its own. */
static void settle_currencies(struct reader *reader)
{
    for (size_t i = 0; i < reader->metrics.count; i++) {
        const struct rule_metric *ratio = &reader->metrics.items[i];
        if (ratio->function != RULE_RATIO) {
            continue;
        }
        struct rule_metric *left = &reader->metrics.items[ratio->left];
        struct rule_metric *right = &reader->metrics.items[ratio->right];
        if (needs_currency(left)) {
            memcpy(left->currency, right->currency, sizeof left->currency);
        }
        if (needs_currency(right)) {
            memcpy(right->currency, left->currency, sizeof right->currency);
        }
    }
    for (size_t i = 0; i < reader->metrics.count; i++) {
        const struct rule_metric *metric = &reader->metrics.items[i];
        if (needs_currency(metric)) {
            tree_key_fault(reader->diag, metric->node, "E207",
                           "of which currency is '%.*s'? no condition says it",
                           SLICE_ARGS(metric->name));
        }
    }
}

void metric_read(struct build *build)
{
    struct reader reader = {.build = build, .diag = build->compile.diag};
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
    case CORRELATION_TEMPORAL:
        read_temporal(&reader, mask);
        break;
    case CORRELATION_AGGREGATE:
        read_aggregate(&reader, mask);
        break;
    case CORRELATION_VALUE_AVG:
    case CORRELATION_TEMPORAL_ORDERED:
    case CORRELATION_SEQUENCE:
    case CORRELATION_ABSENCE:
    case CORRELATION_VELOCITY:
    case CORRELATION_RATIO:
    case CORRELATION_FIRST_SEEN:
    case CORRELATION_CHANGE:
    case CORRELATION_LINK:
    case CORRELATION_SCORE:
        break;
    }
    settle_currencies(&reader);
    build->rule->metrics = arena_copy(build->compile.arena, reader.metrics.items,
                                      reader.metrics.count * sizeof reader.metrics.items[0]);
    build->rule->metrics_count = reader.metrics.count;
    build->rule->conditions =
        arena_copy(build->compile.arena, reader.conditions.items,
                   reader.conditions.count * sizeof reader.conditions.items[0]);
    build->rule->conditions_count = reader.conditions.count;
    VECTOR_FREE(&reader.metrics);
    VECTOR_FREE(&reader.conditions);
}
