#include "seinpost/base/text.h"
#include "seinpost/base/utf8.h"

#include <stdio.h>

#include "base.h"

/* What is added stands one after the other, bytes of zero too. */
START_TEST(adds_bytes)
{
    struct text text = {0};

    ck_assert_uint_eq(text_slice(&text).size, 0);
    text_add(&text, SLICE("a\0b"));
    text_add(&text, (struct slice){NULL, 0});
    text_add_byte(&text, 'c');
    text_format(&text, "%d-%s", 42, "x");
    ck_assert(slice_equal(text_slice(&text), SLICE("a\0bc42-x")));
    text_free(&text);
}
END_TEST

/* A formatted text of any length is there whole. */
START_TEST(formats_any_length)
{
    struct text text = {0};

    for (int width = 1; width < 5000; width = width * 3 + 1) {
        text_clear(&text);
        text_add(&text, SLICE("head"));
        text_format(&text, "%*d|", width, 7);
        const struct slice slice = text_slice(&text);
        ck_assert_uint_eq(slice.size, 4 + (size_t)width + 1);
        ck_assert(slice_starts_with(slice, SLICE("head")));
        ck_assert(slice_ends_with(slice, SLICE("7|")));
    }
    text_free(&text);
}
END_TEST

/* A text that was cleared or freed is empty and can be written again. */
START_TEST(can_be_written_again)
{
    struct text text = {0};

    text_add(&text, SLICE("first"));
    text_clear(&text);
    ck_assert_uint_eq(text_slice(&text).size, 0);
    text_add(&text, SLICE("second"));
    ck_assert_slice_eq(text_slice(&text), "second");
    text_free(&text);
    ck_assert_uint_eq(text_slice(&text).size, 0);
    text_add(&text, SLICE("third"));
    ck_assert_slice_eq(text_slice(&text), "third");
    text_free(&text);
}
END_TEST

static int hex(char digit)
{
    return digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}

/* Appends a character below U+10000. */
static int put_code(int code, char *out)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    out[0] = (char)(code < 0x800 ? 0xC0 | code >> 6 : 0xE0 | code >> 12);
    out[1] = (char)(0x80 | (code < 0x800 ? code & 0x3F : code >> 6 & 0x3F));
    out[2] = (char)(0x80 | (code & 0x3F));
    return code < 0x800 ? 2 : 3;
}

/* Takes a JSON string apart, into `out`; -1: it is none. By RFC 8259, section 7. */
static int unquote(struct slice json, char *out)
{
    static const char escapes[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    int size = 0;

    if (json.size < 2 || json.data[0] != '"' || json.data[json.size - 1] != '"') {
        return -1;
    }
    for (size_t i = 1; i < json.size - 1; i++) {
        const char byte = json.data[i];
        const char *const found = byte == '\\' ? strchr(escapes, json.data[i + 1]) : NULL;
        if (byte == '\\' && json.data[i + 1] == 'u') {
            const char *const digits = json.data + i + 2;
            size += put_code(hex(digits[0]) << 12 | hex(digits[1]) << 8 | hex(digits[2]) << 4 |
                                 hex(digits[3]),
                             out + size);
            i += 5;
        } else if (byte == '\\' && found != NULL) {
            out[size++] = found[1];
            i++;
        } else if ((unsigned char)byte < 0x20 || byte == '"' || byte == '\\') {
            return -1;
        } else {
            out[size++] = byte;
        }
    }
    return size;
}

/* The same bytes with U+FFFD in place of each that is no UTF-8. */
static int mended(struct slice slice, char *out)
{
    int size = 0;

    for (size_t i = 0; i < slice.size;) {
        const size_t length = utf8_length(slice, i);
        memcpy(out + size, length == 0 ? "\xEF\xBF\xBD" : slice.data + i,
               length == 0 ? 3 : length);
        size += length == 0 ? 3 : (int)length;
        i += length == 0 ? 1 : length;
    }
    return size;
}

/* Any bytes become a JSON string that means them, but for those that are no UTF-8. */
START_TEST(json_means_the_bytes)
{
    struct unit_draw draw = unit_draw(9);
    struct text text = {0};

    for (int i = 0; i < 20000; i++) {
        char bytes[24], read[600], wanted[600];
        const size_t size = unit_below(&draw, sizeof bytes + 1);
        for (size_t j = 0; j < size; j++) {
            bytes[j] = (char)unit_below(&draw, i % 2 == 0 ? 256 : 128);
        }
        text_clear(&text);
        text_add_json(&text, (struct slice){bytes, size});
        const int read_size = unquote(text_slice(&text), read);
        ck_assert_int_eq(read_size, mended((struct slice){bytes, size}, wanted));
        ck_assert_mem_eq(read, wanted, (size_t)read_size);
    }
    text_free(&text);
}
END_TEST

/* Text is quoted as it is, with escapes only where JSON asks for them. */
START_TEST(json_leaves_text_readable)
{
    struct text text = {0};

    text_add_json(&text, SLICE("caf\xC3\xA9 / \"x\" \\"));
    ck_assert_slice_eq(text_slice(&text), "\"caf\xC3\xA9 / \\\"x\\\" \\\\\"");
    text_free(&text);
}
END_TEST

Suite *text_suite(void)
{
    const TTest *const tests[] = {
        adds_bytes,           formats_any_length,        can_be_written_again,
        json_means_the_bytes, json_leaves_text_readable, NULL};

    return unit_suite("text", tests);
}
