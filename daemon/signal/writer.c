#include "seinpost/signal/writer.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/schema/avro.h"
#include "seinpost/schema/vocabulary.h"
#include "seinpost/signal/prescan.h"

#include <stdlib.h>
#include <string.h>

#include <avro.h>

/* Where the writer's record has what we read. */
enum envelope_field {
    ENVELOPE_ID,
    ENVELOPE_TYPE,
    ENVELOPE_SOURCE,
    ENVELOPE_TIME,
    ENVELOPE_PURPOSE,
    ENVELOPE_LEGAL_BASIS,
    ENVELOPE_DATA,
    ENVELOPE_COUNT,
};

struct writer {
    avro_schema_t schema;
    avro_value_iface_t *class;
    avro_value_t value;
    struct text name;
    const struct event_type *type; /* NULL: not resolved yet */
    int envelope[ENVELOPE_COUNT];
    int *fields; /* index in the writer's `data`, by our field */
};

struct slice writer_name(const struct writer *writer)
{
    return text_slice(&writer->name);
}

static void set_name(struct writer *writer)
{
    const char *space = avro_schema_namespace(writer->schema);

    if (space != NULL && space[0] != '\0') {
        text_format(&writer->name, "%s.", space);
    }
    text_format(&writer->name, "%s", avro_schema_name(writer->schema));
}

/* Avro C parses by recursion, so a schema that is nested too deeply must not reach it. */
static avro_schema_t parse(struct slice schema, struct text *detail)
{
    struct text canonical = {0};
    avro_schema_t parsed = NULL;
    const bool good = avro_canonical(schema, &canonical);

    text_free(&canonical);
    if (!good) {
        text_add(detail, SLICE("not a schema, or nested too deeply"));
        return NULL;
    }
    if (avro_schema_from_json_length(schema.data, schema.size, &parsed) != 0) {
        text_add(detail, SLICE("not a schema"));
        return NULL;
    }
    if (!is_avro_record(parsed) || !prescan_is_bounded(parsed)) {
        text_add(detail, is_avro_record(parsed) ? SLICE("a schema that contains itself")
                                                : SLICE("not a record"));
        (void)avro_schema_decref(parsed);
        return NULL;
    }
    return parsed;
}

struct writer *writer_new(struct slice schema, struct text *detail)
{
    avro_schema_t parsed = parse(schema, detail);

    if (parsed == NULL) {
        return NULL;
    }
    struct writer *writer = calloc(1, sizeof *writer);
    ENSURE_MEMORY(writer != NULL);
    writer->schema = parsed;
    writer->class = avro_generic_class_from_schema(parsed);
    ENSURE_MEMORY(writer->class != NULL);
    const int failed = avro_generic_value_new(writer->class, &writer->value);
    ENSURE_MEMORY(failed == 0);
    set_name(writer);
    return writer;
}

void writer_free(struct writer *writer)
{
    if (writer == NULL) {
        return;
    }
    avro_value_decref(&writer->value);
    avro_value_iface_decref(writer->class);
    (void)avro_schema_decref(writer->schema);
    text_free(&writer->name);
    free(writer->fields);
    free(writer);
}

static avro_schema_t follow(avro_schema_t schema)
{
    return is_avro_link(schema) ? avro_schema_link_target(schema) : schema;
}

/* What a reader of ours can take from one type of a writer's. */
static bool takes(enum field_type type, bool many, avro_schema_t schema)
{
    switch (avro_typeof(schema)) {
    case AVRO_NULL:
        return true;
    case AVRO_BOOLEAN:
        return !many && type == FIELD_BOOL;
    case AVRO_INT32:
    case AVRO_INT64:
        return !many && (type == FIELD_INT || type == FIELD_TIME);
    case AVRO_STRING:
    case AVRO_ENUM:
        return !many && type != FIELD_BOOL && type != FIELD_INT;
    case AVRO_ARRAY:
        return many && is_avro_string(follow(avro_schema_array_items(schema)));
    default:
        break;
    }
    return false;
}

/* Avro: of a union it is enough that a branch resolves; a datum of another branch is then an
 * error of its own. */
static bool resolves(enum field_type type, bool many, avro_schema_t schema)
{
    schema = follow(schema);
    if (!is_avro_union(schema)) {
        return takes(type, many, schema);
    }
    for (size_t i = 0; i < avro_schema_union_size(schema); i++) {
        avro_schema_t branch = follow(avro_schema_union_branch(schema, (int)i));
        if (!is_avro_null(branch) && takes(type, many, branch)) {
            return true;
        }
    }
    return false;
}

static bool resolve_field(avro_schema_t record, struct slice name, enum field_type type,
                          bool many, int *index)
{
    char buffer[128];

    ENSURE(name.size < sizeof buffer);
    memcpy(buffer, name.data, name.size);
    buffer[name.size] = '\0';
    *index = avro_schema_record_field_get_index(record, buffer);
    return *index < 0 ||
           resolves(type, many, avro_schema_record_field_get_by_index(record, *index));
}

static enum verdict mismatch(struct text *detail, struct slice name)
{
    text_add(detail, name);
    return VERDICT_SCHEMA_MISMATCH;
}

static enum verdict resolve_envelope(struct writer *writer, struct text *detail)
{
    static const struct {
        const char *name;
        enum field_type type;
        bool many;
        bool required; /* ours has no default */
    } fields[] = {
        [ENVELOPE_ID] = {"id", FIELD_CODE, false, true},
        [ENVELOPE_TYPE] = {"type", FIELD_CODE, false, false},
        [ENVELOPE_SOURCE] = {"source", FIELD_CODE, false, true},
        [ENVELOPE_TIME] = {"time", FIELD_TIME, false, true},
        [ENVELOPE_PURPOSE] = {"purpose", FIELD_CODE, true, false},
        [ENVELOPE_LEGAL_BASIS] = {"legal_basis", FIELD_CODE, false, false},
    };

    for (size_t i = 0; i < ENVELOPE_DATA; i++) {
        const struct slice name = slice_of(fields[i].name);
        if (!resolve_field(writer->schema, name, fields[i].type, fields[i].many,
                           &writer->envelope[i]) ||
            (fields[i].required && writer->envelope[i] < 0)) {
            return mismatch(detail, name);
        }
    }
    writer->envelope[ENVELOPE_DATA] =
        avro_schema_record_field_get_index(writer->schema, "data");
    return writer->envelope[ENVELOPE_DATA] < 0 ? mismatch(detail, SLICE("data")) : VERDICT_GOOD;
}

enum verdict writer_resolve(struct writer *writer, const struct event_type *type,
                            struct text *detail)
{
    const enum verdict verdict = resolve_envelope(writer, detail);

    ENSURE(writer->type == NULL);
    if (verdict != VERDICT_GOOD) {
        return verdict;
    }
    avro_schema_t data = follow(
        avro_schema_record_field_get_by_index(writer->schema, writer->envelope[ENVELOPE_DATA]));
    if (!is_avro_record(data)) {
        return mismatch(detail, SLICE("data"));
    }
    writer->fields = calloc(type->data_count + 1, sizeof *writer->fields);
    ENSURE_MEMORY(writer->fields != NULL);
    for (size_t i = 0; i < type->data_count; i++) {
        const struct field *field = &type->fields[i];
        if (!resolve_field(data, field->name, field->type, field->many, &writer->fields[i])) {
            free(writer->fields);
            writer->fields = NULL;
            return mismatch(detail, field->name);
        }
    }
    writer->type = type;
    return VERDICT_GOOD;
}

/* The datum of a field, out of its union; false when it is null. */
static bool datum_of(const avro_value_t *record, int index, avro_value_t *datum)
{
    avro_value_t branch;

    if (index < 0 || avro_value_get_by_index(record, (size_t)index, datum, NULL) != 0) {
        return false;
    }
    if (avro_value_get_type(datum) == AVRO_UNION) {
        if (avro_value_get_current_branch(datum, &branch) != 0) {
            return false;
        }
        *datum = branch;
    }
    return avro_value_get_type(datum) != AVRO_NULL;
}

/* Text of a string or an enum symbol; valid until the next record is read. */
static bool text_of(const avro_value_t *datum, struct slice *text)
{
    const char *bytes = NULL;
    size_t size = 0;
    int symbol = 0;

    switch (avro_value_get_type(datum)) {
    case AVRO_STRING:
        if (avro_value_get_string(datum, &bytes, &size) != 0 || size == 0) {
            return false;
        }
        *text = (struct slice){bytes, size - 1}; /* it counts the zero */
        return true;
    case AVRO_ENUM:
        if (avro_value_get_enum(datum, &symbol) != 0) {
            return false;
        }
        *text = slice_of(avro_schema_enum_get(avro_value_get_schema(datum), symbol));
        return text->data != NULL;
    default:
        break;
    }
    return false;
}

static bool number_of(const avro_value_t *datum, int64_t *number)
{
    int32_t small = 0;

    if (avro_value_get_type(datum) == AVRO_INT32) {
        const bool good = avro_value_get_int(datum, &small) == 0;
        *number = small;
        return good;
    }
    return avro_value_get_type(datum) == AVRO_INT64 && avro_value_get_long(datum, number) == 0;
}

static bool time_of(const avro_value_t *datum, struct instant *at)
{
    struct slice text = {0};

    if (text_of(datum, &text)) {
        return instant_parse(text, at);
    }
    return number_of(datum, &at->ms);
}

static bool read_list(struct arena *arena, const avro_value_t *datum, struct value *value)
{
    size_t count = 0;

    if (avro_value_get_type(datum) != AVRO_ARRAY || avro_value_get_size(datum, &count) != 0) {
        return false;
    }
    struct value *items = arena_alloc(arena, count * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        avro_value_t item;
        struct slice text = {0};
        if (avro_value_get_by_index(datum, i, &item, NULL) != 0 || !text_of(&item, &text)) {
            return false;
        }
        items[i] = value_of_text(slice_copy(arena, text));
    }
    if (count > 0) {
        value->type = VALUE_LIST;
        value->as.list.items = items;
        value->as.list.count = count;
    }
    return true;
}

static bool read_bool(const avro_value_t *datum, struct value *value)
{
    int truth = 0;

    if (avro_value_get_type(datum) != AVRO_BOOLEAN ||
        avro_value_get_boolean(datum, &truth) != 0) {
        return false;
    }
    *value = value_of_bool(truth != 0);
    return true;
}

static bool read_field(struct arena *arena, struct raw_event *raw, size_t index,
                       const avro_value_t *datum)
{
    const struct field *field = &raw->type->fields[index];
    struct value *value = &raw->values[index];
    struct slice text = {0};
    int64_t number = 0;
    struct instant at;

    if (field->many) {
        return read_list(arena, datum, value);
    }
    switch (field->type) {
    case FIELD_BOOL:
        return read_bool(datum, value);
    case FIELD_INT:
        if (!number_of(datum, &number)) {
            return false;
        }
        *value = value_of_number(number);
        return true;
    case FIELD_TIME:
        if (!time_of(datum, &at)) {
            return false;
        }
        *value = value_of_time(at);
        return true;
    case FIELD_CODE:
    case FIELD_TOKEN:
    case FIELD_TEXT:
    case FIELD_PLACE:
        if (!text_of(datum, &text)) {
            return false;
        }
        raw_set_text(arena, raw, index, text);
        return true;
    case FIELD_MONEY:
        break;
    }
    return false;
}

static enum verdict bad_field(struct text *detail, struct slice name)
{
    text_add(detail, SLICE("field "));
    text_add(detail, name);
    return VERDICT_DECODE;
}

static enum verdict read_data(const struct writer *writer, struct arena *arena,
                              struct raw_event *raw, struct text *detail)
{
    avro_value_t data;

    if (!datum_of(&writer->value, writer->envelope[ENVELOPE_DATA], &data)) {
        return bad_field(detail, SLICE("data"));
    }
    for (size_t i = 0; i < writer->type->data_count; i++) {
        avro_value_t datum;
        if (datum_of(&data, writer->fields[i], &datum) && !read_field(arena, raw, i, &datum)) {
            return bad_field(detail, writer->type->fields[i].name);
        }
    }
    raw_complete_money(raw);
    return VERDICT_GOOD;
}

static struct slice envelope_text(const struct writer *writer, struct arena *arena,
                                  enum envelope_field field)
{
    struct slice text = SLICE("");
    avro_value_t datum;

    if (datum_of(&writer->value, writer->envelope[field], &datum)) {
        (void)text_of(&datum, &text);
    }
    return slice_copy(arena, text);
}

static void read_purposes(const struct writer *writer, struct arena *arena,
                          struct raw_event *raw)
{
    struct value list = {.type = VALUE_NONE};
    avro_value_t datum;

    raw->purposes_known = true;
    if (!datum_of(&writer->value, writer->envelope[ENVELOPE_PURPOSE], &datum) ||
        !read_list(arena, &datum, &list)) {
        return;
    }
    for (size_t i = 0; i < value_count(&list); i++) {
        const int purpose = vocabulary_find(vocabulary_purposes, value_item(&list, i)->as.text);
        if (purpose < 0) {
            raw->purposes_known = false;
        } else {
            raw->purposes |= 1U << (unsigned)purpose;
        }
    }
}

static void read_envelope(const struct writer *writer, struct arena *arena,
                          struct raw_event *raw)
{
    avro_value_t datum;

    raw->id = envelope_text(writer, arena, ENVELOPE_ID);
    raw->source = envelope_text(writer, arena, ENVELOPE_SOURCE);
    raw->type_name = envelope_text(writer, arena, ENVELOPE_TYPE);
    raw->legal_basis = envelope_text(writer, arena, ENVELOPE_LEGAL_BASIS);
    raw->time_known = datum_of(&writer->value, writer->envelope[ENVELOPE_TIME], &datum) &&
                      time_of(&datum, &raw->time);
    read_purposes(writer, arena, raw);
}

enum verdict writer_decode(struct writer *writer, struct arena *arena, struct slice body,
                           struct raw_event **raw, struct text *detail)
{
    ENSURE(writer->type != NULL);
    if (body.size > WRITER_RECORD_MAX) {
        return VERDICT_TOO_LARGE;
    }
    const char *fault = prescan_fault(writer->schema, body);
    if (fault != NULL) {
        text_add(detail, slice_of(fault));
        return VERDICT_DECODE;
    }
    avro_reader_t reader = avro_reader_memory(body.data, (int64_t)body.size);
    ENSURE_MEMORY(reader != NULL);
    (void)avro_value_reset(&writer->value);
    const int failed = avro_value_read(reader, &writer->value);
    avro_reader_free(reader);
    if (failed != 0) {
        text_add(detail, SLICE("unreadable"));
        return VERDICT_DECODE;
    }
    *raw = raw_new(arena, writer->type);
    read_envelope(writer, arena, *raw);
    return read_data(writer, arena, *raw, detail);
}
