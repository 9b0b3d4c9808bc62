#include "lines.h"

#include "seinpost/base/vector.h"

#include <stdlib.h>

enum {
    SHOWN_MAX = 3,   /* lines that are told, of each side */
    WIDTH_MAX = 300, /* bytes of them */
};

void lines_free(struct lines *lines)
{
    free(lines->items);
    lines->items = NULL;
}

void lines_add(struct lines *lines, struct text *key, struct text *text)
{
    const struct line line = {slice_copy(lines->arena, text_slice(key)), lines->count,
                              slice_copy(lines->arena, text_slice(text))};

    lines->items =
        vector_grow(lines->items, lines->count, &lines->room, sizeof lines->items[0]);
    lines->items[lines->count++] = line;
    text_clear(key);
    text_clear(text);
}

static int by_key(const void *left, const void *right)
{
    const struct line *a = left;
    const struct line *b = right;
    const int order = slice_compare(a->key, b->key);

    if (order != 0) {
        return order;
    }
    return a->number < b->number ? -1 : a->number > b->number;
}

void lines_sort(struct lines *lines)
{
    if (lines->count > 1) {
        qsort(lines->items, lines->count, sizeof lines->items[0], by_key);
    }
}

/* Bytes that are no text are shown in hex. */
static void add_bytes(struct text *text, struct slice bytes)
{
    for (size_t i = 0; i < bytes.size && i < WIDTH_MAX; i++) {
        const char byte = bytes.data[i];
        if (byte >= ' ' && byte <= '~' && byte != '\\') {
            text_add_byte(text, byte);
        } else {
            text_format(text, "\\%02x", (unsigned)(unsigned char)byte);
        }
    }
}

static void tell(struct text *why, const char *sign, const struct line *line)
{
    text_format(why, "    %s ", sign);
    add_bytes(why, line->key);
    text_add(why, SLICE(" | "));
    add_bytes(why, line->text);
    text_add_byte(why, '\n');
}

/* Lines after the first difference, of both. */
static void tell_rest(struct text *why, const char *sign, const struct lines *lines,
                      size_t from)
{
    for (size_t i = from; i < lines->count && i < from + SHOWN_MAX; i++) {
        tell(why, sign, &lines->items[i]);
    }
}

bool lines_same(const struct lines *got, const struct lines *wanted, const char *what,
                struct text *why)
{
    size_t i = 0;

    while (i < got->count && i < wanted->count &&
           slice_equal(got->items[i].key, wanted->items[i].key) &&
           slice_equal(got->items[i].text, wanted->items[i].text)) {
        i++;
    }
    if (i == got->count && i == wanted->count) {
        return true;
    }
    text_format(why, "%s: %zu lines, wanted %zu; from line %zu on:\n", what, got->count,
                wanted->count, i);
    tell_rest(why, "got   ", got, i);
    tell_rest(why, "wanted", wanted, i);
    return false;
}
