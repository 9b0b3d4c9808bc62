#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"
#include "seinpost/schema/value.h"

#include "schema.h"

static const struct value texts[] = {{VALUE_TEXT, {.text = {"a", 1}}},
                                     {VALUE_TEXT, {.text = {"b", 1}}}};

#define LIST(from, number)                                                                     \
    {                                                                                          \
        VALUE_LIST,                                                                            \
        {                                                                                      \
            .list = { texts + (from), (number) }                                               \
        }                                                                                      \
    }

/* Values that all differ. */
static const struct value values[] = {
    {VALUE_NONE, {.truth = false}},
    {VALUE_BOOL, {.truth = false}},
    {VALUE_BOOL, {.truth = true}},
    {VALUE_NUMBER, {.number = INT64_MIN}},
    {VALUE_NUMBER, {.number = -1}},
    {VALUE_NUMBER, {.number = 0}},
    {VALUE_NUMBER, {.number = INT64_MAX}},
    {VALUE_TEXT, {.text = {"", 0}}},
    {VALUE_TEXT, {.text = {"a", 1}}},
    {VALUE_TEXT, {.text = {"a\0", 2}}},
    {VALUE_MONEY, {.money = {0, "EUR"}}},
    {VALUE_MONEY, {.money = {0, "USD"}}},
    {VALUE_MONEY, {.money = {5, "EUR"}}},
    {VALUE_MONEY, {.money = {INT64_MIN, "EUR"}}},
    {VALUE_TIME, {.time = {INT64_MIN}}},
    {VALUE_TIME, {.time = {0}}},
    LIST(0, 1),
    LIST(1, 1),
    LIST(0, 2),
};

static int order(size_t a, size_t b)
{
    const int found = value_compare(&values[a], &values[b]);

    return (found > 0) - (found < 0);
}

/* Values are equal exactly with themselves, and order agrees with that. */
START_TEST(values_equal_only_themselves)
{
    for (size_t a = 0; a < COUNT_OF(values); a++) {
        for (size_t b = 0; b < COUNT_OF(values); b++) {
            ck_assert_msg(value_equal(&values[a], &values[b]) == (a == b), "%zu %zu", a, b);
            ck_assert_msg((order(a, b) == 0) == (a == b), "%zu %zu", a, b);
            ck_assert_msg(order(a, b) == -order(b, a), "%zu %zu", a, b);
        }
    }
}
END_TEST

/* The order is one: what is between is so in every pair. */
START_TEST(order_is_transitive)
{
    for (size_t a = 0; a < COUNT_OF(values); a++) {
        for (size_t b = 0; b < COUNT_OF(values); b++) {
            for (size_t c = 0; c < COUNT_OF(values); c++) {
                if (order(a, b) < 0 && order(b, c) < 0 && order(a, c) >= 0) {
                    ck_abort_msg("%zu %zu %zu", a, b, c);
                }
            }
        }
    }
}
END_TEST

/* Numbers and times are in the order of their size, texts in that of their bytes. */
START_TEST(order_within_a_type_is_natural)
{
    ck_assert_int_lt(order(3, 4), 0);
    ck_assert_int_lt(order(4, 5), 0);
    ck_assert_int_lt(order(5, 6), 0);
    ck_assert_int_lt(order(7, 8), 0);
    ck_assert_int_lt(order(8, 9), 0);
    ck_assert_int_lt(order(14, 15), 0);
}
END_TEST

/* None has no items, a list its own, all else is one item. */
START_TEST(items_are_counted)
{
    const struct value list = LIST(0, 2), none = {VALUE_NONE, {.truth = false}};
    const struct value number = value_of_number(7);

    ck_assert_uint_eq(value_count(&none), 0);
    ck_assert_uint_eq(value_count(&list), 2);
    ck_assert_slice_eq(value_item(&list, 1)->as.text, "b");
    ck_assert_uint_eq(value_count(&number), 1);
    ck_assert_ptr_eq(value_item(&number, 0), &number);
}
END_TEST

static void expect_format(struct value value, const char *expected)
{
    struct text text = {0};

    value_format(&text, &value);
    ck_assert_slice_eq(text_slice(&text), expected);
    text_free(&text);
}

/* Values are written as people read them. */
START_TEST(values_are_written_for_people)
{
    expect_format(value_of_bool(true), "true");
    expect_format(value_of_bool(false), "false");
    expect_format(value_of_number(-12), "-12");
    expect_format(value_of_number(INT64_MIN), "-9223372036854775808");
    expect_format(value_of_text(SLICE("any text")), "any text");
    expect_format(value_of_money(250000, SLICE("EUR")), "2500.00 EUR");
    expect_format(value_of_time((struct instant){1500}), "1970-01-01T00:00:01.500Z");
}
END_TEST

/* A copy is the same and shares no bytes with what it was made of. */
START_TEST(a_copy_shares_nothing)
{
    struct arena *const arena = arena_new(1 << 16);
    char bytes[] = "ab";
    const struct value items[] = {value_of_text((struct slice){bytes, 1}),
                                  value_of_text((struct slice){bytes + 1, 1})};
    const struct value list = {VALUE_LIST, {.list = {items, 2}}};
    const struct value copy = value_copy(arena, &list), text = value_copy(arena, &items[0]);

    bytes[0] = bytes[1] = 'x';
    ck_assert_uint_eq(value_count(&copy), 2);
    ck_assert_slice_eq(value_item(&copy, 0)->as.text, "a");
    ck_assert_slice_eq(value_item(&copy, 1)->as.text, "b");
    ck_assert_slice_eq(text.as.text, "a");
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        const struct value same = value_copy(arena, &values[i]);
        ck_assert(value_equal(&same, &values[i]));
    }
    arena_free(arena);
}
END_TEST

Suite *value_suite(void)
{
    const TTest *const tests[] = {values_equal_only_themselves,
                                  order_is_transitive,
                                  order_within_a_type_is_natural,
                                  items_are_counted,
                                  values_are_written_for_people,
                                  a_copy_shares_nothing,
                                  NULL};

    return unit_suite("value", tests);
}
