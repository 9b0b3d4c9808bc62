#include "seinpost/correlate/moving.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/vector.h"
#include "seinpost/correlate/bag.h"

#include <string.h>

__extension__ typedef __int128 wide;

/* An amount that none since was better than: of these the oldest is the best of all. */
struct best {
    int64_t amount;
    uint64_t event; /* how many were taken in before */
};

struct bests {
    VECTOR(struct best) items;
    size_t start; /* those before are gone */
};

/* What is kept for one metric. */
struct part {
    struct total total;
    int64_t negatives;
    struct bag *bag;    /* of RULE_COUNT_DISTINCT */
    struct bests bests; /* of RULE_LEAST and RULE_MOST */
};

struct moving {
    const struct rule *rule;
    bool goes_back; /* no metric asks for bests, which cannot */
    size_t first;
    size_t end;
    uint64_t taken;      /* so many events were taken in, ... */
    uint64_t dropped;    /* ... and so many were let go */
    int64_t *met;        /* by entry */
    size_t parts_count;  /* of the rule's metrics; the rule may be gone when all is freed */
    struct part parts[]; /* by metric */
};

static bool is_extreme(const struct rule_metric *metric)
{
    return metric->function == RULE_LEAST || metric->function == RULE_MOST;
}

bool moving_fits(const struct rule *rule)
{
    for (size_t i = 0; i < rule->metrics_count; i++) {
        if (rule->metrics[i].function == RULE_COUNT_ORDERED) {
            return false;
        }
    }
    return true;
}

static void begin_parts(struct moving *moving)
{
    for (size_t i = 0; i < moving->rule->metrics_count; i++) {
        const struct rule_metric *metric = &moving->rule->metrics[i];
        moving->parts[i] =
            (struct part){.bag = metric->function == RULE_COUNT_DISTINCT ? bag_new() : NULL};
    }
}

static void free_parts(struct moving *moving)
{
    for (size_t i = 0; i < moving->parts_count; i++) {
        bag_free(moving->parts[i].bag);
        VECTOR_FREE(&moving->parts[i].bests.items);
    }
}

struct moving *moving_new(const struct rule *rule)
{
    struct moving *moving =
        calloc(1, sizeof *moving + rule->metrics_count * sizeof moving->parts[0]);

    ENSURE_MEMORY(moving != NULL);
    ENSURE(moving_fits(rule));
    moving->rule = rule;
    moving->parts_count = rule->metrics_count;
    moving->goes_back = true;
    for (size_t i = 0; i < rule->metrics_count; i++) {
        moving->goes_back = moving->goes_back && !is_extreme(&rule->metrics[i]);
    }
    moving->met = calloc(rule->entries_count + 1, sizeof moving->met[0]);
    ENSURE_MEMORY(moving->met != NULL);
    begin_parts(moving);
    return moving;
}

void moving_free(struct moving *moving)
{
    if (moving != NULL) {
        free_parts(moving);
        free(moving->met);
        free(moving);
    }
}

static void push_best(struct moving *moving, size_t index, int64_t amount)
{
    struct bests *bests = &moving->parts[index].bests;
    const bool least = moving->rule->metrics[index].function == RULE_LEAST;

    while (bests->items.count > bests->start) {
        const int64_t last = bests->items.items[bests->items.count - 1].amount;
        if (least ? last < amount : last > amount) {
            break;
        }
        bests->items.count--;
    }
    if (bests->start > bests->items.count - bests->start) {
        VECTOR_REMOVE(&bests->items, 0, bests->start);
        bests->start = 0;
    }
    VECTOR_PUSH(&bests->items, (struct best){amount, moving->taken});
}

static void drop_bests(struct moving *moving, size_t index)
{
    struct bests *bests = &moving->parts[index].bests;

    while (bests->start < bests->items.count &&
           bests->items.items[bests->start].event < moving->dropped) {
        bests->start++;
    }
}

/* `sign`: 1, the amount comes in; -1, it goes. */
static void count_amount(struct moving *moving, size_t index, const struct value *value,
                         int sign)
{
    const struct rule_metric *metric = &moving->rule->metrics[index];
    struct total *total = &moving->parts[index].total;
    const int64_t amount =
        value->type == VALUE_MONEY ? value->as.money.minor : value->as.number;

    if (!totals_in_currency(metric, value)) {
        return;
    }
    total->count += sign;
    total->sum += sign > 0 ? (wide)amount : -(wide)amount;
    moving->parts[index].negatives += amount < 0 ? sign : 0;
    if (is_extreme(metric) && sign > 0) {
        push_best(moving, index, amount);
    }
}

static void count_values(struct moving *moving, size_t index, const struct value *value,
                         int sign)
{
    for (size_t i = 0; i < value_count(value); i++) {
        if (moving->parts[index].bag == NULL) {
            count_amount(moving, index, value_item(value, i), sign);
        } else if (sign > 0) {
            bag_add(moving->parts[index].bag, value_item(value, i));
        } else {
            bag_remove(moving->parts[index].bag, value_item(value, i));
        }
    }
}

static void count_metric(struct moving *moving, size_t index, const struct held *event,
                         int sign)
{
    const struct rule_metric *metric = &moving->rule->metrics[index];

    if ((event->entries & metric->entries) == 0) {
        return;
    }
    switch (metric->function) {
    case RULE_COUNT:
        moving->parts[index].total.count += totals_has_operand(metric, event) ? sign : 0;
        break;
    case RULE_COUNT_ENTRIES:
        for (uint64_t left = event->entries & metric->entries; left != 0; left &= left - 1) {
            moving->met[__builtin_ctzll(left)] += sign;
        }
        break;
    case RULE_COUNT_DISTINCT:
    case RULE_SUM:
    case RULE_AVERAGE:
    case RULE_LEAST:
    case RULE_MOST:
        count_values(moving, index, &event->values[metric->operand], sign);
        break;
    case RULE_COUNT_ORDERED:
    case RULE_RATIO:
        break;
    }
}

static void count_event(struct moving *moving, const struct held *event, int sign)
{
    for (size_t i = 0; i < moving->rule->metrics_count; i++) {
        count_metric(moving, i, event, sign);
    }
}

static void drop_oldest(struct moving *moving, const struct held *const *events)
{
    count_event(moving, events[moving->first++], -1);
    moving->dropped++;
    for (size_t i = 0; i < moving->rule->metrics_count; i++) {
        if (is_extreme(&moving->rule->metrics[i])) {
            drop_bests(moving, i);
        }
    }
}

/* Begins anew with no events. */
static void reset(struct moving *moving, size_t at)
{
    free_parts(moving);
    begin_parts(moving);
    memset(moving->met, 0, moving->rule->entries_count * sizeof moving->met[0]);
    moving->first = moving->end = at;
    moving->taken = moving->dropped = 0;
}

static size_t distance(size_t a, size_t b)
{
    return a > b ? a - b : b - a;
}

/* Is it less to begin anew, or can it not get there at all? */
static bool begins_anew(const struct moving *moving, size_t first, size_t end)
{
    const bool back = first < moving->first || end < moving->end;

    return (back && !moving->goes_back) ||
           distance(moving->first, first) + distance(moving->end, end) > end - first;
}

void moving_to(struct moving *moving, const struct held *const *events, size_t first,
               size_t end)
{
    ENSURE(first <= end);
    if (begins_anew(moving, first, end)) {
        reset(moving, first);
    }
    while (moving->first > first) {
        count_event(moving, events[--moving->first], 1);
    }
    for (; moving->end < end; moving->end++, moving->taken++) {
        count_event(moving, events[moving->end], 1);
    }
    while (moving->first < first) {
        drop_oldest(moving, events);
    }
    while (moving->end > end) {
        count_event(moving, events[--moving->end], -1);
    }
}

bool moving_goes_back(const struct moving *moving)
{
    return moving->goes_back;
}

size_t moving_first(const struct moving *moving)
{
    return moving->first;
}

size_t moving_end(const struct moving *moving)
{
    return moving->end;
}

void moving_cut(struct moving *moving, const struct held *const *events, size_t index)
{
    if (index < moving->end) {
        moving_to(moving, events, moving->first < index ? moving->first : index, index);
    }
}

void moving_forget(struct moving *moving, const struct held *const *events, size_t count)
{
    if (moving->end <= count) {
        reset(moving, 0);
        return;
    }
    if (moving->first < count) {
        moving_to(moving, events, count, moving->end);
    }
    moving->first -= count;
    moving->end -= count;
}

void moving_measure(const struct moving *moving, struct measure *measures)
{
    struct total each[RULE_METRICS_MAX];

    for (size_t i = 0; i < moving->rule->metrics_count; i++) {
        const struct part *part = &moving->parts[i];
        each[i] = part->total;
        each[i].different = part->bag == NULL ? 0 : bag_different(part->bag);
        if (part->bests.items.count > part->bests.start) {
            each[i].least = each[i].most = part->bests.items.items[part->bests.start].amount;
        }
    }
    const struct totals_view view = {.each = each, .met = moving->met};
    totals_measure_view(moving->rule, &view, measures);
}

bool moving_has_negative(const struct moving *moving, size_t metric)
{
    return moving->parts[metric].negatives > 0;
}
