#include "seinpost/stage/matching.h"

#include "yard.h"

#define BOOKING                                                                                \
    "events: {x: {source: {type: air.booking.created}, detection: {s: {pax_count|gte: 2}, "    \
    "condition: s}}}\n"
#define BY(name, key, more)                                                                    \
    KIT_RULE(name)                                                                             \
    BOOKING "correlation:\n  type: event_count\n  rules: [x]\n  group-by: [" key "]\n"         \
            "  timespan: 1d\n  condition: {gte: 2}\n" more

static struct matching found(struct kit *kit, const struct program *program, const char *type,
                             const char *fields)
{
    const struct event event = kit_event(kit, type, fields);

    return matching_find(program, program->lists, &event, INSTANT_MIN, kit->arena);
}

static const struct match *match_of(const struct matching *matching, const char *kind,
                                    const char *value)
{
    for (size_t i = 0; i < matching->count; i++) {
        if (slice_is(matching->matches[i].kind, kind) &&
            slice_is(matching->matches[i].value, value)) {
            return &matching->matches[i];
        }
    }
    return NULL;
}

/* An event that no rule asks for has no match. */
START_TEST(what_no_rule_asks_for_has_no_match)
{
    struct kit kit = kit_begin();
    const struct program *const program = kit_program(&kit, BY("r", "card", ""));

    ck_assert_uint_eq(
        found(&kit, program, "air.booking.created", "pax_count=1;payer_ref=P").count, 0);
    ck_assert_uint_eq(found(&kit, program, "air.noshow", "leg=2").count, 0);
    kit_end(&kit);
}
END_TEST

/* Rules of the same key share a match; each other key has one of its own. */
START_TEST(there_is_one_match_for_each_key)
{
    struct kit kit = kit_begin();
    const struct program *const program = kit_program(
        &kit, BY("a", "card", "") "---\n" BY(
                  "b", "card", "alert: {evidence: [carrier]}\n") "---\n" BY("c", "phone", ""));
    const struct matching matching = found(&kit, program, "air.booking.created",
                                           "pax_count=2;payer_ref=P;phone_ref=F;carrier=XX");

    ck_assert_uint_eq(matching.count, 2);
    ck_assert_uint_eq(match_of(&matching, "card", "P")->steps_count, 2);
    ck_assert_uint_eq(match_of(&matching, "phone", "F")->steps_count, 1);
    ck_assert_uint_eq(matching.ungrouped, 0);
    kit_end(&kit);
}
END_TEST

/* A match names the event and carries the operands of its rules, and nothing else. */
START_TEST(a_match_carries_operands_only)
{
    struct kit kit = kit_begin();
    const struct program *const program =
        kit_program(&kit, BY("r", "card", "alert: {evidence: [carrier]}\n"));
    const struct matching matching =
        found(&kit, program, "air.booking.created",
              "pax_count=2;payer_ref=P;phone_ref=F;carrier=XX;email_ref=E");
    const struct match *const match = match_of(&matching, "card", "P");

    ck_assert_slice_eq(match->is.id, "e");
    ck_assert_slice_eq(match->is.type, "air.booking.created");
    ck_assert_uint_eq(match->values_count, 1);
    ck_assert_slice_eq(match->values[0].name, "carrier");
    ck_assert_slice_eq(match->values[0].value.as.text, "XX");
    kit_end(&kit);
}
END_TEST

/* An event without the key is in no group, and is counted. */
START_TEST(without_the_key_there_is_no_match)
{
    struct kit kit = kit_begin();
    const struct program *const program = kit_program(&kit, BY("r", "card", ""));
    const struct matching matching = found(&kit, program, "air.booking.created", "pax_count=2");

    ck_assert_uint_eq(matching.count, 0);
    ck_assert_uint_eq(matching.ungrouped, 1);
    kit_end(&kit);
}
END_TEST

/* A key of several values gives a match for each, and two equal ones give one. */
START_TEST(each_value_of_the_key_has_a_match)
{
    struct kit kit = kit_begin();
    const struct program *const program = kit_program(
        &kit, KIT_RULE("r") "events: {x: {source: {type: bank.transfer}, detection: {s: "
                            "{creditor_country: TR}, condition: s}}}\n"
                            "correlation: {type: event_count, rules: [x], group-by: [account], "
                            "timespan: 1d, condition: {gte: 2}}\n");
    const struct matching two = found(&kit, program, "bank.transfer",
                                      "creditor_country=TR;debtor_ref=A;creditor_ref=B");
    const struct matching one = found(&kit, program, "bank.transfer",
                                      "creditor_country=TR;debtor_ref=A;creditor_ref=A");

    ck_assert_uint_eq(two.count, 2);
    ck_assert(match_of(&two, "account", "A") != NULL && match_of(&two, "account", "B") != NULL);
    ck_assert_uint_eq(one.count, 1);
    kit_end(&kit);
}
END_TEST

/* A rule for single events is keyed by the event, and one without a group by nothing. */
START_TEST(single_events_and_one_group_have_keys)
{
    struct kit kit = kit_begin();
    const struct program *const program =
        kit_program(&kit, BY("all", "", "") "---\n" KIT_RULE(
                              "single") "source: {type: air.booking.created}\ndetection: {s: "
                                        "{pax_count|gte: 2}, condition: s}\n");
    const struct matching matching = found(&kit, program, "air.booking.created", "pax_count=2");

    ck_assert_uint_eq(matching.count, 2);
    for (size_t i = 0; i < 2; i++) {
        ck_assert(slice_is(matching.matches[i].kind, "event") ||
                  matching.matches[i].kind.size == 0);
    }
    kit_end(&kit);
}
END_TEST

#define TRANSFERS                                                                              \
    "events:\n  cash: {source: {type: bank.cash}, detection: {s: {direction: in}, condition: " \
    "s}}\n"                                                                                    \
    "  wire: {source: {type: bank.transfer}, detection: {s: {creditor_country: TR}, "          \
    "condition: s}}\n"

/* By an alias an event is in the group of the field that it names, and in no other. */
START_TEST(an_alias_says_which_field_is_the_key)
{
    struct kit kit = kit_begin();
    const struct program *const program = kit_program(
        &kit, KIT_RULE("r") TRANSFERS
        "correlation:\n  type: event_count\n  rules: [cash, wire]\n  group-by: [account]\n"
        "  aliases: {account: {cash: account_ref, wire: debtor_ref}}\n  timespan: 1d\n  "
        "condition: {gte: 2}\n");
    const struct matching wire = found(&kit, program, "bank.transfer",
                                       "creditor_country=TR;debtor_ref=A;creditor_ref=B");
    const struct matching cash =
        found(&kit, program, "bank.cash", "direction=in;account_ref=A");

    ck_assert_uint_eq(wire.count, 1);
    ck_assert_ptr_nonnull(match_of(&wire, "account", "A"));
    ck_assert_ptr_nonnull(match_of(&cash, "account", "A"));
    kit_end(&kit);
}
END_TEST

/* A kind in a role is the field of that role. */
START_TEST(a_role_says_which_field_is_the_key)
{
    struct kit kit = kit_begin();
    const struct program *const program = kit_program(
        &kit, KIT_RULE("r") "events: {x: {source: {type: bank.transfer}, detection: {s: "
                            "{creditor_country: TR}, condition: s}}}\n"
                            "correlation: {type: event_count, rules: [x], group-by: "
                            "[account/creditor], timespan: 1d, condition: {gte: 2}}\n");
    const struct matching matching = found(&kit, program, "bank.transfer",
                                           "creditor_country=TR;debtor_ref=A;creditor_ref=B");

    ck_assert_uint_eq(matching.count, 1);
    ck_assert_ptr_nonnull(match_of(&matching, "account", "B"));
    kit_end(&kit);
}
END_TEST

static const struct {
    int64_t behind_ms;
    size_t matches;
    const char *late;
} ages[] = {{0, 1, ""},
            {1000, 1, ""},
            {1001, 1, "hasty"},
            {5000, 1, "hasty"},
            {5001, 0, "hasty, patient"},
            {-5000, 1, ""}};

/* A rule does not see what is older than the newest by more than its lateness. */
START_TEST(each_rule_has_its_lateness)
{
    struct kit kit = kit_begin();

    kit.options.never_late = false;
    const struct program *const program =
        kit_program(&kit, BY("hasty", "card", "  lateness: 1s\n") "---\n" BY(
                              "patient", "card", "  lateness: 5s\n"));
    const struct event event =
        kit_event(&kit, "air.booking.created", "pax_count=2;payer_ref=P");
    const struct matching matching =
        matching_find(program, program->lists, &event,
                      instant_add(event.is.time, ages[_i].behind_ms), kit.arena);
    ck_assert_uint_eq(matching.count, ages[_i].matches);
    ck_assert_slice_eq(matching.late, ages[_i].late);
    kit_end(&kit);
}
END_TEST

/* So many stations. */
static const char *stations(struct text *text, int count)
{
    text_clear(text);
    text_format(text, "pax_count=2;payer_ref=P;route=S0");
    for (int i = 1; i < count; i++) {
        text_format(text, ",S%d", i);
    }
    text_add_byte(text, '\0');
    return text->data;
}

/* A rule that looks at a list hears that it was longer than it could see; others do not. */
START_TEST(values_beyond_the_bound_are_told_by_rule)
{
    struct kit kit = kit_begin();
    struct text text = {0};
    const struct program *const program =
        kit_program(&kit, BY("blind", "card", "") "---\n" BY("keyed", "route", "") "---\n" BY(
                              "shows", "card", "alert: {evidence: [route]}\n"));
    const struct matching most =
        found(&kit, program, "air.booking.created", stations(&text, PATH_VALUES_MAX));
    const struct matching more =
        found(&kit, program, "air.booking.created", stations(&text, PATH_VALUES_MAX + 1));

    ck_assert_uint_eq(most.caps_count, 0);
    ck_assert_uint_eq(more.caps_count, 2);
    ck_assert_slice_eq(more.caps[0].rule->name, "keyed");
    ck_assert_slice_eq(more.caps[1].rule->name, "shows");
    ck_assert(more.caps[0].values && more.caps[0].keys == 0);
    text_free(&text);
    kit_end(&kit);
}
END_TEST

#define ALIASED(name, key)                                                                     \
    KIT_RULE(name)                                                                             \
    BOOKING "correlation:\n  type: event_count\n  rules: [x]\n  group-by: [" key "]\n"         \
            "  aliases: {" key ": {x: route}}\n  timespan: 1d\n  condition: {gte: 2}\n"

/* Keys beyond MATCHING_MAX are told to the rule that lost them: here the fifth of five, each
 * with as many keys as a path can give. */
START_TEST(keys_beyond_the_bound_are_told_by_rule)
{
    struct kit kit = kit_begin();
    struct text text = {0};
    const struct program *const program = kit_program(
        &kit, ALIASED("r1", "k1") "---\n" ALIASED("r2", "k2") "---\n" ALIASED(
                  "r3", "k3") "---\n" ALIASED("r4", "k4") "---\n" ALIASED("r5", "k5"));
    const struct matching matching =
        found(&kit, program, "air.booking.created", stations(&text, PATH_VALUES_MAX));

    ck_assert_uint_eq(matching.count, MATCHING_MAX);
    ck_assert_uint_eq(matching.caps_count, 1);
    ck_assert_slice_eq(matching.caps[0].rule->name, "r5");
    ck_assert_uint_eq(matching.caps[0].keys, PATH_VALUES_MAX);
    ck_assert(!matching.caps[0].values);
    text_free(&text);
    kit_end(&kit);
}
END_TEST

Suite *matching_suite(void)
{
    const TTest *const tests[] = {an_alias_says_which_field_is_the_key,
                                  a_role_says_which_field_is_the_key,
                                  what_no_rule_asks_for_has_no_match,
                                  there_is_one_match_for_each_key,
                                  a_match_carries_operands_only,
                                  without_the_key_there_is_no_match,
                                  each_value_of_the_key_has_a_match,
                                  single_events_and_one_group_have_keys,
                                  values_beyond_the_bound_are_told_by_rule,
                                  keys_beyond_the_bound_are_told_by_rule,
                                  NULL};
    Suite *const suite = unit_suite("matching", tests);

    unit_loop(suite, each_rule_has_its_lateness, COUNT_OF(ages));
    return suite;
}
