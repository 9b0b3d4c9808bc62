#include "seinpost/correlate/comparing.h"

#include "seinpost/base/ensure.h"
#include "seinpost/rule/watching.h"

enum {
    METRE_A_MS_IN_KMH = 3600,
};

static const struct value *value_of(const struct rule *rule, const struct held *event)
{
    return &event->values[rule->field];
}

static bool is_within(const struct held *earlier, const struct held *event, int64_t ms)
{
    return instant_distance(event->is.time, earlier->is.time) <= ms;
}

/* Two events are a finding until the earlier one is a timespan old, as a sequence is. */
static void find_pair(const struct rule *rule, const struct held *earlier,
                      const struct held *event, struct comparison *comparison)
{
    comparison->events[0] = earlier;
    comparison->events[1] = event;
    comparison->finding = (struct finding){
        .at = event->is.time,
        .holds_until = instant_add(earlier->is.time, rule->timespan_ms),
        .evidence = comparison->events,
        .evidence_count = 2,
    };
}

/* Metres and milliseconds as km/h. What is at one instant is a millisecond apart. */
static void measure_speed(int64_t metres, int64_t ms, struct measure *measures)
{
    measures[WATCHING_SPEED] = (struct measure){metres * METRE_A_MS_IN_KMH, ms > 0 ? ms : 1};
    measures[WATCHING_DISTANCE] = (struct measure){metres, 1000};
}

static bool is_faster(const struct measure *a, const struct measure *b)
{
    __extension__ typedef __int128 wide;

    return (wide)a->number * b->divisor > (wide)b->number * a->divisor;
}

/* Of the earlier events from which the way here meets the conditions, the one with the highest
 * speed; of equals the latest. */
static bool judge_velocity(const struct rule *rule, const struct held *const *events,
                           size_t count, struct comparison *comparison)
{
    const struct held *event = events[count - 1];
    const struct place *here = rule_place(rule, value_of(rule, event));
    bool found = false;

    for (size_t i = count - 1;
         here != NULL && i > 0 && is_within(events[i - 1], event, rule->timespan_ms); i--) {
        const struct place *there = rule_place(rule, value_of(rule, events[i - 1]));
        struct measure measures[RULE_METRICS_MAX];
        if (there == NULL || (there == here && rule->distance_min_m > 0)) {
            continue;
        }
        const int64_t metres = sphere_distance_m(&here->at, &there->at);
        measure_speed(metres, instant_distance(event->is.time, events[i - 1]->is.time),
                      measures);
        if (metres < rule->distance_min_m || !measure_conditions_met(rule, measures) ||
            (found &&
             !is_faster(&measures[WATCHING_SPEED], &comparison->measures[WATCHING_SPEED]))) {
            continue;
        }
        found = true;
        find_pair(rule, events[i - 1], event, comparison);
        comparison->measures[WATCHING_SPEED] = measures[WATCHING_SPEED];
        comparison->measures[WATCHING_DISTANCE] = measures[WATCHING_DISTANCE];
        comparison->finding.measures = comparison->measures;
    }
    return found;
}

static bool has_value(const struct value *value, const struct value *item)
{
    for (size_t i = 0; i < value_count(value); i++) {
        if (value_equal(value_item(value, i), item)) {
            return true;
        }
    }
    return false;
}

static bool has_all(const struct value *value, const struct value *items)
{
    for (size_t i = 0; i < value_count(items); i++) {
        if (!has_value(value, value_item(items, i))) {
            return false;
        }
    }
    return true;
}

/* With the event before it; with `ignore-null` those without a value are not there. */
static bool judge_change(const struct rule *rule, const struct held *const *events,
                         size_t count, struct comparison *comparison)
{
    const struct held *event = events[count - 1];
    const struct value *now = value_of(rule, event);
    size_t before = count - 1;

    if (rule->ignore_null && now->type == VALUE_NONE) {
        return false;
    }
    while (rule->ignore_null && before > 0 &&
           is_within(events[before - 1], event, rule->timespan_ms) &&
           value_of(rule, events[before - 1])->type == VALUE_NONE) {
        before--;
    }
    if (before == 0 || !is_within(events[before - 1], event, rule->timespan_ms)) {
        return false;
    }
    const struct value *then = value_of(rule, events[before - 1]);
    if (has_all(then, now) && has_all(now, then)) {
        return false;
    }
    find_pair(rule, events[before - 1], event, comparison);
    return true;
}

static bool was_seen(const struct rule *rule, const struct held *const *events, size_t count,
                     const struct value *item)
{
    const struct held *event = events[count - 1];

    for (size_t i = count - 1; i > 0 && is_within(events[i - 1], event, rule->history_ms);
         i--) {
        if (has_value(value_of(rule, events[i - 1]), item)) {
            return true;
        }
    }
    return false;
}

static bool judge_first_seen(const struct rule *rule, const struct held *const *events,
                             size_t count, struct comparison *comparison)
{
    const struct held *event = events[count - 1];
    const struct value *value = value_of(rule, event);

    for (size_t i = 0; i < value_count(value); i++) {
        if (was_seen(rule, events, count, value_item(value, i))) {
            continue;
        }
        comparison->events[0] = event;
        comparison->finding = (struct finding){
            .at = event->is.time,
            .holds_until = instant_add(event->is.time, rule->timespan_ms),
            .evidence = comparison->events,
            .evidence_count = 1,
        };
        return true;
    }
    return false;
}

bool comparing_judge(const struct rule *rule, const struct held *const *events, size_t count,
                     struct comparison *comparison)
{
    ENSURE(count > 0);
    ENSURE(rule->field >= 0);

    switch (rule->class) {
    case RULE_VELOCITY:
        return judge_velocity(rule, events, count, comparison);
    case RULE_CHANGE:
        return judge_change(rule, events, count, comparison);
    case RULE_FIRST_SEEN:
        return judge_first_seen(rule, events, count, comparison);
    case RULE_SINGLE:
    case RULE_COUNTING:
    case RULE_SEQUENCE:
    case RULE_ABSENCE:
    case RULE_SCORE:
    case RULE_LINK:
        break;
    }
    return false;
}
