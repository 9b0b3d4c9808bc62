#include "seinpost/base/nearest.h"

#include "base.h"

static struct nearest search(const char *name, const char *const *candidates)
{
    struct nearest nearest = {{NULL, 0}, 0};

    for (size_t i = 0; candidates[i] != NULL; i++) {
        nearest_try(&nearest, slice_of(name), slice_of(candidates[i]));
    }
    return nearest;
}

static const struct {
    const char *name, *candidate;
    bool near;
} neighbours[] = {
    {"pax_cout", "pax_count", true},
    {"pax_conut", "pax_count", true},
    {"abc", "abd", true},
    {"abc", "acb", true},
    {"abc", "ade", false},
    {"ab", "ac", true},
    {"abcd", "abxy", true},
    {"abcd", "axyz", false},
    {"a", "abc", false},
    {"abcdef", "abcdxy", true},
    {"abcdef", "abcxyz", false},
    {"abcdef", "badcef", true},
    {"abcdef", "badcfe", false},
    {"same", "same", true},
    {"word", "nothing_like_it", false},
};

/* A word is near when at most a third of its letters differ, swapped neighbours counting once.
 */
START_TEST(a_third_may_differ)
{
    for (size_t i = 0; i < COUNT_OF(neighbours); i++) {
        const char *const candidates[] = {neighbours[i].candidate, NULL};
        const struct nearest nearest = search(neighbours[i].name, candidates);
        ck_assert_msg(nearest_found(&nearest) == neighbours[i].near, "'%s' and '%s'",
                      neighbours[i].name, neighbours[i].candidate);
    }
}
END_TEST

/* The nearest of several is named, wherever it stands among them. */
START_TEST(the_nearest_is_named)
{
    const char *const last[] = {"pax_total", "bags", "pax_count", NULL};
    const char *const first[] = {"pax_count", "pax_total", "bags", NULL};

    ck_assert_slice_eq(search("pax_cont", last).best, "pax_count");
    ck_assert_slice_eq(search("pax_cont", first).best, "pax_count");
}
END_TEST

/* Nothing is found without candidates, and long names are harmless. */
START_TEST(nothing_is_found_among_none)
{
    const char *const none[] = {NULL};
    const struct nearest nearest = search("x", none);
    static char name[100000];
    const char *const shorter[] = {"x", "", NULL};

    ck_assert(!nearest_found(&nearest));
    memset(name, 'n', sizeof name - 1);
    const struct nearest other = search(name, shorter);
    ck_assert(!nearest_found(&other));
}
END_TEST

Suite *nearest_suite(void)
{
    const TTest *const tests[] = {a_third_may_differ, the_nearest_is_named,
                                  nothing_is_found_among_none, NULL};

    return unit_suite("nearest", tests);
}
