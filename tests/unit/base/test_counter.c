#include "seinpost/base/counter.h"
#include "seinpost/base/text.h"

#include <stdio.h>

#include "base.h"

/* The same name and labels are the same counter; other labels are another. */
START_TEST(name_and_labels_make_a_counter)
{
    struct counter *const late = counter_get(COUNTER_TOTAL, "rejects", "reason=\"late\"", "x");
    char labels[] = "reason=\"late\"";
    struct counter *const again = counter_get(COUNTER_TOTAL, "rejects", labels, "x");

    labels[0] = 'X';
    counter_add(late, 2);
    counter_add(again, 3);
    ck_assert_int_eq(counter_value(late), 5);
    ck_assert_int_eq(counter_value(counter_get(COUNTER_TOTAL, "rejects", "", "x")), 0);
    ck_assert_ptr_eq(late, counter_get(COUNTER_TOTAL, "rejects", "reason=\"late\"", "x"));
}
END_TEST

/* A gauge is what it was set to last. */
START_TEST(a_gauge_is_set)
{
    struct counter *const gauge = counter_get(COUNTER_GAUGE, "depth", "", "x");

    counter_set(gauge, 7);
    counter_set(gauge, -3);
    ck_assert_int_eq(counter_value(gauge), -3);
}
END_TEST

/* All are printed as Prometheus reads them: help and type once a name, then each sample. */
START_TEST(prints_what_prometheus_reads)
{
    struct text text = {0};

    counter_add(counter_get(COUNTER_TOTAL, "a_total", "x=\"1\"", "What a is."), 4);
    counter_set(counter_get(COUNTER_GAUGE, "b", "", "What b is."), -2);
    counter_add(counter_get(COUNTER_TOTAL, "a_total", "x=\"2\"", "What a is."), 5);
    counter_print(&text);
    ck_assert_slice_eq(text_slice(&text), "# HELP a_total What a is.\n"
                                          "# TYPE a_total counter\n"
                                          "a_total{x=\"1\"} 4\n"
                                          "a_total{x=\"2\"} 5\n"
                                          "# HELP b What b is.\n"
                                          "# TYPE b gauge\n"
                                          "b -2\n");
    text_free(&text);
}
END_TEST

/* Time is held in milliseconds and printed in seconds, by the name alone. */
START_TEST(time_is_printed_in_seconds)
{
    struct text text = {0};

    counter_add(counter_get(COUNTER_TOTAL, "t_seconds_total", "", "T."), 61005);
    counter_set(counter_get(COUNTER_GAUGE, "u_seconds", "", "U."), -250);
    counter_set(counter_get(COUNTER_GAUGE, "u_seconds_since", "", "U."), 3000);
    counter_print(&text);
    text_add_byte(&text, '\0');
    ck_assert_ptr_nonnull(strstr(text.data, "\nt_seconds_total 61.005\n"));
    ck_assert_ptr_nonnull(strstr(text.data, "\nu_seconds -0.250\n"));
    ck_assert_ptr_nonnull(strstr(text.data, "\nu_seconds_since 3000\n"));
    text_free(&text);
}
END_TEST

static void add_up(void *context, const char *labels, struct counter *counter)
{
    struct text *const text = context;

    text_format(text, "%s %lld;", labels, (long long)counter_value(counter));
}

/* A visit sees all counters of a name, and no others. */
START_TEST(a_visit_sees_one_name)
{
    struct text text = {0};

    counter_visit("v", add_up, &text);
    counter_add(counter_get(COUNTER_TOTAL, "v", "x=\"1\"", "x"), 1);
    counter_add(counter_get(COUNTER_TOTAL, "w", "x=\"1\"", "x"), 2);
    counter_add(counter_get(COUNTER_TOTAL, "v", "x=\"2\"", "x"), 3);
    counter_visit("v", add_up, &text);
    ck_assert_slice_eq(text_slice(&text), "x=\"1\" 1;x=\"2\" 3;");
    text_free(&text);
}
END_TEST

/* Counters beyond COUNTERS_MAX are counted together as lost; those that are there go on. */
START_TEST(too_many_counters_are_refused)
{
    struct text text = {0};
    char labels[32];

    for (int i = 0; i < COUNTERS_MAX + 7; i++) {
        snprintf(labels, sizeof labels, "i=\"%d\"", i);
        counter_add(counter_get(COUNTER_TOTAL, "many", labels, "x"), 1);
    }
    ck_assert_int_eq(
        counter_value(counter_get(COUNTER_TOTAL, "seinpost_counters_refused_total", "", "x")),
        7);
    ck_assert_int_eq(counter_value(counter_get(COUNTER_TOTAL, "many", "i=\"3\"", "x")), 1);
    counter_print(&text);
    ck_assert_uint_gt(text.size, (size_t)COUNTERS_MAX * 10);
    text_free(&text);
}
END_TEST

Suite *counter_suite(void)
{
    const TTest *const tests[] = {name_and_labels_make_a_counter,
                                  a_gauge_is_set,
                                  prints_what_prometheus_reads,
                                  time_is_printed_in_seconds,
                                  a_visit_sees_one_name,
                                  too_many_counters_are_refused,
                                  NULL};

    return unit_suite("counter", tests);
}
