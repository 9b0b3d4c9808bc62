#include "seinpost/correlate/window.h"

#include "correlate.h"
#include "play.h"

#define COUNT(more)                                                                            \
    PLAY_RULE("r", "  type: event_count\n  rules: [a]\n  condition: {gte: 3}\n" more)
#define TUMBLING COUNT("  timespan: 1d\n  window: tumbling\n")
#define SESSION  COUNT("  timespan: 6h\n  window: session\n  gap: 2h\n")

static const struct {
    const char *claim, *rule, *script, *told;
} scenes[] = {
    {"a bucket holds its events", TUMBLING, "0 a P1; 1h a P1; 23h59m59s999ms a P1",
     "opened 23h59m59s999ms P1 [e1 e2 e3]\n"},
    {"its end belongs to the next one", TUMBLING, "0 a P1; 1h a P1; 1d a P1", ""},
    {"events of two buckets are not together", TUMBLING,
     "23h a P1; 23h30m a P1; 1d a P1; 1d1h a P1; 1d2h a P1", "opened 1d2h P1 [e3 e4 e5]\n"},
    {"a finding holds to the bucket's last millisecond", TUMBLING,
     "0 a P1; 1h a P1; 2h a P1; W 23h59m59s998ms", "opened 2h P1 [e1 e2 e3]\n"},
    {"and not longer", TUMBLING, "0 a P1; 1h a P1; 2h a P1; W 23h59m59s999ms",
     "opened 2h P1 [e1 e2 e3]\nclosed 23h59m59s999ms P1 [e1 e2 e3]\n"},
    {"a session goes on as long as no gap is longer", SESSION, "0 a P1; 2h a P1; 4h a P1",
     "opened 4h P1 [e1 e2 e3]\n"},
    {"a longer gap begins the next session", SESSION, "0 a P1; 2h a P1; 4h1ms a P1", ""},
    {"a session is never longer than the timespan",
     COUNT("  timespan: 3h\n  window: session\n  gap: 2h\n"), "0 a P1; 2h a P1; 3h1ms a P1",
     ""},
    {"the timespan's end counts", COUNT("  timespan: 3h\n  window: session\n  gap: 2h\n"),
     "0 a P1; 2h a P1; 3h a P1", "opened 3h P1 [e1 e2 e3]\n"},
    {"a finding holds as long as an event could join", SESSION,
     "0 a P1; 1h a P1; 2h a P1; W 3h59m59s999ms", "opened 2h P1 [e1 e2 e3]\n"},
    {"and not longer than that", SESSION, "0 a P1; 1h a P1; 2h a P1; W 4h",
     "opened 2h P1 [e1 e2 e3]\nclosed 4h P1 [e1 e2 e3]\n"},
    {"nor than the timespan", SESSION, "0 a P1; 2h a P1; 4h a P1; 5h a P1; W 9d",
     "opened 4h P1 [e1 e2 e3]\nupdated 5h P1 [e1 e2 e3 e4]\nclosed 6h P1 [e1 e2 e3 e4]\n"},
    {"a late event may join two sessions", SESSION, "0 a P1; 3h a P1; 1h30m a P1",
     "opened 3h P1 [e1 e3 e2] late\n"},
    {"a late event may tear a session in two",
     COUNT("  timespan: 3h\n  window: session\n  gap: 2h\n"),
     "1h a P1; 3h a P1; 4h a P1; 0 a P1",
     "opened 4h P1 [e1 e2 e3]\nretracted 0 P1 [e1 e2 e3] late\nopened 3h P1 [e4 e1 e2] late\n"},
};

/* Tumbling and session windows hold what the rule language says. */
START_TEST(windows_hold_what_the_language_says)
{
    struct play play = play_begin(scenes[_i].rule);
    const char *const told = play_acts(&play, scenes[_i].script);

    ck_assert_msg(strcmp(told, scenes[_i].told) == 0, "%s:\n%sinstead of\n%s", scenes[_i].claim,
                  told, scenes[_i].told);
    play_end(&play);
}
END_TEST

Suite *window_play_suite(void)
{
    const TTest *const tests[] = {NULL};
    Suite *const suite = unit_suite("window_play", tests);

    unit_loop(suite, windows_hold_what_the_language_says, COUNT_OF(scenes));
    return suite;
}
