#include "seinpost/base/text.h"
#include "seinpost/schema/money.h"

#include "schema.h"

/* The currencies of ISO 4217 whose minor unit is no hundredth have the exponent it gives. */
START_TEST(exponents_are_those_of_iso_4217)
{
    static const char none[] =
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";
    static const char three[] = "BHD IQD JOD KWD LYD OMR TND ";
    static const char two[] = "EUR USD GBP TRY CHF PLN HUF AED CNY MAD ";

    for (size_t i = 0; i + 4 < sizeof none; i += 4) {
        ck_assert_msg(money_exponent((struct slice){none + i, 3}) == 0, "%.3s", none + i);
    }
    for (size_t i = 0; i + 4 < sizeof three; i += 4) {
        ck_assert_msg(money_exponent((struct slice){three + i, 3}) == 3, "%.3s", three + i);
    }
    for (size_t i = 0; i + 4 < sizeof two; i += 4) {
        ck_assert_msg(money_exponent((struct slice){two + i, 3}) == 2, "%.3s", two + i);
    }
    ck_assert_int_eq(money_exponent(SLICE("CLF")), 4);
    ck_assert_int_eq(money_exponent(SLICE("UYW")), 4);
}
END_TEST

static const struct {
    const char *text;
    int64_t minor;
    const char *currency;
} amounts[] = {
    {"2500.00 EUR", 250000, "EUR"}, {"0.00 EUR", 0, "EUR"},
    {"0.05 EUR", 5, "EUR"},         {"1500 JPY", 1500, "JPY"},
    {"1.234 KWD", 1234, "KWD"},     {"92233720368547758.07 EUR", INT64_MAX, "EUR"},
};

/* An amount is read in minor units of its currency, and written as it was read. */
START_TEST(amounts_are_read_and_written)
{
    struct money money = {0, ""};
    struct text text = {0};

    ck_assert_msg(money_parse(slice_of(amounts[_i].text), &money), "%s", amounts[_i].text);
    ck_assert_int_eq(money.minor, amounts[_i].minor);
    ck_assert_str_eq(money.currency, amounts[_i].currency);
    money_format(&text, &money);
    ck_assert_slice_eq(text_slice(&text), amounts[_i].text);
    text_free(&text);
}
END_TEST

static const char *const no_amounts[] = {"",
                                         "2500",
                                         "2500.00",
                                         "2500 EUR",
                                         "2500.0 EUR",
                                         "2500.000 EUR",
                                         "1500.00 JPY",
                                         "1500. JPY",
                                         ".50 EUR",
                                         "2500.00EUR",
                                         "2500.00 eur",
                                         "2500.00 EU",
                                         "2500.00 EURO",
                                         "2500,00 EUR",
                                         "EUR 2500.00",
                                         "2 500.00 EUR",
                                         "2500.00  EUR",
                                         " 2500.00 EUR",
                                         "2500.00 EUR ",
                                         "1e3.00 EUR",
                                         "2500.0x EUR",
                                         "92233720368547758.08 EUR",
                                         "999999999999999999999.00 EUR",
                                         "+1.00 EUR",
                                         "--1.00 EUR"};

/* What has not just its currency's decimals, or no currency, is no amount. */
START_TEST(what_is_no_amount_is_refused)
{
    for (size_t i = 0; i < COUNT_OF(no_amounts); i++) {
        struct money money = {0, ""};
        ck_assert_msg(!money_parse(slice_of(no_amounts[i]), &money), "'%s' passed",
                      no_amounts[i]);
    }
}
END_TEST

/* Amounts below zero, which a partner may send, are written with their sign, however small. */
START_TEST(amounts_below_zero_have_their_sign)
{
    static const struct {
        int64_t minor;
        const char *text;
    } cases[] = {
        {-5, "-0.05 EUR"}, {-250000, "-2500.00 EUR"}, {INT64_MIN, "-92233720368547758.08 EUR"}};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct money money = {cases[i].minor, "EUR"};
        struct text text = {0};
        money_format(&text, &money);
        ck_assert_slice_eq(text_slice(&text), cases[i].text);
        text_free(&text);
    }
}
END_TEST

Suite *money_suite(void)
{
    const TTest *const tests[] = {exponents_are_those_of_iso_4217, what_is_no_amount_is_refused,
                                  amounts_below_zero_have_their_sign, NULL};
    Suite *const suite = unit_suite("money", tests);

    unit_loop(suite, amounts_are_read_and_written, COUNT_OF(amounts));
    return suite;
}
