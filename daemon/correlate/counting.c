#include "seinpost/correlate/counting.h"

#include "seinpost/base/ensure.h"
#include "seinpost/correlate/moving.h"
#include "seinpost/correlate/totals.h"

#include <stdlib.h>

enum {
    MOVING_FROM = 8 /* events of a window */
};

/* What of a condition decides how long it holds, while it holds for the window and the oldest
 * events leave one by one. */
enum lasting {
    LASTING_EVER,  /* what is less can only meet it better */
    LASTING_ABOVE, /* it fails when the measure gets too low, and then once and for all, */
    LASTING_BELOW, /* or too high */
    LASTING_KNOWN, /* or when there is no measure */
    LASTING_FREE,  /* it may fail and hold again */
};

/* `whole` is the window's; `weak` that of the largest rest of it that does not meet the
 * conditions: by it one knows when they will fail. */
struct counting {
    const struct rule *rule;
    struct moving *whole;
    struct moving *weak;
    bool looks_back; /* `weak` may begin too late */
};

/* The window shrinks from its old end as it slides on without another event, so it is built up
 * from its new end: each state that it will have is met on the way. */
struct outlook {
    const struct rule *rule;
    struct window window;
    struct instant until; /* when it first no longer meets the condition */
};

/* At this index, are the events before and from it apart in time? */
static bool is_boundary(const struct window *window, size_t index)
{
    return index > 0 && instant_compare(window->events[index - 1]->is.time,
                                        window->events[index]->is.time) != 0;
}

/* When the events before the index are gone for the first time, one millisecond ago. */
static struct instant gone_at(const struct rule *rule, const struct window *window,
                              size_t index)
{
    return instant_add(window->events[index - 1]->is.time, rule->timespan_ms);
}

static struct instant gone_all(const struct rule *rule, const struct window *window)
{
    return rule->window == RULE_SLIDING ? gone_at(rule, window, window->count) : window->ends;
}

/* With the events from `first` on: has it just lost those before, and does it fail then? */
static void look_at(struct outlook *outlook, const struct totals *totals, size_t first)
{
    struct measure measures[RULE_METRICS_MAX];

    if (!is_boundary(&outlook->window, first)) {
        return;
    }
    totals_measure(totals, measures);
    if (!measure_conditions_met(outlook->rule, measures)) {
        outlook->until = gone_at(outlook->rule, &outlook->window, first);
    }
}

static void fill(struct finding *finding, const struct window *window, struct instant until,
                 const struct measure *measures)
{
    *finding = (struct finding){
        .at = window->events[window->count - 1]->is.time,
        .holds_until = until,
        .evidence = window->events,
        .evidence_count = window->count,
        .measures = measures,
    };
}

/* Measures the whole window, and asks its conditions. */
static bool holds_now(const struct rule *rule, const struct window *window,
                      struct measure *measures)
{
    struct totals *totals = totals_new(rule);

    for (size_t i = window->count; i > 0 && !totals_is_full(totals); i--) {
        totals_add(totals, window->events[i - 1]);
    }
    totals_measure(totals, measures);
    totals_free(totals);
    return measure_conditions_met(rule, measures);
}

static struct instant holds_until(const struct rule *rule, const struct window *window)
{
    struct outlook outlook = {rule, *window, gone_all(rule, window)};
    struct totals *totals = totals_new(rule);

    for (size_t i = window->count; i > 1 && !totals_is_full(totals); i--) {
        totals_add(totals, window->events[i - 1]);
        look_at(&outlook, totals, i - 1);
    }
    totals_free(totals);
    return outlook.until;
}

bool counting_judge(const struct rule *rule, struct window window, struct measure *measures,
                    struct finding *finding)
{
    ENSURE(window.count > 0);
    ENSURE(rule->class == RULE_COUNTING);

    if (!holds_now(rule, &window, measures)) {
        return false;
    }
    const struct instant until =
        rule->window == RULE_SLIDING ? holds_until(rule, &window) : window.ends;
    fill(finding, &window, until, measures);
    return true;
}

bool counting_pays(const struct rule *rule, struct window window)
{
    return window.count >= MOVING_FROM && moving_fits(rule);
}

struct counting *counting_new(const struct rule *rule)
{
    struct counting *counting = calloc(1, sizeof *counting);

    ENSURE_MEMORY(counting != NULL);
    counting->rule = rule;
    counting->whole = moving_new(rule);
    return counting;
}

void counting_free(struct counting *counting)
{
    if (counting != NULL) {
        moving_free(counting->whole);
        moving_free(counting->weak);
        free(counting);
    }
}

/* Of a measure that only gets lower. */
static enum lasting when_it_falls(const struct rule_condition *condition)
{
    switch (condition->test) {
    case PREDICATE_GREATER:
    case PREDICATE_GREATER_EQUAL:
        return LASTING_ABOVE;
    case PREDICATE_LESS:
    case PREDICATE_LESS_EQUAL:
        return LASTING_EVER;
    case PREDICATE_EQUAL:
        return condition->negated ? LASTING_FREE : LASTING_ABOVE;
    case PREDICATE_CONTAINS:
    case PREDICATE_STARTS:
    case PREDICATE_ENDS:
    case PREDICATE_MATCHES:
    case PREDICATE_BETWEEN:
    case PREDICATE_EXISTS:
    case PREDICATE_LISTED:
        break;
    }
    return LASTING_FREE;
}

/* Of the least, which only gets higher. */
static enum lasting when_it_rises(const struct rule_condition *condition)
{
    if (condition->test == PREDICATE_EQUAL) {
        return condition->negated ? LASTING_FREE : LASTING_BELOW;
    }
    switch (when_it_falls(condition)) {
    case LASTING_ABOVE:
        return LASTING_KNOWN;
    case LASTING_EVER:
        return LASTING_BELOW;
    case LASTING_BELOW:
    case LASTING_KNOWN:
    case LASTING_FREE:
        break;
    }
    return LASTING_FREE;
}

static enum lasting lasting_of(const struct counting *counting,
                               const struct rule_condition *condition)
{
    const enum lasting falls = when_it_falls(condition);

    switch (counting->rule->metrics[condition->metric].function) {
    case RULE_COUNT:
    case RULE_COUNT_ENTRIES:
    case RULE_COUNT_DISTINCT:
        return falls;
    case RULE_SUM:
        return moving_has_negative(counting->whole, condition->metric) ? LASTING_FREE : falls;
    case RULE_MOST:
        return falls == LASTING_EVER ? LASTING_KNOWN : falls;
    case RULE_LEAST:
        return when_it_rises(condition);
    case RULE_COUNT_ORDERED:
    case RULE_AVERAGE:
    case RULE_RATIO:
        break;
    }
    return LASTING_FREE;
}

static bool is_free(const struct counting *counting)
{
    for (size_t i = 0; i < counting->rule->conditions_count; i++) {
        if (lasting_of(counting, &counting->rule->conditions[i]) == LASTING_FREE) {
            return true;
        }
    }
    return false;
}

/* Does the condition, which the window meets, hold for a rest of it? As it may for events that
 * are more than the window's own, only what makes it fail is asked. */
static bool lasts(const struct counting *counting, const struct rule_condition *condition,
                  const struct measure *measures)
{
    int order = 0;
    const bool known = measure_order(counting->rule, condition, measures, &order);

    switch (lasting_of(counting, condition)) {
    case LASTING_EVER:
        return true;
    case LASTING_ABOVE:
        return known && (order > 0 || (order == 0 && condition->test != PREDICATE_GREATER));
    case LASTING_BELOW:
        return known && (order < 0 || (order == 0 && condition->test != PREDICATE_LESS));
    case LASTING_KNOWN:
        return known;
    case LASTING_FREE:
        break;
    }
    return false;
}

static bool rest_lasts(const struct counting *counting)
{
    struct measure measures[RULE_METRICS_MAX];

    moving_measure(counting->weak, measures);
    for (size_t i = 0; i < counting->rule->conditions_count; i++) {
        if (!lasts(counting, &counting->rule->conditions[i], measures)) {
            return false;
        }
    }
    return true;
}

/* A window, and where it begins in the timeline. */
struct stretch {
    const struct held *const *events; /* of the timeline */
    struct window window;
    size_t first;
    size_t end;
};

/* The rest from `at` on, or the next smaller one that has just lost events. */
static size_t rest_from(const struct stretch *stretch, size_t at)
{
    while (at < stretch->end && !is_boundary(&stretch->window, at - stretch->first)) {
        at++;
    }
    return at;
}

static size_t larger_rest(const struct stretch *stretch, size_t at)
{
    at--;
    while (at > stretch->first && !is_boundary(&stretch->window, at - stretch->first)) {
        at--;
    }
    return at;
}

/* With another event each rest meets the conditions better: the weak one begins later, or where
 * it did. Only after events were taken out it may begin earlier. */
static size_t find_weak(struct counting *counting, const struct stretch *stretch)
{
    struct moving *weak = counting->weak;
    const bool anew = counting->looks_back && !moving_goes_back(weak);
    const bool goes_on =
        !anew && moving_first(weak) > stretch->first && moving_first(weak) <= stretch->end;
    size_t at = rest_from(stretch, goes_on ? moving_first(weak) : stretch->first + 1);

    counting->looks_back = counting->looks_back && goes_on;
    moving_to(weak, stretch->events, at, stretch->end);
    for (; at < stretch->end && rest_lasts(counting); counting->looks_back = false) {
        at = rest_from(stretch, at + 1);
        moving_to(weak, stretch->events, at, stretch->end);
    }
    for (size_t larger = at; counting->looks_back; at = larger) {
        larger = larger_rest(stretch, larger);
        moving_to(weak, stretch->events, larger, stretch->end);
        counting->looks_back = larger > stretch->first && !rest_lasts(counting);
        if (!counting->looks_back) {
            break;
        }
    }
    moving_to(weak, stretch->events, at, stretch->end);
    return at;
}

static struct instant until(struct counting *counting, const struct stretch *stretch)
{
    const struct window *window = &stretch->window;

    if (counting->weak == NULL) {
        counting->weak = moving_new(counting->rule);
        counting->looks_back = true;
    }
    const size_t weak = find_weak(counting, stretch);
    return weak < stretch->end ? gone_at(counting->rule, window, weak - stretch->first)
                               : gone_all(counting->rule, window);
}

bool counting_move(struct counting *counting, struct window window, size_t first,
                   struct measure *measures, struct finding *finding)
{
    const struct stretch stretch = {window.events - first, window, first, first + window.count};

    counting->looks_back = counting->looks_back || stretch.end <= moving_end(counting->whole);
    moving_to(counting->whole, stretch.events, first, stretch.end);
    moving_measure(counting->whole, measures);
    if (!measure_conditions_met(counting->rule, measures)) {
        return false;
    }
    if (counting->rule->window != RULE_SLIDING) {
        fill(finding, &window, window.ends, measures);
        return true;
    }
    if (is_free(counting)) {
        counting->looks_back = true;
        return counting_judge(counting->rule, window, measures, finding);
    }
    fill(finding, &window, until(counting, &stretch), measures);
    return true;
}

void counting_cut(struct counting *counting, const struct held *const *events, size_t index)
{
    if (counting == NULL) {
        return;
    }
    if (counting->weak != NULL) { /* after a step back it may stand further on than the other */
        counting->looks_back |= index < moving_end(counting->weak);
        moving_cut(counting->weak, events, index);
    }
    counting->looks_back |= index < moving_end(counting->whole);
    moving_cut(counting->whole, events, index);
}

void counting_forget(struct counting *counting, const struct held *const *events, size_t count)
{
    if (counting != NULL) {
        moving_forget(counting->whole, events, count);
        if (counting->weak != NULL) {
            moving_forget(counting->weak, events, count);
        }
    }
}
