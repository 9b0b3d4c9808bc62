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

/* More counters than COUNTERS_MAX abort. */
START_TEST(too_many_counters_abort)
{
    for (int i = 0; i <= COUNTERS_MAX; i++) {
        char labels[32];
        snprintf(labels, sizeof labels, "i=\"%d\"", i);
        counter_get(COUNTER_TOTAL, "many", labels, "x");
    }
}
END_TEST

Suite *counter_suite(void)
{
    const TTest *const tests[] = {name_and_labels_make_a_counter, a_gauge_is_set,
                                  prints_what_prometheus_reads, NULL};
    Suite *const suite = unit_suite("counter", tests);

    unit_abort(suite, too_many_counters_abort);
    return suite;
}
