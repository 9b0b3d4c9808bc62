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

static const struct {
    const char *rule, *script;
    const char *words[8];
} kinds[] = {
    {PLAY_RULE("r", "  type: sequence\n  timespan: 1d\n  steps: [{rule: a}, {rule: b, within: "
                    "2h, count: 2}, {not: c, within: 3h}]\n"),
     "0 a P1; 1h b P1; 1h30m b P1; W 5h",
     {"a", "b 2 times", "2h", "no c", "3h", "1d"}},
    {PLAY_RULE("r",
               "  type: absence\n  after: a\n  missing: b\n  timespan: 1d\n  lookback: 2h\n"),
     "0 a P1; W 1d",
     {"no b", "after a", "1d", "2h"}},
    {PLAY_RULE("r", "  type: event_count\n  rules: [a]\n  timespan: 6h\n  window: tumbling\n  "
                    "condition: {gte: 2}\n"),
     "0 a P1; 1h a P1",
     {"2", "6h"}},
    {PLAY_RULE("r", "  type: event_count\n  rules: [a]\n  timespan: 6h\n  window: session\n  "
                    "gap: 90m\n  condition: {gte: 2}\n"),
     "0 a P1; 1h a P1",
     {"2", "6h", "1h30m"}},
    {PLAY_RULE("r", "  type: change\n  rules: [a, b]\n  field: phone\n  timespan: 5d\n"),
     "0 a P1 phone=F; 1h a P1 phone=G",
     {"phone", "5d"}},
    {PLAY_RULE("r", "  type: first_seen\n  rules: [a, b]\n  field: phone\n  history: 9d\n  "
                    "timespan: 1d\n"),
     "0 a P1 phone=F",
     {"phone", "9d"}},
    {PLAY_RULE("r", "  type: temporal\n  rules: [c, a]\n  timespan: 1d\n"),
     "0 a P1; 1h c P1",
     {"a, c", "1d"}},
    {PLAY_RULE("r", "  type: temporal_ordered\n  rules: [a, b]\n  timespan: 1d\n"),
     "0 a P1; 1h b P1",
     {"a then b", "1d"}},
};

/* Each kind of rule is explained by what it asks, in the words of its file. */
START_TEST(each_kind_is_explained_by_what_it_asks)
{
    struct desk *const desk = desk_play(kinds[_i].rule, kinds[_i].script);

    ck_assert_uint_ge(desk->count, 1);
    for (size_t i = 0; kinds[_i].words[i] != NULL; i++) {
        ck_assert_msg(says(&desk->explain, kinds[_i].words[i]), "'%s' is not in: %.*s",
                      kinds[_i].words[i], (int)desk->explain.size, desk->explain.data);
    }
    desk_end(desk);
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
    const TTest *const tests[] = {the_reason_is_told_clause_by_clause, the_summary_is_filled_in,
                                  NULL};
    Suite *const suite = unit_suite("explain", tests);

    unit_loop(suite, each_kind_is_explained_by_what_it_asks, COUNT_OF(kinds));
    unit_loop(suite, values_are_written_for_people, COUNT_OF(measures));
    return suite;
}
