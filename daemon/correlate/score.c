#include "seinpost/correlate/score.h"

#include "seinpost/base/ensure.h"
#include "seinpost/correlate/decay.h"
#include "seinpost/rule/weighing.h"

/* What the window's events are at a later instant, when no other has come. */
struct outlook {
    const struct rule *rule;
    struct window window;
    struct instant at;
    const struct score_lanes *lanes; /* NULL: the window's events themselves are gone through */
};

/* Of a sliding window the oldest leave. */
static bool is_in(const struct outlook *outlook, const struct held *event)
{
    return outlook->rule->window != RULE_SLIDING ||
           instant_distance(outlook->at, event->is.time) <= outlook->rule->timespan_ms;
}

static int64_t sum_of_entry(const struct outlook *outlook, size_t entry)
{
    const struct rule *rule = outlook->rule;
    int64_t sum = 0;

    for (size_t i = outlook->window.count; i > 0 && sum < rule->score_max; i--) {
        const struct held *event = outlook->window.events[i - 1];
        if (held_meets(event, (int)entry) && is_in(outlook, event)) {
            sum +=
                decay_left(rule->weights[entry], instant_distance(outlook->at, event->is.time),
                           rule->half_life_ms);
        }
    }
    return sum < rule->score_max ? sum : rule->score_max;
}

static bool is_time_in(const struct outlook *outlook, int64_t ms)
{
    const struct instant at = {ms};

    return outlook->rule->window == RULE_SLIDING
               ? instant_distance(outlook->at, at) <= outlook->rule->timespan_ms
               : !instant_before(at, outlook->window.events[0]->is.time);
}

/* The older, the less: where nothing is left of one, nothing is of those before. */
static int64_t sum_of_lane(const struct outlook *outlook, const struct lane *lane, size_t fed)
{
    const struct rule *rule = outlook->rule;
    int64_t sum = 0;

    for (size_t i = lane->start + fed; i > lane->start && sum < rule->score_max; i--) {
        const int64_t ms = lane->times.items[i - 1];
        if (!is_time_in(outlook, ms)) {
            break;
        }
        const int64_t left =
            decay_left(rule->weights[lane->number],
                       instant_distance(outlook->at, (struct instant){ms}), rule->half_life_ms);
        if (left == 0) {
            break;
        }
        sum += left;
    }
    return sum < rule->score_max ? sum : rule->score_max;
}

static void measure_lanes(const struct outlook *outlook, struct measure *measures)
{
    const struct lanes *lanes = outlook->lanes->lanes;
    int64_t sums[] = {[LANE_ENTRY] = 0, [LANE_SECTOR] = 0, [LANE_STAGE] = 0};

    for (size_t i = 0; i < outlook->lanes->fed->counts.count; i++) {
        const struct lane *lane = &lanes->items.items[i];
        const size_t fed = outlook->lanes->fed->counts.items[i];
        if (fed == 0) {
            continue;
        }
        if (lane->of == LANE_ENTRY) {
            sums[lane->of] += sum_of_lane(outlook, lane, fed);
        } else {
            sums[lane->of] +=
                is_time_in(outlook, lane->times.items[lane->start + fed - 1]) ? 1 : 0;
        }
    }
    measures[WEIGHING_SCORE] = (struct measure){sums[LANE_ENTRY], VALUE_MILLI};
    measures[WEIGHING_SECTORS] = (struct measure){sums[LANE_SECTOR], 1};
    measures[WEIGHING_STAGES] = (struct measure){sums[LANE_STAGE], 1};
}

static void measure_all(const struct outlook *outlook, struct measure *measures)
{
    if (outlook->lanes != NULL) {
        measure_lanes(outlook, measures);
        return;
    }
    unsigned sectors = 0;
    unsigned stages = 0;
    int64_t score = 0;

    for (size_t i = 0; i < outlook->rule->entries_count; i++) {
        score += outlook->rule->weights[i] > 0 ? sum_of_entry(outlook, i) : 0;
    }
    for (size_t i = 0; i < outlook->window.count; i++) {
        const struct held *event = outlook->window.events[i];
        sectors |= is_in(outlook, event) ? event->sectors : 0;
        stages |= is_in(outlook, event) ? event->stages : 0;
    }
    measures[WEIGHING_SCORE] = (struct measure){score, VALUE_MILLI};
    measures[WEIGHING_SECTORS] = (struct measure){__builtin_popcount(sectors), 1};
    measures[WEIGHING_STAGES] = (struct measure){__builtin_popcount(stages), 1};
}

static bool holds_at(struct outlook outlook, struct instant at)
{
    struct measure measures[RULE_METRICS_MAX];

    outlook.at = at;
    measure_all(&outlook, measures);
    return measure_conditions_met(outlook.rule, measures);
}

/* Without another event the metrics only fall, and the conditions, which are bounds from below
 * or above, fail once and for all: the last instant at which they hold is found by halving. */
static struct instant holds_until(const struct outlook *outlook)
{
    const struct window *window = &outlook->window;
    struct instant good = outlook->at;
    struct instant bad = instant_add(window->ends, 1);

    if (outlook->rule->window == RULE_SLIDING) {
        bad = instant_add(outlook->at, outlook->rule->timespan_ms + 1);
    }
    while (instant_distance(bad, good) > 1) {
        const struct instant middle = instant_add(good, instant_distance(bad, good) / 2);
        if (holds_at(*outlook, middle)) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    return good;
}

static bool judge(const struct outlook *outlook, struct measure *measures,
                  struct finding *finding)
{
    measure_all(outlook, measures);
    if (!measure_conditions_met(outlook->rule, measures)) {
        return false;
    }
    *finding = (struct finding){
        .at = outlook->at,
        .holds_until = holds_until(outlook),
        .evidence = outlook->window.events,
        .evidence_count = outlook->window.count,
        .measures = measures,
    };
    return true;
}

bool score_judge(const struct rule *rule, struct window window, struct measure *measures,
                 struct finding *finding)
{
    ENSURE(window.count > 0);
    ENSURE(rule->class == RULE_SCORE);

    const struct outlook outlook = {rule, window, window.events[window.count - 1]->is.time,
                                    NULL};
    return judge(&outlook, measures, finding);
}

bool score_judge_lanes(const struct rule *rule, struct window window,
                       const struct score_lanes *lanes, struct measure *measures,
                       struct finding *finding)
{
    ENSURE(window.count > 0);
    ENSURE(rule->class == RULE_SCORE);

    const struct outlook outlook = {rule, window, window.events[window.count - 1]->is.time,
                                    lanes};
    return judge(&outlook, measures, finding);
}
