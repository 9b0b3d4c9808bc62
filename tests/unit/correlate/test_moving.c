#include "seinpost/correlate/counting.h"
#include "seinpost/correlate/moving.h"

#include "correlate.h"
#include "play.h"

enum {
    EVENTS_MAX = 120,
    STEPS = 400,
    WINDOW_MS = 40,
};

#define RULE(correlation) PLAY_RULE("r", correlation "  timespan: 40ms\n")
#define METRICS                                                                                \
    "  type: aggregate\n  rules: [a, b]\n  metrics: {n: count(a), phones: "                    \
    "count_distinct(phone), people: sum(pax_count), low: min(pax_count), high: "               \
    "max(pax_count), mean: avg(pax_count), share: 'ratio(n, people)'}\n"

static const char *const rules[] = {
    RULE("  type: event_count\n  rules: [a, b]\n  condition: {gte: 7}\n"),
    RULE("  type: event_count\n  rules: [a, b]\n  condition: {gt: 4, lte: 9}\n"),
    RULE("  type: event_count\n  rules: [a, b]\n  condition: {eq: 6}\n"),
    RULE("  type: event_count\n  rules: [a, b]\n  condition: {neq: 6}\n"),
    RULE("  type: value_count\n  field: phone\n  rules: [a, b]\n  condition: {gte: 4}\n"),
    RULE("  type: value_sum\n  field: pax_count\n  rules: [a]\n  condition: {gte: 12}\n"),
    RULE("  type: value_sum\n  field: pax_count\n  rules: [a, b]\n  condition: {lt: 9}\n"),
    RULE("  type: value_avg\n  field: pax_count\n  rules: [a]\n  condition: {gt: 2}\n"),
    RULE("  type: temporal\n  rules: [a, b, c]\n  min-count: {a: 3}\n"),
    RULE(METRICS "  condition: {high|gte: 4, low|lte: 1}\n"),
    RULE(METRICS "  condition: {high|lt: 5, low|gte: 0, n|gte: 2}\n"),
    RULE(METRICS "  condition: {high|eq: 4, phones|gte: 3}\n"),
    RULE(METRICS "  condition: {low|eq: 1, phones|lte: 5}\n"),
    RULE(METRICS "  condition: {people|gte: 6, share|gte: 0.2}\n"),
    RULE("  window: tumbling\n" METRICS "  condition: {n|gte: 3, mean|gte: 1}\n"),
};

/* A group's timeline, as a cell would have it. */
struct line {
    const struct rule *rule;
    struct unit_draw *draw;
    struct held *events[EVENTS_MAX];
    size_t count;
    size_t fed;
    int negatives; /* one amount in so many is below zero; 0: none */
    struct counting *counting;
};

static const struct held *const *events_of(const struct line *line)
{
    return (const struct held *const *)line->events;
}

static struct held *draw_event(const struct line *line, int64_t at)
{
    static const char *const phones[] = {"F1", "F2", "F3", "F4", "F5", "F6"};
    const bool negative =
        line->negatives > 0 && unit_below(line->draw, (size_t)line->negatives) == 0;
    const int64_t people = negative ? -3 : (int64_t)unit_below(line->draw, 6);
    struct match_value values[] = {
        {SLICE("pax_count"), value_of_number(people)},
        {SLICE("phone"), value_of_text(slice_of(phones[unit_below(line->draw, 6)]))},
        {SLICE("phone"), value_of_text(slice_of(phones[unit_below(line->draw, 6)]))}};
    const size_t left_out = unit_below(line->draw, 4) == 0 ? 1 : 0;
    const struct match match = {.is = {.time = {at}, .type = SLICE("air.noshow")},
                                .values = values + left_out,
                                .values_count = COUNT_OF(values) - left_out};
    return held_new(line->rule, 1 + unit_below(line->draw, 7), &match);
}

/* Several at one instant, seldom a long pause. */
static int64_t later(const struct line *line, int64_t at)
{
    const size_t drawn = unit_below(line->draw, 10);

    return at + (drawn < 4 ? 0 : drawn < 9 ? (int64_t)drawn : WINDOW_MS + 5);
}

static void append(struct line *line)
{
    const int64_t last = line->count == 0 ? 0 : line->events[line->count - 1]->is.time.ms;

    if (line->count < EVENTS_MAX) {
        line->events[line->count++] = draw_event(line, later(line, last));
    }
}

/* Takes an event out or puts one in, at an index; what was fed of those after is fed again. */
static void disturb(struct line *line, bool takes_out)
{
    const size_t index = unit_below(line->draw, line->count);
    const size_t rest = line->count - index;
    struct held **at = &line->events[index];

    counting_cut(line->counting, events_of(line), index);
    if (takes_out) {
        held_free(*at);
        memmove(at, at + 1, (rest - 1) * sizeof(struct held *));
        line->count--;
    } else if (line->count < EVENTS_MAX) {
        struct held *const fresh = draw_event(line, (*at)->is.time.ms);
        memmove(at + 1, at, rest * sizeof(struct held *));
        *at = fresh;
        line->count++;
    }
    const size_t back = unit_below(line->draw, 3) == 0 ? index / 2 : index;
    line->fed = line->fed < back ? line->fed : back;
}

static void forget(struct line *line)
{
    size_t old = 0;

    while (old < line->fed && line->events[old]->is.time.ms <
                                  line->events[line->fed - 1]->is.time.ms - WINDOW_MS) {
        old++;
    }
    counting_forget(line->counting, events_of(line), old);
    for (size_t i = 0; i < old; i++) {
        held_free(line->events[i]);
    }
    memmove(line->events, line->events + old, (line->count - old) * sizeof(struct held *));
    line->count -= old;
    line->fed -= old;
}

/* Judges the next event both ways. */
static void feed(struct line *line)
{
    struct measure moved[RULE_METRICS_MAX] = {{0}}, plain[RULE_METRICS_MAX] = {{0}};
    struct finding a = {0}, b = {0};

    line->fed++;
    const struct window window = window_of(line->rule, NULL, events_of(line), line->fed);
    const bool found =
        counting_move(line->counting, window, line->fed - window.count, moved, &a);
    ck_assert_int_eq(found, counting_judge(line->rule, window, plain, &b));
    ck_assert_mem_eq(moved, plain, sizeof moved);
    ck_assert_int_eq(a.at.ms, b.at.ms);
    ck_assert_int_eq(a.holds_until.ms, b.holds_until.ms);
    ck_assert_uint_eq(a.evidence_count, b.evidence_count);
}

static void end(struct line *line)
{
    for (size_t i = 0; i < line->count; i++) {
        held_free(line->events[i]);
    }
    counting_free(line->counting);
}

/* Totals that move along find what totals built anew for each window find: in order, late,
 * withdrawn and forgotten. */
START_TEST(moved_along_or_built_anew_is_the_same)
{
    struct kit kit = kit_begin();
    struct unit_draw draw = unit_draw((uint64_t)_i);
    struct line line = {.rule = kit_rule(&kit, rules[(size_t)_i % COUNT_OF(rules)]),
                        .draw = &draw,
                        .negatives = _i % 3 == 0 ? 8 : 0};

    line.counting = counting_new(line.rule);
    for (int step = 0; step < STEPS; step++) {
        const size_t drawn = unit_below(&draw, 40);
        if (drawn == 0 && line.count > 0) {
            disturb(&line, unit_below(&draw, 2) == 0);
        } else if (drawn == 1 && line.fed > 0) {
            forget(&line);
        } else if (line.fed < line.count) {
            feed(&line);
        } else {
            append(&line);
        }
    }
    end(&line);
    kit_end(&kit);
}
END_TEST

/* In what order entries were met is nothing that moves. */
START_TEST(an_order_does_not_move)
{
    struct kit kit = kit_begin();

    ck_assert(moving_fits(kit_rule(&kit, rules[8])));
    ck_assert(
        !moving_fits(kit_rule(&kit, RULE("  type: temporal_ordered\n  rules: [a, b]\n"))));
    kit_end(&kit);
}
END_TEST

Suite *moving_suite(void)
{
    const TTest *const tests[] = {an_order_does_not_move, NULL};
    Suite *const suite = unit_suite("moving", tests);

    unit_loop(suite, moved_along_or_built_anew_is_the_same, 300);
    return suite;
}
