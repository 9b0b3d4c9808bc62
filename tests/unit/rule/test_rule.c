#include "seinpost/rule/rule.h"

#include "lab.h"

#define BOOKING                                                                                \
    "events: {first: {source: {type: air.booking.created}, detection: {s: {pax_count|gte: "    \
    "2}, "                                                                                     \
    "condition: s}}}\n"
#define DAY "timespan: 1d, condition: {gte: 2}}\n"

/* Alerts go to desks up to the instant at which the rule expires, if it is stable and no
 * helper. */
START_TEST(only_a_stable_rule_publishes_until_it_expires)
{
    static const struct rule stable = {
        .status = RULE_STABLE, .generate = true, .expires = {1000}};
    static const struct rule tested = {
        .status = RULE_TEST, .generate = true, .expires = {1000}};
    static const struct rule helper = {
        .status = RULE_STABLE, .generate = false, .expires = {1000}};

    ck_assert(rule_publishes(&stable, (struct instant){999}));
    ck_assert(!rule_publishes(&stable, (struct instant){1001}));
    ck_assert(!rule_publishes(&tested, (struct instant){999}));
    ck_assert(!rule_publishes(&helper, (struct instant){999}));
}
END_TEST

enum {
    HOUR_MS = 3600 * 1000
};

static const struct {
    const char *what, *correlation;
    int looks, reach; /* hours; nothing comes late */
} reaches[] = {
    {"a count", "type: event_count, rules: [x], timespan: 5h, condition: {gte: 2}", 5, 5},
    {"one that stays open",
     "type: event_count, rules: [x], timespan: 5h, condition: {gte: 2}, close-after: 3h", 5, 8},
    {"one that suppresses longer than it stays open",
     "type: event_count, rules: [x], timespan: 5h, condition: {gte: 2}, close-after: 3h}\n"
     "alert: {suppress: {for: 7h}",
     5, 12},
    {"a session",
     "type: event_count, rules: [x], timespan: 5h, condition: {gte: 2}, window: "
     "session, gap: 2h",
     5, 7},
    {"an absence, which holds for another timespan and looks back from its beginning",
     "type: absence, after: x, missing: y, timespan: 5h, lookback: 4h", 9, 14},
    {"a sequence that ends in an absence",
     "type: sequence, timespan: 5h, steps: [{rule: x}, {not: y, within: 2h}]", 7, 7},
    {"a sequence", "type: sequence, timespan: 5h, steps: [{rule: x}, {rule: y}]", 5, 5},
    {"a change", "type: change, rules: [x], field: pax_count, timespan: 5h", 5, 5},
    {"a value seen first",
     "type: first_seen, rules: [x], field: pax_count, history: 30h, timespan: 5h", 30, 35},
};

/* Each kind of rule looks back from its finding, and reaches back until its alert is over. */
START_TEST(each_kind_reaches_back)
{
    struct kit kit = kit_begin();
    struct text yaml = {0};

    text_format(&yaml,
                "%sevents: {x: {source: {type: air.booking.created}, detection: {s: "
                "{pax_count|gte: 2}, condition: s}}, y: {source: {type: air.booking.created}, "
                "detection: {s: {pax_count: 1}, condition: s}}}\n"
                "correlation: {group-by: [card], %s}\n",
                KIT_RULE("r"), reaches[_i].correlation);
    text_add_byte(&yaml, '\0');
    const struct rule *const rule = kit_rule(&kit, yaml.data);
    ck_assert_msg(rule_looks_ms(rule) == (int64_t)reaches[_i].looks * HOUR_MS,
                  "%s looks %lld ms back", reaches[_i].what, (long long)rule_looks_ms(rule));
    ck_assert_msg(rule_reach_ms(rule) == (int64_t)reaches[_i].reach * HOUR_MS,
                  "%s reaches %lld ms back", reaches[_i].what, (long long)rule_reach_ms(rule));
    text_free(&yaml);
    kit_end(&kit);
}
END_TEST

static const struct {
    const char *group_by, *key_name;
    size_t elements;
} groups[] = {
    {"[card]", "card", 1},
    {"[phone]", "phone", 1},
    {"[carrier, card]", "card", 2},
    {"[carrier]", "carrier", 1},
    {"[payer_ref]", "card", 1},
    {"[card, phone]", "card", 2},
    {"[]", "", 0},
};

/* The first identity kind of `group-by`, else its first path, is the key; a path whose fields
 * are of one kind is that kind. */
START_TEST(the_first_identity_is_the_key)
{
    struct kit kit = kit_begin();
    struct text yaml = {0};

    text_format(&yaml, "%s%scorrelation: {type: event_count, rules: [first], group-by: %s, %s",
                KIT_RULE("r"), BOOKING, groups[_i].group_by, DAY);
    text_add_byte(&yaml, '\0');
    const struct rule *const rule = kit_rule(&kit, yaml.data);
    ck_assert_slice_eq(rule_key_name(rule), groups[_i].key_name);
    ck_assert_uint_eq(rule->group_count, groups[_i].elements);
    text_free(&yaml);
    kit_end(&kit);
}
END_TEST

/* A rule for single events is keyed by the event. */
START_TEST(single_events_are_their_own_group)
{
    struct kit kit = kit_begin();
    const struct rule *const rule = kit_rule(
        &kit,
        KIT_RULE("r") "source: {type: air.noshow}\ndetection: {s: {leg: 2}, condition: s}\n");

    ck_assert_int_eq(rule->class, RULE_SINGLE);
    ck_assert_slice_eq(rule_key_name(rule), "event");
    kit_end(&kit);
}
END_TEST

static bool carries(const struct rule *rule, size_t entry, const char *operand)
{
    for (size_t i = 0; i < rule->operands_count; i++) {
        if (slice_is(rule->operands[i].name, operand)) {
            return (rule->entries[entry].operands >> i & 1) != 0;
        }
    }
    return false;
}

/* A match carries the fields that the rule reckons with or shows, and not those that its
 * condition has looked at already. */
START_TEST(a_match_carries_what_is_needed_and_no_more)
{
    struct kit kit = kit_begin();
    const struct rule *const rule = kit_rule(
        &kit, KIT_RULE("r") BOOKING
        "correlation: {type: aggregate, rules: [first], group-by: [card], timespan: 1d,\n"
        "  metrics: {people: sum(pax_count), phones: count_distinct(phone)}, condition: "
        "{people|gte: 4, phones|gte: 2}}\n"
        "alert: {evidence: [carrier]}\n");

    ck_assert(carries(rule, 0, "pax_count"));
    ck_assert(carries(rule, 0, "phone"));
    ck_assert(carries(rule, 0, "carrier"));
    ck_assert(!carries(rule, 0, "one_way"));
    ck_assert(!carries(rule, 0, "email_ref"));
    ck_assert_uint_eq(rule->operands_count, 3);
    kit_end(&kit);
}
END_TEST

/* A rule over other rules is deeper than the deepest of them, which know that they are read. */
START_TEST(rules_over_rules_are_deeper)
{
    struct kit kit = kit_begin();
    const struct program *const program = kit_program(
        &kit,
        KIT_RULE(
            "c") "correlation: {type: event_count, rules: [b], group-by: [card], " DAY
                 "---\n" KIT_RULE(
                     "b") "correlation: {type: event_count, rules: [a], group-by: [card], " DAY
                          "---\n" KIT_RULE("a") BOOKING
        "correlation: {type: event_count, rules: [first], group-by: [card], " DAY);

    for (size_t i = 0; i < 3; i++) {
        ck_assert_uint_eq(program->rules[i]->depth, i);
        ck_assert_int_eq(program->rules[i]->is_read, i < 2);
        ck_assert_ptr_eq(program->rules[i]->entries[0].made_by,
                         i == 0 ? NULL : program->rules[i - 1]);
    }
    ck_assert_ptr_eq(program_maker(program, program->rules[0]->alerts), program->rules[0]);
    kit_end(&kit);
}
END_TEST

/* Rules that read each other are refused. */
START_TEST(a_circle_of_rules_is_refused)
{
    struct kit kit = kit_begin();

    kit_load(&kit,
             KIT_RULE("a") "correlation: {type: event_count, rules: [b], group-by: [card], " DAY
                           "---\n" KIT_RULE("b") "correlation: {type: event_count, rules: [a], "
                                                 "group-by: [card], " DAY);
    ck_assert_uint_ge(diag_errors(kit.diag), 1);
    kit_end(&kit);
}
END_TEST

Suite *rule_suite(void)
{
    const TTest *const tests[] = {only_a_stable_rule_publishes_until_it_expires,
                                  single_events_are_their_own_group,
                                  a_match_carries_what_is_needed_and_no_more,
                                  rules_over_rules_are_deeper,
                                  a_circle_of_rules_is_refused,
                                  NULL};
    Suite *const suite = unit_suite("rule", tests);

    unit_loop(suite, the_first_identity_is_the_key, COUNT_OF(groups));
    unit_loop(suite, each_kind_reaches_back, COUNT_OF(reaches));
    return suite;
}
