#include "seinpost/schema/avro.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/table.h"
#include "seinpost/base/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* The canonical form while it is written, and the names that were given. */
struct canonical {
    struct text *text;
    struct table *names;
};

static bool write_schema(const json_t *json, struct slice space, struct canonical *to,
                         int depth);

static bool is_primitive(const char *name)
{
    static const char *const names[] = {"null",  "boolean", "int",   "long",
                                        "float", "double",  "bytes", "string"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* A name, or a symbol, that can stand between quotes as it is. Avro's own rule is narrower; not
 * all who write schemas keep it. */
static bool is_word(const json_t *json)
{
    const struct slice text = {json_string_value(json), json_string_length(json)};

    for (size_t i = 0; i < text.size; i++) {
        if ((unsigned char)text.data[i] <= ' ' || text.data[i] == '"' || text.data[i] == '\\') {
            return false;
        }
    }
    return text.size > 0;
}

/* [FULLNAMES]: a name without dots gets the namespace around it. */
static void write_name(struct slice name, struct slice space, struct text *text)
{
    text_add_byte(text, '"');
    if (!slice_contains(name, SLICE(".")) && space.size > 0) {
        text_add(text, space);
        text_add_byte(text, '.');
    }
    text_add(text, name);
    text_add_byte(text, '"');
}

static struct slice string_of(const json_t *json)
{
    return (struct slice){json_string_value(json), json_string_length(json)};
}

struct slice avro_space(const struct json_t *type, struct slice space)
{
    const struct slice name = string_of(json_object_get(type, "name"));
    const json_t *own = json_object_get(type, "namespace");

    for (size_t i = name.size; i > 0; i--) {
        if (name.data[i - 1] == '.') {
            return (struct slice){name.data, i - 1};
        }
    }
    return own != NULL ? string_of(own) : space;
}

// NOLINTNEXTLINE(misc-no-recursion): bounded by AVRO_DEPTH_MAX
static bool write_fields(const json_t *fields, struct slice space, struct canonical *to,
                         int depth)
{
    text_add(to->text, SLICE(",\"fields\":["));
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *field = json_array_get(fields, i);
        const json_t *name = json_object_get(field, "name");
        if (!is_word(name)) {
            return false;
        }
        text_add(to->text, i > 0 ? SLICE(",{\"name\":") : SLICE("{\"name\":"));
        write_name(string_of(name), SLICE(""), to->text);
        text_add(to->text, SLICE(",\"type\":"));
        if (!write_schema(json_object_get(field, "type"), space, to, depth + 1)) {
            return false;
        }
        text_add_byte(to->text, '}');
    }
    text_add_byte(to->text, ']');
    return json_is_array(fields);
}

static bool write_symbols(const json_t *symbols, struct text *text)
{
    text_add(text, SLICE(",\"symbols\":["));
    for (size_t i = 0; i < json_array_size(symbols); i++) {
        if (!is_word(json_array_get(symbols, i))) {
            return false;
        }
        text_add(text, i > 0 ? SLICE(",\"") : SLICE("\""));
        text_add(text, string_of(json_array_get(symbols, i)));
        text_add_byte(text, '"');
    }
    text_add_byte(text, ']');
    return json_is_array(symbols);
}

static bool write_size(const json_t *size, struct text *text)
{
    text_format(text, ",\"size\":%lld", (long long)json_integer_value(size));
    return json_is_integer(size) && json_integer_value(size) >= 0;
}

/* "Names": it is an error to define two types of one name; Avro C leaks memory on it. */
static bool note_name(struct table *names, struct slice name)
{
    if (table_get(names, name) != NULL) {
        return false;
    }
    char *key = malloc(name.size + 1);
    ENSURE_MEMORY(key != NULL);
    memcpy(key, name.data, name.size);
    table_put(names, (struct slice){key, name.size}, key);
    return true;
}

static void free_name(void *name, void *context)
{
    (void)context;
    free(name);
}

/* [STRIP] and [ORDER]: name, type, fields, symbols, items, values, size; nothing else. */
// NOLINTNEXTLINE(misc-no-recursion): bounded by AVRO_DEPTH_MAX
static bool write_named(const json_t *json, const char *type, struct slice space,
                        struct canonical *to, int depth)
{
    const json_t *name = json_object_get(json, "name");
    const struct slice inside = avro_space(json, space);

    if (!is_word(name)) {
        return false;
    }
    text_add(to->text, SLICE("{\"name\":"));
    const size_t before = to->text->size + 1; /* its quotation mark */
    write_name(string_of(name), inside, to->text);
    if (!note_name(to->names,
                   (struct slice){to->text->data + before, to->text->size - before - 1})) {
        return false;
    }
    text_format(to->text, ",\"type\":\"%s\"", type);
    bool good = true;
    if (strcmp(type, "enum") == 0) {
        good = write_symbols(json_object_get(json, "symbols"), to->text);
    } else if (strcmp(type, "fixed") == 0) {
        good = write_size(json_object_get(json, "size"), to->text);
    } else {
        good = write_fields(json_object_get(json, "fields"), inside, to, depth);
    }
    text_add_byte(to->text, '}');
    return good;
}

// NOLINTNEXTLINE(misc-no-recursion): bounded by AVRO_DEPTH_MAX
static bool write_object(const json_t *json, struct slice space, struct canonical *to,
                         int depth)
{
    const json_t *type = json_object_get(json, "type");
    const char *name = json_string_value(type);

    if (name == NULL) { /* {"type": {...}} */
        return write_schema(type, space, to, depth + 1);
    }
    if (strcmp(name, "array") == 0 || strcmp(name, "map") == 0) {
        const bool array = name[0] == 'a';
        text_format(to->text, "{\"type\":\"%s\",\"%s\":", name, array ? "items" : "values");
        const bool good = write_schema(json_object_get(json, array ? "items" : "values"), space,
                                       to, depth + 1);
        text_add_byte(to->text, '}');
        return good;
    }
    if (strcmp(name, "record") == 0 || strcmp(name, "error") == 0 ||
        strcmp(name, "enum") == 0 || strcmp(name, "fixed") == 0) {
        return write_named(json, name, space, to, depth);
    }
    return write_schema(type, space, to, depth + 1); /* [PRIMITIVES] */
}

// NOLINTNEXTLINE(misc-no-recursion): bounded by AVRO_DEPTH_MAX
static bool write_union(const json_t *json, struct slice space, struct canonical *to, int depth)
{
    text_add_byte(to->text, '[');
    for (size_t i = 0; i < json_array_size(json); i++) {
        if (i > 0) {
            text_add_byte(to->text, ',');
        }
        if (!write_schema(json_array_get(json, i), space, to, depth + 1)) {
            return false;
        }
    }
    text_add_byte(to->text, ']');
    return true;
}

// NOLINTNEXTLINE(misc-no-recursion): bounded by AVRO_DEPTH_MAX
static bool write_schema(const json_t *json, struct slice space, struct canonical *to,
                         int depth)
{
    if (depth > AVRO_DEPTH_MAX) {
        return false;
    }
    if (is_word(json)) {
        const bool primitive = is_primitive(json_string_value(json));
        write_name(string_of(json), primitive ? SLICE("") : space, to->text);
        return true;
    }
    if (json_is_array(json)) {
        return write_union(json, space, to, depth);
    }
    return json_is_object(json) && write_object(json, space, to, depth);
}

bool avro_canonical(struct slice schema, struct text *text)
{
    json_error_t error;

    if (schema.size > AVRO_SCHEMA_MAX) {
        return false;
    }
    json_t *json = json_loadb(schema.data, schema.size, JSON_DECODE_ANY, &error);
    if (json == NULL) {
        return false;
    }
    struct canonical to = {text, table_new()};
    const bool good = write_schema(json, SLICE(""), &to, 0);
    table_each(to.names, free_name, NULL);
    table_free(to.names);
    json_decref(json);
    return good;
}

/* Rabin fingerprint with the specification's "empty" value. */
uint64_t avro_fingerprint(struct slice canonical)
{
    const uint64_t empty = UINT64_C(0xc15d213aa4d7a795);
    uint64_t fingerprint = empty;

    for (size_t i = 0; i < canonical.size; i++) {
        fingerprint ^= (unsigned char)canonical.data[i];
        for (int bit = 0; bit < 8; bit++) {
            fingerprint = (fingerprint >> 1) ^ (empty & -(fingerprint & 1));
        }
    }
    return fingerprint;
}
