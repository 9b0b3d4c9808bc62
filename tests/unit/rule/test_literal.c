#include "seinpost/rule/literal.h"

#include "lab.h"

static const struct {
    const char *text;
    bool good;
    int64_t milli;
} millis[] = {
    {"0", true, 0},
    {"1500", true, 1500000},
    {"0.8", true, 800},
    {"0.001", true, 1},
    {"-0.5", true, -500},
    {"-3", true, -3000},
    {"10.25", true, 10250},
    {"00.5", true, 500},
    {"0.0001", false, 0},
    {"", false, 0},
    {"-", false, 0},
    {".5", false, 0},
    {"1.", false, 0},
    {"1e3", false, 0},
    {"1,5", false, 0},
    {" 1", false, 0},
    {"1.2.3", false, 0},
    {"0x10", false, 0},
    {"+1", false, 0},
    {"9223372036854775.807", true, INT64_MAX},
    {"9223372036854775.808", false, 0},
    {"99999999999999999999", false, 0},
    {"1.-5", false, 0},
};

/* Numbers are read into thousandths exactly, or not at all. */
START_TEST(numbers_are_thousandths)
{
    int64_t milli = 0;
    const bool good = literal_milli(slice_of(millis[_i].text), &milli);

    ck_assert_msg(good == millis[_i].good && (!good || milli == millis[_i].milli),
                  "'%s' is %lld", millis[_i].text, (long long)milli);
}
END_TEST

/* Thousandths are written without needless zeros, and read back. */
START_TEST(thousandths_are_read_as_written)
{
    static const struct {
        int64_t milli;
        const char *text;
    } cases[] = {{0, "0"},       {1000, "1"},     {1500, "1.5"},
                 {880, "0.88"},  {1, "0.001"},    {-500, "-0.5"},
                 {-1, "-0.001"}, {-12000, "-12"}, {INT64_MAX, "9223372036854775.807"}};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct text text = {0};
        int64_t back = 7;
        literal_format_milli(&text, cases[i].milli);
        ck_assert_slice_eq(text_slice(&text), cases[i].text);
        ck_assert(literal_milli(text_slice(&text), &back) && back == cases[i].milli);
        text_free(&text);
    }
}
END_TEST

static const struct {
    const char *text;
    enum operand_type type;
    const char *field;  /* of air.thing; NULL: none */
    struct value value; /* VALUE_NONE: a fault */
} literals[] = {
    {"true", OPERAND_BOOL, NULL, {VALUE_BOOL, {.truth = true}}},
    {"false", OPERAND_BOOL, NULL, {VALUE_BOOL, {.truth = false}}},
    {"yes", OPERAND_BOOL, NULL, {VALUE_NONE, {.truth = false}}},
    {"1", OPERAND_BOOL, NULL, {VALUE_NONE, {.truth = false}}},
    {"12", OPERAND_NUMBER, NULL, {VALUE_NUMBER, {.number = 12000}}},
    {"0.8", OPERAND_NUMBER, NULL, {VALUE_NUMBER, {.number = 800}}},
    {"twelve", OPERAND_NUMBER, NULL, {VALUE_NONE, {.truth = false}}},
    {"200km", OPERAND_NUMBER, "size", {VALUE_NUMBER, {.number = 200000}}},
    {"200", OPERAND_NUMBER, "size", {VALUE_NONE, {.truth = false}}},
    {"200m", OPERAND_NUMBER, "size", {VALUE_NONE, {.truth = false}}},
    {"200km", OPERAND_NUMBER, "number", {VALUE_NONE, {.truth = false}}},
    {"NO", OPERAND_CODE, NULL, {VALUE_TEXT, {.text = {"NO", 2}}}},
    {"012", OPERAND_CODE, NULL, {VALUE_TEXT, {.text = {"012", 3}}}},
    {"Some Text*", OPERAND_TEXT, NULL, {VALUE_TEXT, {.text = {"Some Text*", 10}}}},
    {"2000.00 EUR", OPERAND_MONEY, NULL, {VALUE_MONEY, {.money = {200000, "EUR"}}}},
    {"2000 EUR", OPERAND_MONEY, NULL, {VALUE_NONE, {.truth = false}}},
    {"2000.00", OPERAND_MONEY, NULL, {VALUE_NONE, {.truth = false}}},
    {"2000", OPERAND_MONEY, NULL, {VALUE_NONE, {.truth = false}}},
    {"1970-01-02", OPERAND_TIME, NULL, {VALUE_TIME, {.time = {86400000}}}},
    {"1970-01-01T00:00:01Z", OPERAND_TIME, NULL, {VALUE_TIME, {.time = {1000}}}},
    {"soon", OPERAND_TIME, NULL, {VALUE_NONE, {.truth = false}}},
    {"48h", OPERAND_DURATION, NULL, {VALUE_NUMBER, {.number = 48LL * 3600 * 1000 * 1000}}},
    {"48", OPERAND_DURATION, NULL, {VALUE_NONE, {.truth = false}}},
    {"1M", OPERAND_DURATION, NULL, {VALUE_NONE, {.truth = false}}},
};

/* The right side of a condition is typed by what it is compared with: a number needs its
 * field's unit, money its currency. */
START_TEST(literals_are_typed_by_the_field)
{
    struct kit kit = lab_begin();
    char yaml[64] = "v: ";
    const struct field *field = NULL;
    struct value value = {VALUE_NONE, {.truth = false}};

    if (literals[_i].field != NULL) {
        field = catalogue_field(catalogue_find(kit.catalogue, SLICE("air.thing")),
                                slice_of(literals[_i].field));
    }
    const struct tree *const tree = lab_tree(&kit, strncat(yaml, literals[_i].text, 50));
    const bool good =
        literal_read(kit.diag, tree_get(tree, "v"), literals[_i].type, field, &value);
    ck_assert_int_eq(good, literals[_i].value.type != VALUE_NONE);
    ck_assert_uint_eq(diag_errors(kit.diag), good ? 0 : 1);
    ck_assert(!good || value_equal(&value, &literals[_i].value));
    kit_end(&kit);
}
END_TEST

Suite *literal_suite(void)
{
    const TTest *const tests[] = {thousandths_are_read_as_written, NULL};
    Suite *const suite = unit_suite("literal", tests);

    unit_loop(suite, numbers_are_thousandths, COUNT_OF(millis));
    unit_loop(suite, literals_are_typed_by_the_field, COUNT_OF(literals));
    return suite;
}
