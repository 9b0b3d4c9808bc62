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

#define TYPE(type, logical) "{\"type\":\"" type "\",\"logicalType\":\"" logical "\"}"

static const struct {
    const char *type;
    enum logical of_int;
    enum logical of_long;
} types[] = {
    {"\"long\"", LOGICAL_MILLIS, LOGICAL_MILLIS},
    {"\"string\"", LOGICAL_MILLIS, LOGICAL_MILLIS},
    {TYPE("long", "timestamp-millis"), LOGICAL_MILLIS, LOGICAL_MILLIS},
    {TYPE("long", "timestamp-micros"), LOGICAL_MILLIS, LOGICAL_MICROS},
    {TYPE("long", "timestamp-nanos"), LOGICAL_MILLIS, LOGICAL_NANOS},
    {TYPE("int", "date"), LOGICAL_DAYS, LOGICAL_MILLIS},
    {TYPE("int", "time-millis"), LOGICAL_OTHER, LOGICAL_MILLIS},
    {TYPE("long", "time-micros"), LOGICAL_MILLIS, LOGICAL_OTHER},
    {TYPE("long", "local-timestamp-millis"), LOGICAL_MILLIS, LOGICAL_OTHER},
    {TYPE("long", "local-timestamp-micros"), LOGICAL_MILLIS, LOGICAL_OTHER},
    {TYPE("long", "somebody-elses"), LOGICAL_MILLIS, LOGICAL_MILLIS},
    {TYPE("long", "date"), LOGICAL_MILLIS, LOGICAL_MILLIS},
    {TYPE("int", "timestamp-micros"), LOGICAL_MILLIS, LOGICAL_MILLIS},
    {TYPE("string", "timestamp-micros"), LOGICAL_MILLIS, LOGICAL_MILLIS},
    {"[\"null\"," TYPE("long", "timestamp-micros") "]", LOGICAL_MILLIS, LOGICAL_MICROS},
    {"[" TYPE("int", "date") "," TYPE("long", "timestamp-micros") "]", LOGICAL_DAYS,
     LOGICAL_MICROS},
    {"[" TYPE("int", "date") ",\"int\"]", LOGICAL_OTHER, LOGICAL_MILLIS},
    {"[\"string\",\"null\"]", LOGICAL_MILLIS, LOGICAL_MILLIS},
};

/* The units are those of the logical types of the field's int and of its long; one that is not
 * of its Avro type is ignored, and two ints of a union that differ tell none. */
START_TEST(units_are_found)
{
    char schema[512];

    snprintf(schema, sizeof schema,
             "{\"type\":\"record\",\"name\":\"n.r\",\"fields\":[{\"name\":\"g\",\"type\":"
             "%s},{\"name\":\"f\",\"type\":%s}]}",
             TYPE("int", "time-millis"), types[_i].type);
    const struct logical_units found =
        logical_units_of(slice_of(schema), SLICE("n.r"), SLICE("f"));
    const struct logical_units other =
        logical_units_of(slice_of(schema), SLICE("n.r"), SLICE("g"));
    ck_assert_int_eq(found.of_int, types[_i].of_int);
    ck_assert_int_eq(found.of_long, types[_i].of_long);
    ck_assert_int_eq(other.of_int, LOGICAL_OTHER);
}
END_TEST

/* A record of one field `at`, and two of one name inside. */
#define RECORD(name, type)                                                                     \
    "{\"type\":\"record\",\"name\":\"" name "\",\"fields\":[{\"name\":\"at\",\"type\":" type "}"
#define FIELD(name) ",{\"name\":\"" name "\",\"type\":"
static const char nested[] = RECORD("n.outer", TYPE("long", "timestamp-micros")) FIELD("before")
    RECORD("m.inner", TYPE("long", "timestamp-nanos")) "]}}" FIELD("data") "[\"null\"," RECORD(
        "inner", TYPE("int", "date")) "]}]}"
                                      "]}";

/* A record is found by its full name where it is nested, and its field is not taken for
 * another record's, of the same name in another namespace. */
START_TEST(records_within_records_are_found)
{
    const struct slice schema = slice_of(nested);

    ck_assert_int_eq(logical_units_of(schema, SLICE("n.outer"), SLICE("at")).of_long,
                     LOGICAL_MICROS);
    ck_assert_int_eq(logical_units_of(schema, SLICE("m.inner"), SLICE("at")).of_long,
                     LOGICAL_NANOS);
    ck_assert_int_eq(logical_units_of(schema, SLICE("n.inner"), SLICE("at")).of_int,
                     LOGICAL_DAYS);
    ck_assert_int_eq(logical_units_of(schema, SLICE("n.outer"), SLICE("data")).of_long,
                     LOGICAL_MILLIS);
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
