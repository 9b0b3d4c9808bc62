#include "seinpost/schema/logical.h"

#include <jansson.h>
#include <string.h>

static enum logical unit_by_name(const char *name)
{
    static const struct {
        const char *name;
        enum logical unit;
    } units[] = {
        {"timestamp-millis", LOGICAL_MILLIS},
        {"timestamp-micros", LOGICAL_MICROS},
        {"timestamp-nanos", LOGICAL_NANOS},
        {"date", LOGICAL_DAYS},
        {"time-millis", LOGICAL_OTHER},
        {"time-micros", LOGICAL_OTHER},
        {"local-timestamp-millis", LOGICAL_OTHER},
        {"local-timestamp-micros", LOGICAL_OTHER},
        {"local-timestamp-nanos", LOGICAL_OTHER},
    };

    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(units[i].name, name) == 0) {
            return units[i].unit;
        }
    }
    return LOGICAL_MILLIS;
}

// NOLINTNEXTLINE(misc-no-recursion): avro_canonical() has bounded the depth
static enum logical unit_of(const json_t *type)
{
    const char *name = json_string_value(json_object_get(type, "logicalType"));

    if (name != NULL) {
        return unit_by_name(name);
    }
    for (size_t i = 0; i < json_array_size(type); i++) {
        const enum logical unit = unit_of(json_array_get(type, i));
        if (unit != LOGICAL_MILLIS) {
            return unit;
        }
    }
    return json_is_object(type) ? unit_of(json_object_get(type, "type")) : LOGICAL_MILLIS;
}

static bool is_record(const json_t *json, struct slice wanted)
{
    const char *type = json_string_value(json_object_get(json, "type"));
    const char *name = json_string_value(json_object_get(json, "name"));

    if (type == NULL || name == NULL || strcmp(type, "record") != 0) {
        return false;
    }
    const char *dot = strrchr(name, '.');
    return slice_equal(slice_of(dot != NULL ? dot + 1 : name), wanted);
}

/* The definition of a record anywhere in the schema, or NULL. */
// NOLINTNEXTLINE(misc-no-recursion): avro_canonical() has bounded the depth
static const json_t *find_record(const json_t *json, struct slice wanted)
{
    static const char *const inside[] = {"type", "fields", "items", "values"};
    const json_t *found = is_record(json, wanted) ? json : NULL;

    for (size_t i = 0; found == NULL && i < json_array_size(json); i++) {
        found = find_record(json_array_get(json, i), wanted);
    }
    for (size_t i = 0; found == NULL && i < sizeof inside / sizeof inside[0]; i++) {
        const json_t *child = json_object_get(json, inside[i]);
        found = child != NULL ? find_record(child, wanted) : NULL;
    }
    return found;
}

enum logical logical_of(struct slice schema, struct slice record, struct slice field)
{
    json_t *json = json_loadb(schema.data, schema.size, JSON_DECODE_ANY, NULL);
    const json_t *fields = json_object_get(find_record(json, record), "fields");
    enum logical unit = LOGICAL_MILLIS;

    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *candidate = json_array_get(fields, i);
        const json_t *name = json_object_get(candidate, "name");
        if (slice_equal(slice_of(json_string_value(name)), field)) {
            unit = unit_of(json_object_get(candidate, "type"));
            break;
        }
    }
    json_decref(json);
    return unit;
}

static int64_t divide_down(int64_t number, int64_t divisor)
{
    return number / divisor - (number % divisor < 0 ? 1 : 0);
}

bool logical_to_ms(enum logical unit, int64_t number, int64_t *ms)
{
    switch (unit) {
    case LOGICAL_MILLIS:
        *ms = number;
        return true;
    case LOGICAL_MICROS:
        *ms = divide_down(number, 1000);
        return true;
    case LOGICAL_NANOS:
        *ms = divide_down(number, 1000000);
        return true;
    case LOGICAL_DAYS:
        if (number < INT32_MIN || number > INT32_MAX) {
            return false;
        }
        *ms = number * INT64_C(86400000);
        return true;
    case LOGICAL_OTHER:
        break;
    }
    return false;
}
