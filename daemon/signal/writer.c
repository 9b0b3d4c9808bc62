#include "seinpost/signal/writer.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/schema/avro.h"
#include "seinpost/schema/vocabulary.h"
#include "seinpost/signal/datum.h"
#include "seinpost/signal/layout.h"
#include "seinpost/signal/prescan.h"

#include <stdlib.h>
#include <string.h>

#include <avro.h>

/* A field of the record that is read now. */
struct span {
    struct slice bytes;
    int64_t text_max; /* of what is passed over, the record's own limit */
};

/* The writer's record, or the one of its data. */
struct part {
    avro_schema_t schema;
    avro_value_t value;
    struct span *spans; /* by its fields */
};

struct writer {
    struct text source; /* the schema as told, until it is resolved */
    avro_value_iface_t *class;
    avro_reader_t reader;
    struct text name;
    struct layout layout;
    struct part outer;
    struct part data;
    bool data_written; /* by the record that is read now: its union's branch is the record */
};

struct slice writer_name(const struct writer *writer)
{
    return text_slice(&writer->name);
}

static void set_name(struct writer *writer)
{
    const char *space = avro_schema_namespace(writer->outer.schema);

    if (space != NULL && space[0] != '\0') {
        text_format(&writer->name, "%s.", space);
    }
    text_format(&writer->name, "%s", avro_schema_name(writer->outer.schema));
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
    writer->outer.schema = parsed;
    writer->class = avro_generic_class_from_schema(parsed);
    ENSURE_MEMORY(writer->class != NULL);
    const int failed = avro_generic_value_new(writer->class, &writer->outer.value);
    ENSURE_MEMORY(failed == 0);
    writer->reader = avro_reader_memory("", 0);
    ENSURE_MEMORY(writer->reader != NULL);
    set_name(writer);
    return writer;
}

void writer_free(struct writer *writer)
{
    if (writer == NULL) {
        return;
    }
    avro_value_decref(&writer->outer.value);
    avro_value_iface_decref(writer->class);
    (void)avro_schema_decref(writer->outer.schema);
    text_free(&writer->source);
    text_free(&writer->name);
    avro_reader_free(writer->reader);
    layout_fini(&writer->layout);
    free(writer->outer.spans);
    free(writer->data.spans);
    free(writer);
}

/* Sets aside the places of a part's fields, `wanted` of which are read. */
static void prepare(struct part *part, const struct layout_place *wanted, size_t count)
{
    const size_t fields = avro_schema_record_size(part->schema);

    part->spans = calloc(fields + 1, sizeof *part->spans);
    ENSURE_MEMORY(part->spans != NULL);
    for (size_t i = 0; i < fields; i++) {
        part->spans[i].text_max = WRITER_RECORD_MAX;
    }
    for (size_t i = 0; i < count; i++) {
        if (wanted[i].index >= 0) {
            part->spans[wanted[i].index].text_max = WRITER_TEXT_MAX;
        }
    }
}

/* The value that the record of the data is read into; the union, if it is in one, stays at that
 * branch for good. */
static void prepare_data(struct writer *writer)
{
    const struct layout *layout = &writer->layout;
    struct part *data = &writer->data;

    data->schema = layout->data_record;
    int failed =
        avro_value_get_by_index(&writer->outer.value, (size_t)layout->data, &data->value, NULL);
    if (failed == 0 && layout->data_branch >= 0) {
        failed = avro_value_set_branch(&data->value, layout->data_branch, &data->value);
    }
    ENSURE_MEMORY(failed == 0);
}

enum verdict writer_resolve(struct writer *writer, const struct event_type *type,
                            struct text *detail)
{
    struct layout *layout = &writer->layout;
    const enum verdict verdict =
        layout_resolve(layout, writer->outer.schema, text_slice(&writer->source), type, detail);

    if (verdict == VERDICT_GOOD) {
        prepare_data(writer);
        prepare(&writer->outer, layout->envelope, LAYOUT_ENVELOPE_COUNT);
        prepare(&writer->data, layout->fields, type->data_count);
    }
    text_free(&writer->source);
    return verdict;
}

static void walk_field(struct prescan *scan, struct part *part, int index)
{
    struct span *span = &part->spans[index];

    span->bytes = prescan_datum(
        scan, avro_schema_record_field_get_by_index(part->schema, index), span->text_max);
}

static void walk_data(struct writer *writer, struct prescan *scan)
{
    const struct layout *layout = &writer->layout;
    avro_schema_t data = layout_follow(
        avro_schema_record_field_get_by_index(writer->outer.schema, layout->data));

    writer->data_written = true;
    if (layout->data_branch >= 0) {
        const int branch = prescan_branch(scan, data);
        if (branch != layout->data_branch) {
            writer->data_written = false;
            if (branch >= 0) {
                (void)prescan_datum(scan, avro_schema_union_branch(data, branch),
                                    WRITER_RECORD_MAX);
            }
            return;
        }
    }
    const int fields = (int)avro_schema_record_size(writer->data.schema);
    for (int i = 0; i < fields; i++) {
        walk_field(scan, &writer->data, i);
    }
}

/* Walks the whole record before anything of it is believed, and notes where its fields are. */
static const char *walk(struct writer *writer, struct slice body)
{
    struct prescan scan = prescan_of(body);
    const int fields = (int)avro_schema_record_size(writer->outer.schema);

    for (int i = 0; i < fields; i++) {
        if (i == writer->layout.data) {
            walk_data(writer, &scan);
        } else {
            walk_field(&scan, &writer->outer, i);
        }
    }
    return prescan_end(&scan);
}

enum found {
    FOUND_NOTHING, /* the writer has no such field, or a null */
    FOUND_DATUM,
    FOUND_FAULT, /* what Avro C cannot read: items of no bytes, say */
};

/* Has Avro C read one field, and takes the datum out of its union. */
static enum found find(const struct writer *writer, const struct part *part, int index,
                       avro_value_t *datum)
{
    if (index < 0) {
        return FOUND_NOTHING;
    }
    const struct slice bytes = part->spans[index].bytes;
    avro_reader_memory_set_source(writer->reader, bytes.data, (int64_t)bytes.size);
    if (avro_value_get_by_index(&part->value, (size_t)index, datum, NULL) != 0 ||
        avro_value_read(writer->reader, datum) != 0) {
        return FOUND_FAULT;
    }
    return datum_unwrap(datum) ? FOUND_DATUM : FOUND_NOTHING;
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
                       const avro_value_t *datum, struct logical_units units)
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
        if (!datum_time(datum, units, &at)) {
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

static bool take_field(const struct writer *writer, struct arena *arena, struct raw_event *raw,
                       size_t index)
{
    const struct layout_place place = writer->layout.fields[index];
    avro_value_t datum;
    const enum found found = find(writer, &writer->data, place.index, &datum);

    return found == FOUND_NOTHING ||
           (found == FOUND_DATUM && read_field(arena, raw, index, &datum, place.units));
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
    if (!writer->data_written) {
        return bad_field(detail, SLICE("data"));
    }
    for (size_t i = 0; i < raw->type->data_count; i++) {
        if (!take_field(writer, arena, raw, i)) {
            return bad_field(detail, raw->type->fields[i].name);
        }
    }
    raw_complete_money(raw);
    return VERDICT_GOOD;
}

static bool take_text(const struct writer *writer, struct arena *arena,
                      enum layout_envelope field, struct slice *text)
{
    avro_value_t datum;
    struct slice found_text = SLICE("");
    const enum found found =
        find(writer, &writer->outer, writer->layout.envelope[field].index, &datum);

    if (found == FOUND_FAULT || (found == FOUND_DATUM && !datum_text(&datum, &found_text))) {
        return false;
    }
    *text = slice_copy(arena, found_text);
    return true;
}

static bool take_time(const struct writer *writer, struct raw_event *raw)
{
    const struct layout_place place = writer->layout.envelope[LAYOUT_TIME];
    avro_value_t datum;
    const enum found found = find(writer, &writer->outer, place.index, &datum);

    raw->time_known = found == FOUND_DATUM && datum_time(&datum, place.units, &raw->time);
    return found != FOUND_FAULT;
}

static bool take_purposes(const struct writer *writer, struct arena *arena,
                          struct raw_event *raw)
{
    const struct layout_place place = writer->layout.envelope[LAYOUT_PURPOSE];
    struct value list = {.type = VALUE_NONE};
    avro_value_t datum;
    const enum found found = find(writer, &writer->outer, place.index, &datum);

    if (found == FOUND_FAULT || (found == FOUND_DATUM && !read_list(arena, &datum, &list))) {
        return false; /* not to be taken for none, which stands for all of the source's */
    }
    raw->purposes_known = true;
    for (size_t i = 0; i < value_count(&list); i++) {
        const int purpose = vocabulary_find(vocabulary_purposes, value_item(&list, i)->as.text);
        if (purpose < 0) {
            raw->purposes_known = false;
        } else {
            raw->purposes |= 1U << (unsigned)purpose;
        }
    }
    return true;
}

static enum verdict read_envelope(const struct writer *writer, struct arena *arena,
                                  struct raw_event *raw, struct text *detail)
{
    enum layout_envelope bad = LAYOUT_ENVELOPE_COUNT;

    if (!take_text(writer, arena, LAYOUT_ID, &raw->id)) {
        bad = LAYOUT_ID;
    } else if (!take_text(writer, arena, LAYOUT_TYPE, &raw->type_name)) {
        bad = LAYOUT_TYPE;
    } else if (!take_text(writer, arena, LAYOUT_SOURCE, &raw->source)) {
        bad = LAYOUT_SOURCE;
    } else if (!take_time(writer, raw)) {
        bad = LAYOUT_TIME;
    } else if (!take_purposes(writer, arena, raw)) {
        bad = LAYOUT_PURPOSE;
    } else if (!take_text(writer, arena, LAYOUT_LEGAL_BASIS, &raw->legal_basis)) {
        bad = LAYOUT_LEGAL_BASIS;
    } else {
        return VERDICT_GOOD;
    }
    return bad_field(detail, layout_envelope_name(bad));
}

enum verdict writer_decode(struct writer *writer, struct arena *arena, struct slice body,
                           struct raw_event **raw, struct text *detail)
{
    ENSURE(writer->layout.type != NULL);
    if (body.size > WRITER_RECORD_MAX) {
        return VERDICT_TOO_LARGE;
    }
    const char *fault = walk(writer, body);
    if (fault != NULL) {
        text_add(detail, slice_of(fault));
        return VERDICT_DECODE;
    }
    *raw = raw_new(arena, writer->layout.type);
    const enum verdict verdict = read_envelope(writer, arena, *raw, detail);
    return verdict == VERDICT_GOOD ? read_data(writer, arena, *raw, detail) : verdict;
}
