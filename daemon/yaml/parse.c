#include "seinpost/yaml/parse.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/table.h"
#include "seinpost/base/utf8.h"
#include "seinpost/yaml/complaint.h"

#include <string.h>

#include <yaml.h>

#define CORE_TAGS "tag:yaml.org,2002:" /* what libyaml makes of `!!` */

enum {
    KEYS_FEW = 16 /* so many are compared one by one */
};

/* One open map or list. */
struct level {
    struct tree *node;
    struct tree *last;
    struct table *keys; /* of a map with many: key to its node */
    struct slice key;   /* read, and waiting for its value */
    struct diag_place key_place;
    bool key_waits;
};

struct reader {
    struct diag *diag;
    struct arena *arena;
    const char *file;
    bool muddled;
    struct slice text;     /* what is parsed now */
    unsigned lines_before; /* of the file, before what is parsed now */
    yaml_parser_t parser;
    struct level levels[TREE_DEPTH_MAX];
    size_t depth;
    struct tree *first_document;
    struct tree *last_document;
    bool ended;
    bool cut; /* the document cannot be read further */
    unsigned cut_line;
};

static struct diag_place place_of(const struct reader *reader, yaml_mark_t start,
                                  yaml_mark_t end)
{
    const bool one_line = end.line == start.line && end.column > start.column;

    return (struct diag_place){
        .file = reader->file,
        .line = reader->lines_before + (unsigned)start.line + 1,
        .column = (unsigned)start.column + 1,
        .length = one_line ? (unsigned)(end.column - start.column) : 1,
    };
}

static struct diag_place place_of_event(const struct reader *reader, const yaml_event_t *event)
{
    return place_of(reader, event->start_mark, event->end_mark);
}

static void cut_document(struct reader *reader, unsigned line)
{
    reader->cut = true;
    reader->cut_line = line;
    if (reader->depth > 0) {
        reader->levels[0].node->cut = true;
    }
}

static const struct tree *find_key(const struct level *level, struct slice key)
{
    if (level->keys != NULL) {
        return table_get(level->keys, key);
    }
    for (const struct tree *node = level->node->first; node != NULL; node = node->next) {
        if (slice_equal(node->key, key)) {
            return node;
        }
    }
    return NULL;
}

static void remember_key(struct level *level, struct tree *added)
{
    if (level->node->count < KEYS_FEW) {
        return;
    }
    if (level->keys == NULL) {
        level->keys = table_new();
        for (struct tree *node = level->node->first; node != NULL; node = node->next) {
            table_put(level->keys, node->key, node);
        }
    }
    table_put(level->keys, added->key, added);
}

static void check_duplicate(const struct reader *reader, const struct level *level,
                            const struct tree *node)
{
    const struct tree *before = find_key(level, node->key);

    if (before != NULL) {
        tree_key_fault(reader->diag, node, "E102", "duplicate key '%.*s'",
                       SLICE_ARGS(node->key));
        diag_hint(reader->diag, "it stands at %u:%u already", before->key_place.line,
                  before->key_place.column);
    }
}

static void add_document(struct reader *reader, struct tree *node)
{
    if (reader->last_document == NULL) {
        reader->first_document = node;
    } else {
        reader->last_document->next = node;
    }
    reader->last_document = node;
}

/* What a merge key brings is left out, and its map is known to lack something. */
static bool is_merged(const struct level *level)
{
    return level->node->kind == TREE_MAP && level->key_waits && slice_is(level->key, "<<");
}

static void append(struct reader *reader, struct tree *node)
{
    if (reader->depth == 0) {
        add_document(reader, node);
        return;
    }
    struct level *level = &reader->levels[reader->depth - 1];
    node->parent = level->node;
    if (is_merged(level)) {
        level->node->broken = true;
        level->key_waits = false;
        return;
    }
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
    if (level->node->kind == TREE_MAP) {
        remember_key(level, node);
    }
}

/* Says what the last fault is a part of, as far as it is read. */
static void add_context(const struct reader *reader)
{
    if (reader->depth > 0) {
        const struct tree inside = {.parent = reader->levels[reader->depth - 1].node};
        tree_context(reader->diag, &inside);
    }
}

static void check_forbidden(const struct reader *reader, const yaml_event_t *event,
                            const yaml_char_t *anchor, const yaml_char_t *tag)
{
    const yaml_mark_t start = event->start_mark;
    const struct diag_place place = place_of(reader, start, start);

    if (anchor != NULL) {
        diag_add(reader->diag, place, "E103", "anchor '&%s'", (const char *)anchor);
        diag_hint(reader->diag,
                  "write the value out where it is used, or make it a named list");
        add_context(reader);
    }
    if (tag != NULL) {
        const char *written = (const char *)tag;
        const bool core = strncmp(written, CORE_TAGS, sizeof CORE_TAGS - 1) == 0;
        diag_add(reader->diag, place, "E106", "explicit tag '%s%s'", core ? "!!" : "",
                 core ? written + sizeof CORE_TAGS - 1 : written);
        diag_hint(reader->diag, "take it out: the event schema types values");
        add_context(reader);
    }
}

static bool waits_for_key(const struct reader *reader)
{
    return reader->depth > 0 && reader->levels[reader->depth - 1].node->kind == TREE_MAP &&
           !reader->levels[reader->depth - 1].key_waits;
}

static void read_key(struct reader *reader, const yaml_event_t *event, struct slice text)
{
    struct level *level = &reader->levels[reader->depth - 1];

    level->key = text;
    level->key_place = place_of_event(reader, event);
    level->key_waits = true;
    if (slice_is(text, "<<")) {
        diag_add(reader->diag, level->key_place, "E105", "merge key '<<'");
        diag_hint(reader->diag, "write the keys out");
        add_context(reader);
    }
}

static void read_scalar(struct reader *reader, const yaml_event_t *event)
{
    const struct slice bytes = {(const char *)event->data.scalar.value,
                                event->data.scalar.length};
    const struct slice text = slice_copy(reader->arena, bytes);

    check_forbidden(reader, event, event->data.scalar.anchor, event->data.scalar.tag);
    if (waits_for_key(reader)) {
        read_key(reader, event, text);
        return;
    }
    struct tree *node = arena_alloc(reader->arena, sizeof *node);
    node->kind = TREE_SCALAR;
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->place = place_of_event(reader, event);
    node->text = text;
    append(reader, node);
}

/* Stands for a value that is not there, so that its key is not missing as well. */
static void read_alias(struct reader *reader, const yaml_event_t *event)
{
    struct tree *node = arena_alloc(reader->arena, sizeof *node);

    node->kind = TREE_SCALAR;
    node->broken = true;
    node->place = place_of_event(reader, event);
    node->text = SLICE("");
    if (reader->depth == 0 || !is_merged(&reader->levels[reader->depth - 1])) {
        diag_add(reader->diag, node->place, "E104", "alias '*%s'",
                 (const char *)event->data.alias.anchor);
        diag_hint(reader->diag, "write the value out; quote a text that begins with '*'");
        add_context(reader);
    }
    if (waits_for_key(reader)) {
        cut_document(reader, node->place.line);
    } else {
        append(reader, node);
    }
}

static void read_opening(struct reader *reader, const yaml_event_t *event, enum tree_kind kind)
{
    const struct diag_place place = place_of_event(reader, event);

    if (waits_for_key(reader)) {
        diag_add(reader->diag, place, "E111", "a key must be text, not a map or list");
        diag_hint(reader->diag, "quote a value that begins with '{' or '['");
        add_context(reader);
        cut_document(reader, place.line);
        return;
    }
    if (reader->depth == TREE_DEPTH_MAX) {
        diag_add(reader->diag, place, "E109", "deeper than %d levels", TREE_DEPTH_MAX);
        add_context(reader);
        cut_document(reader, place.line);
        return;
    }
    struct tree *node = arena_alloc(reader->arena, sizeof *node);
    node->kind = kind;
    node->place = place;
    append(reader, node);
    reader->levels[reader->depth++] = (struct level){.node = node};
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
        read_alias(reader, event);
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
        reader->ended = true;
        break;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
}

/* What stands in the line before a mark. */
static struct slice before_mark(const struct reader *reader, yaml_mark_t mark)
{
    struct slice rest = reader->text;
    struct slice line = slice_cut(&rest, '\n');
    size_t size = 0;

    for (size_t i = 0; i < mark.line && rest.data != NULL; i++) {
        line = slice_cut(&rest, '\n');
    }
    for (size_t i = 0; i < mark.column && size < line.size; i++) {
        const size_t length = utf8_length(line, size);
        size += length == 0 ? 1 : length;
    }
    return (struct slice){line.data, size < line.size ? size : line.size};
}

/* The text of a line up to a place. */
static struct diag_place line_start(struct slice before, struct diag_place place)
{
    unsigned blanks = 0;

    while (blanks < before.size && before.data[blanks] == ' ') {
        blanks++;
    }
    place.length = place.column > blanks + 1 ? place.column - blanks - 1 : 1;
    place.column = blanks + 1;
    return place;
}

/* Tells a syntax error, unless the tabs that were told before may be the reason. */
static void complain(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    const struct slice before = before_mark(reader, parser->problem_mark);
    const struct complaint complaint = complaint_of(parser->problem, parser->context, before);
    const struct diag_place found =
        place_of(reader, parser->problem_mark, parser->problem_mark);
    const struct diag_place opening =
        place_of(reader, parser->context_mark, parser->context_mark);

    cut_document(reader, found.line);
    if (reader->muddled) {
        return;
    }
    if (complaint.is_tag) {
        diag_add(reader->diag, opening, "E106", "explicit tag");
    } else {
        const struct diag_place place = complaint.at_opening ? opening
                                        : complaint.at_start ? line_start(before, found)
                                                             : found;
        diag_add(reader->diag, place, "E101", "not YAML: %s", complaint.message);
    }
    add_context(reader);
    if (complaint.hint != NULL && complaint.opening) {
        diag_hint(reader->diag, "%s %u:%u", complaint.hint, opening.line, opening.column);
    } else if (complaint.hint != NULL) {
        diag_hint(reader->diag, "%s", complaint.hint);
    }
}

/* Parses until the text ends or a document cannot be read further. */
static void parse(struct reader *reader, struct slice text)
{
    const int ready = yaml_parser_initialize(&reader->parser);

    ENSURE_MEMORY(ready == 1);
    reader->text = text;
    reader->ended = reader->cut = false;
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)text.data, text.size);
    while (!reader->ended && !reader->cut) {
        yaml_event_t event;
        if (yaml_parser_parse(&reader->parser, &event) == 1) {
            read_event(reader, &event);
            yaml_event_delete(&event);
        } else {
            complain(reader);
        }
    }
    while (reader->depth > 0) {
        close_level(reader);
    }
    yaml_parser_delete(&reader->parser);
}

/* Takes off the lines before the next `---` that stands at `line` or below. False: none does.
 */
static bool skip_document(struct reader *reader, struct slice *text)
{
    (void)slice_cut(text, '\n');
    reader->lines_before++;
    while (text->data != NULL && (reader->lines_before + 1 < reader->cut_line ||
                                  !slice_starts_with(*text, SLICE("---")))) {
        (void)slice_cut(text, '\n');
        reader->lines_before++;
    }
    return text->data != NULL;
}

struct tree *parse_documents(struct diag *diag, struct arena *arena, const char *file,
                             const struct characters *characters)
{
    struct reader reader = {
        .diag = diag, .arena = arena, .file = file, .muddled = characters->muddled};
    struct slice text = characters->text;

    parse(&reader, text);
    for (int i = 0; reader.cut && i < PARSE_ERRORS_MAX && skip_document(&reader, &text); i++) {
        parse(&reader, text);
    }
    return reader.first_document;
}
