#include "seinpost/schema/kind.h"

#include <stdio.h>

#include "schema.h"

/* The kinds are those of the rule language, and each is found by its name. */
START_TEST(kinds_are_those_of_the_language)
{
    static const char *const names[] = {"card",     "account", "phone",  "email",
                                        "document", "booking", "person", "company",
                                        "address",  "agency",  "vehicle"};

    ck_assert_uint_eq(COUNT_OF(names) + 1, KINDS_COUNT);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const enum kind kind = kind_find(slice_of(names[i]));
        ck_assert_msg(kind != KIND_NONE, "%s", names[i]);
        ck_assert_slice_eq(kind_name(kind), names[i]);
    }
    ck_assert_int_eq(kind_find(SLICE("")), KIND_NONE);
    ck_assert_int_eq(kind_find(SLICE("cards")), KIND_NONE);
    ck_assert_int_eq(kind_find(SLICE("Card")), KIND_NONE);
}
END_TEST

/* Prefixes of the kinds in the shipped scenarios are those that stand there; no two are alike.
 */
START_TEST(prefixes_are_those_of_the_scenarios)
{
    ck_assert_slice_eq(kind_prefix(KIND_CARD), "pay");
    ck_assert_slice_eq(kind_prefix(KIND_ACCOUNT), "iban");
    ck_assert_slice_eq(kind_prefix(KIND_PHONE), "phone");
    ck_assert_slice_eq(kind_prefix(KIND_DOCUMENT), "doc");
    ck_assert_slice_eq(kind_prefix(KIND_BOOKING), "booking");
    ck_assert_slice_eq(kind_prefix(KIND_AGENCY), "agency");
    for (int a = KIND_NONE + 1; a < KINDS_COUNT; a++) {
        for (int b = KIND_NONE + 1; b < a; b++) {
            ck_assert(!slice_equal(kind_prefix((enum kind)a), kind_prefix((enum kind)b)));
        }
    }
}
END_TEST

#define HEX "0123456789abcdef0123456789abcdef"

/* A pseudonym is prefix, epoch and 32 hex digits, with colons between. */
START_TEST(pseudonyms_have_their_form)
{
    ck_assert(kind_is_pseudonym(KIND_PHONE, SLICE("phone:t1:" HEX)));
    ck_assert(kind_is_pseudonym(KIND_CARD, SLICE("pay:2026-09:" HEX)));
}
END_TEST

/* What lacks a part, or has another kind's prefix, is no pseudonym of the kind. */
START_TEST(what_lacks_a_part_is_no_pseudonym)
{
    static const char *const bad[] = {"",
                                      "phone",
                                      "phone:t1",
                                      "phone:t1:",
                                      "phone::" HEX,
                                      "phone:t1:" HEX "0",
                                      "phone:t1:" HEX " ",
                                      "phone:" HEX,
                                      "pay:t1:" HEX,
                                      "phone:t1:0123456789abcdef0123456789abcde",
                                      "phone:t1:0123456789abcdef0123456789abcdeg",
                                      "+31612345678",
                                      "xphone:t1:" HEX,
                                      "phone:t1 " HEX,
                                      "phone:t1:t2:" HEX};

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ck_assert_msg(!kind_is_pseudonym(KIND_PHONE, slice_of(bad[i])), "'%s' passed", bad[i]);
    }
}
END_TEST

/* Every kind's own prefix makes a pseudonym of it, and of no other kind. */
START_TEST(each_kind_knows_its_own)
{
    for (int of = KIND_NONE + 1; of < KINDS_COUNT; of++) {
        char text[96];
        const struct slice prefix = kind_prefix((enum kind)of);
        snprintf(text, sizeof text, "%.*s:e1:%s", SLICE_ARGS(prefix), HEX);
        for (int kind = KIND_NONE + 1; kind < KINDS_COUNT; kind++) {
            ck_assert_int_eq(kind_is_pseudonym((enum kind)kind, slice_of(text)), kind == of);
        }
    }
}
END_TEST

/* Numbers of public registers, KvK and BAG, may come in clear; nothing that is personal may. */
START_TEST(registers_are_kvk_and_bag)
{
    static const enum kind personal[] = {KIND_CARD,   KIND_ACCOUNT,  KIND_PHONE,
                                         KIND_EMAIL,  KIND_DOCUMENT, KIND_BOOKING,
                                         KIND_PERSON, KIND_VEHICLE};

    ck_assert(kind_is_register(KIND_COMPANY));
    ck_assert(kind_is_register(KIND_ADDRESS));
    for (size_t i = 0; i < COUNT_OF(personal); i++) {
        ck_assert(!kind_is_register(personal[i]));
    }
}
END_TEST

Suite *kind_suite(void)
{
    const TTest *const tests[] = {kinds_are_those_of_the_language,
                                  prefixes_are_those_of_the_scenarios,
                                  pseudonyms_have_their_form,
                                  what_lacks_a_part_is_no_pseudonym,
                                  each_kind_knows_its_own,
                                  registers_are_kvk_and_bag,
                                  NULL};

    return unit_suite("kind", tests);
}
