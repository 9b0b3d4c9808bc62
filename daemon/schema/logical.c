#include "seinpost/schema/logical.h"

#include "seinpost/schema/avro.h"

#include <jansson.h>
#include <string.h>

/* The specification ties each logical type to an Avro type, and has it ignored on another. */
static const struct {
    const char *name;
    bool of_long; /* else of int */
    enum logical unit;
} logical_types[] = {
    {"date", false, LOGICAL_DAYS},
    {"time-millis", false, LOGICAL_OTHER},
    {"time-micros", true, LOGICAL_OTHER},
    {"timestamp-millis", true, LOGICAL_MILLIS},
    {"timestamp-micros", true, LOGICAL_MICROS},
    {"timestamp-nanos", true, LOGICAL_NANOS},
    {"local-timestamp-millis", true, LOGICAL_OTHER},
    {"local-timestamp-micros", true, LOGICAL_OTHER},
    {"local-timestamp-nanos", true, LOGICAL_OTHER},
};

static enum logical unit_by_name(const char *name, bool of_long)
{
    for (size_t i = 0; name != NULL && i < sizeof logical_types / sizeof logical_types[0];
         i++) {
        if (logical_types[i].of_long == of_long && strcmp(logical_types[i].name, name) == 0) {
            return logical_types[i].unit;
        }
    }
    return LOGICAL_MILLIS;
}

/* Notes the unit of one int or long. A union must not have two of them: then nobody knows in
 * which of the units a number is. */
static void note(enum logical *unit, bool *seen, enum logical found)
{
    *unit = *seen && *unit != found ? LOGICAL_OTHER : found;
    *seen = true;
}

static void note_type(const json_t *type, struct logical_units *units, bool seen[2])
{
    const char *name =
        json_string_value(json_is_object(type) ? json_object_get(type, "type") : type);
    const char *logical = json_string_value(json_object_get(type, "logicalType"));

    if (name != NULL && strcmp(name, "int") == 0) {
        note(&units->of_int, &seen[0], unit_by_name(logical, false));
    } else if (name != NULL && strcmp(name, "long") == 0) {
        note(&units->of_long, &seen[1], unit_by_name(logical, true));
    }
}

static struct logical_units units_of(const json_t *type)
{
    struct logical_units units = {LOGICAL_MILLIS, LOGICAL_MILLIS};
    bool seen[2] = {false, false};

    if (!json_is_array(type)) {
        note_type(type, &units, seen);
    }
    for (size_t i = 0; i < json_array_size(type); i++) {
        note_type(json_array_get(type, i), &units, seen);
    }
    return units;
}

static bool is_record(const json_t *json)
{
    const char *type = json_string_value(json_object_get(json, "type"));

    return type != NULL && json_is_string(json_object_get(json, "name")) &&
           strcmp(type, "record") == 0;
}

/* Tells whether a record with the namespace `inside` has this full name. */
static bool is_called(const json_t *record, struct slice inside, struct slice wanted)
{
    const json_t *json = json_object_get(record, "name");
    struct slice name = {json_string_value(json), json_string_length(json)};

    if (slice_contains(name, SLICE(".")) || inside.size == 0) {
        return slice_equal(name, wanted);
    }
    return wanted.size == inside.size + 1 + name.size && slice_starts_with(wanted, inside) &&
           wanted.data[inside.size] == '.' && slice_ends_with(wanted, name);
}

/* The definition of a record anywhere in the schema, or NULL. */
// NOLINTNEXTLINE(misc-no-recursion): avro_canonical() has bounded the depth
static const json_t *find_record(const json_t *json, struct slice space, struct slice wanted)
{
    static const char *const below[] = {"type", "fields", "items", "values"};
    const struct slice inside = is_record(json) ? avro_space(json, space) : space;
    const json_t *found = is_record(json) && is_called(json, inside, wanted) ? json : NULL;

    for (size_t i = 0; found == NULL && i < json_array_size(json); i++) {
        found = find_record(json_array_get(json, i), inside, wanted);
    }
    for (size_t i = 0; found == NULL && i < sizeof below / sizeof below[0]; i++) {
        const json_t *child = json_object_get(json, below[i]);
        found = child != NULL ? find_record(child, inside, wanted) : NULL;
    }
    return found;
}

struct logical_units logical_units_of(struct slice schema, struct slice record,
                                      struct slice field)
{
    json_t *json = json_loadb(schema.data, schema.size, JSON_DECODE_ANY, NULL);
    const json_t *fields = json_object_get(find_record(json, SLICE(""), record), "fields");
    const json_t *type = NULL;

    for (size_t i = 0; type == NULL && i < json_array_size(fields); i++) {
        const json_t *candidate = json_array_get(fields, i);
        const json_t *name = json_object_get(candidate, "name");
        if (slice_equal(slice_of(json_string_value(name)), field)) {
            type = json_object_get(candidate, "type");
        }
    }
    const struct logical_units units = units_of(type);
    json_decref(json);
    return units;
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
