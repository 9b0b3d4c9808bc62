#include "seinpost/base/text.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FORMAT_USUAL = 32, /* bytes that most formats need at most */
    DECIMAL_MAX = 20   /* digits of 64 bits, or digits and the sign */
};

static void reserve(struct text *text, size_t more)
{
    ENSURE(more < (size_t)1 << 40);

    if (text->room - text->size >= more) {
        return;
    }
    size_t room = text->room == 0 ? 64 : text->room;
    while (room - text->size < more) {
        room *= 2;
    }
    text->data = realloc(text->data, room);
    ENSURE_MEMORY(text->data != NULL);
    text->room = room;
}

void text_add(struct text *text, struct slice slice)
{
    if (slice.size == 0) {
        return;
    }
    reserve(text, slice.size);
    memcpy(text->data + text->size, slice.data, slice.size);
    text->size += slice.size;
}

void text_add_byte(struct text *text, char byte)
{
    reserve(text, 1);
    text->data[text->size++] = byte;
}

void text_add_decimal(struct text *text, long long number)
{
    char digits[DECIMAL_MAX];
    size_t first = sizeof digits;
    unsigned long long rest = (unsigned long long)number;

    rest = number < 0 ? 0 - rest : rest;
    do {
        digits[--first] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        digits[--first] = '-';
    }
    text_add(text, (struct slice){digits + first, sizeof digits - first});
}

void text_format(struct text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    reserve(text, FORMAT_USUAL);
    const size_t room = text->room - text->size;
    const int length = vsnprintf(text->data + text->size, room, format, args);
    va_end(args);
    ENSURE(length >= 0);
    if ((size_t)length >= room) {
        reserve(text, (size_t)length + 1);
        (void)vsnprintf(text->data + text->size, (size_t)length + 1, format, again);
    }
    va_end(again);
    text->size += (size_t)length;
}

static void add_json_byte(struct text *text, char byte)
{
    switch (byte) {
    case '"':
        text_add(text, SLICE("\\\""));
        return;
    case '\\':
        text_add(text, SLICE("\\\\"));
        return;
    case '\n':
        text_add(text, SLICE("\\n"));
        return;
    default:
        break;
    }
    if ((unsigned char)byte < 0x20 || byte == 0x7f) {
        text_format(text, "\\u%04x", (unsigned)byte);
    } else {
        text_add_byte(text, byte);
    }
}

void text_add_json(struct text *text, struct slice slice)
{
    text_add_byte(text, '"');
    for (size_t i = 0; i < slice.size;) {
        const size_t length = utf8_length(slice, i);
        if (length == 0) {
            text_add(text, SLICE("\\ufffd"));
            i++;
        } else if (length == 1) {
            add_json_byte(text, slice.data[i++]);
        } else {
            text_add(text, (struct slice){slice.data + i, length});
            i += length;
        }
    }
    text_add_byte(text, '"');
}

struct slice text_slice(const struct text *text)
{
    return (struct slice){text->data, text->size};
}

void text_clear(struct text *text)
{
    text->size = 0;
}

void text_bound(struct text *text, size_t size_max, struct slice mark)
{
    ENSURE(mark.size <= size_max);
    if (text->size > size_max) {
        text->size = utf8_valid_size((struct slice){text->data, size_max - mark.size});
        text_add(text, mark);
    }
}

void text_free(struct text *text)
{
    free(text->data);
    *text = (struct text){0};
}
