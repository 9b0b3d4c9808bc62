#include "seinpost/correlate/lanes.h"
#include "seinpost/correlate/score.h"

#include "correlate.h"
#include "play.h"

enum {
    ROUNDS = 40,
    EVENTS = 60,
    WINDOW_MS = 300,
};

#define SCORE(more)                                                                            \
    PLAY_RULE("r", "  type: score\n  rules: {a: 1, b: 2.5, c: 0.1}\n  decay: {half-life: "     \
                   "40ms}\n  max-per-rule: 7\n  timespan: 300ms\n" more)

static const char *const rules[] = {
    SCORE("  condition: {score|gte: 9}\n"),
    SCORE("  condition: {score|gte: 3, sectors|gte: 3}\n"),
    SCORE("  condition: {score|gte: 2, stages|gte: 2}\n"),
    SCORE("  window: tumbling\n  condition: {score|gte: 3, sectors|gte: 2}\n"),
};

/* Judges the newest of the first `fed` both ways. */
static void judge(const struct rule *rule, const struct timeline *events,
                  const struct score_lanes *lanes, size_t fed)
{
    struct measure quick[RULE_METRICS_MAX] = {{0}}, plain[RULE_METRICS_MAX] = {{0}};
    struct finding a = {0}, b = {0};
    const struct window window = window_of(rule, NULL, timeline_events(events), fed);

    ck_assert_int_eq(score_judge_lanes(rule, window, lanes, quick, &a),
                     score_judge(rule, window, plain, &b));
    ck_assert_mem_eq(quick, plain, sizeof quick);
    ck_assert_int_eq(a.holds_until.ms, b.holds_until.ms);
}

/* By lanes a score is what it is by going through the window: as events are fed, taken out and
 * forgotten. */
START_TEST(by_lanes_or_event_by_event_is_the_same)
{
    struct unit_draw draw = unit_draw((uint64_t)_i);
    struct held held[EVENTS];
    struct timeline events = {0};
    struct kit kit = kit_begin();
    const struct rule *const rule = kit_rule(&kit, rules[(size_t)_i % COUNT_OF(rules)]);
    int64_t at = 0;

    for (size_t i = 0; i < EVENTS; i++) {
        at += (int64_t)unit_below(&draw, 25);
        held[i] = (struct held){.is.time = {at},
                                .is.id = slice_of("e"),
                                .entries = 1 + unit_below(&draw, 7),
                                .sectors = (unsigned)unit_below(&draw, 8),
                                .stages = (unsigned)unit_below(&draw, 4)};
        timeline_insert(&events, i, &held[i]);
    }
    struct lanes *const lanes = lanes_new(&events);
    struct lanes_fed fed = {{0}};
    const struct score_lanes both = {lanes, &fed};
    for (size_t i = 0; i < EVENTS / 2; i++) {
        lanes_feed(lanes, &fed, timeline_at(&events, i));
        judge(rule, &events, &both, i + 1);
    }
    const size_t out = EVENTS / 2 + unit_below(&draw, EVENTS / 4);
    lanes_remove(lanes, timeline_at(&events, out));
    timeline_remove(&events, out);
    const struct instant old = {timeline_at(&events, EVENTS / 2)->is.time.ms - WINDOW_MS - 1};
    const size_t gone = timeline_after(&events, old);
    for (size_t i = 0; i < gone; i++) {
        lanes_unfeed(lanes, &fed, timeline_at(&events, i));
        lanes_forget(lanes, timeline_at(&events, i));
    }
    timeline_forget(&events, gone);
    for (size_t i = EVENTS / 2 - gone; i < events.count; i++) {
        lanes_feed(lanes, &fed, timeline_at(&events, i));
        judge(rule, &events, &both, i + 1);
    }
    VECTOR_FREE(&fed.counts);
    lanes_free(lanes);
    timeline_free(&events);
    kit_end(&kit);
}
END_TEST

Suite *lanes_suite(void)
{
    const TTest *const tests[] = {NULL};
    Suite *const suite = unit_suite("lanes", tests);

    unit_loop(suite, by_lanes_or_event_by_event_is_the_same, ROUNDS);
    return suite;
}
