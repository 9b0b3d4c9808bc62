#include "avroc.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/schema/logical.h"
#include "seinpost/schema/vocabulary.h"
#include "seinpost/signal/layout.h"

#include <stdlib.h>
#include <string.h>

#include <avro.h>

struct avroc {
    struct slice source;
    avro_schema_t schema;
    avro_value_iface_t *class;
    avro_value_t value;
    avro_reader_t reader;
};

struct avroc *avroc_new(struct slice schema)
{
    struct avroc *avroc = calloc(1, sizeof *avroc);

    ENSURE_MEMORY(avroc != NULL);
    avroc->source = schema;
    if (avro_schema_from_json_length(schema.data, schema.size, &avroc->schema) != 0) {
        free(avroc);
        return NULL;
    }
    avroc->class = avro_generic_class_from_schema(avroc->schema);
    ENSURE_MEMORY(avroc->class != NULL);
    ENSURE_MEMORY(avro_generic_value_new(avroc->class, &avroc->value) == 0);
    avroc->reader = avro_reader_memory("", 0);
    ENSURE_MEMORY(avroc->reader != NULL);
    return avroc;
}

void avroc_free(struct avroc *avroc)
{
    if (avroc != NULL) {
        avro_reader_free(avroc->reader);
        avro_value_decref(&avroc->value);
        avro_value_iface_decref(avroc->class);
        (void)avro_schema_decref(avroc->schema);
        free(avroc);
    }
}

bool avroc_read(struct avroc *avroc, struct slice body)
{
    avro_reader_memory_set_source(avroc->reader, body.data, (int64_t)body.size);
    return avro_value_reset(&avroc->value) == 0 &&
           avro_value_read(avroc->reader, &avroc->value) == 0;
}

/* Takes a datum out of its union; false when it is null. */
static bool unwrap(avro_value_t *datum)
{
    avro_value_t branch;

    if (avro_value_get_type(datum) == AVRO_UNION) {
        ENSURE(avro_value_get_current_branch(datum, &branch) == 0);
        *datum = branch;
    }
    return avro_value_get_type(datum) != AVRO_NULL;
}

static bool text_of(const avro_value_t *datum, struct slice *text)
{
    const void *bytes = NULL;
    const char *string = NULL;
    int symbol = 0;

    switch (avro_value_get_type(datum)) {
    case AVRO_STRING:
        ENSURE(avro_value_get_string(datum, &string, &text->size) == 0 && text->size > 0);
        *text = (struct slice){string, text->size - 1};
        return true;
    case AVRO_BYTES:
        ENSURE(avro_value_get_bytes(datum, &bytes, &text->size) == 0);
        text->data = bytes;
        return true;
    case AVRO_ENUM:
        ENSURE(avro_value_get_enum(datum, &symbol) == 0);
        *text = slice_of(avro_schema_enum_get(avro_value_get_schema(datum), symbol));
        return true;
    default:
        return false;
    }
}

static bool number_of(const avro_value_t *datum, int64_t *number)
{
    int32_t small = 0;

    if (avro_value_get_type(datum) == AVRO_INT32) {
        ENSURE(avro_value_get_int(datum, &small) == 0);
        *number = small;
        return true;
    }
    return avro_value_get_type(datum) == AVRO_INT64 && avro_value_get_long(datum, number) == 0;
}

/* Finds a field that is there and not null. */
static bool find(const avro_value_t *record, struct slice name, avro_value_t *datum)
{
    char buffer[128];

    ENSURE(name.size < sizeof buffer);
    memcpy(buffer, name.data, name.size);
    buffer[name.size] = '\0';
    return avro_value_get_by_name(record, buffer, datum, NULL) == 0 && unwrap(datum);
}

static bool same_text(const avro_value_t *record, struct slice name, struct slice taken)
{
    avro_value_t datum;
    struct slice text = SLICE("");

    return (!find(record, name, &datum) || text_of(&datum, &text)) && slice_equal(text, taken);
}

static bool same_time(const struct avroc *avroc, const avro_value_t *record, struct slice name,
                      const struct instant *taken)
{
    avro_value_t datum;
    struct slice text;
    struct instant at;
    int64_t number = 0;
    struct text full = {0};
    bool moment = false;

    if (!find(record, name, &datum)) {
        return taken == NULL;
    }
    if (text_of(&datum, &text)) {
        moment = instant_parse(text, &at);
    } else if (number_of(&datum, &number)) {
        avro_schema_t schema = avro_value_get_schema(record);
        const char *space = avro_schema_namespace(schema);
        text_format(&full, "%s%s%s", space == NULL ? "" : space,
                    space == NULL || space[0] == '\0' ? "" : ".", avro_schema_name(schema));
        const struct logical_units units =
            logical_units_of(avroc->source, text_slice(&full), name);
        moment = logical_to_ms(avro_value_get_type(&datum) == AVRO_INT32 ? units.of_int
                                                                         : units.of_long,
                               number, &at.ms);
        text_free(&full);
    }
    return moment == (taken != NULL) && (!moment || at.ms == taken->ms);
}

static bool same_list(const avro_value_t *record, struct slice name, const struct value *taken)
{
    avro_value_t list;
    avro_value_t item;
    size_t count = 0;

    if (!find(record, name, &list)) {
        return value_count(taken) == 0;
    }
    if (avro_value_get_type(&list) != AVRO_ARRAY) {
        return false;
    }
    ENSURE(avro_value_get_size(&list, &count) == 0);
    for (size_t i = 0; i < count && count == value_count(taken); i++) {
        struct slice text;
        ENSURE(avro_value_get_by_index(&list, i, &item, NULL) == 0);
        if (!unwrap(&item) || !text_of(&item, &text) ||
            !slice_equal(text, value_item(taken, i)->as.text)) {
            return false;
        }
    }
    return count == value_count(taken);
}

static bool same_bool(const avro_value_t *record, struct slice name, const struct value *taken)
{
    avro_value_t datum;
    int truth = 0;

    if (!find(record, name, &datum)) {
        return taken->type == VALUE_NONE;
    }
    return avro_value_get_boolean(&datum, &truth) == 0 && taken->type == VALUE_BOOL &&
           taken->as.truth == (truth != 0);
}

static bool same_number(const avro_value_t *record, struct slice name,
                        const struct value *taken)
{
    avro_value_t datum;
    int64_t number = 0;

    if (!find(record, name, &datum)) {
        return taken->type == VALUE_NONE;
    }
    return number_of(&datum, &number) && taken->type == VALUE_NUMBER &&
           taken->as.number == number;
}

static bool same_field(const struct avroc *avroc, const avro_value_t *data,
                       const struct raw_event *raw, size_t index)
{
    const struct field *field = &raw->type->fields[index];
    const struct value *taken = &raw->values[index];
    const struct clear_text clear = raw->clear[index];

    if (field->many) {
        return same_list(data, field->name, taken);
    }
    switch (field->type) {
    case FIELD_BOOL:
        return same_bool(data, field->name, taken);
    case FIELD_INT:
        return same_number(data, field->name, taken);
    case FIELD_TIME:
        return same_time(avroc, data, field->name,
                         taken->type == VALUE_TIME ? &taken->as.time : NULL);
    case FIELD_CODE:
    case FIELD_TOKEN:
    case FIELD_TEXT:
    case FIELD_PLACE:
        return same_text(data, field->name,
                         field->personal             ? (struct slice){clear.bytes, clear.size}
                         : taken->type == VALUE_TEXT ? taken->as.text
                                                     : SLICE(""));
    case FIELD_MONEY:
        break;
    }
    return false;
}

static bool same_purposes(const avro_value_t *record, const struct raw_event *raw)
{
    avro_value_t list;
    avro_value_t item;
    size_t count = 0;
    unsigned purposes = 0;
    bool known = true;

    if (find(record, SLICE("purpose"), &list)) {
        ENSURE(avro_value_get_size(&list, &count) == 0);
    }
    for (size_t i = 0; i < count; i++) {
        struct slice text;
        ENSURE(avro_value_get_by_index(&list, i, &item, NULL) == 0);
        if (!unwrap(&item) || !text_of(&item, &text)) {
            return false;
        }
        const int purpose = vocabulary_find(vocabulary_purposes, text);
        known = known && purpose >= 0;
        purposes |= purpose >= 0 ? 1U << (unsigned)purpose : 0;
    }
    return known == raw->purposes_known && purposes == raw->purposes;
}

struct slice avroc_differs(const struct avroc *avroc, const struct raw_event *raw)
{
    const avro_value_t *record = &avroc->value;
    avro_value_t data;

    if (!same_text(record, SLICE("id"), raw->id) ||
        !same_text(record, SLICE("source"), raw->source) ||
        !same_text(record, SLICE("type"), raw->type_name) ||
        !same_text(record, SLICE("legal_basis"), raw->legal_basis) ||
        !same_purposes(record, raw) ||
        !same_time(avroc, record, SLICE("time"), raw->time_known ? &raw->time : NULL)) {
        return SLICE("the envelope");
    }
    if (!find(record, SLICE("data"), &data)) {
        return SLICE("data");
    }
    for (size_t i = 0; i < raw->type->data_count; i++) {
        if (!same_field(avroc, &data, raw, i)) {
            return raw->type->fields[i].name;
        }
    }
    return SLICE("");
}
