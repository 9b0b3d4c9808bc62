#include "seinpost/signal/raw.h"

#include "signal.h"

/* A new event of a type has no field at all. */
START_TEST(a_new_event_has_nothing)
{
    struct bench bench = bench_begin();
    const struct event_type *const type =
        catalogue_find(bench.catalogue, SLICE("bank.transfer"));
    const struct raw_event *const raw = raw_new(bench.arena, type);

    ck_assert_ptr_eq(raw->type, type);
    for (size_t i = 0; i < type->fields_count; i++) {
        ck_assert_int_eq(raw->values[i].type, VALUE_NONE);
        ck_assert_ptr_null(raw->clear[i].bytes);
    }
    ck_assert(!raw->time_known && raw->purposes == 0 && raw->id.size == 0);
    bench_end(&bench);
}
END_TEST

/* A personal text is held in clear only where no value is; another is a value. */
START_TEST(personal_text_is_no_value)
{
    struct bench bench = bench_begin();
    const struct event_type *const type =
        catalogue_find(bench.catalogue, SLICE("bank.transfer"));
    struct raw_event *const raw = raw_new(bench.arena, type);
    const size_t debtor = bench_field(type, "debtor_ref"),
                 country = bench_field(type, "creditor_country");
    char bytes[] = "NL";

    raw_set_text(bench.arena, raw, debtor, SLICE("secret"));
    raw_set_text(bench.arena, raw, country, slice_of(bytes));
    bytes[0] = 'x';
    ck_assert_int_eq(raw->values[debtor].type, VALUE_NONE);
    ck_assert_uint_eq(raw->clear[debtor].size, 6);
    ck_assert_mem_eq(raw->clear[debtor].bytes, "secret", 6);
    ck_assert_slice_eq(raw->values[country].as.text, "NL");
    ck_assert_ptr_null(raw->clear[country].bytes);
    bench_end(&bench);
}
END_TEST

/* Wiping overwrites every clear text. */
START_TEST(wiping_overwrites_clear_text)
{
    struct bench bench = bench_begin();
    const struct event_type *const type =
        catalogue_find(bench.catalogue, SLICE("bank.transfer"));
    struct raw_event *const raw = raw_new(bench.arena, type);
    const size_t debtor = bench_field(type, "debtor_ref"),
                 creditor = bench_field(type, "creditor_ref");

    raw_set_text(bench.arena, raw, debtor, SLICE("secret"));
    raw_set_text(bench.arena, raw, creditor, SLICE("hidden"));
    const char *const a = raw->clear[debtor].bytes, *const b = raw->clear[creditor].bytes;
    raw_wipe(raw);
    ck_assert_mem_eq(a, "\0\0\0\0\0\0", 6);
    ck_assert_mem_eq(b, "\0\0\0\0\0\0", 6);
    bench_end(&bench);
}
END_TEST

static struct value completed(bool minor, const char *currency)
{
    struct bench bench = bench_begin();
    const struct event_type *const type =
        catalogue_find(bench.catalogue, SLICE("bank.transfer"));
    struct raw_event *const raw = raw_new(bench.arena, type);

    if (minor) {
        raw->values[bench_field(type, "amount_minor")] = value_of_number(250000);
    }
    if (currency != NULL) {
        raw_set_text(bench.arena, raw, bench_field(type, "currency"), slice_of(currency));
    }
    raw_complete_money(raw);
    const struct value value = raw->values[bench_field(type, "amount")];
    bench_end(&bench);
    return value;
}

/* X_minor and currency make X; without one of them, or with no currency's code, there is none.
 */
START_TEST(money_needs_both_halves)
{
    const struct value amount = completed(true, "EUR");

    ck_assert_int_eq(amount.type, VALUE_MONEY);
    ck_assert_int_eq(amount.as.money.minor, 250000);
    ck_assert_str_eq(amount.as.money.currency, "EUR");
    ck_assert_int_eq(completed(true, NULL).type, VALUE_NONE);
    ck_assert_int_eq(completed(false, "EUR").type, VALUE_NONE);
    ck_assert_int_eq(completed(true, "EURO").type, VALUE_NONE);
    ck_assert_int_eq(completed(true, "").type, VALUE_NONE);
}
END_TEST

Suite *raw_suite(void)
{
    const TTest *const tests[] = {a_new_event_has_nothing, personal_text_is_no_value,
                                  wiping_overwrites_clear_text, money_needs_both_halves, NULL};

    return unit_suite("raw", tests);
}
