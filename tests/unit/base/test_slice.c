#include "seinpost/base/arena.h"
#include "seinpost/base/slice.h"

#include <limits.h>
#include <stdio.h>

#include "base.h"

static int sign(int number)
{
    return (number > 0) - (number < 0);
}

/* NULL gives an empty slice; a text gives its bytes without the zero. */
START_TEST(slices_a_string)
{
    ck_assert_uint_eq(slice_of(NULL).size, 0);
    ck_assert_uint_eq(slice_of("").size, 0);
    ck_assert_slice_eq(slice_of("abc"), "abc");
    ck_assert_uint_eq(SLICE("a\0b").size, 3);
}
END_TEST

/* Order is by unsigned bytes, the shorter first; equality agrees with it. */
START_TEST(order_is_by_unsigned_bytes)
{
    static const struct slice rising[] = {
        {NULL, 0}, {"\0", 1}, {"\0\0", 2}, {"A", 1},    {"a", 1},    {"a\0", 2},     {"aa", 2},
        {"ab", 2}, {"b", 1},  {"\x7f", 1}, {"\x80", 1}, {"\xff", 1}, {"\xff\x00", 2}};

    for (size_t i = 0; i < COUNT_OF(rising); i++) {
        for (size_t j = 0; j < COUNT_OF(rising); j++) {
            ck_assert_msg(sign(slice_compare(rising[i], rising[j])) == (i > j) - (i < j),
                          "%zu and %zu", i, j);
            ck_assert_int_eq(slice_equal(rising[i], rising[j]), i == j);
        }
    }
}
END_TEST

/* A slice is a string only with all its bytes: a zero within does not end it. */
START_TEST(a_zero_within_is_a_byte)
{
    ck_assert(slice_is(SLICE("abc"), "abc"));
    ck_assert(slice_is(SLICE(""), ""));
    ck_assert(!slice_is(SLICE("abc"), "abcd"));
    ck_assert(!slice_is(SLICE("abcd"), "abc"));
    ck_assert(!slice_is(SLICE("a\0b"), "a"));
}
END_TEST

static const struct {
    struct slice whole;
    struct slice part;
    bool starts, ends, contains;
} parts[] = {
    {{"abc", 3}, {"", 0}, true, true, true},
    {{NULL, 0}, {NULL, 0}, true, true, true},
    {{"abc", 3}, {"abc", 3}, true, true, true},
    {{"abc", 3}, {"ab", 2}, true, false, true},
    {{"abc", 3}, {"bc", 2}, false, true, true},
    {{"abc", 3}, {"b", 1}, false, false, true},
    {{"abc", 3}, {"abcd", 4}, false, false, false},
    {{"", 0}, {"a", 1}, false, false, false},
    {{"aab", 3}, {"ab", 2}, false, true, true},
    {{"abab", 4}, {"aba", 3}, true, false, true},
    {{"a\0b", 3}, {"\0b", 2}, false, true, true},
    {{"abc", 3}, {"ac", 2}, false, false, false},
};

/* Prefix, suffix and part are found where they are and nowhere else. */
START_TEST(finds_parts)
{
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        ck_assert_msg(slice_starts_with(parts[i].whole, parts[i].part) == parts[i].starts,
                      "%zu", i);
        ck_assert_msg(slice_ends_with(parts[i].whole, parts[i].part) == parts[i].ends, "%zu",
                      i);
        ck_assert_msg(slice_contains(parts[i].whole, parts[i].part) == parts[i].contains, "%zu",
                      i);
    }
}
END_TEST

/* Cutting gives each part, empty ones too, and ends with data NULL. */
START_TEST(cuts_at_each_separator)
{
    struct slice rest = SLICE(",a,,b");

    ck_assert_slice_eq(slice_cut(&rest, ','), "");
    ck_assert_slice_eq(slice_cut(&rest, ','), "a");
    ck_assert_slice_eq(slice_cut(&rest, ','), "");
    ck_assert_slice_eq(rest, "b");
    ck_assert_slice_eq(slice_cut(&rest, ','), "b");
    ck_assert_ptr_null(rest.data);
    ck_assert_uint_eq(rest.size, 0);
}
END_TEST

/* A separator at the end leaves a rest that is empty and yet there. */
START_TEST(a_last_empty_part_is_one)
{
    struct slice rest = SLICE("a,");

    ck_assert_slice_eq(slice_cut(&rest, ','), "a");
    ck_assert_ptr_nonnull(rest.data);
    ck_assert_uint_eq(rest.size, 0);
}
END_TEST

/* Blanks go from both ends and stay within. */
START_TEST(trims_both_ends)
{
    ck_assert_slice_eq(slice_trim(SLICE("  a b \t")), "a b");
    ck_assert_slice_eq(slice_trim(SLICE("   ")), "");
    ck_assert_slice_eq(slice_trim(SLICE("")), "");
    ck_assert_slice_eq(slice_trim(SLICE("a")), "a");
}
END_TEST

/* A copy has the same bytes and a zero behind them that is not counted. */
START_TEST(copies_end_with_a_zero)
{
    struct arena *const arena = arena_new(1 << 16);
    const struct slice copy = slice_copy(arena, SLICE("a\0b"));
    const struct slice empty = slice_copy(arena, (struct slice){NULL, 0});

    ck_assert(slice_equal(copy, SLICE("a\0b")));
    ck_assert_int_eq(copy.data[3], '\0');
    ck_assert_uint_eq(empty.size, 0);
    ck_assert_int_eq(empty.data[0], '\0');
    ck_assert_str_eq(slice_string(arena, SLICE("abc")), "abc");
    arena_free(arena);
}
END_TEST

static const struct {
    const char *text;
    bool good;
    long long number;
} numbers[] = {
    {"0", true, 0},
    {"-0", true, 0},
    {"007", true, 7},
    {"-12", true, -12},
    {"", false, 0},
    {"-", false, 0},
    {" 1", false, 0},
    {"1 ", false, 0},
    {"1.0", false, 0},
    {"0x10", false, 0},
    {"1e3", false, 0},
    {"--1", false, 0},
    {"1-", false, 0},
    {"9223372036854775807", true, LLONG_MAX},
    {"-9223372036854775808", true, LLONG_MIN},
    {"9223372036854775808", false, 0},
    {"-9223372036854775809", false, 0},
    {"99999999999999999999", false, 0},
};

/* All of the slice is a decimal number that fits, or it is none. */
START_TEST(reads_whole_numbers)
{
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        long long number = 0;
        const bool good = slice_number(slice_of(numbers[i].text), &number);
        ck_assert_msg(good == numbers[i].good && (!good || number == numbers[i].number), "'%s'",
                      numbers[i].text);
    }
}
END_TEST

/* A number ends where its slice ends, whatever stands behind it. */
START_TEST(a_number_ends_with_its_slice)
{
    long long number = 0;

    ck_assert(slice_number((struct slice){"1234", 2}, &number));
    ck_assert_int_eq(number, 12);
    ck_assert(!slice_number((struct slice){"1\0", 2}, &number));
}
END_TEST

static const struct {
    const char *glob, *text;
    bool matches;
} glob_cases[] = {
    {"", "", true},
    {"", "a", false},
    {"*", "", true},
    {"*", "abc", true},
    {"?", "", false},
    {"?", "a", true},
    {"a*", "a", true},
    {"a*c", "abbc", true},
    {"a*c", "abcd", false},
    {"*b*", "abc", true},
    {"a?c", "abc", true},
    {"a?c", "ac", false},
    {"**", "x", true},
    {"*.created", "air.booking.created", true},
    {"air.*", "air", false},
    {"*ab", "aab", true},
    {"*a*b*c", "xaybzcab", false},
    {"*a*b*c", "xaybzc", true},
    {"a\\*", "a*", false},
    {"[a]", "a", false},
    {"[a]", "[a]", true},
    {"A", "a", false},
    {"??*", "a", false},
};

/* `*` is any run of bytes and `?` is one, all else itself. */
START_TEST(globs)
{
    for (size_t i = 0; i < COUNT_OF(glob_cases); i++) {
        ck_assert_msg(slice_glob(slice_of(glob_cases[i].glob), slice_of(glob_cases[i].text)) ==
                          glob_cases[i].matches,
                      "'%s' and '%s'", glob_cases[i].glob, glob_cases[i].text);
    }
}
END_TEST

/* A glob made to make a matcher go back again and again ends at once. */
START_TEST(a_hostile_glob_ends_at_once)
{
    char text[4096];

    memset(text, 'a', sizeof text);
    ck_assert(!slice_glob(SLICE("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"),
                          (struct slice){text, sizeof text}));
}
END_TEST

/* What a glob says by the plainest definition: a table of all prefixes. */
static bool globs_plainly(struct slice glob, struct slice text)
{
    bool can[16][16] = {{false}};

    for (size_t g = 0; g <= glob.size; g++) {
        for (size_t t = 0; t <= text.size; t++) {
            const char byte = g == 0 ? '\0' : glob.data[g - 1];
            can[g][t] = (g == 0 && t == 0) ||
                        (g > 0 && byte == '*' && (can[g - 1][t] || (t > 0 && can[g][t - 1]))) ||
                        (g > 0 && t > 0 && can[g - 1][t - 1] &&
                         (byte == '?' || byte == text.data[t - 1]));
        }
    }
    return can[glob.size][text.size];
}

/* Random globs match what the plainest definition of a glob matches. */
START_TEST(globs_as_defined)
{
    struct unit_draw draw = unit_draw(3);

    for (int i = 0; i < 50000; i++) {
        char glob[8], text[10];
        const size_t glob_size = unit_below(&draw, sizeof glob + 1);
        const size_t text_size = unit_below(&draw, sizeof text + 1);
        for (size_t j = 0; j < glob_size; j++) {
            glob[j] = "ab*?"[unit_below(&draw, 4)];
        }
        for (size_t j = 0; j < text_size; j++) {
            text[j] = "ab"[unit_below(&draw, 2)];
        }
        const struct slice g = {glob, glob_size}, t = {text, text_size};
        ck_assert_msg(slice_glob(g, t) == globs_plainly(g, t), "'%.*s' and '%.*s'",
                      SLICE_ARGS(g), SLICE_ARGS(t));
    }
}
END_TEST

Suite *slice_suite(void)
{
    const TTest *const tests[] = {slices_a_string,
                                  order_is_by_unsigned_bytes,
                                  a_zero_within_is_a_byte,
                                  finds_parts,
                                  cuts_at_each_separator,
                                  a_last_empty_part_is_one,
                                  trims_both_ends,
                                  copies_end_with_a_zero,
                                  reads_whole_numbers,
                                  a_number_ends_with_its_slice,
                                  globs,
                                  a_hostile_glob_ends_at_once,
                                  globs_as_defined,
                                  NULL};

    return unit_suite("slice", tests);
}
