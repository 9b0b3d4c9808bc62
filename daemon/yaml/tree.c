#include "seinpost/yaml/tree.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/digest.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/table.h"
#include "seinpost/base/text.h"
#include "seinpost/base/utf8.h"

#include <stdarg.h>
#include <string.h>

#include <yaml.h>

/* One open map or list. */
struct level {
    struct tree *node;
    struct tree *last;
    struct table *keys; /* of a map: key to its node */
    struct slice key;   /* read, and waiting for its value */
    struct diag_place key_place;
    bool key_waits;
};

struct reader {
    struct diag *diag;
    struct arena *arena;
    const char *file;
    yaml_parser_t parser;
    struct level levels[TREE_DEPTH_MAX];
    size_t depth;
    struct tree *first_document;
    struct tree *last_document;
    bool stopped;
};

static struct diag_place place_of(const struct reader *reader, yaml_mark_t start,
                                  yaml_mark_t end)
{
    const bool one_line = end.line == start.line && end.column > start.column;

    return (struct diag_place){
        .file = reader->file,
        .line = (unsigned)start.line + 1,
        .column = (unsigned)start.column + 1,
        .length = one_line ? (unsigned)(end.column - start.column) : 1,
    };
}

static struct diag_place place_of_event(const struct reader *reader, const yaml_event_t *event)
{
    return place_of(reader, event->start_mark, event->end_mark);
}

static void check_duplicate(struct reader *reader, struct level *level, struct tree *node)
{
    const struct tree *before = table_get(level->keys, node->key);

    if (before == NULL) {
        table_put(level->keys, node->key, node);
        return;
    }
    diag_add(reader->diag, node->key_place, "E102", "duplicate key '%.*s'",
             SLICE_ARGS(node->key));
    diag_hint(reader->diag, "it stands at %u:%u already", before->key_place.line,
              before->key_place.column);
}

static void append(struct reader *reader, struct tree *node)
{
    if (reader->depth == 0) {
        if (reader->last_document == NULL) {
            reader->first_document = node;
        } else {
            reader->last_document->next = node;
        }
        reader->last_document = node;
        return;
    }
    struct level *level = &reader->levels[reader->depth - 1];
    node->parent = level->node;
    if (level->node->kind == TREE_MAP) {
        node->key = level->key;
        node->key_place = level->key_place;
        level->key_waits = false;
        check_duplicate(reader, level, node);
    }
    if (level->last == NULL) {
        level->node->first = node;
    } else {
        level->last->next = node;
    }
    level->last = node;
    level->node->count++;
}

static void check_forbidden(struct reader *reader, const yaml_event_t *event,
                            const yaml_char_t *anchor, const yaml_char_t *tag)
{
    const struct diag_place place = place_of_event(reader, event);

    if (anchor != NULL) {
        diag_add(reader->diag, place, "E103", "anchor '&%s'", (const char *)anchor);
        diag_hint(reader->diag, "write the value out, or make it a named list");
    }
    if (tag != NULL) {
        diag_add(reader->diag, place, "E106", "explicit tag '%s'", (const char *)tag);
        diag_hint(reader->diag, "the event schema types values");
    }
}

static bool waits_for_key(const struct reader *reader)
{
    return reader->depth > 0 && reader->levels[reader->depth - 1].node->kind == TREE_MAP &&
           !reader->levels[reader->depth - 1].key_waits;
}

static void read_scalar(struct reader *reader, const yaml_event_t *event)
{
    const struct slice bytes = {(const char *)event->data.scalar.value,
                                event->data.scalar.length};
    const struct slice text = slice_copy(reader->arena, bytes);

    check_forbidden(reader, event, event->data.scalar.anchor, event->data.scalar.tag);
    if (waits_for_key(reader)) {
        struct level *level = &reader->levels[reader->depth - 1];
        level->key = text;
        level->key_place = place_of_event(reader, event);
        level->key_waits = true;
        if (slice_is(text, "<<")) {
            diag_add(reader->diag, level->key_place, "E105", "merge key '<<'");
            diag_hint(reader->diag, "write the keys out");
        }
        return;
    }
    struct tree *node = arena_alloc(reader->arena, sizeof *node);
    node->kind = TREE_SCALAR;
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->place = place_of_event(reader, event);
    node->text = text;
    append(reader, node);
}

static void read_opening(struct reader *reader, const yaml_event_t *event, enum tree_kind kind)
{
    if (waits_for_key(reader)) {
        diag_add(reader->diag, place_of_event(reader, event), "E111",
                 "a key must be text, not a map or list");
        reader->stopped = true;
        return;
    }
    if (reader->depth == TREE_DEPTH_MAX) {
        diag_add(reader->diag, place_of_event(reader, event), "E109", "deeper than %d levels",
                 TREE_DEPTH_MAX);
        reader->stopped = true;
        return;
    }
    struct tree *node = arena_alloc(reader->arena, sizeof *node);
    node->kind = kind;
    node->place = place_of_event(reader, event);
    append(reader, node);
    reader->levels[reader->depth++] =
        (struct level){.node = node, .keys = kind == TREE_MAP ? table_new() : NULL};
}

static void close_level(struct reader *reader)
{
    ENSURE(reader->depth > 0);
    reader->depth--;
    table_free(reader->levels[reader->depth].keys);
}

static void read_event(struct reader *reader, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        diag_add(reader->diag, place_of_event(reader, event), "E104", "alias '*%s'",
                 (const char *)event->data.alias.anchor);
        diag_hint(reader->diag, "write the value out, or make it a named list");
        reader->stopped = true;
        break;
    case YAML_SCALAR_EVENT:
        read_scalar(reader, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        check_forbidden(reader, event, event->data.sequence_start.anchor,
                        event->data.sequence_start.tag);
        read_opening(reader, event, TREE_LIST);
        break;
    case YAML_MAPPING_START_EVENT:
        check_forbidden(reader, event, event->data.mapping_start.anchor,
                        event->data.mapping_start.tag);
        read_opening(reader, event, TREE_MAP);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        close_level(reader);
        break;
    case YAML_STREAM_END_EVENT:
        reader->stopped = true;
        break;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
}

static void parse(struct reader *reader, struct slice text)
{
    const int ready = yaml_parser_initialize(&reader->parser);
    ENSURE_MEMORY(ready == 1);
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)text.data, text.size);
    while (!reader->stopped) {
        yaml_event_t event;
        if (yaml_parser_parse(&reader->parser, &event) != 1) {
            const yaml_parser_t *parser = &reader->parser;
            diag_add(reader->diag, place_of(reader, parser->problem_mark, parser->problem_mark),
                     "E101", "not YAML: %s%s%s",
                     parser->problem == NULL ? "unreadable" : parser->problem,
                     parser->context == NULL ? "" : ", ",
                     parser->context == NULL ? "" : parser->context);
            break;
        }
        read_event(reader, &event);
        yaml_event_delete(&event);
    }
    while (reader->depth > 0) {
        close_level(reader);
    }
    yaml_parser_delete(&reader->parser);
}

/* Finds what libyaml would pass over or report without a place. */
static bool text_is_clean(struct diag *diag, const char *file, struct slice text)
{
    const size_t valid = utf8_valid_size(text);
    unsigned line = 1;
    size_t line_start = 0;
    bool clean = true;

    if (text.size > TREE_FILE_MAX) {
        diag_add(diag, (struct diag_place){.file = file, .line = 1, .column = 1}, "E110",
                 "file of %zu bytes, %d allowed", text.size, TREE_FILE_MAX);
        return false;
    }
    for (size_t i = 0; i <= valid && i < text.size; i++) {
        if (i == valid || text.data[i] == '\t') {
            const struct slice before = {text.data + line_start, i - line_start};
            const struct diag_place place = {file, line, (unsigned)utf8_count(before) + 1, 1};
            diag_add(diag, place, i == valid ? "E108" : "E107",
                     i == valid ? "not UTF-8" : "a tab: indent with spaces");
            clean = false;
        }
        if (text.data[i] == '\n') {
            line++;
            line_start = i + 1;
        }
    }
    return clean;
}

struct tree *tree_read(struct diag *diag, struct arena *arena, const char *file,
                       struct slice text)
{
    struct reader reader = {.diag = diag, .arena = arena, .file = file};

    diag_source(diag, file, text);
    if (!text_is_clean(diag, file, text)) {
        return NULL;
    }
    parse(&reader, text);
    return reader.first_document;
}

const struct tree *tree_get(const struct tree *map, const char *key)
{
    if (map == NULL || map->kind != TREE_MAP) {
        return NULL;
    }
    for (const struct tree *node = map->first; node != NULL; node = node->next) {
        if (slice_is(node->key, key)) {
            return node;
        }
    }
    return NULL;
}

bool tree_is_null(const struct tree *node)
{
    return node->kind == TREE_SCALAR && node->plain &&
           (node->text.size == 0 || slice_is(node->text, "null") || slice_is(node->text, "~"));
}

const char *tree_kind_name(const struct tree *node)
{
    switch (node->kind) {
    case TREE_MAP:
        return "a map";
    case TREE_LIST:
        return "a list";
    case TREE_SCALAR:
        break;
    }
    return tree_is_null(node) ? "nothing" : "text";
}

static void add_path(struct text *path, const struct tree *node)
{
    const struct tree *chain[TREE_DEPTH_MAX];
    size_t depth = 0;

    for (; node != NULL && node->parent != NULL && depth < TREE_DEPTH_MAX;
         node = node->parent) {
        chain[depth++] = node;
    }
    while (depth > 0) {
        const struct tree *part = chain[--depth];
        if (part->parent->kind == TREE_MAP) {
            text_format(path, "%s%.*s", path->size > 0 ? "." : "", SLICE_ARGS(part->key));
        } else {
            size_t index = 1;
            for (const struct tree *at = part->parent->first; at != part; at = at->next) {
                index++;
            }
            text_format(path, "[%zu]", index);
        }
    }
}

/* "rule air_one_payer_many" from `schema: seinpost/rule/1` and `name:`. */
static void add_document(struct text *text, const struct tree *root)
{
    const struct tree *schema = tree_get(root, "schema");
    const struct tree *name = tree_get(root, "name");
    const struct tree *title = tree_get(root, "title");
    const struct tree *label = name != NULL ? name : title;

    if (schema == NULL || label == NULL || schema->kind != TREE_SCALAR ||
        label->kind != TREE_SCALAR) {
        return;
    }
    struct slice rest = schema->text;
    (void)slice_cut(&rest, '/');
    const struct slice kind = slice_cut(&rest, '/');
    text_format(text, "in %.*s %.*s", SLICE_ARGS(kind), SLICE_ARGS(label->text));
}

static void add_context(struct diag *diag, const struct tree *node)
{
    const struct tree *root = node;
    struct text text = {0};
    struct text path = {0};

    while (root->parent != NULL) {
        root = root->parent;
    }
    add_document(&text, root);
    add_path(&path, node->parent);
    if (path.size > 0) {
        text_format(&text, "%s%.*s", text.size > 0 ? ", " : "in ",
                    SLICE_ARGS(text_slice(&path)));
    }
    if (text.size > 0) {
        diag_context(diag, "%.*s", SLICE_ARGS(text_slice(&text)));
    }
    text_free(&text);
    text_free(&path);
}

void tree_fault(struct diag *diag, const struct tree *node, const char *code,
                const char *format, ...)
{
    char message[512];

    va_list args;
    va_start(args, format);
    const int length = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    ENSURE(length >= 0);
    diag_add(diag, node->place, code, "%s", message);
    add_context(diag, node);
}

void tree_key_fault(struct diag *diag, const struct tree *node, const char *code,
                    const char *format, ...)
{
    char message[512];

    va_list args;
    va_start(args, format);
    const int length = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    ENSURE(length >= 0);
    diag_add(diag, node->key.data != NULL ? node->key_place : node->place, code, "%s", message);
    add_context(diag, node);
}

/* Follows the nodes in their order, up and down by their links, so that depth costs no stack.
 */
void tree_digest(struct text *text, const struct tree *node)
{
    const struct tree *at = node;

    for (;;) {
        if (at->key.data != NULL && at != node) {
            digest_field(text, at->key);
        }
        text_add_byte(text, at->kind == TREE_SCALAR ? '=' : at->kind == TREE_LIST ? '[' : '{');
        if (at->kind == TREE_SCALAR) {
            digest_field(text, at->text);
        }
        if (at->first != NULL) {
            at = at->first;
            continue;
        }
        if (at->kind != TREE_SCALAR) {
            text_add_byte(text, ']');
        }
        while (at != node && at->next == NULL) {
            at = at->parent;
            text_add_byte(text, ']');
        }
        if (at == node) {
            return;
        }
        at = at->next;
    }
}
