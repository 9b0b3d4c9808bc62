#include "seinpost/correlate/totals.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/vector.h"
#include "seinpost/correlate/chain.h"

#include <string.h>

__extension__ typedef __int128 wide;

/* A divisor that was rounded is at least so large. */
static const int64_t FRACTION_MIN = INT64_C(1) << 31;

static const struct measure unknown = {0, 0};

/* Of one metric. */
struct part {
    struct total total;
    VECTOR(const struct value *) different; /* in order */
};

/* One block of memory, as small as the rule lets it be: a window is built in it for each event.
 */
struct totals {
    const struct rule *rule;
    struct chain *chain; /* of the one metric that has links: in order, */
    int64_t *met;        /* or how often each entry was met */
    struct part parts[]; /* by metric */
};

static size_t align(size_t size)
{
    return (size + 15) & ~(size_t)15;
}

static const struct rule_metric *ordered_metric(const struct rule *rule)
{
    for (size_t i = 0; i < rule->metrics_count; i++) {
        if (rule->metrics[i].function == RULE_COUNT_ORDERED) {
            return &rule->metrics[i];
        }
    }
    return NULL;
}

struct totals *totals_new(const struct rule *rule)
{
    const struct rule_metric *ordered = ordered_metric(rule);
    const size_t parts =
        align(sizeof(struct totals) + rule->metrics_count * sizeof(struct part));
    const size_t met = align(rule->entries_count * sizeof(int64_t));
    char *block = calloc(1, parts + met + (ordered == NULL ? 0 : sizeof(struct chain)));
    struct totals *totals = (struct totals *)(void *)block;

    ENSURE_MEMORY(totals != NULL);
    totals->rule = rule;
    totals->met = (int64_t *)(void *)(block + parts);
    if (ordered != NULL) {
        totals->chain = (struct chain *)(void *)(block + parts + met);
        *totals->chain = chain_empty(ordered);
    }
    for (size_t i = 0; i < rule->metrics_count; i++) {
        totals->parts[i].total.least = INT64_MAX;
        totals->parts[i].total.most = INT64_MIN;
    }
    return totals;
}

void totals_free(struct totals *totals)
{
    for (size_t i = 0; i < totals->rule->metrics_count; i++) {
        VECTOR_FREE(&totals->parts[i].different);
    }
    free(totals);
}

static void add_different(struct part *part, const struct value *value)
{
    size_t low = 0;
    size_t high = part->different.count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = value_compare(part->different.items[middle], value);
        if (order == 0) {
            return;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    VECTOR_INSERT(&part->different, low, value);
    part->total.different++;
}

bool totals_in_currency(const struct rule_metric *metric, const struct value *value)
{
    return value->type != VALUE_MONEY ||
           strcmp(metric->currency, value->as.money.currency) == 0;
}

static void add_amount(struct total *total, const struct rule_metric *metric,
                       const struct value *value)
{
    const int64_t amount =
        value->type == VALUE_MONEY ? value->as.money.minor : value->as.number;

    if (totals_in_currency(metric, value)) {
        total->count++;
        total->sum += amount;
        total->least = amount < total->least ? amount : total->least;
        total->most = amount > total->most ? amount : total->most;
    }
}

static void add_values(struct totals *totals, size_t index, const struct value *value)
{
    const struct rule_metric *metric = &totals->rule->metrics[index];

    for (size_t i = 0; i < value_count(value); i++) {
        if (metric->function == RULE_COUNT_DISTINCT) {
            add_different(&totals->parts[index], value_item(value, i));
        } else {
            add_amount(&totals->parts[index].total, metric, value_item(value, i));
        }
    }
}

bool totals_has_operand(const struct rule_metric *metric, const struct held *event)
{
    return metric->operand == RULE_NONE || value_count(&event->values[metric->operand]) > 0;
}

static void add_entries(struct totals *totals, uint64_t entries)
{
    for (; entries != 0; entries &= entries - 1) {
        totals->met[__builtin_ctzll(entries)]++;
    }
}

void totals_add(struct totals *totals, const struct held *event)
{
    for (size_t i = 0; i < totals->rule->metrics_count; i++) {
        const struct rule_metric *metric = &totals->rule->metrics[i];
        struct total *total = &totals->parts[i].total;
        if ((event->entries & metric->entries) == 0) {
            continue;
        }
        switch (metric->function) {
        case RULE_COUNT:
            total->count += totals_has_operand(metric, event) ? 1 : 0;
            break;
        case RULE_COUNT_ENTRIES:
            add_entries(totals, event->entries & metric->entries);
            break;
        case RULE_COUNT_ORDERED:
            chain_add(totals->chain, metric, event);
            break;
        case RULE_COUNT_DISTINCT:
        case RULE_SUM:
        case RULE_AVERAGE:
        case RULE_LEAST:
        case RULE_MOST:
            add_values(totals, i, &event->values[metric->operand]);
            break;
        case RULE_RATIO:
            break;
        }
    }
}

static bool fits(wide number)
{
    return number <= INT64_MAX && number >= INT64_MIN;
}

static int64_t clamp(wide number)
{
    if (fits(number)) {
        return (int64_t)number;
    }
    return number < 0 ? INT64_MIN : INT64_MAX;
}

/* What is too large for a measure stands at its bound, so that a rule is not silenced by the
 * largest of amounts; a fraction of such sides is rounded, to nine digits or better. */
static struct measure narrow(wide number, wide divisor)
{
    wide above = number;
    wide below = divisor;

    if (divisor == 0) {
        return unknown;
    }
    while (!fits(above) || !fits(below)) {
        above /= 2;
        below /= 2;
    }
    if (divisor != below && below < FRACTION_MIN) {
        return (struct measure){clamp(number / divisor), 1};
    }
    return (struct measure){(int64_t)above, (int64_t)below};
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

/* Of nothing there is no average, no least and no most. */
static struct measure of_some(const struct total *total, int64_t number)
{
    return total->count == 0 ? unknown : (struct measure){number, 1};
}

static int64_t count_links(const struct rule_metric *metric, const int64_t *met)
{
    int64_t count = 0;

    for (size_t i = 0; i < metric->chain_count; i++) {
        const struct rule_link *link = &metric->chain[i];
        count += met[link->entry] >= link->count ? 1 : 0;
    }
    return count;
}

static struct measure measure_one(const struct totals_view *view,
                                  const struct rule_metric *metric, const struct total *total,
                                  const struct measure *before)
{
    switch (metric->function) {
    case RULE_COUNT:
        break;
    case RULE_COUNT_ENTRIES:
        return (struct measure){count_links(metric, view->met), 1};
    case RULE_COUNT_ORDERED:
        return (struct measure){view->longest, 1};
    case RULE_COUNT_DISTINCT:
        return (struct measure){total->different, 1};
    case RULE_SUM:
        return narrow(total->sum, 1);
    case RULE_AVERAGE:
        return narrow(total->sum, total->count);
    case RULE_LEAST:
        return of_some(total, total->least);
    case RULE_MOST:
        return of_some(total, total->most);
    case RULE_RATIO:
        return ratio(&before[metric->left], &before[metric->right]);
    }
    return (struct measure){total->count, 1};
}

/* The sides of a ratio stand before it. */
void totals_measure_view(const struct rule *rule, const struct totals_view *view,
                         struct measure *measures)
{
    for (size_t i = 0; i < rule->metrics_count; i++) {
        measures[i] = measure_one(view, &rule->metrics[i], &view->each[i], measures);
    }
}

bool totals_is_full(const struct totals *totals)
{
    const struct rule *rule = totals->rule;

    return rule->metrics_count == 1 && totals->chain != NULL &&
           chain_longest(totals->chain) == (int64_t)rule->metrics[0].chain_count;
}

void totals_measure(const struct totals *totals, struct measure *measures)
{
    struct total each[RULE_METRICS_MAX];
    const int64_t longest = totals->chain == NULL ? 0 : chain_longest(totals->chain);

    for (size_t i = 0; i < totals->rule->metrics_count; i++) {
        each[i] = totals->parts[i].total;
    }
    const struct totals_view view = {.each = each, .met = totals->met, .longest = longest};
    totals_measure_view(totals->rule, &view, measures);
}
