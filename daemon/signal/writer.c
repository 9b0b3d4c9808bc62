#include "seinpost/signal/writer.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/schema/avro.h"
#include "seinpost/schema/logical.h"
#include "seinpost/schema/vocabulary.h"
#include "seinpost/signal/datum.h"
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

/* Where a field of ours is in the writer's record. */
struct place {
    int index; /* below 0: the writer has none */
    enum logical unit;
};

struct writer {
    struct text source; /* the schema as told, until it is resolved */
    avro_schema_t schema;
    avro_value_iface_t *class;
    avro_value_t value;
    struct text name;
    const struct event_type *type; /* NULL: not resolved yet */
    struct place envelope[ENVELOPE_COUNT];
    struct place *fields; /* in the writer's `data`, by our field */
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

/* Avro C parses by recursion, so a schema that is nested too deeply must not
 * reach it. */
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
        text_add(detail, is_avro_record(parsed)
                             ? SLICE("a schema too large, or that contains itself")
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
    text_add(&writer->source, schema);
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
    text_free(&writer->source);
    text_free(&writer->name);
    free(writer->fields);
    free(writer);
}

static avro_schema_t follow(avro_schema_t schema)
{
    return is_avro_link(schema) ? avro_schema_link_target(schema) : schema;
}

/* Avro: of a union it is enough that a branch resolves; a datum of another
 * branch is then an error of its own. So the rules below see each type, or each
 * branch but null. */
typedef bool accepts(enum field_type type, avro_schema_t schema);

static bool any_branch(avro_schema_t schema, accepts *accepted, enum field_type type)
{
    schema = follow(schema);
    if (!is_avro_union(schema)) {
        return accepted(type, schema);
    }
    for (size_t i = 0; i < avro_schema_union_size(schema); i++) {
        avro_schema_t branch = follow(avro_schema_union_branch(schema, (int)i));
        if (!is_avro_null(branch) && accepted(type, branch)) {
            return true;
        }
    }
    return false;
}

/* What a reader of ours can take from one type of a writer's. */
static bool accepts_one(enum field_type type, avro_schema_t schema)
{
    switch (avro_typeof(schema)) {
    case AVRO_NULL:
        return true;
    case AVRO_BOOLEAN:
        return type == FIELD_BOOL;
    case AVRO_INT32:
    case AVRO_INT64:
        return type == FIELD_INT || type == FIELD_TIME;
    case AVRO_STRING:
    case AVRO_BYTES:
    case AVRO_ENUM:
        return type != FIELD_BOOL && type != FIELD_INT;
    default:
        break;
    }
    return false;
}

static bool accepts_many(enum field_type type, avro_schema_t schema)
{
    if (is_avro_null(schema)) {
        return true;
    }
    return is_avro_array(schema) &&
           any_branch(avro_schema_array_items(schema), accepts_one, type);
}

static bool resolve_field(const struct writer *writer, avro_schema_t record,
                          const struct field *field, struct place *place)
{
    char name[128];

    ENSURE(field->name.size < sizeof name);
    memcpy(name, field->name.data, field->name.size);
    name[field->name.size] = '\0';
    place->index = avro_schema_record_field_get_index(record, name);
    if (place->index < 0) {
        return true;
    }
    if (field->type == FIELD_TIME) {
        place->unit = logical_of(text_slice(&writer->source),
                                 slice_of(avro_schema_name(record)), field->name);
    }
    return place->unit != LOGICAL_OTHER &&
           any_branch(avro_schema_record_field_get_by_index(record, place->index),
                      field->many ? accepts_many : accepts_one, field->type);
}

static enum verdict mismatch(struct text *detail, struct slice name)
{
    text_add(detail, name);
    return VERDICT_SCHEMA_MISMATCH;
}

static enum verdict resolve_envelope(struct writer *writer, struct text *detail)
{
    const struct {
        struct field field;
        bool required; /* ours has no default */
    } wanted[] = {
        [ENVELOPE_ID] = {{.name = SLICE("id"), .type = FIELD_CODE}, true},
        [ENVELOPE_TYPE] = {{.name = SLICE("type"), .type = FIELD_CODE}, false},
        [ENVELOPE_SOURCE] = {{.name = SLICE("source"), .type = FIELD_CODE}, true},
        [ENVELOPE_TIME] = {{.name = SLICE("time"), .type = FIELD_TIME}, true},
        [ENVELOPE_PURPOSE] = {{.name = SLICE("purpose"), .type = FIELD_CODE, .many = true},
                              false},
        [ENVELOPE_LEGAL_BASIS] = {{.name = SLICE("legal_basis"), .type = FIELD_CODE}, false},
    };

    for (size_t i = 0; i < ENVELOPE_DATA; i++) {
        struct place *place = &writer->envelope[i];
        if (!resolve_field(writer, writer->schema, &wanted[i].field, place) ||
            (wanted[i].required && place->index < 0)) {
            return mismatch(detail, wanted[i].field.name);
        }
    }
    return VERDICT_GOOD;
}

/* The record of the event's own fields, or NULL. Several in a union could not
 * be told apart. */
static avro_schema_t resolve_data(struct writer *writer)
{
    struct place *place = &writer->envelope[ENVELOPE_DATA];
    avro_schema_t found = NULL;

    place->index = avro_schema_record_field_get_index(writer->schema, "data");
    if (place->index < 0) {
        return NULL;
    }
    avro_schema_t data =
        follow(avro_schema_record_field_get_by_index(writer->schema, place->index));
    if (!is_avro_union(data)) {
        return is_avro_record(data) ? data : NULL;
    }
    for (size_t i = 0; i < avro_schema_union_size(data); i++) {
        avro_schema_t branch = follow(avro_schema_union_branch(data, (int)i));
        if (is_avro_record(branch) && found == NULL) {
            found = branch;
        } else if (!is_avro_null(branch)) {
            return NULL;
        }
    }
    return found;
}

static enum verdict resolve_fields(struct writer *writer, const struct event_type *type,
                                   struct text *detail)
{
    avro_schema_t data = resolve_data(writer);

    if (data == NULL) {
        return mismatch(detail, SLICE("data"));
    }
    writer->fields = calloc(type->data_count + 1, sizeof *writer->fields);
    ENSURE_MEMORY(writer->fields != NULL);
    for (size_t i = 0; i < type->data_count; i++) {
        if (!resolve_field(writer, data, &type->fields[i], &writer->fields[i])) {
            free(writer->fields);
            writer->fields = NULL;
            return mismatch(detail, type->fields[i].name);
        }
    }
    return VERDICT_GOOD;
}

enum verdict writer_resolve(struct writer *writer, const struct event_type *type,
                            struct text *detail)
{
    ENSURE(writer->type == NULL);
    enum verdict verdict = resolve_envelope(writer, detail);
    if (verdict == VERDICT_GOOD) {
        verdict = resolve_fields(writer, type, detail);
    }
    writer->type = verdict == VERDICT_GOOD ? type : NULL;
    text_free(&writer->source);
    return verdict;
}

/* The datum of a field, out of its union; false when it is null. */
static bool datum_of(const avro_value_t *record, struct place place, avro_value_t *datum)
{
    return place.index >= 0 &&
           avro_value_get_by_index(record, (size_t)place.index, datum, NULL) == 0 &&
           datum_unwrap(datum);
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
        if (avro_value_get_by_index(datum, i, &item, NULL) != 0 || !datum_unwrap(&item) ||
            !datum_text(&item, &text)) {
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
                       const avro_value_t *datum, enum logical unit)
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
        if (!datum_int(datum, &number)) {
            return false;
        }
        *value = value_of_number(number);
        return true;
    case FIELD_TIME:
        if (!datum_time(datum, unit, &at)) {
            return false;
        }
        *value = value_of_time(at);
        return true;
    case FIELD_CODE:
    case FIELD_TOKEN:
    case FIELD_TEXT:
    case FIELD_PLACE:
        if (!datum_text(datum, &text)) {
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
        if (datum_of(&data, writer->fields[i], &datum) &&
            !read_field(arena, raw, i, &datum, writer->fields[i].unit)) {
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
        (void)datum_text(&datum, &text);
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
                      datum_time(&datum, writer->envelope[ENVELOPE_TIME].unit, &raw->time);
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
