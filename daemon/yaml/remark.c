#include "seinpost/yaml/remark.h"

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
    bool alone; /* only blanks so far in this line */
};

struct search {
    struct arena *arena;
    struct cursor cursor;
    VECTOR(struct remark) found;
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
        cursor->alone = true;
    }
}

static bool is_before(const struct cursor *cursor, size_t index)
{
    return cursor->index < index && cursor->byte < cursor->text.size;
}

static void read_remark(struct search *search)
{
    struct cursor *cursor = &search->cursor;
    struct remark remark = {
        .line = cursor->line, .column = cursor->column, .alone = cursor->alone};
    const size_t start = cursor->byte;

    while (cursor->byte < cursor->text.size && cursor->text.data[cursor->byte] != '\n') {
        step(cursor);
    }
    size_t size = cursor->byte - start;
    const char *data = cursor->text.data + start;
    while (size > 0 && (data[size - 1] == ' ' || data[size - 1] == '\r')) {
        size--;
    }
    remark.text = (struct slice){data, size};
    VECTOR_PUSH(&search->found, remark);
}

/* What stands between two tokens is blank or a comment; a `#` inside a token is none. */
static void read_token(struct search *search, const yaml_token_t *token)
{
    struct cursor *cursor = &search->cursor;

    while (is_before(cursor, token->start_mark.index)) {
        if (cursor->text.data[cursor->byte] == '#') {
            read_remark(search);
        } else {
            step(cursor);
        }
    }
    while (is_before(cursor, token->end_mark.index)) {
        step(cursor);
    }
}

struct remark_list remark_find(struct arena *arena, struct slice text)
{
    struct search search = {.arena = arena,
                            .cursor = {.text = text, .line = 1, .column = 1, .alone = true}};
    yaml_parser_t parser;
    yaml_token_t token;
    bool ended = false;

    const int ready = yaml_parser_initialize(&parser);
    ENSURE_MEMORY(ready == 1);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.data, text.size);
    while (!ended && yaml_parser_scan(&parser, &token) == 1) {
        ended = token.type == YAML_STREAM_END_TOKEN || token.type == YAML_NO_TOKEN;
        read_token(&search, &token);
        yaml_token_delete(&token);
    }
    yaml_parser_delete(&parser);
    const struct remark_list list = {
        arena_copy(arena, search.found.items, search.found.count * sizeof(struct remark)),
        search.found.count};
    VECTOR_FREE(&search.found);
    return list;
}
