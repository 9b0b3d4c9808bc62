#include "seinpost/base/utf8.h"

#include "base.h"

static size_t encode(unsigned code, char bytes[4])
{
    if (code < 0x80) {
        bytes[0] = (char)code;
        return 1;
    }
    const size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = size; i-- > 1; code >>= 6) {
        bytes[i] = (char)(0x80 | (code & 0x3F));
    }
    bytes[0] = (char)((0xF00 >> size) | code);
    return size;
}

/* Every code point but the surrogates is a character of its own length. */
START_TEST(every_code_point_is_a_character)
{
    for (unsigned code = 0; code <= 0x10FFFF; code++) {
        char bytes[4];
        const size_t size = encode(code, bytes);
        const size_t expected = code >= 0xD800 && code <= 0xDFFF ? 0 : size;
        if (utf8_length((struct slice){bytes, size}, 0) != expected) {
            ck_abort_msg("U+%04X", code);
        }
    }
}
END_TEST

/* The grammar of RFC 3629, section 4: first byte, second byte, and how many tails follow. */
static size_t length_by_grammar(const unsigned char *b, size_t size)
{
    static const struct {
        unsigned char first_low, first_high, second_low, second_high;
        size_t length;
    } rows[] = {
        {0x00, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (b[0] < rows[i].first_low || b[0] > rows[i].first_high) {
            continue;
        }
        bool good = rows[i].length <= size &&
                    (rows[i].length == 1 ||
                     (b[1] >= rows[i].second_low && b[1] <= rows[i].second_high));
        for (size_t j = 2; good && j < rows[i].length; j++) {
            good = b[j] >= 0x80 && b[j] <= 0xBF;
        }
        return good ? rows[i].length : 0;
    }
    return 0;
}

/* All first and second bytes, with tails at every edge, cut at every length, are judged as the
 * grammar of RFC 3629 has them. */
START_TEST(bytes_are_judged_by_the_grammar)
{
    static const unsigned char tails[] = {0x7F, 0x80, 0xBF, 0xC0};

    for (unsigned n = 0; n < 0x10000; n++) {
        for (unsigned m = 0; m < 16; m++) {
            const unsigned char bytes[4] = {(unsigned char)(n >> 8), (unsigned char)n,
                                            tails[m % 4], tails[m / 4]};
            for (size_t size = 1; size <= 4; size++) {
                const struct slice slice = {(const char *)bytes, size};
                if (utf8_length(slice, 0) != length_by_grammar(bytes, size)) {
                    ck_abort_msg("%02X %02X %02X %02X, %zu bytes", bytes[0], bytes[1], bytes[2],
                                 bytes[3], size);
                }
            }
        }
    }
}
END_TEST

/* The valid part ends at the first byte that is no character; an index looks from there. */
START_TEST(the_valid_part_ends_at_the_first_bad_byte)
{
    ck_assert_uint_eq(utf8_valid_size(SLICE("")), 0);
    ck_assert_uint_eq(utf8_valid_size(SLICE("a\xC3\xA9z")), 4);
    ck_assert_uint_eq(utf8_valid_size(SLICE("a\xC3\xA9\xA9z")), 3);
    ck_assert_uint_eq(utf8_valid_size(SLICE("ab\xE2\x82")), 2);
    ck_assert_uint_eq(utf8_valid_size(SLICE("\xC0\x80")), 0);
    ck_assert_uint_eq(utf8_length(SLICE("a\xC3\xA9"), 1), 2);
    ck_assert_uint_eq(utf8_length(SLICE("a\xC3\xA9"), 2), 0);
}
END_TEST

/* Characters are counted, each bad byte as one. */
START_TEST(characters_are_counted)
{
    ck_assert_uint_eq(utf8_count(SLICE("")), 0);
    ck_assert_uint_eq(utf8_count(SLICE("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80")), 4);
    ck_assert_uint_eq(utf8_count(SLICE("\xFF\xFE")), 2);
    ck_assert_uint_eq(utf8_count(SLICE("\xE2\x82z")), 3);
}
END_TEST

Suite *utf8_suite(void)
{
    const TTest *const tests[] = {
        every_code_point_is_a_character, bytes_are_judged_by_the_grammar,
        the_valid_part_ends_at_the_first_bad_byte, characters_are_counted, NULL};

    return unit_suite("utf8", tests);
}
