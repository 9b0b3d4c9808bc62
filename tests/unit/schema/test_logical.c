#include "seinpost/schema/logical.h"

#include <stdio.h>

#include "schema.h"

static const struct {
    enum logical unit;
    int64_t number;
    bool good;
    int64_t ms;
} moments[] = {
    {LOGICAL_MILLIS, 1500, true, 1500},  {LOGICAL_MILLIS, -1, true, -1},
    {LOGICAL_MICROS, 1999, true, 1},     {LOGICAL_MICROS, -1, true, -1},
    {LOGICAL_MICROS, -1000, true, -1},   {LOGICAL_MICROS, INT64_MAX, true, INT64_MAX / 1000},
    {LOGICAL_NANOS, 1999999, true, 1},   {LOGICAL_NANOS, -1, true, -1},
    {LOGICAL_NANOS, -1000001, true, -2}, {LOGICAL_DAYS, 1, true, 86400000},
    {LOGICAL_DAYS, -1, true, -86400000}, {LOGICAL_DAYS, INT64_MAX, false, 0},
    {LOGICAL_DAYS, INT64_MIN, false, 0}, {LOGICAL_DAYS, INT64_MAX / 86400000 + 1, false, 0},
    {LOGICAL_OTHER, 0, false, 0},
};

/* A number becomes milliseconds, rounded down, or it is told that it is no moment. */
START_TEST(numbers_become_milliseconds)
{
    int64_t ms = 0;
    const bool good = logical_to_ms(moments[_i].unit, moments[_i].number, &ms);

    ck_assert_int_eq(good, moments[_i].good);
    ck_assert(!good || ms == moments[_i].ms);
}
END_TEST

static const struct {
    const char *type;
    enum logical unit;
} types[] = {
    {"\"long\"", LOGICAL_MILLIS},
    {"\"string\"", LOGICAL_MILLIS},
    {"{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}", LOGICAL_MILLIS},
    {"{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}", LOGICAL_MICROS},
    {"{\"type\":\"long\",\"logicalType\":\"timestamp-nanos\"}", LOGICAL_NANOS},
    {"{\"type\":\"int\",\"logicalType\":\"date\"}", LOGICAL_DAYS},
    {"{\"type\":\"int\",\"logicalType\":\"time-millis\"}", LOGICAL_OTHER},
    {"{\"type\":\"long\",\"logicalType\":\"time-micros\"}", LOGICAL_OTHER},
    {"{\"type\":\"long\",\"logicalType\":\"local-timestamp-millis\"}", LOGICAL_OTHER},
    {"{\"type\":\"long\",\"logicalType\":\"local-timestamp-micros\"}", LOGICAL_OTHER},
    {"{\"type\":\"long\",\"logicalType\":\"somebody-elses\"}", LOGICAL_MILLIS},
    {"[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}]", LOGICAL_MICROS},
    {"[{\"type\":\"int\",\"logicalType\":\"date\"},"
     "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}]",
     LOGICAL_DAYS},
    {"[\"string\",\"null\"]", LOGICAL_MILLIS},
};

/* The unit is that of the field's logical type, or of a union's first branch that has one. */
START_TEST(units_are_found)
{
    char schema[512];

    snprintf(
        schema, sizeof schema,
        "{\"type\":\"record\",\"name\":\"n.r\",\"fields\":[{\"name\":\"g\",\"type\":"
        "{\"type\":\"int\",\"logicalType\":\"time-millis\"}},{\"name\":\"f\",\"type\":%s}]}",
        types[_i].type);
    ck_assert_int_eq(logical_of(slice_of(schema), SLICE("r"), SLICE("f")), types[_i].unit);
    ck_assert_int_eq(logical_of(slice_of(schema), SLICE("r"), SLICE("g")), LOGICAL_OTHER);
}
END_TEST

/* A record is found where it is nested, and its field is not taken for another record's. */
START_TEST(records_within_records_are_found)
{
    const struct slice schema = SLICE(
        "{\"type\":\"record\",\"name\":\"outer\",\"namespace\":\"n\",\"fields\":[{\"name\":"
        "\"at\","
        "\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}},{\"name\":\"data\","
        "\"type\":[\"null\",{\"type\":\"record\",\"name\":\"inner\",\"fields\":[{\"name\":"
        "\"at\","
        "\"type\":{\"type\":\"int\",\"logicalType\":\"date\"}}]}]}]}");

    ck_assert_int_eq(logical_of(schema, SLICE("outer"), SLICE("at")), LOGICAL_MICROS);
    ck_assert_int_eq(logical_of(schema, SLICE("inner"), SLICE("at")), LOGICAL_DAYS);
    ck_assert_int_eq(logical_of(schema, SLICE("outer"), SLICE("data")), LOGICAL_MILLIS);
}
END_TEST

Suite *logical_suite(void)
{
    const TTest *const tests[] = {records_within_records_are_found, NULL};
    Suite *const suite = unit_suite("logical", tests);

    unit_loop(suite, numbers_become_milliseconds, COUNT_OF(moments));
    unit_loop(suite, units_are_found, COUNT_OF(types));
    return suite;
}
