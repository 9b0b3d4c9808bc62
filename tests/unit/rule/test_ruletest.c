#include "seinpost/rule/ruletest.h"

#include "lab.h"

#define RULE                                                                                   \
    KIT_RULE("r")                                                                              \
    "events: {x: {source: {type: air.booking.created}, detection: {s: {pax_count|gte: 2}, "    \
    "condition: s}}}\ncorrelation: {type: event_count, rules: [x], group-by: [card], "         \
    "timespan: "                                                                               \
    "1d, condition: {gte: 2}}\ntests:\n"

/* Reads the tests of a rule. */
static struct ruletest_list read_tests(struct kit *kit, const char *tests)
{
    struct text yaml = {0};

    text_format(&yaml, "%s%s", RULE, tests);
    text_add_byte(&yaml, '\0');
    const struct program *const program = kit_load(kit, yaml.data);
    text_free(&yaml);
    ck_assert_uint_eq(program->rules_count, 1);
    const struct rule *const rule = program->rules[0];
    return ruletest_read(kit->arena, kit->diag, program, rule, tree_get(rule->node, "tests"));
}

/* A given event has its time, its defaults and its own fields, as a line of a file. */
START_TEST(given_events_are_lines)
{
    struct kit kit = kit_begin();
    const struct ruletest_list tests =
        read_tests(&kit, "  - name: one\n    with: {payer_ref: P1, pax_count: 2}\n"
                         "    given: [{at: 0, amount: 25.00 EUR}, {at: 1h30m, pax_count: 3, "
                         "one_way: true}]\n    expect: none\n");
    const struct ruletest_given *const given = tests.items[0].given;

    ck_assert_msg(tests.count == 1 && tests.items[0].given_count == 2, "%s", kit_faults(&kit));
    ck_assert_int_eq(given[0].at.ms, RULETEST_START.ms);
    ck_assert_int_eq(given[1].at.ms, RULETEST_START.ms + 90 * 60000);
    ck_assert(slice_contains(given[0].line, SLICE("\"amount_minor\":2500")));
    ck_assert(slice_contains(given[0].line, SLICE("\"currency\":\"EUR\"")));
    ck_assert(slice_contains(given[0].line, SLICE("\"pax_count\":2")));
    ck_assert(slice_contains(given[1].line, SLICE("\"pax_count\":3")));
    ck_assert(slice_contains(given[1].line, SLICE("\"one_way\":true")));
    ck_assert(slice_contains(given[1].line, SLICE("air.booking.created")));
    ck_assert(!slice_equal(given[0].id, given[1].id));
    kit_end(&kit);
}
END_TEST

/* What is expected is read as far as it is stated; `none` expects nothing. */
START_TEST(expectations_are_as_far_as_stated)
{
    struct kit kit = kit_begin();
    const struct ruletest_list tests = read_tests(
        &kit,
        "  - name: one\n    given: [{at: 0h, payer_ref: P1, pax_count: 2}, {at: 1h, payer_ref: "
        "P1, pax_count: 2}]\n    watermark: 2d\n"
        "    expect: [{at: 1h, group: {card: P1}, evidence: [1, 2]}, {state: closed}]\n"
        "  - {name: two, given: [{at: 0h, payer_ref: P1, pax_count: 2}], expect: none}\n");
    const struct ruletest *const one = &tests.items[0];

    ck_assert_msg(tests.count == 2 && one->expected_count == 2, "%s", kit_faults(&kit));
    ck_assert(one->has_watermark &&
              one->watermark.ms == RULETEST_START.ms + 2 * INSTANT_DAY_MS);
    ck_assert(one->expected[0].has_at && one->expected[0].at.ms == RULETEST_START.ms + 3600000);
    ck_assert_slice_eq(one->expected[0].group[0].value, "P1");
    ck_assert(one->expected[0].has_evidence && one->expected[0].evidence_count == 2);
    ck_assert(one->expected[0].evidence[0] == 0 && one->expected[0].evidence[1] == 1);
    ck_assert(!one->expected[1].has_at && !one->expected[1].has_evidence);
    ck_assert_slice_eq(one->expected[1].state, "closed");
    ck_assert_uint_eq(tests.items[1].expected_count, 0);
    kit_end(&kit);
}
END_TEST

/* A list in a test replaces the rule's for that test alone. */
START_TEST(lists_are_replaced_for_one_test)
{
    struct kit kit = kit_begin();
    const struct program *const program = kit_load(
        &kit, KIT_RULE("r") "source: {type: air.booking.created}\ndetection: {s: "
                            "{carrier|list: firms, pax_count|gte: 1}, condition: s}\n"
                            "tests:\n  - {name: one, lists: {firms: [XX]}, given: [{at: 0h, "
                            "pax_count: 1, carrier: XX}], expect: [{at: 0h}]}\n");
    const struct rule *const rule = program->rules[0];
    const struct ruletest_list tests =
        ruletest_read(kit.arena, kit.diag, program, rule, tree_get(rule->node, "tests"));

    ck_assert_uint_eq(tests.count, 1);
    ck_assert(list_set_has(tests.items[0].lists, 0, SLICE("XX"), RULETEST_START));
    ck_assert(!list_set_has(program->lists, 0, SLICE("XX"), RULETEST_START));
    kit_end(&kit);
}
END_TEST

static const struct {
    const char *test, *code;
} faulty[] = {
    {"  - {name: n, given: [{at: 1h, pax_count: 2}, {at: 0h, pax_count: 2}], expect: none}\n",
     "E215"},
    {"  - {name: n, given: [{at: 0h, pax_cout: 2}], expect: none}\n", "E304"},
    {"  - {name: n, given: [{at: 0h, pax_count: two}], expect: none}\n", "E205"},
    {"  - {name: n, given: [{pax_count: 2}], expect: none}\n", "E2"},
    {"  - {name: n, given: [{at: 0h, pax_count: 2}]}\n", "E202"},
    {"  - {name: n, given: [{at: 0h, type: no.such, pax_count: 2}], expect: none}\n", "E3"},
    {"  - {name: n, given: [{at: 0h, pax_count: 2}], expect: [{at: 0h, evidence: [2]}]}\n",
     "E2"},
    {"  - {name: n, given: [{at: 0h, pax_count: 2}], expect: [{state: vanished}]}\n", "E205"},
    {"  - {name: n, given: [{at: 0h, amount: 5}], expect: none}\n", "E207"},
};

/* A slip in a test is a fault, not a test that always passes. */
START_TEST(a_slip_in_a_test_is_a_fault)
{
    struct kit kit = kit_begin();

    read_tests(&kit, faulty[_i].test);
    ck_assert_msg(strstr(kit_faults(&kit), faulty[_i].code) != NULL, "%s%s", faulty[_i].test,
                  kit_faults(&kit));
    kit_end(&kit);
}
END_TEST

/* An event that says `late` may be dated before the one above it. */
START_TEST(late_says_that_it_is_meant)
{
    struct kit kit = kit_begin();

    read_tests(&kit, "  - {name: n, given: [{at: 1h, pax_count: 2}, {at: 0h, pax_count: 2, "
                     "late: true}], expect: none}\n");
    ck_assert_ptr_null(strstr(kit_faults(&kit), "E215"));
    kit_end(&kit);
}
END_TEST

Suite *ruletest_suite(void)
{
    const TTest *const tests[] = {given_events_are_lines, expectations_are_as_far_as_stated,
                                  lists_are_replaced_for_one_test, late_says_that_it_is_meant,
                                  NULL};
    Suite *const suite = unit_suite("ruletest", tests);

    unit_loop(suite, a_slip_in_a_test_is_a_fault, COUNT_OF(faulty));
    return suite;
}
