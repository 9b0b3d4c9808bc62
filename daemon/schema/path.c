#include "seinpost/schema/path.h"

#include "seinpost/base/ensure.h"

static bool resolve_envelope(struct slice name, struct path *path)
{
    static const struct {
        const char *name;
        enum path_part part;
        enum field_type type;
    } parts[] = {
        {"id", PATH_ID, FIELD_CODE},
        {"source", PATH_SOURCE, FIELD_CODE},
        {"time", PATH_TIME, FIELD_TIME},
        {"type", PATH_TYPE, FIELD_CODE},
    };

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (slice_is(name, parts[i].name)) {
            *path = (struct path){.part = parts[i].part, .type = parts[i].type};
            return true;
        }
    }
    return false;
}

static void add_field(const struct event_type *type, size_t index, struct path *path)
{
    const struct field *field = &type->fields[index];

    ENSURE(path->indexes_count < PATH_FIELDS_MAX);
    if (path->indexes_count == 0) {
        path->field = field;
        path->type = field->type;
    }
    path->many = path->many || field->many || path->indexes_count > 0;
    path->indexes[path->indexes_count++] = index;
}

/* A field of the name, else all fields of the kind, in the role that is named. */
static bool resolve_fields(const struct event_type *type, struct slice text, struct path *path)
{
    struct slice role = text;
    const struct slice name = slice_cut(&role, '/');
    const enum kind kind = kind_find(name);

    *path = (struct path){.part = PATH_FIELDS};
    for (size_t i = 0; i < type->fields_count; i++) {
        if (slice_equal(type->fields[i].name, text)) {
            add_field(type, i, path);
            return true;
        }
    }
    if (kind == KIND_NONE) {
        return false;
    }
    for (size_t i = 0; i < type->fields_count; i++) {
        const struct field *field = &type->fields[i];
        const bool in_role = role.data == NULL || slice_equal(field->role, role);
        if (field->kind == kind && in_role && path->indexes_count < PATH_FIELDS_MAX) {
            add_field(type, i, path);
        }
    }
    return path->indexes_count > 0;
}

enum path_fault path_resolve(const struct event_type *type, struct slice text,
                             struct path *path)
{
    const struct slice envelope = SLICE("event.");
    const struct slice country = SLICE(".country");

    if (slice_starts_with(text, envelope)) {
        const struct slice name = {text.data + envelope.size, text.size - envelope.size};
        if (resolve_envelope(name, path)) {
            return PATH_OK;
        }
        text = name;
    }
    if (!slice_ends_with(text, country)) {
        return resolve_fields(type, text, path) ? PATH_OK : PATH_UNKNOWN;
    }
    if (!resolve_fields(type, (struct slice){text.data, text.size - country.size}, path)) {
        return PATH_UNKNOWN;
    }
    if (path->type != FIELD_PLACE) {
        return PATH_NO_PLACE;
    }
    path->part = PATH_COUNTRY;
    path->type = FIELD_CODE;
    return PATH_OK;
}

/* Country, station, and a check digit that some write behind. */
static bool is_station(struct slice code)
{
    for (size_t i = 0; i < code.size; i++) {
        if (code.data[i] < '0' || code.data[i] > '9') {
            return false;
        }
    }
    return code.size == 7 || code.size == 8;
}

struct slice path_country(struct slice place)
{
    static const struct {
        const char *digits;
        struct slice country;
    } countries[] = {
        {"51", {"PL", 2}}, {"54", {"CZ", 2}}, {"55", {"HU", 2}}, {"70", {"GB", 2}},
        {"80", {"DE", 2}}, {"81", {"AT", 2}}, {"82", {"LU", 2}}, {"83", {"IT", 2}},
        {"84", {"NL", 2}}, {"85", {"CH", 2}}, {"86", {"DK", 2}}, {"87", {"FR", 2}},
        {"88", {"BE", 2}},
    };
    const struct slice prefix = SLICE("urn:uic:stn:");

    if (slice_starts_with(place, prefix)) {
        place = (struct slice){place.data + prefix.size, place.size - prefix.size};
    }
    if (!is_station(place)) {
        return SLICE("");
    }
    const struct slice digits = {place.data, 2};
    for (size_t i = 0; i < sizeof countries / sizeof countries[0]; i++) {
        if (slice_is(digits, countries[i].digits)) {
            return countries[i].country;
        }
    }
    return SLICE("");
}

static size_t field_values(const struct path *path, const struct event *event,
                           struct value values[PATH_VALUES_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < path->indexes_count; i++) {
        const struct value *value = &event->values[path->indexes[i]];
        for (size_t j = 0; j < value_count(value) && count < PATH_VALUES_MAX; j++) {
            values[count] = *value_item(value, j);
            if (path->part == PATH_COUNTRY) {
                values[count] = value_of_text(path_country(values[count].as.text));
            }
            if (values[count].type != VALUE_TEXT || values[count].as.text.size > 0) {
                count++;
            }
        }
    }
    return count;
}

bool path_overflows(const struct path *path, const struct event *event)
{
    size_t count = 0;

    for (size_t i = 0; path->part <= PATH_COUNTRY && i < path->indexes_count; i++) {
        count += value_count(&event->values[path->indexes[i]]);
    }
    return count > PATH_VALUES_MAX;
}

size_t path_values(const struct path *path, const struct event *event,
                   struct value values[PATH_VALUES_MAX])
{
    switch (path->part) {
    case PATH_FIELDS:
    case PATH_COUNTRY:
        return field_values(path, event, values);
    case PATH_ID:
        values[0] = value_of_text(event->is.id);
        return 1;
    case PATH_SOURCE:
        values[0] = value_of_text(event->is.source);
        return 1;
    case PATH_TIME:
        values[0] = value_of_time(event->is.time);
        return 1;
    case PATH_TYPE:
        values[0] = value_of_text(event->is.type);
        return 1;
    }
    return 0;
}
