#include "seinpost/signal/encoding.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/schema/avro.h"
#include "seinpost/schema/source.h"
#include "seinpost/signal/frame.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include <avro.h>

enum {
    RECORD_MAX = 256 * 1024
};

/* How events of a type are written. */
struct form {
    avro_schema_t schema; /* NULL: not met yet */
    avro_value_iface_t *class;
    uint64_t fingerprint;
};

struct encoding {
    const struct catalogue *catalogue;
    struct form *forms; /* by index of type */
    char *buffer;
};

struct encoding *encoding_new(const struct catalogue *catalogue)
{
    struct encoding *encoding = calloc(1, sizeof *encoding);

    ENSURE_MEMORY(encoding != NULL);
    encoding->catalogue = catalogue;
    encoding->forms = calloc(catalogue_count(catalogue) + 1, sizeof *encoding->forms);
    encoding->buffer = malloc(RECORD_MAX);
    ENSURE_MEMORY(encoding->forms != NULL && encoding->buffer != NULL);
    return encoding;
}

void encoding_free(struct encoding *encoding)
{
    if (encoding == NULL) {
        return;
    }
    for (size_t i = 0; i < catalogue_count(encoding->catalogue); i++) {
        if (encoding->forms[i].schema != NULL) {
            avro_value_iface_decref(encoding->forms[i].class);
            (void)avro_schema_decref(encoding->forms[i].schema);
        }
    }
    free(encoding->forms);
    free(encoding->buffer);
    free(encoding);
}

static const struct form *form_of(struct encoding *encoding, const struct event_type *type)
{
    struct form *form = &encoding->forms[type->index];
    struct text canonical = {0};

    if (form->schema != NULL) {
        return form;
    }
    const int failed =
        avro_schema_from_json_length(type->json.data, type->json.size, &form->schema);
    const bool good = avro_canonical(type->json, &canonical);
    ENSURE(failed == 0 && good); /* the catalogue has read it */
    form->class = avro_generic_class_from_schema(form->schema);
    form->fingerprint = avro_fingerprint(text_slice(&canonical));
    text_free(&canonical);
    return form;
}

static bool put_value(avro_value_t *to, const json_t *from);

/* Tells whether a branch of a union can hold the value. */
static bool fits(avro_schema_t branch, const json_t *from)
{
    switch (avro_typeof(branch)) {
    case AVRO_NULL:
        return from == NULL || json_is_null(from);
    case AVRO_STRING:
        return json_is_string(from);
    case AVRO_BOOLEAN:
        return json_is_boolean(from);
    case AVRO_INT32:
    case AVRO_INT64:
        return json_is_integer(from);
    case AVRO_ENUM:
        return json_is_string(from) &&
               avro_schema_enum_get_by_name(branch, json_string_value(from)) >= 0;
    case AVRO_ARRAY:
        return json_is_array(from);
    default: /* of Avro's types, not ours: the catalogue has no others */
        return false;
    }
}

/* The schema of a union's value: Avro C tells it of the value, branches are tried in order. */
static bool put_union(avro_value_t *to, const json_t *from) /* NOLINT(misc-no-recursion) */
{
    avro_schema_t schema = avro_value_get_schema(to);
    avro_value_t branch;

    for (size_t i = 0; i < avro_schema_union_size(schema); i++) {
        if (fits(avro_schema_union_branch(schema, (int)i), from)) {
            return avro_value_set_branch(to, (int)i, &branch) == 0 && put_value(&branch, from);
        }
    }
    return false;
}

static bool put_record(avro_value_t *to, const json_t *from) /* NOLINT(misc-no-recursion) */
{
    size_t count = 0;
    bool good = avro_value_get_size(to, &count) == 0;

    for (size_t i = 0; good && i < count; i++) {
        avro_value_t field;
        const char *name = NULL;
        good = avro_value_get_by_index(to, i, &field, &name) == 0 &&
               put_value(&field, json_object_get(from, name));
    }
    return good;
}

static bool put_array(avro_value_t *to, const json_t *from) /* NOLINT(misc-no-recursion) */
{
    bool good = true;

    for (size_t i = 0; good && i < json_array_size(from); i++) {
        avro_value_t item;
        good = avro_value_append(to, &item, NULL) == 0 &&
               put_value(&item, json_array_get(from, i));
    }
    return good;
}

static bool put_string(avro_value_t *to, const json_t *from)
{
    const char *text = from == NULL ? "" : json_string_value(from);

    return text != NULL && avro_value_set_string(to, text) == 0;
}

static bool put_enum(avro_value_t *to, const json_t *from)
{
    const char *text = json_string_value(from);
    const int symbol =
        text == NULL ? -1 : avro_schema_enum_get_by_name(avro_value_get_schema(to), text);

    return symbol >= 0 && avro_value_set_enum(to, symbol) == 0;
}

/* As deep as a schema of the catalogue is: an event, its data, a union, a list. What the file
 * leaves out is null, empty or 0. */
static bool put_value(avro_value_t *to, const json_t *from) /* NOLINT(misc-no-recursion) */
{
    switch (avro_value_get_type(to)) {
    case AVRO_RECORD:
        return put_record(to, from);
    case AVRO_UNION:
        return put_union(to, from);
    case AVRO_ARRAY:
        return put_array(to, from);
    case AVRO_STRING:
        return put_string(to, from);
    case AVRO_ENUM:
        return put_enum(to, from);
    case AVRO_INT32:
        return avro_value_set_int(to, (int32_t)json_integer_value(from)) == 0;
    case AVRO_INT64:
        return avro_value_set_long(to, json_integer_value(from)) == 0;
    case AVRO_BOOLEAN:
        return avro_value_set_boolean(to, json_is_true(from)) == 0;
    case AVRO_NULL:
        return avro_value_set_null(to) == 0;
    default: /* of Avro's types, not ours: the catalogue has no others */
        return false;
    }
}

static bool write(struct encoding *encoding, const struct form *form, const json_t *event,
                  struct text *record)
{
    avro_value_t value;

    const int failed = avro_generic_value_new(form->class, &value);
    ENSURE_MEMORY(failed == 0);
    avro_writer_t writer = avro_writer_memory(encoding->buffer, RECORD_MAX);
    ENSURE_MEMORY(writer != NULL);
    const bool good = put_value(&value, event) && avro_value_write(writer, &value) == 0;
    if (good) {
        frame_put(record, SOURCE_SINGLE_OBJECT, form->fingerprint);
        text_add(record, (struct slice){encoding->buffer, (size_t)avro_writer_tell(writer)});
    }
    avro_writer_free(writer);
    avro_value_decref(&value);
    return good;
}

const struct event_type *encoding_put(struct encoding *encoding, struct slice line,
                                      struct text *record)
{
    json_t *event = json_loadb(line.data, line.size, 0, NULL);
    const char *name = json_string_value(json_object_get(event, "type"));
    const struct event_type *type =
        name == NULL ? NULL : catalogue_find(encoding->catalogue, slice_of(name));

    if (type != NULL && !write(encoding, form_of(encoding, type), event, record)) {
        type = NULL;
    }
    json_decref(event);
    return type;
}
