#include "seinpost/correlate/counting.h"

#include "correlate.h"
#include "play.h"

#define RULE(correlation) PLAY_RULE("r", correlation)
#define DAY               "  timespan: 1d\n"

/* A rule, a script, and what is told with its metrics. */
struct scene {
    const char *claim, *rule, *script, *told;
};

static const struct scene scenes[] = {
    {"event_count counts events",
     RULE("  type: event_count\n  rules: [a, b]\n" DAY "  condition: {gte: 3}\n"),
     "0 a P1; 1h b P1; 2h c P1; 3h a P1", "opened 3h P1 [e1 e2 e4] count=3\n"},
    {"an event that meets two entries counts once",
     RULE("  type: event_count\n  rules: [a, b]\n" DAY "  condition: {gte: 2}\n"), "0 a+b P1",
     ""},
    {"a range is a range",
     RULE("  type: event_count\n  rules: [a]\n" DAY "  condition: {gt: 1, lte: 2}\n"),
     "0 a P1; 1h a P1; 2h a P1; W 9d",
     "opened 1h P1 [e1 e2] count=2\nclosed 2h P1 [e1 e2] count=2\n"},
    {"value_count counts different values",
     RULE("  type: value_count\n  field: phone\n  rules: [a]\n" DAY "  condition: {gte: 2}\n"),
     "0 a P1 phone=F1; 1h a P1 phone=F1; 2h a P1; 3h a P1 phone=F2",
     "opened 3h P1 [e1 e2 e3 e4] count=2\n"},
    {"of one event several",
     RULE("  type: value_count\n  field: phone\n  rules: [a]\n" DAY "  condition: {gte: 2}\n"),
     "0 a P1 phone=F1 phone=F2", "opened 0 P1 [e1] count=2\n"},
    {"value_sum adds the values that are there",
     RULE("  type: value_sum\n  field: pax_count\n  rules: [a]\n" DAY
          "  condition: {gte: 5}\n"),
     "0 a P1 pax_count=3; 1h a P1; 2h a P1 pax_count=2", "opened 2h P1 [e1 e2 e3] sum=5\n"},
    {"a sum leaves the window with its event",
     RULE("  type: value_sum\n  field: pax_count\n  rules: [a]\n" DAY
          "  condition: {gte: 5}\n"),
     "0 a P1 pax_count=3; 1d1ms a P1 pax_count=2", ""},
    {"money is added in the condition's currency",
     RULE("  type: value_sum\n  field: amount\n  rules: [a]\n" DAY
          "  condition: {gte: 5.00 EUR}\n"),
     "0 a P1 amount=3.00_EUR; 1h a P1 amount=9.00_USD; 2h a P1 amount=2.00_EUR",
     "opened 2h P1 [e1 e2 e3] sum=500\n"},
    {"value_avg divides by the values that are there",
     RULE("  type: value_avg\n  field: pax_count\n  rules: [a]\n" DAY "  condition: {gt: 2}\n"),
     "0 a P1 pax_count=2; 1h a P1; 2h a P1 pax_count=3", "opened 2h P1 [e1 e2 e3] avg=5/2\n"},
    {"an average of nothing is no average",
     RULE("  type: value_avg\n  field: pax_count\n  rules: [a]\n" DAY "  condition: {lt: 9}\n"),
     "0 a P1; 1h a P1", ""},
    {"a ratio of two sums, exactly at its bound",
     RULE("  type: aggregate\n  rules: [a, b]\n" DAY
          "  metrics: {in: sum(a.amount), out: sum(b.amount), share: 'ratio(out, in)'}\n"
          "  condition: {in|gte: 1.00 EUR, share|gte: 0.8}\n"),
     "0 a P1 amount=10.00_EUR; 1h b P1 amount=7.99_EUR; 2h b P1 amount=0.01_EUR",
     "opened 2h P1 [e1 e2 e3] in=1000 out=800 share=800/1000\n"},
    {"a ratio over nothing is none",
     RULE("  type: aggregate\n  rules: [a, b]\n" DAY
          "  metrics: {in: count(a), out: count(b), share: 'ratio(out, in)'}\n"
          "  condition: {share|gte: 0}\n"),
     "0 b P1; 1h a P1", "opened 1h P1 [e1 e2] in=1 out=1 share=1\n"},
    {"least, most and average of a field",
     RULE("  type: aggregate\n  rules: [a]\n" DAY
          "  metrics: {low: min(pax_count), high: max(pax_count), mean: avg(pax_count), n: "
          "count(pax_count)}\n"
          "  condition: {low|lte: 1, high|gte: 4}\n"),
     "0 a P1 pax_count=4; 1h a P1; 2h a P1 pax_count=1",
     "opened 2h P1 [e1 e2 e3] low=1 high=4 mean=5/2 n=2\n"},
    {"all conditions must hold",
     RULE("  type: aggregate\n  rules: [a]\n" DAY
          "  metrics: {n: count(a), phones: count_distinct(phone)}\n  condition: {n|gte: 2, "
          "phones|gte: 2}\n"),
     "0 a P1 phone=F1; 1h a P1 phone=F1; 2h a P1 phone=F2; 1d1h a P1 phone=F2",
     "opened 2h P1 [e1 e2 e3] n=3 phones=2\nupdated 1d1h P1 [e1 e2 e3 e4] n=3 phones=2\n"},
    {"temporal asks for each entry, in any order",
     RULE("  type: temporal\n  rules: [a, b, c]\n" DAY), "0 c P1; 1h a P1; 2h a P1; 3h b P1",
     "opened 3h P1 [e1 e2 e3 e4]\n"},
    {"temporal with a condition asks for so many",
     RULE("  type: temporal\n  rules: [a, b, c]\n" DAY "  condition: {gte: 2}\n"),
     "0 c P1; 1h c P1; 2h b P1", "opened 2h P1 [e1 e2 e3]\n"},
    {"an event may meet several entries", RULE("  type: temporal\n  rules: [a, b]\n" DAY),
     "0 a+b P1", "opened 0 P1 [e1]\n"},
    {"min-count asks an entry more often",
     RULE("  type: temporal\n  rules: [a, b]\n" DAY "  min-count: {a: 2}\n"),
     "0 a P1; 1h b P1; 2h a P1", "opened 2h P1 [e1 e2 e3]\n"},
    {"temporal_ordered asks for the order",
     RULE("  type: temporal_ordered\n  rules: [a, b, c]\n" DAY),
     "0 b P1; 1h a P1; 2h b P1; 3h c P1", "opened 3h P1 [e1 e2 e3 e4]\n"},
    {"the wrong order is none", RULE("  type: temporal_ordered\n  rules: [a, b]\n" DAY),
     "0 b P1; 1h a P1", ""},
    {"no event fills two places", RULE("  type: temporal_ordered\n  rules: [a, b]\n" DAY),
     "0 a+b P1; 1h c P1", ""},
    {"ordered with min-count: all after those before",
     RULE("  type: temporal_ordered\n  rules: [a, b]\n" DAY "  min-count: {b: 2}\n"),
     "0 b P1; 1h a P1; 2h b P1; 3h b P1", "opened 3h P1 [e1 e2 e3 e4]\n"},
};

/* Metrics and their conditions are those of the rule language, exactly. */
START_TEST(metrics_are_as_the_language_says)
{
    struct play play = play_begin(scenes[_i].rule);

    play.shows_metrics = strstr(scenes[_i].rule, "temporal") == NULL;
    const char *const told = play_acts(&play, scenes[_i].script);
    ck_assert_msg(strcmp(told, scenes[_i].told) == 0, "%s:\n%sinstead of\n%s", scenes[_i].claim,
                  told, scenes[_i].told);
    play_end(&play);
}
END_TEST

/* A sum beyond 64 bits is no sum below zero, and no crash. */
START_TEST(a_sum_never_wraps)
{
    struct play play = play_begin(RULE("  type: value_sum\n  field: amount\n  rules: [a]\n" DAY
                                       "  condition: {lt: 0.00 EUR}\n"));

    ck_assert_str_eq(
        play_acts(
            &play,
            "0 a P1 amount=92233720368547758.07_EUR; 1h a P1 amount=92233720368547758.07_EUR;"
            "2h a P1 amount=92233720368547758.07_EUR"),
        "");
    play_end(&play);
}
END_TEST

Suite *counting_suite(void)
{
    const TTest *const tests[] = {a_sum_never_wraps, NULL};
    Suite *const suite = unit_suite("counting", tests);

    unit_loop(suite, metrics_are_as_the_language_says, COUNT_OF(scenes));
    return suite;
}
