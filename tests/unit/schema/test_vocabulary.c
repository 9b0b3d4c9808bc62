#include "seinpost/schema/source.h"
#include "seinpost/schema/vocabulary.h"

#include "schema.h"

/* The closed lists of the domain: their words, in an order that is never changed. */
static const struct {
    const char *const *list;
    const char *words[12];
} lists[] = {
    {vocabulary_purposes, {"smuggling", "illegal_employment", "trafficking"}},
    {vocabulary_legal_bases,
     {"pnr-6.2a", "api-2025-13", "wwft-fiu", "amlr-75", "wgs-riec", "wgs-fec", "hrw-public",
      "brp-2.34", "sv-126nd", "consent-none"}},
    {vocabulary_stages,
     {"recruitment", "identity", "entry", "transport", "residence", "housing", "work",
      "finance", "exit"}},
    {vocabulary_levels, {"informational", "low", "medium", "high", "critical"}},
    {vocabulary_tracks, {"admin", "criminal", "support"}},
};

/* Each list begins with the domain's words, which are found by their index. */
START_TEST(words_are_those_of_the_domain)
{
    for (size_t i = 0; lists[_i].words[i] != NULL; i++) {
        ck_assert_str_eq(lists[_i].list[i], lists[_i].words[i]);
        ck_assert_int_eq(vocabulary_find(lists[_i].list, slice_of(lists[_i].words[i])), (int)i);
    }
    ck_assert_int_eq(vocabulary_find(lists[_i].list, SLICE("")), -1);
    ck_assert_int_eq(vocabulary_find(lists[_i].list, SLICE("no such word")), -1);
}
END_TEST

/* All six sectors are known. */
START_TEST(sectors_are_six)
{
    static const char *const sectors[] = {"air", "rail", "bank", "card", "housing", "kvk"};

    for (size_t i = 0; i < COUNT_OF(sectors); i++) {
        ck_assert_int_ge(vocabulary_find(vocabulary_sectors, slice_of(sectors[i])), 0);
    }
}
END_TEST

/* A source may send what one of its globs matches, and nothing else. */
START_TEST(a_source_sends_what_its_globs_match)
{
    const struct slice globs[] = {SLICE("air.booking.*"), SLICE("rail.incident")};
    const struct source source = {.types = globs, .types_count = 2};
    const struct source none = {.types = NULL, .types_count = 0};

    ck_assert(source_may_send(&source, SLICE("air.booking.created")));
    ck_assert(source_may_send(&source, SLICE("rail.incident")));
    ck_assert(!source_may_send(&source, SLICE("air.noshow")));
    ck_assert(!source_may_send(&source, SLICE("rail.incidents")));
    ck_assert(!source_may_send(&none, SLICE("air.noshow")));
}
END_TEST

Suite *vocabulary_suite(void)
{
    const TTest *const tests[] = {sectors_are_six, a_source_sends_what_its_globs_match, NULL};
    Suite *const suite = unit_suite("vocabulary", tests);

    unit_loop(suite, words_are_those_of_the_domain, COUNT_OF(lists));
    return suite;
}
