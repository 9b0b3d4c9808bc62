#include "seinpost/signal/inspect.h"

#include "seinpost/base/instant.h"
#include "seinpost/base/nearest.h"
#include "seinpost/base/utf8.h"
#include "seinpost/schema/event.h"
#include "seinpost/schema/vocabulary.h"
#include "seinpost/signal/writer.h"

#include <jansson.h>
#include <string.h>

enum {
    ENVELOPE = 1, /* depth of its members */
    DATA = 2,
};

struct inspector {
    struct diag *diag;
    const char *file;
    unsigned line_number;
    struct slice line;
    const struct event_type *type;
    size_t counted;  /* bytes of the line whose characters were counted */
    unsigned column; /* there, from 0 */
};

/* Where a member stands in the line. */
struct member {
    struct slice key;
    struct slice value;
};

/* How far a search through the line has come. */
struct cursor {
    struct slice line;
    size_t at;
    int depth;
    bool in_data;
};

static struct slice string_at(struct slice line, size_t at)
{
    size_t end = at + 1;

    while (end < line.size && line.data[end] != '"') {
        end += line.data[end] == '\\' ? 2 : 1;
    }
    end = end < line.size ? end + 1 : line.size;
    return (struct slice){line.data + at, end - at};
}

static size_t skip_blanks(struct slice line, size_t at)
{
    while (at < line.size && (line.data[at] == ' ' || line.data[at] == '\t')) {
        at++;
    }
    return at;
}

static struct slice value_at(struct slice line, size_t at)
{
    size_t end = at;

    if (at < line.size && line.data[at] == '"') {
        return string_at(line, at);
    }
    while (end < line.size && strchr(",}] ", line.data[end]) == NULL) {
        end++;
    }
    const bool opens = at < line.size && (line.data[at] == '[' || line.data[at] == '{');
    return (struct slice){line.data + at, opens || end == at ? 1 : end - at};
}

/* Finds the next key of the envelope or of `data`. */
static bool next_member(struct cursor *cursor, struct member *member, int *depth)
{
    const struct slice line = cursor->line;

    while (cursor->at < line.size) {
        const char c = line.data[cursor->at];
        if (c != '"') {
            cursor->depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
            cursor->at++;
            continue;
        }
        member->key = string_at(line, cursor->at);
        cursor->at += member->key.size;
        const size_t colon = skip_blanks(line, cursor->at);
        if (colon == line.size || line.data[colon] != ':') {
            continue; /* a value */
        }
        cursor->at = skip_blanks(line, colon + 1);
        member->value = value_at(line, cursor->at);
        if (cursor->depth == ENVELOPE) {
            cursor->in_data = slice_is(member->key, "\"data\"");
        }
        if (cursor->depth == ENVELOPE || (cursor->depth == DATA && cursor->in_data)) {
            *depth = cursor->depth;
            return true;
        }
    }
    return false;
}

static struct slice unquoted(struct slice text)
{
    return text.size >= 2 ? (struct slice){text.data + 1, text.size - 2} : text;
}

/* Members come in the order of the line, so that its characters are counted once. */
static struct diag_place place_of(struct inspector *inspector, struct slice part)
{
    const size_t at = (size_t)(part.data - inspector->line.data);

    if (at < inspector->counted) {
        inspector->counted = 0;
        inspector->column = 0;
    }
    const struct slice between = {inspector->line.data + inspector->counted,
                                  at - inspector->counted};
    inspector->column += (unsigned)utf8_count(between);
    inspector->counted = at;
    return (struct diag_place){
        .file = inspector->file,
        .line = inspector->line_number,
        .column = inspector->column + 1,
        .length = (unsigned)utf8_count(part),
    };
}

static void hint_nearest(struct diag *diag, const struct nearest *nearest)
{
    if (nearest_found(nearest)) {
        diag_hint(diag, "did you mean '%.*s'?", SLICE_ARGS(nearest->best));
    }
}

/* One of the words that an envelope may have. */
static void check_word(struct inspector *inspector, struct slice value, const json_t *json,
                       const char *const *words, const char *what)
{
    const struct slice text = {json_string_value(json), json_string_length(json)};
    struct nearest nearest = {0};

    if (json_is_string(json) && vocabulary_find(words, text) >= 0) {
        return;
    }
    for (size_t i = 0; json_is_string(json) && words[i] != NULL; i++) {
        nearest_try(&nearest, text, slice_of(words[i]));
    }
    diag_add(inspector->diag, place_of(inspector, value), "E205", "%.*s is no %s",
             SLICE_ARGS(value), what);
    hint_nearest(inspector->diag, &nearest);
}

static void check_purposes(struct inspector *inspector, struct slice value, const json_t *json)
{
    size_t at = (size_t)(value.data - inspector->line.data) + 1;

    if (!json_is_array(json)) {
        diag_add(inspector->diag, place_of(inspector, value), "E204", "a list expected");
        return;
    }
    for (size_t i = 0; i < json_array_size(json); i++) {
        while (at < inspector->line.size && inspector->line.data[at] != '"') {
            at++;
        }
        const struct slice item = value_at(inspector->line, at);
        check_word(inspector, item, json_array_get(json, i), vocabulary_purposes, "purpose");
        at += item.size;
    }
}

static void check_id(struct inspector *inspector, struct slice value, const json_t *json)
{
    const size_t size = json_string_length(json);

    if (size == 0 || size > EVENT_ID_MAX) {
        diag_add(inspector->diag, place_of(inspector, value), "E205",
                 "an id is a text of 1 to %d bytes", EVENT_ID_MAX);
    }
}

static void check_instant(struct inspector *inspector, struct slice value, const json_t *json)
{
    const struct slice text = {json_string_value(json), json_string_length(json)};
    struct instant at;

    if (!json_is_string(json) || !instant_parse(text, &at)) {
        diag_add(inspector->diag, place_of(inspector, value), "E205", "%.*s is no time",
                 SLICE_ARGS(value));
        diag_hint(inspector->diag, "as \"2026-11-23T08:30:00Z\"");
    }
}

static void check_time(struct inspector *inspector, struct slice value, const json_t *json)
{
    const struct slice text = {json_string_value(json), json_string_length(json)};
    struct instant at;

    check_instant(inspector, value, json);
    if (json_is_string(json) && instant_parse(text, &at) && !event_time_plausible(at)) {
        diag_add(inspector->diag, place_of(inspector, value), "E205",
                 "no event is so old or so new: from 1990 to 2199");
    }
}

static void check_envelope(struct inspector *inspector, const struct member *member,
                           const json_t *object)
{
    static const char *const keys[] = {
        "id",   "type",     "source", "time",       "schema",  "purpose", "legal_basis",
        "eval", "handling", "tlp",    "pseudo_key", "expires", "data",    NULL};
    const struct slice key = unquoted(member->key);
    struct nearest nearest = {0};

    if (vocabulary_find(keys, key) < 0) {
        for (size_t i = 0; keys[i] != NULL; i++) {
            nearest_try(&nearest, key, slice_of(keys[i]));
        }
        diag_add(inspector->diag, place_of(inspector, member->key), "E203",
                 "unknown member '%.*s'", SLICE_ARGS(key));
        hint_nearest(inspector->diag, &nearest);
    } else if (slice_is(key, "id")) {
        check_id(inspector, member->value, json_object_get(object, "id"));
    } else if (slice_is(key, "time")) {
        check_time(inspector, member->value, json_object_get(object, "time"));
    } else if (slice_is(key, "purpose")) {
        check_purposes(inspector, member->value, json_object_get(object, "purpose"));
    } else if (slice_is(key, "legal_basis")) {
        check_word(inspector, member->value, json_object_get(object, "legal_basis"),
                   vocabulary_legal_bases, "legal basis");
    } else if (slice_is(key, "data") && !json_is_object(json_object_get(object, "data"))) {
        diag_add(inspector->diag, place_of(inspector, member->value), "E204",
                 "an object expected: the fields of the event");
    }
}

/* What a field's value has to be, in words; NULL when it is. */
static const char *wanted(const struct field *field, const json_t *json)
{
    if (field->many) {
        bool texts = json_is_array(json);
        for (size_t i = 0; i < json_array_size(json); i++) {
            texts = texts && json_is_string(json_array_get(json, i));
        }
        return texts ? NULL : "a list of texts";
    }
    switch (field->type) {
    case FIELD_BOOL:
        return json_is_boolean(json) ? NULL : "true or false";
    case FIELD_INT:
        return json_is_integer(json) ? NULL : "a whole number";
    case FIELD_CODE:
    case FIELD_TOKEN:
    case FIELD_TEXT:
    case FIELD_PLACE:
    case FIELD_TIME:
        return json_is_string(json) ? NULL : "a text";
    case FIELD_MONEY:
        break;
    }
    return NULL;
}

static void check_symbol(struct inspector *inspector, const struct member *member,
                         const struct field *field, const json_t *json)
{
    const struct slice text = {json_string_value(json), json_string_length(json)};
    struct nearest nearest = {0};

    for (size_t i = 0; i < field->symbols_count; i++) {
        if (slice_equal(text, field->symbols[i])) {
            return;
        }
        nearest_try(&nearest, text, field->symbols[i]);
    }
    if (field->symbols_count > 0) {
        diag_add(inspector->diag, place_of(inspector, member->value), "W701",
                 "%.*s is not among the known values of %.*s", SLICE_ARGS(member->value),
                 SLICE_ARGS(field->name));
        hint_nearest(inspector->diag, &nearest);
    }
}

static void tell_unknown(struct inspector *inspector, const struct member *member)
{
    const struct event_type *type = inspector->type;
    const struct slice key = unquoted(member->key);
    struct nearest nearest = {0};

    for (size_t i = 0; i < type->data_count; i++) {
        nearest_try(&nearest, key, type->fields[i].name);
    }
    diag_add(inspector->diag, place_of(inspector, member->key), "W710",
             "unknown field '%.*s' in %.*s: it is dropped", SLICE_ARGS(key),
             SLICE_ARGS(type->name));
    hint_nearest(inspector->diag, &nearest);
}

static void check_field(struct inspector *inspector, const struct member *member,
                        const json_t *data)
{
    const struct slice key = unquoted(member->key);
    const struct field *field = catalogue_field(inspector->type, key);
    const json_t *json = json_object_getn(data, key.data, key.size);

    if (field == NULL || field >= inspector->type->fields + inspector->type->data_count) {
        tell_unknown(inspector, member);
        return;
    }
    if (json == NULL || json_is_null(json)) {
        return;
    }
    const char *what = wanted(field, json);
    if (what != NULL) {
        diag_add(inspector->diag, place_of(inspector, member->value), "E204", "'%.*s' is %s",
                 SLICE_ARGS(key), what);
    } else if (field->type == FIELD_TIME && !field->many) {
        check_instant(inspector, member->value, json);
    } else if (json_is_string(json)) {
        check_symbol(inspector, member, field, json);
    }
}

static void require(struct inspector *inspector, const json_t *object, const char *key)
{
    if (json_object_get(object, key) == NULL) {
        const struct slice start = {inspector->line.data, 1};
        diag_add(inspector->diag, place_of(inspector, start), "E202", "member '%s' is missing",
                 key);
    }
}

static const struct event_type *find_type(struct inspector *inspector,
                                          const struct catalogue *catalogue,
                                          const struct member *member)
{
    const struct slice name = unquoted(member->value);
    const struct event_type *type = catalogue_find(catalogue, name);
    struct nearest nearest = {0};

    for (size_t i = 0; type == NULL && i < catalogue_count(catalogue); i++) {
        nearest_try(&nearest, name, catalogue_type(catalogue, i)->name);
    }
    if (type == NULL) {
        diag_add(inspector->diag, place_of(inspector, member->value), "E303",
                 "unknown event type '%.*s'", SLICE_ARGS(name));
        hint_nearest(inspector->diag, &nearest);
    }
    return type;
}

static void inspect_object(struct inspector *inspector, const struct catalogue *catalogue,
                           const json_t *object)
{
    const json_t *data = json_object_get(object, "data");
    struct cursor cursor = {.line = inspector->line};
    struct member member;
    int depth = 0;

    require(inspector, object, "id");
    require(inspector, object, "type");
    require(inspector, object, "time");
    require(inspector, object, "data");
    while (next_member(&cursor, &member, &depth)) {
        if (depth == ENVELOPE && slice_is(member.key, "\"type\"")) {
            inspector->type = find_type(inspector, catalogue, &member);
        }
    }
    cursor = (struct cursor){.line = inspector->line};
    while (next_member(&cursor, &member, &depth)) {
        if (depth == ENVELOPE) {
            check_envelope(inspector, &member, object);
        } else if (inspector->type != NULL) {
            check_field(inspector, &member, data);
        }
    }
}

static void inspect_line(struct inspector *inspector, const struct catalogue *catalogue)
{
    json_error_t error;
    const struct slice line = inspector->line;

    if (line.size > WRITER_RECORD_MAX) {
        diag_add(inspector->diag, place_of(inspector, (struct slice){line.data, 1}), "E120",
                 "a line of %zu bytes: %d are allowed", line.size, WRITER_RECORD_MAX);
        return;
    }
    json_t *json = json_loadb(line.data, line.size, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL) {
        const struct diag_place place = {inspector->file, inspector->line_number,
                                         error.column > 0 ? (unsigned)error.column : 1, 1};
        diag_add(inspector->diag, place, "E120", "not JSON: %s", error.text);
    } else if (!json_is_object(json)) {
        diag_add(inspector->diag, place_of(inspector, line), "E120",
                 "an event is an object, as {\"id\": ...}");
    } else {
        inspect_object(inspector, catalogue, json);
    }
    json_decref(json);
}

static bool is_blank(struct slice line)
{
    return skip_blanks(line, 0) == line.size;
}

size_t inspect_file(struct diag *diag, const struct catalogue *catalogue, const char *file,
                    struct slice text)
{
    struct slice rest = text;
    size_t events = 0;

    diag_source(diag, file, text);
    for (unsigned number = 1; rest.data != NULL; number++) {
        struct inspector inspector = {diag, file, number, slice_cut(&rest, '\n'), NULL, 0, 0};
        struct slice *line = &inspector.line;
        line->size -= line->size > 0 && line->data[line->size - 1] == '\r' ? 1U : 0U;
        if (!is_blank(*line)) {
            inspect_line(&inspector, catalogue);
            events++;
        }
    }
    return events;
}
