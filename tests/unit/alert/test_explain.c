#include "seinpost/alert/explain.h"

#include "desk.h"

static const struct {
    const char *what;
    struct rule_metric metric;
    struct measure measure;
    const char *text;
} measures[] = {
    {"a number", {.type = OPERAND_NUMBER}, {12, 1}, "12"},
    {"a fraction", {.type = OPERAND_NUMBER}, {5, 2}, "2.5"},
    {"a fraction, rounded down", {.type = OPERAND_NUMBER}, {2, 3}, "0.666"},
    {"below zero", {.type = OPERAND_NUMBER}, {-5, 2}, "-2.5"},
    {"a whole one", {.type = OPERAND_NUMBER}, {880, 1000}, "0.88"},
    {"money", {.type = OPERAND_MONEY, .currency = "EUR"}, {250000, 1}, "2500.00 EUR"},
    {"money without decimals",
     {.type = OPERAND_MONEY, .currency = "JPY"},
     {2500, 1},
     "2500 JPY"},
    {"an average of money, rounded down",
     {.type = OPERAND_MONEY, .currency = "EUR"},
     {1000, 3},
     "3.33 EUR"},
    {"the largest number", {.type = OPERAND_NUMBER}, {INT64_MAX, 1}, "9223372036854775807"},
};

/* A metric's value is written as people read it, rounded down to a thousandth. */
START_TEST(values_are_written_for_people)
{
    struct text text = {0};

    explain_measure(&measures[_i].metric, &measures[_i].measure, &text);
    ck_assert_msg(slice_is(text_slice(&text), measures[_i].text), "%s: %.*s", measures[_i].what,
                  (int)text.size, text.data);
    text_free(&text);
}
END_TEST

static bool says(const struct text *text, const char *words)
{
    return slice_contains(text_slice(text), slice_of(words));
}

/* The reason says of each clause what was wanted and what was seen, and what would have spoken
 * for the person. */
START_TEST(the_reason_is_told_clause_by_clause)
{
    struct desk *const desk = desk_play(desk_rule, DESK_SCRIPT);
    static const char *const words[] = {"people",    "5",         "3",    "spent",
                                        "35.00 EUR", "30.00 EUR", "mean", "n",
                                        "2",         "business",  "club"};

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        ck_assert_msg(says(&desk->explain, words[i]), "'%s' is not in: %.*s", words[i],
                      (int)desk->explain.size, desk->explain.data);
    }
    desk_end(desk);
}
END_TEST

/* A sequence and an absence are explained by their steps. */
START_TEST(steps_are_explained)
{
    struct desk *const sequence = desk_play(
        PLAY_RULE(
            "r",
            "  type: sequence\n  timespan: 1d\n  steps: [{rule: a}, {rule: b, within: 2h}]\n"),
        "0 a P1; 1h b P1");
    struct desk *const absence =
        desk_play(PLAY_RULE("r", "  type: absence\n  after: a\n  missing: b\n  timespan: 1d\n"),
                  "0 a P1; W 1d");

    ck_assert(sequence->count == 1 && says(&sequence->explain, "a") &&
              says(&sequence->explain, "b"));
    ck_assert(says(&sequence->explain, "2h"));
    ck_assert(absence->count == 1 && says(&absence->explain, "b") &&
              says(&absence->explain, "1d"));
    desk_end(sequence);
    desk_end(absence);
}
END_TEST

/* The summary is the rule's template with metrics and group filled in; the title, without one.
 */
START_TEST(the_summary_is_filled_in)
{
    struct desk *const desk = desk_play(desk_rule, DESK_SCRIPT);
    struct desk *const plain = desk_play(
        PLAY_RULE("r",
                  "  type: event_count\n  rules: [a]\n  timespan: 1d\n  condition: {gte: 1}\n"),
        "0 a P1");

    ck_assert_slice_eq(desk->alerts[0].summary, "3 people, 35.00 EUR, 1.5 each, of P1");
    ck_assert_slice_eq(text_slice(&desk->summary), "5 people, 35.00 EUR, 1.666 each, of P1");
    ck_assert_slice_eq(plain->alerts[0].summary, "A title");
    desk_end(desk);
    desk_end(plain);
}
END_TEST

Suite *explain_suite(void)
{
    const TTest *const tests[] = {the_reason_is_told_clause_by_clause, steps_are_explained,
                                  the_summary_is_filled_in, NULL};
    Suite *const suite = unit_suite("explain", tests);

    unit_loop(suite, values_are_written_for_people, COUNT_OF(measures));
    return suite;
}
