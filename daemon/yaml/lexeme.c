#include "seinpost/yaml/lexeme.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/utf8.h"
#include "seinpost/base/vector.h"

#include <yaml.h>

/* Where a walk through the text has come; libyaml counts characters. */
struct cursor {
    struct slice text;
    size_t byte;
    size_t index; /* in characters */
    unsigned line;
    unsigned column;
    unsigned newlines; /* since the last lexeme */
    bool alone;        /* only blanks so far in this line */
};

struct cutter {
    struct cursor cursor;
    VECTOR(struct lexeme) found;
};

static void step(struct cursor *cursor)
{
    const size_t length = utf8_length(cursor->text, cursor->byte);
    const char c = cursor->text.data[cursor->byte];

    cursor->byte += length == 0 ? 1 : length;
    cursor->index++;
    cursor->column++;
    cursor->alone = cursor->alone && c == ' ';
    if (c == '\n') {
        cursor->line++;
        cursor->column = 1;
        cursor->newlines++;
        cursor->alone = true;
    }
}

static bool is_before(const struct cursor *cursor, size_t index)
{
    return cursor->index < index && cursor->byte < cursor->text.size;
}

static struct lexeme begin(const struct cursor *cursor, enum lexeme_kind kind)
{
    return (struct lexeme){.kind = kind,
                           .text = {cursor->text.data + cursor->byte, 0},
                           .line = cursor->line,
                           .column = cursor->column,
                           .newlines = cursor->newlines,
                           .alone = cursor->alone};
}

static void finish(struct cutter *cutter, struct lexeme lexeme)
{
    struct cursor *cursor = &cutter->cursor;
    size_t size = (size_t)(cursor->text.data + cursor->byte - lexeme.text.data);

    while (lexeme.kind == LEXEME_COMMENT && size > 0 &&
           (lexeme.text.data[size - 1] == ' ' || lexeme.text.data[size - 1] == '\r')) {
        size--;
    }
    lexeme.text.size = size;
    cursor->newlines = 0;
    VECTOR_PUSH(&cutter->found, lexeme);
}

static void cut_comment(struct cutter *cutter)
{
    struct cursor *cursor = &cutter->cursor;
    const struct lexeme lexeme = begin(cursor, LEXEME_COMMENT);

    while (cursor->byte < cursor->text.size && cursor->text.data[cursor->byte] != '\n') {
        step(cursor);
    }
    finish(cutter, lexeme);
}

static enum lexeme_kind kind_of(const yaml_token_t *token)
{
    switch (token->type) {
    case YAML_DOCUMENT_START_TOKEN:
        return LEXEME_DOCUMENT;
    case YAML_BLOCK_MAPPING_START_TOKEN:
        return LEXEME_MAP;
    case YAML_BLOCK_SEQUENCE_START_TOKEN:
        return LEXEME_LIST;
    case YAML_BLOCK_END_TOKEN:
        return LEXEME_END;
    case YAML_BLOCK_ENTRY_TOKEN:
        return LEXEME_DASH;
    case YAML_FLOW_MAPPING_START_TOKEN:
    case YAML_FLOW_SEQUENCE_START_TOKEN:
        return LEXEME_OPEN;
    case YAML_FLOW_MAPPING_END_TOKEN:
    case YAML_FLOW_SEQUENCE_END_TOKEN:
        return LEXEME_CLOSE;
    case YAML_FLOW_ENTRY_TOKEN:
        return LEXEME_COMMA;
    case YAML_KEY_TOKEN:
        return LEXEME_KEY;
    case YAML_VALUE_TOKEN:
        return LEXEME_VALUE;
    case YAML_SCALAR_TOKEN:
        return LEXEME_SCALAR;
    default:
        return LEXEME_OTHER;
    }
}

/* What stands between two tokens is blank or a comment; a `#` inside a token is none. */
static void cut_token(struct cutter *cutter, const yaml_token_t *token)
{
    struct cursor *cursor = &cutter->cursor;

    while (is_before(cursor, token->start_mark.index)) {
        if (cursor->text.data[cursor->byte] == '#') {
            cut_comment(cutter);
        } else {
            step(cursor);
        }
    }
    if (token->type == YAML_STREAM_START_TOKEN || token->type == YAML_STREAM_END_TOKEN ||
        token->type == YAML_NO_TOKEN) {
        return;
    }
    const struct lexeme lexeme = begin(cursor, kind_of(token));
    const unsigned newlines = cursor->newlines;
    while (is_before(cursor, token->end_mark.index)) {
        step(cursor);
    }
    const bool empty = cursor->text.data + cursor->byte == lexeme.text.data;
    finish(cutter, lexeme);
    cursor->newlines = empty ? newlines : 0; /* what has no text stands between nothing */
}

struct lexeme_list lexeme_cut(struct arena *arena, struct slice text)
{
    struct cutter cutter = {.cursor = {.text = text, .line = 1, .column = 1, .alone = true}};
    yaml_parser_t parser;
    yaml_token_t token;
    bool ended = false;

    const int ready = yaml_parser_initialize(&parser);
    ENSURE_MEMORY(ready == 1);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.data, text.size);
    while (!ended && yaml_parser_scan(&parser, &token) == 1) {
        ended = token.type == YAML_STREAM_END_TOKEN || token.type == YAML_NO_TOKEN;
        cut_token(&cutter, &token);
        yaml_token_delete(&token);
    }
    yaml_parser_delete(&parser);
    const struct lexeme_list list = {
        arena_copy(arena, cutter.found.items, cutter.found.count * sizeof(struct lexeme)),
        cutter.found.count, ended};
    VECTOR_FREE(&cutter.found);
    return list;
}
