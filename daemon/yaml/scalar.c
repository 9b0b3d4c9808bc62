#include "seinpost/yaml/scalar.h"

#include "seinpost/base/text.h"
#include "seinpost/base/utf8.h"

#include <string.h>

/* Ends a line for libyaml, or is no text that a person would see (YAML 1.1, 5.4). */
static bool is_hidden(unsigned code_point)
{
    return code_point < ' ' || utf8_is_control(code_point) || code_point == 0xfeff;
}

static bool has_hidden(struct slice words)
{
    size_t length = 1;

    for (size_t i = 0; i < words.size; i += length) {
        length = utf8_length(words, i);
        if (length == 0 || is_hidden(utf8_code_point(words, i, length))) {
            return true;
        }
    }
    return false;
}

static bool is_indicator(char c)
{
    return strchr("?:,[]{}#&*!|>'\"%@`", c) != NULL;
}

/* May stand without quotes wherever a value may, in brackets too. */
static bool is_plain(struct slice words)
{
    const char first = words.data[0];
    const char last = words.data[words.size - 1];

    if (first == ' ' || last == ' ' || last == ':' || is_indicator(first) ||
        (first == '-' && (words.size == 1 || words.data[1] == ' ' || words.data[1] == '-'))) {
        return false;
    }
    for (size_t i = 0; i < words.size; i++) {
        if (strchr(",[]{}", words.data[i]) != NULL) {
            return false;
        }
    }
    return !slice_contains(words, SLICE(": ")) && !slice_contains(words, SLICE(" #"));
}

static void write_single(struct text *text, struct slice words)
{
    text_add_byte(text, '\'');
    for (size_t i = 0; i < words.size; i++) {
        text_add(text, words.data[i] == '\'' ? SLICE("''") : (struct slice){words.data + i, 1});
    }
    text_add_byte(text, '\'');
}

/* Bytes that are no text are left out: no file of YAML has them. */
static void write_double(struct text *text, struct slice words)
{
    size_t length = 1;

    text_add_byte(text, '"');
    for (size_t i = 0; i<words.size; i += length> 0 ? length : 1) {
        length = utf8_length(words, i);
        const unsigned code_point = length == 0 ? 0 : utf8_code_point(words, i, length);
        if (length > 0 && code_point == '\n') {
            text_add(text, SLICE("\\n"));
        } else if (length > 0 && is_hidden(code_point)) {
            text_format(text, code_point > 0xffff ? "\\U%08x" : "\\u%04x", code_point);
        } else if (length > 0) {
            text_add(text, code_point == '"' || code_point == '\\' ? SLICE("\\") : SLICE(""));
            text_add(text, (struct slice){words.data + i, length});
        }
    }
    text_add_byte(text, '"');
}

void scalar_write(struct text *text, struct slice words, bool plain)
{
    if (plain && words.size == 0) {
        text_add(text, SLICE("null"));
    } else if (has_hidden(words)) {
        write_double(text, words);
    } else if (plain && is_plain(words)) {
        text_add(text, words);
    } else {
        write_single(text, words);
    }
}
