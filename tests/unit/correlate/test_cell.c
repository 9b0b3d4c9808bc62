#include "seinpost/correlate/cell.h"
#include "seinpost/rule/ruletest.h"

#include "correlate.h"
#include "play.h"

#define COUNT(more)                                                                            \
    PLAY_RULE(                                                                                 \
        "r",                                                                                   \
        "  type: event_count\n  rules: [a]\n  timespan: 1d\n  condition: {gte: 2}\n" more)

/* A rule, a script and what is told of it; by the section "Alerts" of the rule language. */
struct scene {
    const char *claim, *rule, *script, *told;
};

static const struct scene lives[] = {
    {"an alert opens when its condition becomes true, is updated by more, and closes when it "
     "no longer holds",
     COUNT(""), "0 a P1; 1h a P1; 2h a P1; W 3d",
     "opened 1h P1 [e1 e2]\nupdated 2h P1 [e1 e2 e3]\nclosed 1d1h P1 [e1 e2 e3]\n"},
    {"it is not closed before the watermark has reached the end", COUNT(""),
     "0 a P1; 1h a P1; W 23h59m59s999ms", "opened 1h P1 [e1 e2]\n"},
    {"it is closed when the watermark has reached the end", COUNT(""), "0 a P1; 1h a P1; W 1d",
     "opened 1h P1 [e1 e2]\nclosed 1d P1 [e1 e2]\n"},
    {"both ends of the window count", COUNT(""), "0 a P1; 1d a P1", "opened 1d P1 [e1 e2]\n"},
    {"a millisecond beyond does not", COUNT(""), "0 a P1; 1d1ms a P1", ""},
    {"groups are apart", COUNT(""), "0 a P1; 1h a P2; 2h a P2", "opened 2h P2 [e2 e3]\n"},
    {"other events are not there", COUNT(""), "0 a P1; 1h b P1; 2h c P1", ""},
    {"an event told twice is one", COUNT(""),
     "0 a P1 id=x; 0 a P1 id=x; 1h a P1 id=y; 1h a P1 id=y", "opened 1h P1 [x y]\n"},
    {"told again with a later time, it is the one that stands first", COUNT(""),
     "0 a P1 id=x; 1h a P1 id=x", ""},
    {"the same id of another source is another event", COUNT(""),
     "0 a P1 id=x src=s; 0 a P1 id=x src=t", "opened 0 P1 [x x]\n"},
    {"after it closed, another opens", COUNT(""),
     "0 a P1; 1h a P1; W 1d1s; 1d2h a P1; 1d3h a P1",
     "opened 1h P1 [e1 e2]\nclosed 1d P1 [e1 e2]\nopened 1d3h P1 [e3 e4]\n"},
    {"a finding while it is open updates it, however far the first is", COUNT(""),
     "0 a P1; 12h a P1; 1d a P1; 1d12h a P1; W 5d",
     "opened 12h P1 [e1 e2]\nupdated 1d P1 [e1 e2 e3]\nupdated 1d12h P1 [e1 e2 e3 e4]\nclosed "
     "2d P1 [e1 e2 e3 e4]\n"},
    {"a finding after it held opens another, though the first is not closed yet", COUNT(""),
     "0 a P1; 1d a P1; 2d a P1; W 5d",
     "opened 1d P1 [e1 e2]\nopened 2d P1 [e2 e3]\nclosed 1d P1 [e1 e2]\nclosed 2d P1 [e2 "
     "e3]\n"},
    {"close-after keeps it open for so long, its end included", COUNT("  close-after: 2h\n"),
     "0 a P1; 1h a P1; W 1d1h; 1d1h30m a P1; 1d2h a P1; W 9d",
     "opened 1h P1 [e1 e2]\nupdated 1d2h P1 [e1 e2 e3 e4]\nclosed 2d3h30m P1 [e1 e2 e3 e4]\n"},
    {"a millisecond beyond close-after, another opens", COUNT("  close-after: 2h\n"),
     "0 a P1; 1h a P1; 1d1h30m a P1; 1d2h1ms a P1",
     "opened 1h P1 [e1 e2]\nopened 1d2h1ms P1 [e3 e4]\n"},
};

static const struct scene lateness[] = {
    {"a late event within the group changes the opening", COUNT(""), "0 a P1; 2h a P1; 1h a P1",
     "opened 2h P1 [e1 e2]\nupdated 1h P1 [e1 e3 e2] late\n"},
    {"a late first event makes another alert of it", COUNT(""), "1h a P1; 2h a P1; 0 a P1",
     "opened 2h P1 [e1 e2]\nretracted 0 P1 [e1 e2] late\nopened 1h P1 [e3 e1 e2] late\n"},
    {"a late event that adds evidence only is an update", COUNT(""),
     "0 a P1; 1h a P1; 3h a P1; 2h a P1",
     "opened 1h P1 [e1 e2]\nupdated 3h P1 [e1 e2 e3]\nupdated 2h P1 [e1 e2 e4 e3] late\n"},
    {"a late event opens two alerts, one on each side of it", COUNT(""),
     "0 a P1; 1d23h a P1; 23h a P1",
     "opened 23h P1 [e1 e3] late\nopened 1d23h P1 [e3 e2] late\n"},
    {"equal times are in the order of source and id, whatever came first", COUNT(""),
     "1h a P1 id=b; 1h a P1 id=a", "opened 1h P1 [a b] late\n"},
    {"an event that is one no more takes the alert with it", COUNT(""),
     "0 a P1; 1h a P1; 0 !a P1 id=e1", "opened 1h P1 [e1 e2]\nretracted 0 P1 [e1 e2] late\n"},
    {"an event that is one no more leaves what stands without it", COUNT(""),
     "0 a P1; 1h a P1; 2h a P1; 1h !a P1 id=e2",
     "opened 1h P1 [e1 e2]\nupdated 2h P1 [e1 e2 e3]\nupdated 1h P1 [e1 e3] late\n"},
    {"what was never an event is withdrawn without effect", COUNT(""),
     "0 a P1; 0 !a P1 id=zz; 1h a P1", "opened 1h P1 [e1 e3]\n"},
};

#define SUPPRESS(rest) COUNT("") "alert: {suppress: {for: 3d, " rest "}}\n"

static const struct scene suppressions[] = {
    {"a further opening within `for` updates the alert", SUPPRESS("then: update"),
     "0 a P1; 1h a P1; W 2d; 2d1h a P1; 2d2h a P1",
     "opened 1h P1 [e1 e2]\nclosed 1d P1 [e1 e2]\nupdated 2d2h P1 [e1 e2 e3 e4]\n"},
    {"at the end of `for`, included", SUPPRESS("then: update"),
     "0 a P1; 1h a P1; W 2d; 3d a P1; 3d1h a P1",
     "opened 1h P1 [e1 e2]\nclosed 1d P1 [e1 e2]\nupdated 3d1h P1 [e1 e2 e3 e4]\n"},
    {"a millisecond later another opens", SUPPRESS("then: update"),
     "0 a P1; 1h a P1; W 2d; 3d a P1; 3d1h1ms a P1",
     "opened 1h P1 [e1 e2]\nclosed 1d P1 [e1 e2]\nopened 3d1h1ms P1 [e3 e4]\n"},
    {"dropped is dropped with all that would have updated it", SUPPRESS("then: drop"),
     "0 a P1; 1h a P1; W 2d; 2d1h a P1; 2d2h a P1; 2d3h a P1; W 9d",
     "opened 1h P1 [e1 e2]\nclosed 1d P1 [e1 e2]\n"},
    {"it holds for the group alone", SUPPRESS("then: drop"),
     "0 a P1; 1h a P1; W 2d; 2d1h a P2; 2d2h a P2",
     "opened 1h P1 [e1 e2]\nclosed 1d P1 [e1 e2]\nopened 2d2h P2 [e3 e4]\n"},
};

static void play_scene(const struct scene *scene)
{
    struct play play = play_begin(scene->rule);
    const char *const told = play_acts(&play, scene->script);

    ck_assert_msg(strcmp(told, scene->told) == 0, "%s:\n%sinstead of\n%s", scene->claim, told,
                  scene->told);
    play_end(&play);
}

/* An alert is an edge: it opens, is updated and closes as the rule language says. */
START_TEST(alerts_live_as_the_language_says)
{
    play_scene(&lives[_i]);
}
END_TEST

/* A late event is put where it belongs, and the difference is told. */
START_TEST(late_events_change_what_was_said)
{
    play_scene(&lateness[_i]);
}
END_TEST

/* Suppression turns further openings into updates, or drops them. */
START_TEST(suppression_holds_for_its_time)
{
    play_scene(&suppressions[_i]);
}
END_TEST

static size_t updates_told(const char *told)
{
    size_t count = 0;

    for (const char *at = told; (at = strstr(at, "updated")) != NULL; at++) {
        count++;
    }
    return count;
}

/* The first 10 updates are told, then the 20th, 40th and 80th. */
START_TEST(updates_are_told_ever_more_rarely)
{
    struct play play = play_begin(COUNT(""));
    char act[32];
    size_t before = 0;

    for (int i = 0; i <= 100; i++) {
        snprintf(act, sizeof act, "%dm a P1", i + 1);
        const size_t count = updates_told(play_acts(&play, act));
        const int updates = i - 1; /* the second event opened it */
        const bool due =
            (updates >= 1 && updates <= 10) || updates == 20 || updates == 40 || updates == 80;
        ck_assert_msg((count > before) == due, "update %d", updates);
        before = count;
    }
    play_end(&play);
}
END_TEST

/* What was not published stands in the record that closes it. */
START_TEST(closing_says_all_that_was_not_said)
{
    struct play play = play_begin(COUNT(""));
    char act[32];

    for (int i = 0; i < 15; i++) {
        snprintf(act, sizeof act, "%dm a P1", i + 1);
        play_acts(&play, act);
    }
    const char *const told = play_acts(&play, "W 9d");
    ck_assert_ptr_nonnull(
        strstr(told, "closed 1d14m P1 [e1 e2 e3 e4 e5 e6 e7 e8 e9 e10 e11 e12 e13 e14 e15]\n"));
    play_end(&play);
}
END_TEST

/* Evidence names at most 100 events, and all are counted. */
START_TEST(evidence_is_capped_and_counted)
{
    struct play play = play_begin(COUNT(""));
    char act[32];

    for (int i = 0; i < 130; i++) {
        snprintf(act, sizeof act, "%dm a P1", i + 1);
        play_acts(&play, act);
    }
    const char *const told = play_acts(&play, "W 9d");
    const char *const closed = strstr(told, "closed");
    size_t named = 1;
    for (const char *at = strchr(closed, '['); *at != ']'; at++) {
        named += *at == ' ';
    }
    ck_assert_uint_eq(named, EPISODE_EVIDENCE_MAX);
    play_end(&play);
}
END_TEST

/* A single event's alert has no further life, and the event told twice makes one. */
START_TEST(single_events_have_no_further_life)
{
    struct play play = play_begin(
        KIT_RULE("r") "source: {type: air.noshow}\ndetection: {s: {leg: 2}, condition: s}\n");
    const struct rule *const rule = play.program->rules[0];
    struct match match = {.kind = rule_key_name(rule),
                          .steps = &rule->entries[0].step,
                          .steps_count = 1,
                          .is = {.time = RULETEST_START, .id = SLICE("n1")}};

    match.is.type = SLICE("air.noshow");
    match.value = match.is.source = SLICE("s");
    play.store = store_new(play.program, play_listener(&play));
    store_match(play.store, &match);
    store_match(play.store, &match);
    ck_assert_str_eq(play_acts(&play, "W 9000d"), "opened 0 [n1]\n");
    play_end(&play);
}
END_TEST

Suite *cell_suite(void)
{
    const TTest *const tests[] = {
        updates_are_told_ever_more_rarely, closing_says_all_that_was_not_said,
        evidence_is_capped_and_counted, single_events_have_no_further_life, NULL};
    Suite *const suite = unit_suite("cell", tests);

    unit_loop(suite, alerts_live_as_the_language_says, COUNT_OF(lives));
    unit_loop(suite, late_events_change_what_was_said, COUNT_OF(lateness));
    unit_loop(suite, suppression_holds_for_its_time, COUNT_OF(suppressions));
    return suite;
}
