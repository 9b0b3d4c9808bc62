#include "seinpost/base/counter.h"
#include "seinpost/base/text.h"
#include "seinpost/base/trouble.h"

#include "base.h"

/* It is new once, until the partition could be read; another reason is new. */
START_TEST(trouble_is_new_once)
{
    ck_assert(trouble_begin("t", 1, "expired"));
    ck_assert(!trouble_begin("t", 1, "expired"));
    ck_assert(trouble_begin("t", 1, "unreachable"));
    ck_assert(trouble_begin("t", 11, "expired"));
    trouble_end("t", 1);
    ck_assert(trouble_begin("t", 1, "expired"));
    ck_assert(!trouble_begin("t", 11, "expired"));
}
END_TEST

/* A topic is in trouble while one of its partitions is, and no other topic is. */
START_TEST(a_topic_has_the_trouble_of_its_partitions)
{
    ck_assert(!trouble_has("t"));
    trouble_begin("t", 1, "expired");
    ck_assert(trouble_has("t"));
    ck_assert(!trouble_has("t2"));
    ck_assert(!trouble_has(""));
    trouble_end("t", 2);
    ck_assert(trouble_has("t"));
    trouble_end("t", 1);
    ck_assert(!trouble_has("t"));
}
END_TEST

/* What there is stands in the text and in the metric. */
START_TEST(trouble_is_printed)
{
    struct text text = {0};

    trouble_begin("t", 1, "expired");
    trouble_begin("t", 2, "expired");
    trouble_end("t", 1);
    trouble_print(&text);
    ck_assert_slice_eq(text_slice(&text),
                       "blocked: topic=\"t\",partition=\"2\",reason=\"expired\"\n");
    text_free(&text);
    ck_assert_int_eq(
        counter_value(counter_get(COUNTER_GAUGE, "seinpost_partition_blocked",
                                  "topic=\"t\",partition=\"1\",reason=\"expired\"", "")),
        0);
}
END_TEST

Suite *trouble_suite(void)
{
    const TTest *const tests[] = {trouble_is_new_once,
                                  a_topic_has_the_trouble_of_its_partitions, trouble_is_printed,
                                  NULL};

    return unit_suite("trouble", tests);
}
