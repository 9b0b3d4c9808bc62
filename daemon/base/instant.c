#include "seinpost/base/instant.h"

#include <stdio.h>

enum {
    HOUR_MS = 60 * 60 * 1000,
    MINUTE_MS = 60 * 1000,
    SECOND_MS = 1000,
};

int instant_compare(struct instant a, struct instant b)
{
    return a.ms < b.ms ? -1 : a.ms > b.ms;
}

bool instant_before(struct instant a, struct instant b)
{
    return a.ms < b.ms;
}

struct instant instant_least(struct instant a, struct instant b)
{
    return a.ms < b.ms ? a : b;
}

struct instant instant_latest(struct instant a, struct instant b)
{
    return a.ms > b.ms ? a : b;
}

struct instant instant_add(struct instant at, int64_t ms)
{
    struct instant sum;

    if (at.ms == INT64_MIN || at.ms == INT64_MAX) {
        return at;
    }
    if (__builtin_add_overflow(at.ms, ms, &sum.ms)) {
        return ms > 0 ? INSTANT_MAX : INSTANT_MIN;
    }
    return sum;
}

int64_t instant_distance(struct instant a, struct instant b)
{
    int64_t distance = 0;

    if (__builtin_sub_overflow(a.ms, b.ms, &distance)) {
        return a.ms > b.ms ? INT64_MAX : INT64_MIN;
    }
    return distance;
}

/* Days since 1970-01-01 of a Gregorian date: years from March on, 400-year eras of 146,097
 * days (H. Hinnant, "chrono-compatible low-level date algorithms"). */
static int64_t days_from_civil(int64_t year, int month, int day)
{
    const int64_t y = month <= 2 ? year - 1 : year;
    const int64_t era = (y >= 0 ? y : y - 399) / 400;
    const int64_t year_of_era = y - era * 400;
    const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

struct civil {
    int64_t year;
    int month;
    int day;
};

static struct civil civil_from_days(int64_t days)
{
    const int64_t z = days + 719468;
    const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    const int64_t day_of_era = z - era * 146097;
    const int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int64_t mp = (5 * day_of_year + 2) / 153;
    struct civil civil;

    civil.day = (int)(day_of_year - (153 * mp + 2) / 5 + 1);
    civil.month = (int)(mp < 10 ? mp + 3 : mp - 9);
    civil.year = year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0);
    return civil;
}

/* The day of an instant, rounding down. */
static int64_t days_of(struct instant at)
{
    const int64_t days = at.ms / INSTANT_DAY_MS;

    return at.ms % INSTANT_DAY_MS < 0 ? days - 1 : days;
}

/* What is left of the day; by no product with the day, which would not fit near INSTANT_MIN. */
static int64_t ms_of_day(struct instant at)
{
    const int64_t ms = at.ms % INSTANT_DAY_MS;

    return ms < 0 ? ms + INSTANT_DAY_MS : ms;
}

/* Reads exactly `digits` digits and moves on; -1 when there are none. */
static int take_number(struct slice *text, size_t digits)
{
    int number = 0;

    if (text->size < digits) {
        return -1;
    }
    for (size_t i = 0; i < digits; i++) {
        if (text->data[i] < '0' || text->data[i] > '9') {
            return -1;
        }
        number = number * 10 + (text->data[i] - '0');
    }
    text->data += digits;
    text->size -= digits;
    return number;
}

static bool take_byte(struct slice *text, const char *any)
{
    for (; *any != '\0'; any++) {
        if (text->size > 0 && text->data[0] == *any) {
            text->data++;
            text->size--;
            return true;
        }
    }
    return false;
}

static int take_fraction_ms(struct slice *text)
{
    int ms = 0;
    int weight = 100;

    if (!take_byte(text, ".")) {
        return 0;
    }
    const size_t before = text->size;
    while (text->size > 0 && text->data[0] >= '0' && text->data[0] <= '9') {
        ms += (text->data[0] - '0') * weight;
        weight /= 10;
        text->data++;
        text->size--;
    }
    return text->size < before ? ms : -1;
}

static bool take_offset_ms(struct slice *text, int64_t *offset_ms)
{
    *offset_ms = 0;
    if (take_byte(text, "Zz")) {
        return true;
    }
    const bool west = text->size > 0 && text->data[0] == '-';
    if (!take_byte(text, "+-")) {
        return false;
    }
    const int hours = take_number(text, 2);
    if (!take_byte(text, ":")) {
        return false;
    }
    const int minutes = take_number(text, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
        return false;
    }
    *offset_ms = (west ? -1 : 1) * ((int64_t)hours * HOUR_MS + (int64_t)minutes * MINUTE_MS);
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month == 2 && leap ? 29 : days[month - 1];
}

static bool take_date(struct slice *text, int64_t *days)
{
    const int year = take_number(text, 4);
    const bool first = take_byte(text, "-");
    const int month = take_number(text, 2);
    const bool second = take_byte(text, "-");
    const int day = take_number(text, 2);

    if (year < 0 || !first || month < 1 || month > 12 || !second || day < 1 ||
        day > days_in_month(year, month)) {
        return false;
    }
    *days = days_from_civil(year, month, day);
    return true;
}

bool instant_parse(struct slice text, struct instant *at)
{
    int64_t days = 0;
    int64_t offset_ms = 0;

    if (!take_date(&text, &days)) {
        return false;
    }
    if (text.size == 0) {
        at->ms = days * INSTANT_DAY_MS;
        return true;
    }
    if (!take_byte(&text, "Tt ")) {
        return false;
    }
    const int hour = take_number(&text, 2);
    const bool first = take_byte(&text, ":");
    const int minute = take_number(&text, 2);
    const bool second = take_byte(&text, ":");
    const int seconds = take_number(&text, 2);
    const int ms = take_fraction_ms(&text);
    if (hour < 0 || hour > 23 || !first || minute < 0 || minute > 59 || !second ||
        seconds < 0 || seconds > 60 || ms < 0 || !take_offset_ms(&text, &offset_ms) ||
        text.size > 0) {
        return false;
    }
    at->ms = days * INSTANT_DAY_MS + (int64_t)hour * HOUR_MS + (int64_t)minute * MINUTE_MS +
             (int64_t)seconds * SECOND_MS + ms - offset_ms;
    return true;
}

const char *instant_format(struct instant at, char buffer[INSTANT_TEXT_SIZE])
{
    const int64_t rest = ms_of_day(at);
    const struct civil civil = civil_from_days(days_of(at));
    char fraction[8] = "";

    if (civil.year < 0 || civil.year > 9999) {
        (void)snprintf(buffer, INSTANT_TEXT_SIZE, "%lldms", (long long)at.ms);
        return buffer;
    }
    if (rest % SECOND_MS != 0) {
        (void)snprintf(fraction, sizeof fraction, ".%03d", (int)(rest % SECOND_MS));
    }
    (void)snprintf(buffer, INSTANT_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d%sZ",
                   (int)civil.year, civil.month, civil.day, (int)(rest / HOUR_MS),
                   (int)(rest / MINUTE_MS % 60), (int)(rest / SECOND_MS % 60), fraction);
    return buffer;
}

/* The week that holds the year's first Thursday is week 1 (ISO 8601). */
static int iso_week(int64_t days)
{
    const int64_t weekday = ((days + 3) % 7 + 7) % 7; /* Monday is 0; day 0 was a Thursday */
    const int64_t thursday = days - weekday + 3;
    const struct civil civil = civil_from_days(thursday);

    return (int)((thursday - days_from_civil(civil.year, 1, 1)) / 7 + 1);
}

struct instant_calendar instant_calendar(struct instant at)
{
    const int64_t days = days_of(at);
    const struct civil civil = civil_from_days(days);

    return (struct instant_calendar){
        .month = civil.month,
        .week = iso_week(days),
        .day = civil.day,
        .hour = (int)(ms_of_day(at) / HOUR_MS),
    };
}
