#include "seinpost/yaml/typeset.h"

#include "seinpost/base/text.h"
#include "seinpost/base/utf8.h"
#include "seinpost/yaml/lexeme.h"
#include "seinpost/yaml/tree.h"

#include <stdint.h>

enum {
    STEP = 2, /* blanks a level */
    DEPTH_MAX = 2 * TREE_DEPTH_MAX + 2,
};

/* An open map or list of lines. */
struct level {
    size_t indent;
    bool list;
    bool silent; /* a list as deep as its key: libyaml tells neither its begin nor its end */
};

struct setter {
    const struct lexeme *items;
    size_t count;
    size_t at;
    struct text *out;
    size_t column;
    struct level levels[DEPTH_MAX];
    size_t depth;
    size_t held_from; /* the first comment that waits for the line which it is above */
    bool holds;       /* there is one */
    bool space_due;   /* behind a dash or a colon */
    bool joins;       /* behind a dash: what follows is in its line */
    bool ended;       /* the line has a comment: nothing can follow */
    bool failed;
};

static size_t indent_inside(const struct setter *setter)
{
    return setter->depth == 0 ? 0 : setter->levels[setter->depth - 1].indent + STEP;
}

static void put(struct setter *setter, struct slice words)
{
    text_add(setter->out, words);
    setter->column += utf8_count(words);
}

static void break_line(struct setter *setter, size_t indent)
{
    if (setter->out->size > 0) {
        text_add_byte(setter->out, '\n');
    }
    text_format(setter->out, "%*s", (int)indent, "");
    setter->column = indent;
    setter->space_due = setter->joins = setter->ended = false;
}

/* One blank line stands where there were some. */
static void keep_blank(struct setter *setter, const struct lexeme *lexeme)
{
    if (lexeme->newlines > 1 && setter->out->size > 0) {
        text_add_byte(setter->out, '\n');
    }
}

static void release_comments(struct setter *setter, size_t indent)
{
    for (size_t i = setter->held_from; setter->holds && i < setter->at; i++) {
        if (setter->items[i].kind == LEXEME_COMMENT) {
            keep_blank(setter, &setter->items[i]);
            break_line(setter, indent);
            put(setter, setter->items[i].text);
        }
    }
    setter->holds = false;
}

/* Begins the line of a key, an item or a document. */
static void begin_line(struct setter *setter, size_t indent)
{
    release_comments(setter, indent);
    keep_blank(setter, &setter->items[setter->at]);
    break_line(setter, indent);
}

/* Begins a scalar or brackets: behind a key or dash, or below it where comments are between. */
static void begin_value(struct setter *setter)
{
    const size_t indent = indent_inside(setter);

    if (setter->holds || setter->ended) {
        release_comments(setter, indent);
        break_line(setter, indent);
    } else if (setter->space_due) {
        put(setter, SLICE(" "));
    }
    setter->space_due = setter->joins = false;
}

static struct slice trim_end(struct slice line)
{
    while (line.size > 0 &&
           (line.data[line.size - 1] == ' ' || line.data[line.size - 1] == '\r')) {
        line.size--;
    }
    return line;
}

static size_t blanks_before(struct slice line)
{
    size_t blanks = 0;

    while (blanks < line.size && line.data[blanks] == ' ') {
        blanks++;
    }
    return blanks;
}

/* The least indent of the lines of a block of text. */
static size_t least_indent(struct slice lines)
{
    size_t least = SIZE_MAX;

    while (lines.data != NULL) {
        const struct slice line = trim_end(slice_cut(&lines, '\n'));
        const size_t blanks = blanks_before(line);
        if (line.size > 0 && blanks < least) {
            least = blanks;
        }
    }
    return least;
}

/* `|` and `>`: the lines keep what they are indented beyond the first level. */
static void set_block(struct setter *setter, const struct lexeme *lexeme)
{
    struct slice rest = lexeme->text;
    const struct slice head = trim_end(slice_cut(&rest, '\n'));
    const size_t indent = indent_inside(setter);
    const size_t least = least_indent(rest);
    size_t empty = 0;

    put(setter, head);
    while (rest.data != NULL) {
        struct slice line = trim_end(slice_cut(&rest, '\n'));
        if (line.size == 0) {
            empty++;
            continue;
        }
        for (; empty > 0; empty--) {
            text_add_byte(setter->out, '\n');
        }
        line.data += least;
        line.size -= least;
        break_line(setter, indent);
        put(setter, line);
    }
    for (; empty > 1 && slice_contains(head, SLICE("+")); empty--) {
        text_add_byte(setter->out, '\n');
    }
    if (setter->at + 1 < setter->count && empty > 1) { /* its end took the blank lines in */
        text_add(setter->out, SLICE("\n"));
    }
}

static void set_scalar(struct setter *setter, const struct lexeme *lexeme)
{
    struct slice rest = lexeme->text;

    if (lexeme->text.size > 0 && (lexeme->text.data[0] == '|' || lexeme->text.data[0] == '>')) {
        set_block(setter, lexeme);
        return;
    }
    put(setter, trim_end(slice_cut(&rest, '\n')));
    while (rest.data != NULL) {
        const struct slice line = slice_trim(trim_end(slice_cut(&rest, '\n')));
        if (line.size == 0) {
            text_add_byte(setter->out, '\n');
            continue;
        }
        break_line(setter, indent_inside(setter));
        put(setter, line);
    }
}

/* In double quotes a `\\` at the end of a line joins it with the next one. */
static bool is_escaped_end(struct slice words, struct slice line)
{
    size_t count = 0;

    while (count < line.size && line.data[line.size - 1 - count] == '\\') {
        count++;
    }
    return words.size > 0 && words.data[0] == '"' && count % 2 == 1;
}

/* In brackets a text of several lines is one. False: it has an empty line, which means a line
 * end. */
static bool join(struct slice words, struct text *joined)
{
    struct slice rest = words;
    const char *separator = "";
    bool good = true;

    while (rest.data != NULL) {
        struct slice line = slice_trim(trim_end(slice_cut(&rest, '\n')));
        const bool joins = rest.data != NULL && is_escaped_end(words, line);
        good = good && (line.size > 0 || rest.data == NULL);
        line.size -= joins ? 1U : 0U;
        text_format(joined, "%s%.*s", separator, SLICE_ARGS(line));
        separator = joins ? "" : " ";
    }
    return good;
}

static void put_joined(struct setter *setter, struct slice words)
{
    struct text joined = {0};

    setter->failed = !join(words, &joined) || setter->failed;
    put(setter, text_slice(&joined));
    text_free(&joined);
}

static size_t joined_width(struct slice words)
{
    struct text joined = {0};

    if (!slice_contains(words, SLICE("\n"))) {
        return utf8_count(words);
    }
    (void)join(words, &joined);
    const size_t width = utf8_count(text_slice(&joined));
    text_free(&joined);
    return width;
}

static bool has_space_before(const struct lexeme *lexeme, const struct lexeme *before)
{
    if (before->kind == LEXEME_VALUE) { /* `{a: }` is not `{a:}` */
        return true;
    }
    return before->kind == LEXEME_COMMA && lexeme->kind != LEXEME_CLOSE &&
           lexeme->kind != LEXEME_COMMA;
}

/* The columns that an item takes, up to the comma or bracket behind it; no more is counted than
 * a line has. */
static size_t item_width(const struct setter *setter, size_t from)
{
    size_t width = 0;
    size_t depth = 0;

    for (size_t i = from; i < setter->count && width <= TYPESET_WIDTH; i++) {
        const struct lexeme *at = &setter->items[i];
        if (depth == 0 && (at->kind == LEXEME_CLOSE || at->kind == LEXEME_COMMA)) {
            return width + 1;
        }
        depth += at->kind == LEXEME_OPEN ? 1U : 0U;
        depth -= at->kind == LEXEME_CLOSE ? 1U : 0U;
        if (at->kind != LEXEME_KEY) {
            const size_t space =
                i > from && has_space_before(at, &setter->items[i - 1]) ? 1 : 0;
            width += joined_width(at->text) + space;
        }
    }
    return width;
}

/* The lexeme before `at` in brackets, keys left out: they have no text. */
static const struct lexeme *before_of(const struct setter *setter)
{
    size_t at = setter->at - 1;

    while (setter->items[at].kind == LEXEME_KEY && at > 0) {
        at--;
    }
    return &setter->items[at];
}

/* Goes to the place of the lexeme `at` in brackets that begin their items at `indent`. */
static void place_item(struct setter *setter, size_t indent)
{
    const struct lexeme *lexeme = &setter->items[setter->at];
    const struct lexeme *before = before_of(setter);
    const bool begins = before->kind == LEXEME_COMMA && lexeme->kind != LEXEME_CLOSE;
    const size_t width = begins ? item_width(setter, setter->at) : 0;

    if (setter->ended ||
        (begins && setter->column > indent && setter->column + 1 + width > TYPESET_WIDTH)) {
        break_line(setter, indent);
    } else if (has_space_before(lexeme, before)) {
        put(setter, SLICE(" "));
    }
}

/* Sets brackets and all that is in them; ends at the one that closes them. */
static void set_brackets(struct setter *setter)
{
    size_t indents[DEPTH_MAX] = {0};
    size_t depth = 0;

    for (; setter->at < setter->count && !setter->failed; setter->at++) {
        const struct lexeme *lexeme = &setter->items[setter->at];
        if (lexeme->kind == LEXEME_KEY) {
            setter->failed = lexeme->text.size > 0;
            continue;
        }
        if (lexeme->kind == LEXEME_COMMENT) {
            put(setter, SLICE(" "));
            put(setter, lexeme->text);
            setter->ended = true;
            continue;
        }
        if (depth > 0) {
            place_item(setter, indents[depth - 1]);
        }
        put_joined(setter, lexeme->text);
        if (lexeme->kind == LEXEME_OPEN) {
            setter->failed = depth == DEPTH_MAX;
            indents[depth == DEPTH_MAX ? 0 : depth++] = setter->column;
        } else if (lexeme->kind == LEXEME_CLOSE && --depth == 0) {
            return;
        }
    }
}

static void open_level(struct setter *setter, bool list, bool silent)
{
    if (setter->depth == DEPTH_MAX) {
        setter->failed = true;
        return;
    }
    const size_t indent = indent_inside(setter);
    setter->levels[setter->depth++] = (struct level){indent, list, silent};
}

static void close_silent(struct setter *setter)
{
    if (setter->depth > 0 && setter->levels[setter->depth - 1].silent) {
        setter->depth--;
    }
}

static void set_entry(struct setter *setter)
{
    const size_t indent = setter->depth == 0 ? 0 : setter->levels[setter->depth - 1].indent;

    if (setter->joins && !setter->ended && !setter->holds) {
        put(setter, SLICE(" "));
        setter->joins = setter->space_due = false;
    } else {
        begin_line(setter, indent);
    }
}

static void set_dash(struct setter *setter)
{
    if (setter->depth == 0 || !setter->levels[setter->depth - 1].list) {
        open_level(setter, true, true);
    }
    set_entry(setter);
    put(setter, SLICE("-"));
    setter->joins = setter->space_due = true;
}

static void set_key(struct setter *setter, const struct lexeme *lexeme)
{
    close_silent(setter);
    setter->failed = setter->failed || lexeme->text.size > 0; /* a key that is no text */
    set_entry(setter);
}

static void set_comment(struct setter *setter, const struct lexeme *lexeme)
{
    if (lexeme->alone || setter->out->size == 0) {
        setter->held_from = setter->holds ? setter->held_from : setter->at;
        setter->holds = true;
        return;
    }
    put(setter, SLICE(" "));
    put(setter, lexeme->text);
    setter->ended = true;
}

static void set_document(struct setter *setter)
{
    setter->depth = 0;
    if (setter->out->size > 0 || setter->holds) {
        release_comments(setter, 0);
        break_line(setter, 0);
        put(setter, SLICE("---"));
    }
}

static void set_one(struct setter *setter)
{
    const struct lexeme *lexeme = &setter->items[setter->at];

    switch (lexeme->kind) {
    case LEXEME_DOCUMENT:
        set_document(setter);
        break;
    case LEXEME_MAP:
    case LEXEME_LIST:
        open_level(setter, lexeme->kind == LEXEME_LIST, false);
        break;
    case LEXEME_END:
        close_silent(setter);
        setter->depth -= setter->depth > 0 ? 1U : 0U;
        break;
    case LEXEME_DASH:
        set_dash(setter);
        break;
    case LEXEME_KEY:
        set_key(setter, lexeme);
        break;
    case LEXEME_VALUE:
        put(setter, SLICE(":"));
        setter->space_due = true;
        break;
    case LEXEME_SCALAR:
        begin_value(setter);
        set_scalar(setter, lexeme);
        break;
    case LEXEME_OPEN:
        begin_value(setter);
        set_brackets(setter);
        break;
    case LEXEME_COMMENT:
        set_comment(setter, lexeme);
        break;
    case LEXEME_CLOSE:
    case LEXEME_COMMA:
    case LEXEME_OTHER:
        setter->failed = true;
        break;
    }
}

bool typeset_write(struct arena *arena, struct slice text, struct text *out)
{
    const struct lexeme_list lexemes = lexeme_cut(arena, text);
    struct setter setter = {.items = lexemes.items, .count = lexemes.count, .out = out};
    struct text made = {0};

    setter.out = &made;
    for (; setter.at < setter.count && !setter.failed; setter.at++) {
        set_one(&setter);
    }
    setter.at = setter.count;
    release_comments(&setter, 0);
    if (made.size > 0) {
        text_add_byte(&made, '\n');
    }
    if (lexemes.whole && !setter.failed) {
        text_add(out, text_slice(&made));
    }
    text_free(&made);
    return lexemes.whole && !setter.failed;
}
