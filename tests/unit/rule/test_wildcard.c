#include "seinpost/rule/wildcard.h"

#include "lab.h"

static const struct {
    const char *pattern, *text;
    bool folded, exact; /* matches with case folded, and without */
} patterns[] = {
    {"", "", true, true},
    {"", "a", false, false},
    {"abc", "abc", true, true},
    {"abc", "ABC", true, false},
    {"ABC", "abc", true, false},
    {"abc", "abcd", false, false},
    {"*", "", true, true},
    {"*", "anything", true, true},
    {"a*", "a", true, true},
    {"a*c", "abbc", true, true},
    {"a*c", "ABBC", true, false},
    {"*b*", "abc", true, true},
    {"?", "", false, false},
    {"?", "a", true, true},
    {"a?c", "abc", true, true},
    {"a?c", "ac", false, false},
    {"caf?", "caf\xC3\xA9", true, true},
    {"??", "\xE2\x82\xAC", false, false},
    {"?x", "\xF0\x9F\x98\x80x", true, true},
    {"*\xC3\xA9", "caf\xC3\xA9", true, true},
    {"*?\xC3\xA9", "\xC3\xA9", false, false},
    {"*??", "\xC3\xA9", false, false},
    {"c*?", "caf\xC3\xA9", true, true},
    {"??", "\xFF\xFE", true, true},
    {"a\\*", "a*", true, true},
    {"a\\*", "ab", false, false},
    {"a\\?", "a?", true, true},
    {"a\\?", "ab", false, false},
    {"a\\b", "a\\b", true, true},
    {"*ab", "aab", true, true},
    {"*a*b*c", "xaybzc", true, true},
    {"*a*b*c", "xaybzcab", false, false},
    {"\xC3\xA9", "\xC3\x89", false, false},
};

/* `*`, `?` and `\` mean what Sigma means by them; case is folded in ASCII alone. */
START_TEST(patterns_match_as_sigmas)
{
    const struct slice pattern = slice_of(patterns[_i].pattern),
                       text = slice_of(patterns[_i].text);

    ck_assert_int_eq(wildcard_matches(pattern, text, true), patterns[_i].folded);
    ck_assert_int_eq(wildcard_matches(pattern, text, false), patterns[_i].exact);
}
END_TEST

/* By the plainest definition, over single bytes: a table of all prefixes. */
static bool matches_plainly(struct slice pattern, struct slice text)
{
    bool can[12][12] = {{false}};

    for (size_t p = 0; p <= pattern.size; p++) {
        for (size_t t = 0; t <= text.size; t++) {
            const char byte = p == 0 ? '\0' : pattern.data[p - 1];
            can[p][t] = (p == 0 && t == 0) ||
                        (p > 0 && byte == '*' && (can[p - 1][t] || (t > 0 && can[p][t - 1]))) ||
                        (p > 0 && t > 0 && can[p - 1][t - 1] &&
                         (byte == '?' || byte == text.data[t - 1]));
        }
    }
    return can[pattern.size][text.size];
}

/* Random patterns match what the plainest definition matches. */
START_TEST(patterns_match_as_defined)
{
    struct unit_draw draw = unit_draw(51);

    for (int i = 0; i < 50000; i++) {
        char pattern[8], text[10];
        const size_t pattern_size = unit_below(&draw, sizeof pattern + 1),
                     text_size = unit_below(&draw, sizeof text + 1);
        for (size_t j = 0; j < pattern_size; j++) {
            pattern[j] = "ab*?"[unit_below(&draw, 4)];
        }
        for (size_t j = 0; j < text_size; j++) {
            text[j] = "ab"[unit_below(&draw, 2)];
        }
        const struct slice p = {pattern, pattern_size}, t = {text, text_size};
        if (wildcard_matches(p, t, false) != matches_plainly(p, t)) {
            ck_abort_msg("'%.*s' and '%.*s'", SLICE_ARGS(p), SLICE_ARGS(t));
        }
    }
}
END_TEST

/* A pattern made to go back again and again ends at once. */
START_TEST(a_hostile_pattern_ends_at_once)
{
    static char text[8192];

    memset(text, 'a', sizeof text);
    ck_assert(!wildcard_matches(SLICE("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"),
                                (struct slice){text, sizeof text}, true));
}
END_TEST

static const struct {
    const char *part, *text;
    bool anywhere, start, end;
} finds[] = {
    {"", "abc", true, true, true},        {"abc", "abc", true, true, true},
    {"ab", "abc", true, true, false},     {"bc", "abc", true, false, true},
    {"b", "abc", true, false, false},     {"x", "abc", false, false, false},
    {"abcd", "abc", false, false, false}, {"*", "abc", false, false, false},
    {"*", "a*", true, false, true},       {"AB", "abc", true, true, false},
    {"ab", "aab", true, false, true},
};

/* A part is taken literally, and found where it is asked for. */
START_TEST(parts_are_found_where_asked)
{
    const struct slice part = slice_of(finds[_i].part), text = slice_of(finds[_i].text);

    ck_assert_int_eq(wildcard_find(part, text, true, WILDCARD_ANYWHERE), finds[_i].anywhere);
    ck_assert_int_eq(wildcard_find(part, text, true, WILDCARD_START), finds[_i].start);
    ck_assert_int_eq(wildcard_find(part, text, true, WILDCARD_END), finds[_i].end);
    const bool upper = finds[_i].part[0] == 'A';
    ck_assert_int_eq(wildcard_find(part, text, false, WILDCARD_ANYWHERE),
                     finds[_i].anywhere && !upper);
}
END_TEST

Suite *wildcard_suite(void)
{
    const TTest *const tests[] = {patterns_match_as_defined, a_hostile_pattern_ends_at_once,
                                  NULL};
    Suite *const suite = unit_suite("wildcard", tests);

    unit_loop(suite, patterns_match_as_sigmas, COUNT_OF(patterns));
    unit_loop(suite, parts_are_found_where_asked, COUNT_OF(finds));
    return suite;
}
