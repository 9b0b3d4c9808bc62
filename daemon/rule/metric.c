#include "seinpost/rule/metric.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/nearest.h"
#include "seinpost/base/vector.h"
#include "seinpost/rule/entries.h"

#include <string.h>

size_t metric_add(struct metric_reader *reader, struct rule_metric metric)
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
static bool set_type(struct metric_reader *reader, const struct tree *node,
                     struct slice written, struct rule_metric *metric)
{
    if (metric->function == RULE_COUNT || metric->function == RULE_COUNT_DISTINCT ||
        metric->function == RULE_COUNT_ENTRIES || metric->function == RULE_COUNT_ORDERED) {
        return true;
    }
    const struct rule_operand *operand = &reader->build->operands[metric->operand];
    metric->type = operand_type_of(operand->type);
    if (metric->type == OPERAND_NUMBER || metric->type == OPERAND_MONEY) {
        return true;
    }
    tree_part_fault(reader->build->compile.diag, node, written, "E213",
                    "'%.*s' is %s: it cannot be added up or compared",
                    SLICE_ARGS(operand->name), catalogue_field_type_name(operand->type));
    return false;
}

bool metric_is_declared(const struct build *build, struct slice name)
{
    const struct tree *metrics = build->document->joins.metrics;

    for (const struct tree *node = metrics == NULL ? NULL : metrics->first; node != NULL;
         node = node->next) {
        if (slice_equal(node->key, name)) {
            return true;
        }
    }
    return false;
}

/* The argument of a function: an event, a field, or event.field. */
bool metric_argument(struct metric_reader *reader, const struct tree *node, uint64_t mask,
                     struct slice argument, struct rule_metric *metric)
{
    struct build *build = reader->build;
    struct slice path = argument;
    const struct slice head = slice_cut(&path, '.');

    metric->entries = mask;
    metric->operand = RULE_NONE;
    metric->type = OPERAND_NUMBER;
    const uint64_t named = entries_named(build, head);
    if (named != 0) {
        metric->entries = (named & mask) != 0 ? named & mask : named;
        if (path.data == NULL && metric->function != RULE_COUNT) {
            tree_part_fault(build->compile.diag, node, argument, "E213",
                            "only 'count' is asked of an event");
            diag_hint(build->compile.diag, "name a field of it, as %.*s.amount",
                      SLICE_ARGS(head));
            return false;
        }
        if (path.data == NULL) {
            return true;
        }
        argument = path;
    }
    metric->operand = entries_operand(build, node, argument, metric->entries);
    return metric->operand != RULE_NONE && set_type(reader, node, argument, metric);
}

static const struct rule_metric *find_metric(const struct metric_reader *reader,
                                             struct slice name, size_t *index)
{
    for (*index = 0; *index < reader->metrics.count; ++*index) {
        if (slice_equal(reader->metrics.items[*index].name, name)) {
            return &reader->metrics.items[*index];
        }
    }
    return NULL;
}

static void unknown_metric(const struct metric_reader *reader, const struct tree *node,
                           struct slice name)
{
    struct nearest nearest = {0};

    if (metric_is_declared(reader->build, name)) {
        return; /* its own fault was told */
    }
    for (size_t i = 0; i < reader->metrics.count; i++) {
        nearest_try(&nearest, name, reader->metrics.items[i].name);
    }
    tree_part_fault(reader->build->compile.diag, node, name, "E310",
                    "no metric is named '%.*s'", SLICE_ARGS(name));
    if (nearest_found(&nearest)) {
        diag_hint(reader->build->compile.diag, "did you mean '%.*s'?",
                  SLICE_ARGS(nearest.best));
    }
}

/* A metric of a ratio, which stands above it. */
static const struct rule_metric *side_of(const struct metric_reader *reader,
                                         const struct tree *node, struct slice name,
                                         size_t *index)
{
    const struct rule_metric *side = find_metric(reader, name, index);

    if (side == NULL && metric_is_declared(reader->build, name)) {
        tree_part_fault(reader->build->compile.diag, node, name, "E213",
                        "a ratio stands below its two metrics");
    } else if (side == NULL) {
        unknown_metric(reader, node, name);
    }
    return side;
}

static bool read_ratio(struct metric_reader *reader, const struct tree *node,
                       struct slice arguments, struct rule_metric *metric)
{
    struct slice rest = arguments;
    const struct slice left = slice_trim(slice_cut(&rest, ','));
    const struct slice right = slice_trim(rest);
    const struct rule_metric *numerator = side_of(reader, node, left, &metric->left);
    const struct rule_metric *denominator = side_of(reader, node, right, &metric->right);

    if (numerator == NULL || denominator == NULL) {
        return false;
    }
    if (numerator->type != denominator->type || numerator->function == RULE_RATIO ||
        denominator->function == RULE_RATIO) {
        tree_fault(reader->build->compile.diag, node, "E213",
                   "a ratio is of two amounts of one sort");
        return false;
    }
    metric->type = OPERAND_NUMBER;
    metric->operand = RULE_NONE;
    return true;
}

/* `count_distinct(booking_ref)` */
bool metric_function(struct metric_reader *reader, struct slice title, const struct tree *node,
                     uint64_t mask)
{
    struct rule_metric metric = {.name = title, .node = node};
    struct slice arguments = node->text;
    const struct slice name = slice_trim(slice_cut(&arguments, '('));
    size_t i = 0;

    if (node->kind == TREE_SCALAR && arguments.size > 0 &&
        arguments.data[arguments.size - 1] != ')') {
        tree_fault(reader->build->compile.diag, node, "E213", "')' is missing");
        diag_hint(reader->build->compile.diag, "inside {...} a text with a comma is quoted");
        return false;
    }
    if (node->kind != TREE_SCALAR || arguments.size == 0) {
        tree_fault(reader->build->compile.diag, node, "E213", "a function expected");
        diag_hint(reader->build->compile.diag, "as count_distinct(phone) or ratio(out, in)");
        return false;
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
        tree_part_fault(reader->build->compile.diag, node, name, "E213",
                        "unknown function '%.*s'", SLICE_ARGS(name));
        if (nearest_found(&nearest)) {
            diag_hint(reader->build->compile.diag, "did you mean '%.*s'?",
                      SLICE_ARGS(nearest.best));
        }
        return false;
    }
    if (reader->metrics.count == RULE_METRICS_MAX) {
        tree_fault(reader->build->compile.diag, node, "E204", "more than %d metrics",
                   RULE_METRICS_MAX);
        return false;
    }
    metric.function = functions[i].function;
    const bool good = metric.function == RULE_RATIO
                          ? read_ratio(reader, node, arguments, &metric)
                          : metric_argument(reader, node, mask, slice_trim(arguments), &metric);
    if (good) {
        (void)metric_add(reader, metric);
    }
    return good;
}

/* A metric of money is of one currency: that of its conditions. */
static bool set_currency(const struct metric_reader *reader, const struct tree *node,
                         struct rule_metric *metric, const struct value *wanted)
{
    if (wanted->type != VALUE_MONEY) {
        return true;
    }
    if (metric->currency[0] == '\0') {
        memcpy(metric->currency, wanted->as.money.currency, sizeof metric->currency);
    }
    if (strcmp(metric->currency, wanted->as.money.currency) != 0) {
        tree_fault(reader->build->compile.diag, node, "E207",
                   "another currency than %s, which a condition above has", metric->currency);
        return false;
    }
    return true;
}

static bool operator_of(const struct metric_reader *reader, const struct tree *node,
                        struct slice name, struct rule_condition *condition)
{
    for (size_t i = 0; i < COUNT_OF(operators); i++) {
        if (slice_is(name, operators[i].name)) {
            condition->test = operators[i].test;
            condition->negated = operators[i].negated;
            return true;
        }
    }
    tree_part_fault(reader->build->compile.diag, node, name, "E208",
                    "unknown comparison '%.*s'", SLICE_ARGS(name));
    diag_hint(reader->build->compile.diag, "gt, gte, lt, lte, eq or neq");
    return false;
}

static void read_condition(struct metric_reader *reader, const struct tree *node,
                           struct slice name, size_t metric_index)
{
    struct rule_condition condition = {.metric = metric_index};

    ENSURE(metric_index < reader->metrics.count);
    struct rule_metric *metric = &reader->metrics.items[metric_index];

    if (!operator_of(reader, node, name, &condition) ||
        !literal_read(reader->build->compile.diag, node, metric->type, NULL,
                      &condition.wanted)) {
        return;
    }
    if (!set_currency(reader, node, metric, &condition.wanted)) {
        return;
    }
    VECTOR_PUSH(&reader->conditions, condition);
}

void metric_at_least(struct metric_reader *reader, const struct tree *node, size_t metric)
{
    read_condition(reader, node, SLICE("gte"), metric);
}

/* `{gte: 4}`, of the one metric there is */
void metric_plain_conditions(struct metric_reader *reader, const struct tree *map,
                             size_t metric)
{
    for (const struct tree *node = map == NULL ? NULL : map->first; node != NULL;
         node = node->next) {
        read_condition(reader, node, node->key, metric);
    }
}

/* `{bookings|gte: 4, share|lt: 0.5}` */
void metric_named_conditions(struct metric_reader *reader, const struct tree *map)
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

static bool needs_currency(const struct rule_metric *metric)
{
    return metric->function != RULE_RATIO && metric->type == OPERAND_MONEY &&
           metric->currency[0] == '\0';
}

/* Two sides of a ratio are of one currency; each amount of money needs to know its own. */
static void settle_currencies(struct metric_reader *reader)
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
        if (needs_currency(metric) && metric->node != NULL) { /* else a condition is missing */
            tree_key_fault(reader->build->compile.diag, metric->node, "E207",
                           "of which currency is '%.*s'? no condition says it",
                           SLICE_ARGS(metric->name));
        }
    }
}

void metric_finish(struct metric_reader *reader)
{
    struct rule *rule = reader->build->rule;
    struct arena *arena = reader->build->compile.arena;

    settle_currencies(reader);
    rule->metrics = arena_copy(arena, reader->metrics.items,
                               reader->metrics.count * sizeof reader->metrics.items[0]);
    rule->metrics_count = reader->metrics.count;
    rule->conditions =
        arena_copy(arena, reader->conditions.items,
                   reader->conditions.count * sizeof reader->conditions.items[0]);
    rule->conditions_count = reader->conditions.count;
    VECTOR_FREE(&reader->metrics);
    VECTOR_FREE(&reader->conditions);
}

const char *metric_function_name(size_t index)
{
    return index < COUNT_OF(functions) ? functions[index].name : NULL;
}

const char *metric_operator_name(size_t index)
{
    return index < COUNT_OF(operators) ? operators[index].name : NULL;
}
