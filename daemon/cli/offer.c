#include "seinpost/cli/offer.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/vector.h"

#include <ctype.h>
#include <jansson.h>

enum {
    NAME_MAX_SHOWN = 64
};

struct names {
    VECTOR(struct slice) found;
};

static void add(struct arena *arena, struct names *names, const char *name)
{
    if (name != NULL && names->found.count < OFFER_MAX) {
        VECTOR_PUSH(&names->found, slice_copy(arena, slice_of(name)));
    }
}

static struct offer finish(struct arena *arena, struct names *names)
{
    const struct offer offer = {
        arena_copy(arena, names->found.items, names->found.count * sizeof(struct slice)),
        names->found.count};

    VECTOR_FREE(&names->found);
    return offer;
}

/* The record of a schema, or of the union that it is. */
static const json_t *record_of(const json_t *schema)
{
    for (size_t i = 0; i < json_array_size(schema); i++) {
        const json_t *branch = json_array_get(schema, i);
        if (json_object_get(branch, "fields") != NULL) {
            return branch;
        }
    }
    return schema;
}

static const json_t *data_of(const json_t *schema)
{
    const json_t *fields = json_object_get(record_of(schema), "fields");

    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *field = json_array_get(fields, i);
        const char *name = json_string_value(json_object_get(field, "name"));
        if (name != NULL && slice_is(slice_of(name), "data")) {
            return record_of(json_object_get(field, "type"));
        }
    }
    return NULL;
}

struct offer offer_of_schema(struct arena *arena, struct slice schema)
{
    struct names names = {0};
    json_t *json = json_loadb(schema.data, schema.size, 0, NULL);
    const json_t *fields = json_object_get(data_of(json), "fields");

    for (size_t i = 0; i < json_array_size(fields); i++) {
        add(arena, &names,
            json_string_value(json_object_get(json_array_get(fields, i), "name")));
    }
    json_decref(json);
    return finish(arena, &names);
}

struct offer offer_of_line(struct arena *arena, struct slice line)
{
    struct names names = {0};
    json_t *json = json_loadb(line.data, line.size, 0, NULL);
    json_t *data = json_object_get(json, "data");

    for (void *at = json_object_iter(data); at != NULL; at = json_object_iter_next(data, at)) {
        add(arena, &names, json_object_iter_key(at));
    }
    json_decref(json);
    return finish(arena, &names);
}

bool offer_is_name(struct slice name)
{
    bool good = name.size > 0 && name.size <= NAME_MAX_SHOWN &&
                isdigit((unsigned char)name.data[0]) == 0;

    for (size_t i = 0; good && i < name.size; i++) {
        good = isalnum((unsigned char)name.data[i]) != 0 || name.data[i] == '_';
    }
    return good;
}
