#include "seinpost/base/instant.h"

#include <stdio.h>

#include "base.h"

static int64_t parsed(const char *text)
{
    struct instant at = {-7};

    ck_assert_msg(instant_parse(slice_of(text), &at), "'%s' is refused", text);
    return at.ms;
}

/* A day of the Gregorian calendar, reached by counting from one that is known: no formula that
 * the code could share. */
struct day {
    int year;
    int month;
    int day;
    int weekday; /* 0: Monday */
    int of_year; /* from 1 */
};

static int leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 ? 28 + leap(year) : days[month - 1];
}

static void next_day(struct day *day)
{
    day->weekday = (day->weekday + 1) % 7;
    day->of_year++;
    if (++day->day > month_days(day->year, day->month)) {
        day->day = 1;
        if (++day->month > 12) {
            day->month = 1;
            day->year++;
            day->of_year = 1;
        }
    }
}

/* ISO 8601: a week belongs to the year that has its Thursday. */
static int iso_week(const struct day *day)
{
    int thursday = day->of_year + 3 - day->weekday;

    if (thursday < 1) {
        thursday += 365 + leap(day->year - 1);
    } else if (thursday > 365 + leap(day->year)) {
        thursday -= 365 + leap(day->year);
    }
    return (thursday - 1) / 7 + 1;
}

static void write_day(const struct day *day, char text[11])
{
    const int numbers[] = {day->year / 1000,
                           day->year / 100 % 10,
                           day->year / 10 % 10,
                           day->year % 10,
                           -1,
                           day->month / 10,
                           day->month % 10,
                           -1,
                           day->day / 10,
                           day->day % 10};

    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        text[i] = numbers[i] < 0 ? '-' : (char)('0' + numbers[i]);
    }
    text[10] = '\0';
}

/* 0000-01-01 was a Saturday, 719528 days before 1970. */
static const struct day first_day = {0, 1, 1, 5, 1};
#define FIRST_DAY (-719528LL)

/* Every date from year 0 to 9999 is read as the day that counting gives. */
START_TEST(every_date_is_read_as_counted)
{
    struct day day = first_day;

    for (int64_t number = FIRST_DAY; day.year <= 9999; number++, next_day(&day)) {
        char text[11];
        struct instant at = {-7};

        write_day(&day, text);
        if (!instant_parse((struct slice){text, 10}, &at) || at.ms != number * INSTANT_DAY_MS) {
            ck_abort_msg("'%s' is day %lld", text, (long long)number);
        }
    }
}
END_TEST

/* Every day from year 0 to 9999 is written as the date that counting gives. */
START_TEST(every_day_is_written_as_counted)
{
    struct day day = first_day;

    for (int64_t number = FIRST_DAY; day.year <= 9999; number++, next_day(&day)) {
        char text[11];
        char buffer[INSTANT_TEXT_SIZE];

        write_day(&day, text);
        instant_format((struct instant){number * INSTANT_DAY_MS}, buffer);
        if (strncmp(buffer, text, 10) != 0 || strcmp(buffer + 10, "T00:00:00Z") != 0) {
            ck_abort_msg("'%s' is '%s'", text, buffer);
        }
    }
}
END_TEST

/* Month, week and day of every day of 400 years are those that counting gives. */
START_TEST(calendar_is_as_counted)
{
    struct day day = first_day;

    for (int64_t number = FIRST_DAY; day.year < 2401; number++, next_day(&day)) {
        if (day.year < 1900) {
            continue;
        }
        const struct instant last_ms = {(number + 1) * INSTANT_DAY_MS - 1};
        const struct instant_calendar calendar = instant_calendar(last_ms);
        if (calendar.month != day.month || calendar.day != day.day || calendar.hour != 23 ||
            calendar.week != iso_week(&day)) {
            ck_abort_msg("%d-%d-%d: month %d, day %d, hour %d, week %d", day.year, day.month,
                         day.day, calendar.month, calendar.day, calendar.hour, calendar.week);
        }
    }
}
END_TEST

/* Weeks at a year's turn are those that ISO 8601 itself gives as examples. */
START_TEST(weeks_at_new_year_are_iso)
{
    static const struct {
        const char *date;
        int week;
    } cases[] = {{"1995-01-01", 52}, {"1996-12-31", 1},  {"1998-12-31", 53}, {"2005-01-01", 53},
                 {"2007-12-31", 1},  {"2008-12-28", 52}, {"2010-01-03", 53}, {"2020-12-31", 53},
                 {"2021-01-03", 53}, {"2021-01-04", 1},  {"1969-12-29", 1},  {"1970-01-01", 1}};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct instant at = {parsed(cases[i].date)};
        ck_assert_msg(instant_calendar(at).week == cases[i].week, "%s is week %d",
                      cases[i].date, instant_calendar(at).week);
    }
}
END_TEST

/* The hour is that of UTC, also before 1970. */
START_TEST(hours_are_of_utc)
{
    ck_assert_int_eq(instant_calendar((struct instant){0}).hour, 0);
    ck_assert_int_eq(instant_calendar((struct instant){-1}).hour, 23);
    ck_assert_int_eq(
        instant_calendar((struct instant){parsed("2026-03-29T01:59:59+02:00")}).hour, 23);
    ck_assert_int_eq(instant_calendar((struct instant){parsed("2026-03-29T12:00:00Z")}).hour,
                     12);
}
END_TEST

static const struct {
    const char *text;
    int64_t ms;
} times[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"1970-01-01t00:00:01z", 1000},
    {"1985-04-12T23:20:50.52Z", 482196050520},
    {"1996-12-19T16:39:57-08:00", 851042397000},
    {"1937-01-01T12:00:27.87+00:20", -1041337172130},
    {"1970-01-01T00:00:00.9999Z", 999},
    {"1970-01-01T00:00:00.000999Z", 0},
    {"1969-12-31T23:59:59.9999Z", -1},
    {"1970-01-01T00:00:00.1Z", 100},
    {"1970-01-01T00:00:00.123456789123456789Z", 123},
    {"1970-01-01T23:59:00+23:59", 0},
    {"1970-01-01T00:00:00-00:00", 0},
    {"2024-02-29T12:00:00Z", 1709208000000},
};

/* A time of day, an offset and a fraction are read as RFC 3339 means them. */
START_TEST(time_is_read)
{
    ck_assert_msg(parsed(times[_i].text) == times[_i].ms, "'%s' is %lld", times[_i].text,
                  (long long)parsed(times[_i].text));
}
END_TEST

static const char *const no_times[] = {
    "",
    "2026",
    "2026-01",
    "2026-1-01",
    "2026-00-01",
    "2026-13-01",
    "2026-01-00",
    "2026-01-32",
    "2026-04-31",
    "2026-02-29",
    "1900-02-29",
    "2100-02-29",
    "2026-01-01T",
    "2026-01-01T00",
    "2026-01-01T00:00",
    "2026-01-01T00:00Z",
    "2026-01-01T00:00:00",
    "2026-01-01T24:00:00Z",
    "2026-01-01T00:60:00Z",
    "2026-01-01T00:00:61Z",
    "2026-01-01T00:00:00.Z",
    "2026-01-01T00:00:00,5Z",
    "2026-01-01T00:00:00+24:00",
    "2026-01-01T00:00:00+00:60",
    "2026-01-01T00:00:00+0100",
    "2026-01-01T00:00:00+01",
    "2026-01-01T00:00:00ZZ",
    "2026-01-01T00:00:00Z ",
    " 2026-01-01",
    "2026-01-01Z",
    "+2026-01-01",
    "-026-01-01",
    "2026-01-01T-1:00:00Z",
    "2026-01-01T00:00:0xZ",
    "12026-01-01",
    "20260101",
};

/* What is no time in RFC 3339 is refused. */
START_TEST(what_is_no_time_is_refused)
{
    for (size_t i = 0; i < COUNT_OF(no_times); i++) {
        struct instant at = {-7};
        ck_assert_msg(!instant_parse(slice_of(no_times[i]), &at), "'%s' passed", no_times[i]);
    }
}
END_TEST

/* A time cut short at any byte is refused, and nothing is read behind the cut. */
START_TEST(a_time_cut_short_is_refused)
{
    static const char whole[] = "2026-01-01T10:20:30.456+01:30";

    for (size_t size = 0; size < sizeof whole - 1; size++) {
        char *const copy = malloc(size + 1);
        struct instant at = {-7};
        memcpy(copy, whole, size);
        const bool good = instant_parse((struct slice){copy, size}, &at);
        free(copy);
        ck_assert_msg(good == (size == 10), "%zu bytes", size);
    }
    ck_assert_int_eq(parsed(whole), 1767257430456);
}
END_TEST

/* Any instant of the years 0 to 9999 is read back as it was written, to the millisecond. */
START_TEST(reads_what_it_writes)
{
    struct unit_draw draw = unit_draw(1);
    const int64_t first = parsed("0000-01-01"), last = parsed("9999-12-31T23:59:59.999Z");

    for (int i = 0; i < 200000; i++) {
        const struct instant at = {first +
                                   (int64_t)(unit_next(&draw) % (uint64_t)(last - first + 1))};
        char buffer[INSTANT_TEXT_SIZE];
        struct instant back = {-7};
        instant_format(at, buffer);
        if (!instant_parse(slice_of(buffer), &back) || back.ms != at.ms) {
            ck_abort_msg("%lld is '%s'", (long long)at.ms, buffer);
        }
    }
}
END_TEST

/* Milliseconds are written only when they are not zero. */
START_TEST(milliseconds_are_written_when_there_are_some)
{
    char buffer[INSTANT_TEXT_SIZE];

    ck_assert_str_eq(instant_format((struct instant){1000}, buffer), "1970-01-01T00:00:01Z");
    ck_assert_str_eq(instant_format((struct instant){1}, buffer), "1970-01-01T00:00:00.001Z");
    ck_assert_str_eq(instant_format((struct instant){-1}, buffer), "1969-12-31T23:59:59.999Z");
    ck_assert_str_eq(instant_format((struct instant){1120}, buffer),
                     "1970-01-01T00:00:01.120Z");
}
END_TEST

/* Every instant has a text that fits the buffer, also at both ends of the range. */
START_TEST(every_instant_has_a_text_that_fits)
{
    static const int64_t edges[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX - 1, INT64_MAX};

    for (size_t i = 0; i < COUNT_OF(edges); i++) {
        char buffer[INSTANT_TEXT_SIZE];
        memset(buffer, 'x', sizeof buffer);
        ck_assert_int_le(instant_calendar((struct instant){edges[i]}).hour, 23);
        instant_format((struct instant){edges[i]}, buffer);
        ck_assert_ptr_nonnull(memchr(buffer, '\0', sizeof buffer));
        ck_assert_uint_gt(strlen(buffer), 0);
    }
}
END_TEST

/* The calendar of any instant has fields within their bounds. */
START_TEST(the_calendar_has_bounds)
{
    struct unit_draw draw = unit_draw(2);

    for (int i = 0; i < 10000; i++) {
        const struct instant_calendar at =
            instant_calendar((struct instant){(int64_t)unit_next(&draw)});
        ck_assert_msg(at.month >= 1 && at.month <= 12 && at.week >= 1 && at.week <= 53 &&
                          at.day >= 1 && at.day <= 31 && at.hour >= 0 && at.hour <= 23,
                      "month %d, week %d, day %d, hour %d", at.month, at.week, at.day, at.hour);
    }
}
END_TEST

static const struct {
    int64_t at;
    int64_t ms;
    int64_t sum;
} sums[] = {
    {5, 3, 8},
    {5, -8, -3},
    {INT64_MAX - 1, 5, INT64_MAX},
    {INT64_MIN + 1, -5, INT64_MIN},
    {INT64_MIN, 1000, INT64_MIN},
    {INT64_MIN, INT64_MAX, INT64_MIN},
    {INT64_MAX, -1000, INT64_MAX},
    {INT64_MAX, INT64_MIN, INT64_MAX},
    {0, INT64_MAX, INT64_MAX},
    {0, INT64_MIN, INT64_MIN},
    {-1, INT64_MIN, INT64_MIN},
    {1, INT64_MAX, INT64_MAX},
};

/* Sums stop at both ends of the range, and the two ends stay what they are. */
START_TEST(sums_stop_at_the_ends)
{
    for (size_t i = 0; i < COUNT_OF(sums); i++) {
        ck_assert_msg(instant_add((struct instant){sums[i].at}, sums[i].ms).ms == sums[i].sum,
                      "case %zu", i);
    }
}
END_TEST

/* A distance stops at both ends of the range too, instead of wrapping. */
START_TEST(distances_stop_at_the_ends)
{
    ck_assert_int_eq(instant_distance((struct instant){8}, (struct instant){5}), 3);
    ck_assert_int_eq(instant_distance((struct instant){5}, (struct instant){8}), -3);
    ck_assert_int_eq(instant_distance(INSTANT_MAX, INSTANT_MIN), INT64_MAX);
    ck_assert_int_eq(instant_distance(INSTANT_MIN, INSTANT_MAX), INT64_MIN);
    ck_assert_int_eq(instant_distance((struct instant){0}, INSTANT_MIN), INT64_MAX);
    ck_assert_int_eq(instant_distance((struct instant){-2}, INSTANT_MAX), INT64_MIN);
}
END_TEST

/* Order, least and latest are those of the numbers, over the whole range. */
START_TEST(order_is_that_of_the_numbers)
{
    static const int64_t rising[] = {INT64_MIN, INT64_MIN + 1, -1,       0,
                                     1,         INT64_MAX - 1, INT64_MAX};

    for (size_t i = 0; i < COUNT_OF(rising); i++) {
        for (size_t j = 0; j < COUNT_OF(rising); j++) {
            const struct instant a = {rising[i]}, b = {rising[j]};
            const int order = instant_compare(a, b);
            ck_assert_int_eq((order > 0) - (order < 0), (i > j) - (i < j));
            ck_assert_int_eq(instant_before(a, b), i < j);
            ck_assert_int_eq(instant_least(a, b).ms, rising[i < j ? i : j]);
            ck_assert_int_eq(instant_latest(a, b).ms, rising[i > j ? i : j]);
        }
    }
}
END_TEST

Suite *instant_suite(void)
{
    const TTest *const tests[] = {every_date_is_read_as_counted,
                                  every_day_is_written_as_counted,
                                  calendar_is_as_counted,
                                  weeks_at_new_year_are_iso,
                                  hours_are_of_utc,
                                  what_is_no_time_is_refused,
                                  a_time_cut_short_is_refused,
                                  reads_what_it_writes,
                                  milliseconds_are_written_when_there_are_some,
                                  every_instant_has_a_text_that_fits,
                                  the_calendar_has_bounds,
                                  sums_stop_at_the_ends,
                                  distances_stop_at_the_ends,
                                  order_is_that_of_the_numbers,
                                  NULL};
    Suite *const suite = unit_suite("instant", tests);

    unit_loop(suite, time_is_read, COUNT_OF(times));
    return suite;
}
