#include "seinpost/correlate/held.h"
#include "seinpost/schema/vocabulary.h"

#include "correlate.h"
#include "play.h"

#define SUM                                                                                    \
    PLAY_RULE("r", "  type: aggregate\n  rules: [a, b]\n  timespan: 1d\n"                      \
                   "  metrics: {people: sum(pax_count), phones: count_distinct(phone)}\n"      \
                   "  condition: {people|gte: 5, phones|gte: 1}\n")

static size_t operand(const struct rule *rule, const char *name)
{
    for (size_t i = 0; i < rule->operands_count; i++) {
        if (slice_is(rule->operands[i].name, name)) {
            return i;
        }
    }
    ck_abort_msg("no operand %s", name);
}

/* A held event has copies of its own: nothing of the match is needed any more. */
START_TEST(an_event_is_held_by_copies)
{
    struct kit kit = kit_begin();
    const struct rule *const rule = kit_rule(&kit, SUM);
    char id[] = "e-1", phone[] = "F1";
    const struct match_value values[] = {{SLICE("pax_count"), value_of_number(3)},
                                         {SLICE("phone"), value_of_text(slice_of(phone))}};
    struct match match = {.values = values, .values_count = 2};

    match.is = (struct event_reference){
        {7}, SLICE("s"), slice_of(id), SLICE("air.noshow"), {SLICE("t"), 2, 9}};
    struct held *const held = held_new(rule, 1, &match);
    id[0] = phone[0] = 'x';
    ck_assert_slice_eq(held->is.id, "e-1");
    ck_assert_slice_eq(held->is.place.topic, "t");
    ck_assert_int_eq(held->values[operand(rule, "pax_count")].as.number, 3);
    ck_assert_slice_eq(held->values[operand(rule, "phone")].as.text, "F1");
    ck_assert(held_meets(held, 0) && !held_meets(held, 1));
    ck_assert_uint_eq(held->sectors, 1U << vocabulary_find(vocabulary_sectors, SLICE("air")));
    held_free(held);
    held_free(NULL);
    kit_end(&kit);
}
END_TEST

/* Several values of one name are one list; what is not there is missing; what the rule has not
 * asked for is left out. */
START_TEST(values_of_one_name_are_a_list)
{
    struct kit kit = kit_begin();
    const struct rule *const rule = kit_rule(&kit, SUM);
    const struct match_value values[] = {{SLICE("phone"), value_of_text(SLICE("F1"))},
                                         {SLICE("carrier"), value_of_text(SLICE("XX"))},
                                         {SLICE("phone"), value_of_text(SLICE("F2"))}};
    const struct match match = {
        .is = {.source = SLICE("s"), .id = SLICE("e"), .type = SLICE("air.booking.created")},
        .values = values,
        .values_count = 3};
    struct held *const held = held_new(rule, 1, &match);
    const struct value *const phones = &held->values[operand(rule, "phone")];

    ck_assert_uint_eq(value_count(phones), 2);
    ck_assert_slice_eq(value_item(phones, 0)->as.text, "F1");
    ck_assert_slice_eq(value_item(phones, 1)->as.text, "F2");
    ck_assert_int_eq(held->values[operand(rule, "pax_count")].type, VALUE_NONE);
    held_free(held);
    kit_end(&kit);
}
END_TEST

/* An alert as an event keeps what it was made of. */
START_TEST(an_alert_keeps_its_evidence)
{
    struct kit kit = kit_begin();
    const struct rule *const rule = kit_rule(&kit, SUM);
    char id[] = "e-9";
    const struct event_reference evidence[] = {{.time = {5},
                                                .source = SLICE("s"),
                                                .id = slice_of(id),
                                                .type = SLICE("bank.cash"),
                                                .place = {SLICE("t"), 1, 4}}};
    const struct match match = {.is = {.source = SLICE("seinpost"), .id = SLICE("x")},
                                .made_of = evidence,
                                .made_of_count = 1};
    struct held *const held = held_new(rule, 2, &match);

    id[0] = 'x';
    ck_assert_uint_eq(held->made_of_count, 1);
    ck_assert_slice_eq(held->made_of[0].id, "e-9");
    ck_assert_int_eq(held->made_of[0].place.offset, 4);
    ck_assert(held->sectors >> vocabulary_find(vocabulary_sectors, SLICE("bank")) & 1);
    held_free(held);
    kit_end(&kit);
}
END_TEST

Suite *held_suite(void)
{
    const TTest *const tests[] = {an_event_is_held_by_copies, values_of_one_name_are_a_list,
                                  an_alert_keeps_its_evidence, NULL};

    return unit_suite("held", tests);
}
