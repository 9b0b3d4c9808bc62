#include "seinpost/correlate/counting.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/vector.h"
#include "seinpost/correlate/chain.h"

#include <string.h>

__extension__ typedef __int128 wide;

static const struct measure unknown = {0, 0};

struct values {
    VECTOR(const struct value *) items;
};

static bool is_counted(const struct rule_metric *metric, const struct held *event)
{
    return (event->entries & metric->entries) != 0;
}

static bool in_currency(const struct rule_metric *metric, const struct value *value)
{
    return value->type != VALUE_MONEY ||
           strcmp(metric->currency, value->as.money.currency) == 0;
}

static void gather(const struct rule_metric *metric, struct window window,
                   struct values *values)
{
    for (size_t i = 0; i < window.count; i++) {
        if (!is_counted(metric, window.events[i])) {
            continue;
        }
        const struct value *value = &window.events[i]->values[metric->operand];
        for (size_t j = 0; j < value_count(value); j++) {
            VECTOR_PUSH(&values->items, value_item(value, j));
        }
    }
}

static int by_value(const void *left, const void *right)
{
    const struct value *const *a = left;
    const struct value *const *b = right;

    return value_compare(*a, *b);
}

static struct measure count_different(struct values *values)
{
    int64_t different = 0;

    if (values->items.count > 0) {
        qsort(values->items.items, values->items.count, sizeof(const struct value *), by_value);
    }
    for (size_t i = 0; i < values->items.count; i++) {
        if (i == 0 || !value_equal(values->items.items[i - 1], values->items.items[i])) {
            different++;
        }
    }
    return (struct measure){different, 1};
}

static int64_t amount(const struct value *value)
{
    return value->type == VALUE_MONEY ? value->as.money.minor : value->as.number;
}

static struct measure narrow(wide number, wide divisor)
{
    if (divisor == 0 || number > INT64_MAX || number < INT64_MIN || divisor > INT64_MAX) {
        return unknown;
    }
    return (struct measure){(int64_t)number, (int64_t)divisor};
}

/* sum, avg, min and max of those values that are in the metric's currency */
static struct measure add_up(const struct rule_metric *metric, const struct values *values)
{
    wide sum = 0;
    int64_t least = INT64_MAX;
    int64_t most = INT64_MIN;
    int64_t count = 0;

    for (size_t i = 0; i < values->items.count; i++) {
        const struct value *value = values->items.items[i];
        if (!in_currency(metric, value)) {
            continue;
        }
        const int64_t number = amount(value);
        sum += number;
        least = number < least ? number : least;
        most = number > most ? number : most;
        count++;
    }
    if (metric->function == RULE_SUM) {
        return narrow(sum, 1);
    }
    if (count == 0) {
        return unknown;
    }
    if (metric->function == RULE_AVERAGE) {
        return narrow(sum, count);
    }
    return (struct measure){metric->function == RULE_LEAST ? least : most, 1};
}

static struct measure count_events(const struct rule_metric *metric, struct window window)
{
    int64_t count = 0;

    for (size_t i = 0; i < window.count; i++) {
        const bool there = metric->operand == RULE_NONE ||
                           value_count(&window.events[i]->values[metric->operand]) > 0;
        count += is_counted(metric, window.events[i]) && there ? 1 : 0;
    }
    return (struct measure){count, 1};
}

static struct measure count_entries(const struct rule_metric *metric, struct window window)
{
    uint64_t met = 0;

    for (size_t i = 0; i < window.count; i++) {
        met |= window.events[i]->entries & metric->entries;
    }
    return (struct measure){__builtin_popcountll(met), 1};
}

static struct measure ratio(const struct measure *left, const struct measure *right)
{
    if (left->divisor == 0 || right->divisor == 0 || right->number == 0) {
        return unknown;
    }
    const wide number = (wide)left->number * right->divisor;
    const wide divisor = (wide)left->divisor * right->number;
    return divisor < 0 ? narrow(-number, -divisor) : narrow(number, divisor);
}

static struct measure measure_values(const struct rule_metric *metric, struct window window)
{
    struct values values = {0};

    gather(metric, window, &values);
    const struct measure measure = metric->function == RULE_COUNT_DISTINCT
                                       ? count_different(&values)
                                       : add_up(metric, &values);
    VECTOR_FREE(&values.items);
    return measure;
}

static void measure_all(const struct rule *rule, struct window window, struct measure *measures)
{
    for (size_t i = 0; i < rule->metrics_count; i++) {
        const struct rule_metric *metric = &rule->metrics[i];
        switch (metric->function) {
        case RULE_COUNT:
            measures[i] = count_events(metric, window);
            break;
        case RULE_COUNT_ENTRIES:
            measures[i] = count_entries(metric, window);
            break;
        case RULE_COUNT_ORDERED:
            measures[i] = (struct measure){chain_count(metric, window.events, window.count), 1};
            break;
        case RULE_COUNT_DISTINCT:
        case RULE_SUM:
        case RULE_AVERAGE:
        case RULE_LEAST:
        case RULE_MOST:
            measures[i] = measure_values(metric, window);
            break;
        case RULE_RATIO:
            measures[i] = ratio(&measures[metric->left], &measures[metric->right]);
            break;
        }
    }
}

static bool conditions_met(const struct rule *rule, struct window window,
                           struct measure *measures)
{
    measure_all(rule, window, measures);
    return measure_conditions_met(rule, measures);
}

/* Lets the window slide on until the condition fails: the instant up to which it holds. */
static struct instant holds_until(const struct rule *rule, struct window window)
{
    struct measure measures[RULE_METRICS_MAX];
    struct instant until = window.ends;

    if (rule->window != RULE_SLIDING) {
        return until;
    }
    while (window.count > 0) {
        const struct instant leaves = instant_add(window.events[0]->is.time, rule->timespan_ms);
        until = leaves;
        while (window.count > 0 &&
               instant_compare(instant_add(window.events[0]->is.time, rule->timespan_ms),
                               leaves) == 0) {
            window.events++;
            window.count--;
        }
        if (window.count == 0 || !conditions_met(rule, window, measures)) {
            break;
        }
    }
    return until;
}

bool counting_judge(const struct rule *rule, struct window window, struct measure *measures,
                    struct finding *finding)
{
    ENSURE(window.count > 0);
    ENSURE(rule->class == RULE_COUNTING);

    if (!conditions_met(rule, window, measures)) {
        return false;
    }
    *finding = (struct finding){
        .at = window.events[window.count - 1]->is.time,
        .holds_until = holds_until(rule, window),
        .evidence = window.events,
        .evidence_count = window.count,
        .measures = measures,
    };
    return true;
}
