#include "seinpost/schema/catalogue.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/file.h"
#include "seinpost/base/nearest.h"
#include "seinpost/base/vector.h"
#include "seinpost/schema/vocabulary.h"

#include <jansson.h>
#include <string.h>

struct catalogue {
    const struct event_type **types; /* by name */
    size_t count;
};

/* One schema file that is being read. */
struct reader {
    struct arena *arena;
    struct diag *diag;
    const char *file;
    struct slice text;
};

/* The text behind `"name":`, with its quotes; data NULL when it is another. */
static struct slice name_at(struct slice rest, const char *name)
{
    const struct slice member = SLICE("\"name\"");
    const size_t size = strlen(name);

    if (!slice_starts_with(rest, member)) {
        return (struct slice){NULL, 0};
    }
    rest.data += member.size;
    rest.size -= member.size;
    while (rest.size > 0 && strchr(" :\t\r\n", rest.data[0]) != NULL) {
        rest.data++;
        rest.size--;
    }
    const bool same = rest.size >= size + 2 && rest.data[0] == '"' &&
                      memcmp(rest.data + 1, name, size) == 0 && rest.data[size + 1] == '"';
    return (struct slice){same ? rest.data : NULL, size + 2};
}

/* Where the file names a field: the last one, for those of `data` come behind the envelope's.
 */
static struct diag_place place_of(const struct reader *reader, const char *name)
{
    struct diag_place place = {.file = reader->file, .line = 1, .column = 1};
    const struct slice text = reader->text;
    unsigned line = 1;
    size_t line_start = 0;

    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\n') {
            line++;
            line_start = i + 1;
        }
        const struct slice rest = {text.data + i, text.size - i};
        const struct slice found =
            text.data[i] == '"' ? name_at(rest, name) : (struct slice){NULL, 0};
        if (found.data != NULL) {
            const size_t at = (size_t)(found.data - text.data);
            place.line = line;
            place.column = at >= line_start ? (unsigned)(at - line_start) + 1 : 1;
            place.length = (unsigned)found.size;
        }
    }
    return place;
}

/* A fault of a field, or of the type itself. */
static void fault(const struct reader *reader, const char *code, const char *name,
                  const char *what)
{
    diag_add(reader->diag, place_of(reader, name), code, "'%s': %s", name, what);
}

static struct slice copy_string(const struct reader *reader, const json_t *json)
{
    const struct slice text = {json_string_value(json), json_string_length(json)};

    return slice_copy(reader->arena, text);
}

/* What one branch of a field's Avro type says. */
struct avro_branch {
    const char *name; /* "int", "long", "enum" ... */
    const json_t *json;
    const char *logical;
};

static struct avro_branch branch_of(const json_t *json)
{
    if (json_is_string(json)) {
        return (struct avro_branch){json_string_value(json), json, NULL};
    }
    const char *name = json_string_value(json_object_get(json, "type"));
    return (struct avro_branch){name == NULL ? "" : name, json,
                                json_string_value(json_object_get(json, "logicalType"))};
}

static void read_symbols(const struct reader *reader, const json_t *json, struct field *field)
{
    const json_t *symbols = json_object_get(json, "symbols");
    struct slice *list = arena_alloc(reader->arena, json_array_size(symbols) * sizeof *list);

    for (size_t i = 0; i < json_array_size(symbols); i++) {
        list[i] = copy_string(reader, json_array_get(symbols, i));
    }
    field->symbols = list;
    field->symbols_count = json_array_size(symbols);
}

/* Takes in one branch of the union. Returns false for a type that no field may have. */
static bool read_branch(const struct reader *reader, const json_t *json, struct field *field)
{
    const struct avro_branch branch = branch_of(json);

    if (strcmp(branch.name, "null") == 0) {
        return true;
    }
    if (strcmp(branch.name, "boolean") == 0) {
        field->type = FIELD_BOOL;
    } else if (branch.logical != NULL && strcmp(branch.logical, "timestamp-millis") == 0) {
        field->type = FIELD_TIME;
    } else if (strcmp(branch.name, "int") == 0 || strcmp(branch.name, "long") == 0) {
        field->type = FIELD_INT;
    } else if (strcmp(branch.name, "enum") == 0) {
        read_symbols(reader, json, field);
    } else if (strcmp(branch.name, "array") == 0) {
        field->many = true;
        return strcmp(branch_of(json_object_get(json, "items")).name, "string") == 0;
    } else if (strcmp(branch.name, "string") != 0) {
        return false;
    }
    return true;
}

static bool read_avro_type(const struct reader *reader, const json_t *type, struct field *field)
{
    field->type = FIELD_CODE;
    if (!json_is_array(type)) {
        return read_branch(reader, type, field);
    }
    for (size_t i = 0; i < json_array_size(type); i++) {
        if (!read_branch(reader, json_array_get(type, i), field)) {
            return false;
        }
    }
    return true;
}

static bool is_attribute(const json_t *json, const char *key, const char *value)
{
    const char *text = json_string_value(json_object_get(json, key));

    return text != NULL && strcmp(text, value) == 0;
}

static void tell_kind(const struct reader *reader, const struct field *field, struct slice kind)
{
    struct nearest nearest = {0};

    fault(reader, "E252", field->name.data, "its seinpost.kind is no identity kind");
    for (int i = KIND_NONE + 1; i < KINDS_COUNT; i++) {
        nearest_try(&nearest, kind, kind_name((enum kind)i));
    }
    if (nearest_found(&nearest)) {
        diag_hint(reader->diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
}

static void read_attributes(const struct reader *reader, const json_t *json,
                            struct field *field)
{
    const json_t *kind = json_object_get(json, "seinpost.kind");
    const json_t *role = json_object_get(json, "seinpost.role");
    const json_t *unit = json_object_get(json, "seinpost.unit");

    if (kind != NULL) {
        field->kind = kind_find(copy_string(reader, kind));
        if (field->kind == KIND_NONE) {
            tell_kind(reader, field, copy_string(reader, kind));
        }
    }
    field->role = role == NULL ? SLICE("") : copy_string(reader, role);
    field->unit = unit == NULL ? SLICE("") : copy_string(reader, unit);
    field->personal = is_attribute(json, "seinpost.class", "personal");
    if (!field->personal && !is_attribute(json, "seinpost.class", "clear")) {
        fault(reader, "E252", field->name.data, "its seinpost.class is personal or clear");
    }
    if (field->personal && kind == NULL) {
        fault(reader, "E252", field->name.data, "a personal field needs a seinpost.kind");
    }
    if (field->personal && (field->many || field->type != FIELD_CODE)) {
        fault(reader, "E252", field->name.data, "a personal field is one text");
    }
    if (is_attribute(json, "seinpost.type", "token")) {
        field->type = FIELD_TOKEN;
    } else if (is_attribute(json, "seinpost.type", "text")) {
        field->type = FIELD_TEXT;
    } else if (is_attribute(json, "seinpost.type", "place")) {
        field->type = FIELD_PLACE;
    }
}

static void read_field(const struct reader *reader, const json_t *json, struct field *field)
{
    const json_t *missing = json_object_get(json, "default");

    field->name = copy_string(reader, json_object_get(json, "name"));
    if (!read_avro_type(reader, json_object_get(json, "type"), field)) {
        fault(reader, "E251", field->name.data,
              "a field is boolean, int, long, string, enum or array of string");
    }
    if (missing != NULL && !json_is_null(missing)) {
        fault(reader, "E251", field->name.data,
              "its default is null: what is not told is missing");
    }
    read_attributes(reader, json, field);
}

static size_t index_of(const struct field *fields, size_t count, struct slice name)
{
    size_t i = 0;

    while (i < count && !slice_equal(fields[i].name, name)) {
        i++;
    }
    return i;
}

/* A pair X_minor and currency is the money field X, which stands behind the fields of the
 * wire. */
static void add_money(const struct reader *reader, struct event_type *type,
                      struct field *fields)
{
    const size_t currency = index_of(fields, type->data_count, SLICE("currency"));

    for (size_t i = 0; i < type->data_count; i++) {
        const struct slice name = fields[i].name;
        if (!slice_ends_with(name, SLICE("_minor"))) {
            continue;
        }
        if (currency == type->data_count) {
            fault(reader, "E253", name.data,
                  "an amount of minor units needs a field 'currency'");
            continue;
        }
        const struct slice stem = {name.data, name.size - (sizeof "_minor" - 1)};
        fields[type->fields_count++] = (struct field){
            .name = slice_copy(reader->arena, stem),
            .type = FIELD_MONEY,
            .minor_index = i,
            .currency_index = currency,
        };
    }
}

/* The record `data`, or NULL. */
static const json_t *data_of(const json_t *root)
{
    const json_t *fields = json_object_get(root, "fields");

    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *field = json_array_get(fields, i);
        if (is_attribute(field, "name", "data")) {
            return json_object_get(field, "type");
        }
    }
    return NULL;
}

static void hint_sectors(const struct reader *reader)
{
    char all[64] = "";
    size_t size = 0;

    for (int i = 0; vocabulary_sectors[i] != NULL && size < sizeof all; i++) {
        size += (size_t)snprintf(all + size, sizeof all - size, "%s%s", i > 0 ? ", " : "",
                                 vocabulary_sectors[i]);
    }
    diag_hint(reader->diag, "%s", all);
}

static struct event_type *read_type(const struct reader *reader, const json_t *root)
{
    const json_t *data = data_of(root);
    const json_t *fields_json = json_object_get(data, "fields");
    const char *space = json_string_value(json_object_get(root, "namespace"));
    const char *name = json_string_value(json_object_get(root, "name"));

    if (!json_is_array(fields_json) || space == NULL || name == NULL) {
        diag_add(reader->diag,
                 (struct diag_place){.file = reader->file, .line = 1, .column = 1}, "E250",
                 "an event is a record with namespace, name and a record 'data'");
        return NULL;
    }
    struct event_type *type = arena_alloc(reader->arena, sizeof *type);
    const size_t size = strlen(space) + 1 + strlen(name);
    char *full = arena_alloc(reader->arena, size + 1);
    (void)snprintf(full, size + 1, "%s.%s", space, name);
    struct slice rest = {full, size};
    type->name = rest;
    type->sector = slice_cut(&rest, '.');
    type->data_name = copy_string(reader, json_object_get(data, "name"));
    if (vocabulary_find(vocabulary_sectors, type->sector) < 0) {
        fault(reader, "E250", name, "the first part of its namespace is no sector");
        hint_sectors(reader);
    }
    type->data_count = type->fields_count = json_array_size(fields_json);
    struct field *fields = arena_alloc(reader->arena, 2 * type->data_count * sizeof *fields);
    for (size_t i = 0; i < type->data_count; i++) {
        read_field(reader, json_array_get(fields_json, i), &fields[i]);
    }
    add_money(reader, type, fields);
    type->fields = fields;
    return type;
}

static struct event_type *read_file(const struct reader *reader)
{
    const struct slice text = reader->text;
    json_error_t error;
    json_t *root = json_loadb(text.data, text.size, JSON_REJECT_DUPLICATES, &error);

    diag_source(reader->diag, reader->file, text);
    if (root == NULL) {
        const struct diag_place place = {.file = reader->file,
                                         .line = (unsigned)error.line,
                                         .column = (unsigned)error.column};
        diag_add(reader->diag, place, "E250", "not JSON: %s", error.text);
        return NULL;
    }
    struct event_type *type = read_type(reader, root);
    if (type != NULL) {
        type->json = text;
    }
    json_decref(root);
    return type;
}

static int by_name(const void *left, const void *right)
{
    const struct event_type *const *a = left;
    const struct event_type *const *b = right;

    return slice_compare((*a)->name, (*b)->name);
}

struct catalogue *catalogue_load(struct arena *arena, struct diag *diag, const char *folder)
{
    struct catalogue *catalogue = arena_alloc(arena, sizeof *catalogue);
    struct file_list files = {0};

    if (!file_find(arena, folder, SLICE(".avsc"), &files) || files.count == 0) {
        diag_add(diag, (struct diag_place){.file = folder}, "E250", "no schemas (*.avsc) here");
        return catalogue;
    }
    struct event_type **types = arena_alloc(arena, files.count * sizeof(struct event_type *));
    for (size_t i = 0; i < files.count; i++) {
        struct reader reader = {arena, diag, files.paths[i], {NULL, 0}};
        if (!file_read(arena, files.paths[i], &reader.text)) {
            diag_add(diag, (struct diag_place){.file = files.paths[i]}, "E250", "unreadable");
            continue;
        }
        struct event_type *type = read_file(&reader);
        if (type != NULL) {
            types[catalogue->count++] = type;
        }
    }
    qsort(types, catalogue->count, sizeof(struct event_type *), by_name);
    catalogue->types = arena_alloc(arena, catalogue->count * sizeof(struct event_type *));
    for (size_t i = 0; i < catalogue->count; i++) {
        types[i]->index = i;
        catalogue->types[i] = types[i];
    }
    return catalogue;
}

size_t catalogue_count(const struct catalogue *catalogue)
{
    return catalogue->count;
}

const struct event_type *catalogue_type(const struct catalogue *catalogue, size_t index)
{
    ENSURE(index < catalogue->count);
    return catalogue->types[index];
}

const struct event_type *catalogue_find(const struct catalogue *catalogue, struct slice name)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        if (slice_equal(catalogue->types[i]->name, name)) {
            return catalogue->types[i];
        }
    }
    return NULL;
}

const struct field *catalogue_field(const struct event_type *type, struct slice name)
{
    const size_t index = index_of(type->fields, type->fields_count, name);

    return index < type->fields_count ? &type->fields[index] : NULL;
}

const char *catalogue_field_type_name(enum field_type type)
{
    static const char *const names[] = {
        [FIELD_BOOL] = "true or false", [FIELD_INT] = "int",     [FIELD_CODE] = "code",
        [FIELD_TOKEN] = "token",        [FIELD_TEXT] = "text",   [FIELD_MONEY] = "money",
        [FIELD_TIME] = "time",          [FIELD_PLACE] = "place",
    };

    return names[type];
}
