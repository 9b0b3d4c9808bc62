#include "seinpost/signal/ndjson.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"
#include "seinpost/schema/vocabulary.h"
#include "seinpost/signal/writer.h"

#include <jansson.h>

static struct slice text_of(const json_t *json)
{
    return json_is_string(json)
               ? (struct slice){json_string_value(json), json_string_length(json)}
               : SLICE("");
}

static struct slice member(struct arena *arena, const json_t *object, const char *key)
{
    return slice_copy(arena, text_of(json_object_get(object, key)));
}

static void read_purposes(const json_t *list, struct raw_event *raw)
{
    raw->purposes_known = list == NULL || json_is_null(list) || json_is_array(list);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const int purpose =
            vocabulary_find(vocabulary_purposes, text_of(json_array_get(list, i)));
        if (purpose < 0) {
            raw->purposes_known = false;
        } else {
            raw->purposes |= 1U << (unsigned)purpose;
        }
    }
}

static void read_envelope(struct arena *arena, const json_t *object, struct raw_event *raw)
{
    raw->id = member(arena, object, "id");
    raw->source = member(arena, object, "source");
    raw->type_name = member(arena, object, "type");
    raw->legal_basis = member(arena, object, "legal_basis");
    raw->time_known = instant_parse(text_of(json_object_get(object, "time")), &raw->time);
    read_purposes(json_object_get(object, "purpose"), raw);
}

static bool read_list(struct arena *arena, const json_t *json, struct value *value)
{
    const size_t count = json_array_size(json);
    struct value *items = arena_alloc(arena, count * sizeof *items);

    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(json, i);
        if (!json_is_string(item)) {
            return false;
        }
        items[i] = value_of_text(slice_copy(arena, text_of(item)));
    }
    if (count > 0) {
        value->type = VALUE_LIST;
        value->as.list.items = items;
        value->as.list.count = count;
    }
    return json_is_array(json);
}

static bool read_field(struct arena *arena, struct raw_event *raw, size_t index,
                       const json_t *json)
{
    const struct field *field = &raw->type->fields[index];
    struct value *value = &raw->values[index];
    struct instant at;

    if (field->many) {
        return read_list(arena, json, value);
    }
    switch (field->type) {
    case FIELD_BOOL:
        *value = value_of_bool(json_is_true(json));
        return json_is_boolean(json);
    case FIELD_INT:
        *value = value_of_number(json_integer_value(json));
        return json_is_integer(json);
    case FIELD_TIME:
        if (!instant_parse(text_of(json), &at)) {
            return false;
        }
        *value = value_of_time(at);
        return true;
    case FIELD_CODE:
    case FIELD_TOKEN:
    case FIELD_TEXT:
    case FIELD_PLACE:
        raw_set_text(arena, raw, index, text_of(json));
        return json_is_string(json);
    case FIELD_MONEY:
        break;
    }
    return false;
}

static enum verdict read_data(struct arena *arena, const json_t *data, struct raw_event *raw,
                              struct text *detail)
{
    if (!json_is_object(data)) {
        text_add(detail, SLICE("field data"));
        return VERDICT_DECODE;
    }
    for (size_t i = 0; i < raw->type->data_count; i++) {
        const struct slice name = raw->type->fields[i].name;
        const json_t *json = json_object_get(data, slice_string(arena, name));
        if (json == NULL || json_is_null(json)) {
            continue;
        }
        if (!read_field(arena, raw, i, json)) {
            text_format(detail, "field %.*s", SLICE_ARGS(name));
            return VERDICT_DECODE;
        }
    }
    raw_complete_money(raw);
    return VERDICT_GOOD;
}

static enum verdict read_object(struct arena *arena, const struct catalogue *catalogue,
                                const json_t *object, struct raw_event **raw,
                                struct text *detail)
{
    const struct slice name = text_of(json_object_get(object, "type"));
    const struct event_type *type = catalogue_find(catalogue, name);

    if (type == NULL) {
        text_add(detail, name);
        return VERDICT_TYPE_NOT_ALLOWED;
    }
    *raw = raw_new(arena, type);
    read_envelope(arena, object, *raw);
    return read_data(arena, json_object_get(object, "data"), *raw, detail);
}

enum verdict ndjson_decode(struct arena *arena, const struct catalogue *catalogue,
                           struct slice line, struct raw_event **raw, struct text *detail)
{
    json_error_t error;

    if (line.size > WRITER_RECORD_MAX) {
        return VERDICT_TOO_LARGE;
    }
    json_t *json = json_loadb(line.data, line.size, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(json)) {
        text_add(detail, SLICE("not a JSON object"));
        json_decref(json);
        return VERDICT_DECODE;
    }
    const enum verdict verdict = read_object(arena, catalogue, json, raw, detail);
    json_decref(json);
    return verdict;
}
