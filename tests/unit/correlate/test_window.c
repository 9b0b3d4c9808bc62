#include "seinpost/correlate/window.h"

#include "correlate.h"

enum {
    EVENTS = 12,
    SPAN = 20,
    GAP = 4,
};

static void draw_events(struct unit_draw *draw, struct held *held, const struct held **events)
{
    int64_t at = (int64_t)unit_below(draw, 100) - 50;

    for (size_t i = 0; i < EVENTS; i++) {
        at += (int64_t)unit_below(draw, GAP + 3);
        held[i] = (struct held){.is.time = {at}};
        events[i] = &held[i];
    }
}

static struct window window_at_end(const struct rule *rule, const struct held *const *events,
                                   size_t count)
{
    struct window_session session = {0};

    for (size_t i = 0; i < count; i++) {
        window_session_add(&session, rule, events[i]->is.time);
    }
    return window_of(rule, &session, events, count);
}

/* A sliding window holds those at most a timespan older, and ends when its oldest is too old.
 */
START_TEST(a_sliding_window_is_by_distance)
{
    const struct rule rule = {.window = RULE_SLIDING, .timespan_ms = SPAN};
    struct unit_draw draw = unit_draw(1);

    for (int round = 0; round < 500; round++) {
        struct held held[EVENTS];
        const struct held *events[EVENTS];
        draw_events(&draw, held, events);
        for (size_t count = 1; count <= EVENTS; count++) {
            const struct window window = window_at_end(&rule, events, count);
            const int64_t newest = events[count - 1]->is.time.ms;
            for (size_t i = 0; i < count; i++) {
                const bool in = i >= count - window.count;
                ck_assert(in == (newest - events[i]->is.time.ms <= SPAN));
            }
            ck_assert_int_eq(window.ends.ms, window.events[0]->is.time.ms + SPAN);
        }
    }
}
END_TEST

/* Buckets are [n*w, (n+1)*w), before 1970 too. */
START_TEST(a_tumbling_window_is_by_bucket)
{
    const struct rule rule = {.window = RULE_TUMBLING, .timespan_ms = SPAN};
    struct unit_draw draw = unit_draw(2);

    for (int round = 0; round < 500; round++) {
        struct held held[EVENTS];
        const struct held *events[EVENTS];
        draw_events(&draw, held, events);
        for (size_t count = 1; count <= EVENTS; count++) {
            const struct window window = window_at_end(&rule, events, count);
            /* times are above -1000 */
            const int64_t bucket = (events[count - 1]->is.time.ms + 50 * SPAN) / SPAN;
            for (size_t i = 0; i < count; i++) {
                const bool in = i >= count - window.count;
                ck_assert(in == ((events[i]->is.time.ms + 50 * SPAN) / SPAN == bucket));
            }
            ck_assert_int_eq(window.ends.ms, (bucket - 50 + 1) * SPAN - 1);
        }
    }
}
END_TEST

/* A session goes on over gaps of at most `gap`, and is never longer than the timespan; what
 * could still join ends with it. */
START_TEST(a_session_is_by_gaps_and_never_exceeds_the_timespan)
{
    const struct rule rule = {.window = RULE_SESSION, .timespan_ms = SPAN, .gap_ms = GAP};
    struct unit_draw draw = unit_draw(3);

    for (int round = 0; round < 500; round++) {
        struct held held[EVENTS];
        const struct held *events[EVENTS];
        size_t first = 0;
        draw_events(&draw, held, events);
        for (size_t count = 1; count <= EVENTS; count++) {
            const int64_t newest = events[count - 1]->is.time.ms;
            if (count > 1 && (newest - events[count - 2]->is.time.ms > GAP ||
                              newest - events[first]->is.time.ms > SPAN)) {
                first = count - 1;
            }
            const struct window window = window_at_end(&rule, events, count);
            ck_assert_ptr_eq(window.events[0], events[first]);
            ck_assert_uint_eq(window.count, count - first);
            const int64_t by_gap = newest + GAP;
            const int64_t by_span = events[first]->is.time.ms + SPAN;
            ck_assert_int_eq(window.ends.ms, by_gap < by_span ? by_gap : by_span);
        }
    }
}
END_TEST

Suite *window_suite(void)
{
    const TTest *const tests[] = {a_sliding_window_is_by_distance,
                                  a_tumbling_window_is_by_bucket,
                                  a_session_is_by_gaps_and_never_exceeds_the_timespan, NULL};

    return unit_suite("window", tests);
}
