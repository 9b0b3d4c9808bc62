#include "seinpost/base/duration.h"

#include <stdint.h>

#include "base.h"

/* A duration is the sum of its parts. */
START_TEST(sums_its_parts)
{
    int64_t ms = 0;

    ck_assert_int_eq(duration_parse(SLICE("1d12h"), &ms), DURATION_OK);
    ck_assert_int_eq(ms, 36LL * 3600 * 1000);
    ck_assert_int_eq(duration_parse(SLICE("2w1ms"), &ms), DURATION_OK);
    ck_assert_int_eq(ms, 14LL * 24 * 3600 * 1000 + 1);
}
END_TEST

/* Signs, blanks, fractions and missing units are refused. */
START_TEST(refuses_what_is_no_duration)
{
    static const char *const bad[] = {"", "h", "12", "1h 2m", "-1h", "1.5h", "1h2"};
    int64_t ms = 0;

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        ck_assert_msg(duration_parse(slice_of(bad[i]), &ms) != DURATION_OK, "'%s' passed",
                      bad[i]);
    }
}
END_TEST

/* Months and years are refused as units: they have no one length. */
START_TEST(a_month_is_no_duration)
{
    int64_t ms = 0;

    ck_assert_int_eq(duration_parse(SLICE("1M"), &ms), DURATION_UNIT);
    ck_assert_int_eq(duration_parse(SLICE("1y"), &ms), DURATION_UNIT);
}
END_TEST

/* What does not fit 64 bits of milliseconds is refused. */
START_TEST(refuses_more_than_64_bits)
{
    int64_t ms = 0;

    ck_assert_int_eq(duration_parse(SLICE("99999999999999999999s"), &ms), DURATION_RANGE);
    ck_assert_int_eq(duration_parse(SLICE("9223372036854775807ms1ms"), &ms), DURATION_RANGE);
}
END_TEST

/* Durations are read back as they were written, the largest too. */
START_TEST(reads_what_it_writes)
{
    static const int64_t durations[] = {1,        999, 1000, 61001, 90061001, 14LL * 86400000,
                                        INT64_MAX};

    for (size_t i = 0; i < sizeof(durations) / sizeof(*durations); i++) {
        char buffer[DURATION_TEXT_SIZE];
        int64_t ms = 0;

        duration_format(durations[i], buffer);
        ck_assert_int_eq(duration_parse(slice_of(buffer), &ms), DURATION_OK);
        ck_assert_int_eq(ms, durations[i]);
    }
}
END_TEST

Suite *duration_suite(void)
{
    const TTest *const tests[] = {sums_its_parts,         refuses_what_is_no_duration,
                                  a_month_is_no_duration, refuses_more_than_64_bits,
                                  reads_what_it_writes,   NULL};

    return unit_suite("duration", tests);
}
