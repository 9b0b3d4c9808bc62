#include "seinpost/rule/succession.h"

#include "lab.h"

#define BOOKING                                                                                \
    "events: {x: {source: {type: air.booking.created}, detection: {s: {pax_count|gte: 2}, "    \
    "condition: s}}}\n"
#define COUNT(span)                                                                            \
    "correlation: {type: event_count, rules: [x], group-by: [card], timespan: " span           \
    ", condition: {gte: 2}}\n"
#define RULE(name, more, span) KIT_RULE(name) more BOOKING COUNT(span)
#define EXCEPTION                                                                              \
    "---\nschema: seinpost/exception/1\ntitle: t\nrules: [b]\nmatch: {carrier: XX}\nreason: "  \
    "r\n"                                                                                      \
    "author: a\napproved-by: [c]\nexpires: 2026-02-01\n"

static const char before[] = RULE("a", "", "1d") "---\n" RULE("b", "", "1d");

static const struct {
    const char *now;
    int kept[3]; /* by the rules' index, which is by name */
    size_t fresh;
} cases[] = {
    {RULE("a", "", "1d") "---\n" RULE("b", "", "1d"), {0, 1}, 0},
    {RULE("b", "description: words\n", "1d") "---\n" RULE("a", "", "1d"), {0, 1}, 0},
    {RULE("a", "", "2d") "---\n" RULE("b", "", "1d"), {SUCCESSION_NONE, 1}, 1},
    {RULE("b", "", "1d"), {1}, 0},
    {RULE("a", "", "1d") "---\n" RULE("aa", "", "1d") "---\n" RULE("b", "", "1d"),
     {0, SUCCESSION_NONE, 1},
     1},
    {RULE("a", "", "1d") "---\n" RULE("b", "", "1d") EXCEPTION, {0, SUCCESSION_NONE}, 1},
    {RULE("c", "", "1d"), {SUCCESSION_NONE}, 1},
};

/* A rule goes on where the one of the same meaning, steps and lateness is, wherever it stands
 * now; any other reads its history anew. */
START_TEST(a_rule_goes_on_that_means_the_same)
{
    struct kit kit = kit_begin();
    const struct program *const old = kit_program(&kit, before);
    const struct program *const now = kit_program(&kit, cases[_i].now);
    int kept[3] = {7, 7, 7};

    ck_assert_uint_eq(succession_find(old, now, kept), cases[_i].fresh);
    for (size_t i = 0; i < now->rules_count; i++) {
        ck_assert_int_eq(kept[i], cases[_i].kept[i]);
    }
    kit_end(&kit);
}
END_TEST

/* A rule that was approved meanwhile means the same, and speaks to others: it begins anew
 * there. */
START_TEST(another_status_begins_anew)
{
    struct kit kit = kit_begin();
    int kept[2] = {7, 7};

    const struct program *const old = kit_program(&kit, before);
    const struct program *const now = kit_program(&kit, before);
    now->rules[0]->status = RULE_STABLE; /* as approval has it, by no word of the file */
    ck_assert_uint_eq(succession_find(old, now, kept), 1);
    ck_assert_int_eq(kept[0], SUCCESSION_NONE);
    ck_assert_int_eq(kept[1], 1);
    ck_assert(!succession_knows(old, now->rules[0]));
    ck_assert(succession_knows(old, now->rules[1]));
    kit_end(&kit);
}
END_TEST

/* A longer lateness lets events in that the rule has not seen. */
START_TEST(another_lateness_reads_anew)
{
    struct kit kit = kit_begin();
    int kept[2] = {7, 7};

    kit.options.lateness_ms = 1000;
    const struct program *const old = kit_program(&kit, before);
    kit.options.lateness_ms = 2000;
    const struct program *const now = kit_program(&kit, before);
    ck_assert_uint_eq(succession_find(old, now, kept), 2);
    ck_assert_int_eq(kept[0], SUCCESSION_NONE);
    ck_assert(!digest_equal(old->hash, now->hash));
    kit_end(&kit);
}
END_TEST

/* A rule that expires later goes on; but what it said since it had expired went to the shadow
 * topic, so that a start under it must ask what the desks have. */
START_TEST(what_expires_later_is_another_program)
{
    struct kit kit = kit_begin();
    const struct instant past = {INT64_C(1767225600000)};
    int kept[2] = {7, 7};

    const struct program *const old =
        kit_program(&kit, RULE("a", "expires: 2026-01-02\n", "1d"));
    const struct program *const now =
        kit_program(&kit, RULE("a", "expires: 2027-01-01\n", "1d"));
    ck_assert_uint_eq(succession_find(old, now, kept), 0);
    ck_assert_int_eq(kept[0], 0);
    ck_assert(!digest_equal(old->hash, now->hash));
    old->rules[0]->status = now->rules[0]->status = RULE_STABLE;
    ck_assert(succession_told(old, now->rules[0], past));
    ck_assert(!succession_told(old, now->rules[0], instant_add(past, 86400000)));
    old->rules[0]->status = RULE_TEST;
    ck_assert(!succession_told(old, now->rules[0], past));
    kit_end(&kit);
}
END_TEST

/* A rule is known by name and meaning together. */
START_TEST(a_rule_is_known_by_name_and_meaning)
{
    struct kit kit = kit_begin();
    const struct program *const old = kit_program(&kit, before);
    const struct program *const now = kit_program(&kit, RULE("a", "", "2d"));

    ck_assert(succession_knows(old, old->rules[0]));
    ck_assert(!succession_knows(old, now->rules[0]));
    ck_assert(!succession_knows(now, old->rules[1]));
    kit_end(&kit);
}
END_TEST

Suite *succession_suite(void)
{
    const TTest *const tests[] = {another_status_begins_anew, another_lateness_reads_anew,
                                  what_expires_later_is_another_program,
                                  a_rule_is_known_by_name_and_meaning, NULL};
    Suite *const suite = unit_suite("succession", tests);

    unit_loop(suite, a_rule_goes_on_that_means_the_same, COUNT_OF(cases));
    return suite;
}
