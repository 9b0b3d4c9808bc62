#include "seinpost/signal/layout.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    enum field_type type;
    bool many;
    bool required; /* ours has no default */
} envelope[] = {
    [LAYOUT_ID] = {"id", FIELD_CODE, false, true},
    [LAYOUT_TYPE] = {"type", FIELD_CODE, false, false},
    [LAYOUT_SOURCE] = {"source", FIELD_CODE, false, true},
    [LAYOUT_TIME] = {"time", FIELD_TIME, false, true},
    [LAYOUT_PURPOSE] = {"purpose", FIELD_CODE, true, false},
    [LAYOUT_LEGAL_BASIS] = {"legal_basis", FIELD_CODE, false, false},
};

struct field layout_envelope_field(enum layout_envelope field)
{
    return (struct field){.name = slice_of(envelope[field].name),
                          .type = envelope[field].type,
                          .many = envelope[field].many};
}

avro_schema_t layout_follow(avro_schema_t schema)
{
    return is_avro_link(schema) ? avro_schema_link_target(schema) : schema;
}

/* What a field of ours can take from a type of a writer's that is no union. */
typedef bool accepts(enum field_type type, struct logical_units units, avro_schema_t schema);

static bool any_branch(avro_schema_t schema, accepts *accepted, enum field_type type,
                       struct logical_units units)
{
    schema = layout_follow(schema);
    if (!is_avro_union(schema)) {
        return accepted(type, units, schema);
    }
    for (size_t i = 0; i < avro_schema_union_size(schema); i++) {
        if (accepted(type, units, layout_follow(avro_schema_union_branch(schema, (int)i)))) {
            return true;
        }
    }
    return false;
}

static bool accepts_number(enum field_type type, enum logical unit)
{
    return type == FIELD_INT || (type == FIELD_TIME && unit != LOGICAL_OTHER);
}

bool layout_accepts(enum field_type type, struct logical_units units, avro_schema_t schema)
{
    switch (avro_typeof(schema)) {
    case AVRO_NULL:
        return true;
    case AVRO_BOOLEAN:
        return type == FIELD_BOOL;
    case AVRO_INT32:
        return accepts_number(type, units.of_int);
    case AVRO_INT64:
        return accepts_number(type, units.of_long);
    case AVRO_STRING:
    case AVRO_BYTES:
        return type != FIELD_BOOL && type != FIELD_INT;
    case AVRO_ENUM:
        return type != FIELD_BOOL && type != FIELD_INT && type != FIELD_TIME;
    default:
        break;
    }
    return false;
}

static bool accepts_many(enum field_type type, struct logical_units units, avro_schema_t schema)
{
    return is_avro_null(schema) ||
           (is_avro_array(schema) &&
            any_branch(avro_schema_array_items(schema), layout_accepts, type, units));
}

/* The index of a record's field, below 0 when there is none. Returns false when there are two
 * of the name, which the specification forbids and Avro C lets pass. */
static bool find_field(avro_schema_t record, struct slice name, int *index)
{
    *index = -1;
    for (int i = 0; i < (int)avro_schema_record_size(record); i++) {
        if (slice_is(name, avro_schema_record_field_name(record, i))) {
            if (*index >= 0) {
                return false;
            }
            *index = i;
        }
    }
    return true;
}

static struct logical_units units_of(struct slice source, avro_schema_t record,
                                     struct slice field)
{
    struct text name = {0};
    const char *space = avro_schema_namespace(record);

    if (space != NULL && space[0] != '\0') {
        text_format(&name, "%s.", space);
    }
    text_format(&name, "%s", avro_schema_name(record));
    const struct logical_units units = logical_units_of(source, text_slice(&name), field);
    text_free(&name);
    return units;
}

static bool resolve_field(avro_schema_t record, struct slice source, const struct field *field,
                          struct layout_place *place)
{
    if (!find_field(record, field->name, &place->index)) {
        return false;
    }
    if (place->index < 0) {
        return true;
    }
    if (field->type == FIELD_TIME) {
        place->units = units_of(source, record, field->name);
    }
    return any_branch(avro_schema_record_field_get_by_index(record, place->index),
                      field->many ? accepts_many : layout_accepts, field->type, place->units);
}

static enum verdict mismatch(struct text *detail, struct slice name)
{
    text_add(detail, name);
    return VERDICT_SCHEMA_MISMATCH;
}

static enum verdict resolve_envelope(struct layout *layout, avro_schema_t record,
                                     struct slice source, struct text *detail)
{
    for (size_t i = 0; i < LAYOUT_ENVELOPE_COUNT; i++) {
        const struct field field = layout_envelope_field((enum layout_envelope)i);
        struct layout_place *place = &layout->envelope[i];
        if (!resolve_field(record, source, &field, place) ||
            (envelope[i].required && place->index < 0)) {
            return mismatch(detail, field.name);
        }
    }
    return VERDICT_GOOD;
}

/* Finds the record of the event's own fields. Where a union has several, it is the one that is
 * called as ours. */
static bool find_data(struct layout *layout, avro_schema_t record, struct slice name)
{
    if (!find_field(record, SLICE("data"), &layout->data) || layout->data < 0) {
        return false;
    }
    avro_schema_t data =
        layout_follow(avro_schema_record_field_get_by_index(record, layout->data));
    layout->data_branch = -1;
    if (!is_avro_union(data)) {
        layout->data_record = data;
        return is_avro_record(data);
    }
    size_t records = 0;
    size_t called = 0;
    for (size_t i = 0; i < avro_schema_union_size(data); i++) {
        avro_schema_t branch = layout_follow(avro_schema_union_branch(data, (int)i));
        if (!is_avro_record(branch)) {
            continue;
        }
        const bool ours = slice_is(name, avro_schema_name(branch));
        records++;
        called += ours;
        if (ours || called == 0) {
            layout->data_branch = (int)i;
            layout->data_record = branch;
        }
    }
    return called == 1 || (called == 0 && records == 1);
}

static enum verdict resolve_fields(struct layout *layout, struct slice source,
                                   const struct event_type *type, struct text *detail)
{
    for (size_t i = 0; i < type->data_count; i++) {
        if (!resolve_field(layout->data_record, source, &type->fields[i], &layout->fields[i])) {
            return mismatch(detail, type->fields[i].name);
        }
    }
    return VERDICT_GOOD;
}

enum verdict layout_resolve(struct layout *layout, avro_schema_t record, struct slice source,
                            const struct event_type *type, struct text *detail)
{
    ENSURE(layout->type == NULL && layout->fields == NULL);
    enum verdict verdict = resolve_envelope(layout, record, source, detail);
    if (verdict == VERDICT_GOOD && !find_data(layout, record, type->data_name)) {
        verdict = mismatch(detail, SLICE("data"));
    }
    if (verdict == VERDICT_GOOD) {
        layout->fields = calloc(type->data_count + 1, sizeof *layout->fields);
        ENSURE_MEMORY(layout->fields != NULL);
        verdict = resolve_fields(layout, source, type, detail);
    }
    layout->type = verdict == VERDICT_GOOD ? type : NULL;
    return verdict;
}

void layout_fini(struct layout *layout)
{
    free(layout->fields);
    layout->fields = NULL;
}
