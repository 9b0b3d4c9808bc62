#include "seinpost/correlate/absence.h"

#include "correlate.h"
#include "play.h"

#define ABSENCE(more)                                                                          \
    PLAY_RULE("r", "  type: absence\n  after: a\n  missing: b\n  timespan: 1d\n" more)

static const struct {
    const char *claim, *rule, *script, *told;
} scenes[] = {
    {"no answer is told when the watermark has reached the end", ABSENCE(""), "0 a P1; W 1d",
     "opened 1d P1 [e1]\n"},
    {"and not before", ABSENCE(""), "0 a P1; W 23h59m59s999ms", ""},
    {"nor by later events", ABSENCE(""), "0 a P1; 9d a P2", ""},
    {"one alert, however often the watermark rises", ABSENCE(""),
     "0 a P1; W 1d; W 1d1h; W 1d2h", "opened 1d P1 [e1]\n"},
    {"an answer is one", ABSENCE(""), "0 a P1; 5h b P1; W 9d", ""},
    {"at the end, included", ABSENCE(""), "0 a P1; 1d b P1; W 9d", ""},
    {"an answer after it ends what was found", ABSENCE(""), "0 a P1; 1d1ms b P1; W 9d",
     "opened 1d P1 [e1]\nclosed 1d1ms P1 [e1]\n"},
    {"of another group it is none", ABSENCE(""), "0 a P1; 5h b P2; W 1d",
     "opened 1d P1 [e1]\n"},
    {"another event is none", ABSENCE(""), "0 a P1; 5h c P1; W 1d", "opened 1d P1 [e1]\n"},
    {"an answer at the same instant counts", ABSENCE(""), "1h a P1 id=x; 1h b P1 id=y; W 9d",
     ""},
    {"in whichever order", ABSENCE(""), "1h a P1 id=y; 1h b P1 id=x; W 9d", ""},
    {"an answer before does not", ABSENCE(""), "0 b P1; 1ms a P1; W 1d1ms",
     "opened 1d1ms P1 [e2]\n"},
    {"unless within lookback, included", ABSENCE("  lookback: 2h\n"), "0 b P1; 2h a P1; W 9d",
     ""},
    {"and not a millisecond earlier", ABSENCE("  lookback: 2h\n"),
     "0 b P1; 2h1ms a P1; W 1d2h1ms", "opened 1d2h1ms P1 [e2]\n"},
    {"an answer that comes late is one", ABSENCE(""), "0 a P1; 20h a P1; 5h b P1; W 1d20h",
     "opened 1d20h P1 [e2]\n"},
    {"one answer answers all that wait", ABSENCE(""), "0 a P1; 5h a P1; 6h b P1; W 9d", ""},
    {"each that waits has its own end", ABSENCE(""), "0 a P1; 1h a P1; W 1d; W 1d1h",
     "opened 1d P1 [e1]\nupdated 1d1h P1 [e1 e2]\n"},
    {"it holds for another timespan", ABSENCE(""), "0 a P1; W 9d",
     "opened 1d P1 [e1]\nclosed 2d P1 [e1]\n"},
    {"what is due comes in the order of its time", ABSENCE(""), "1h a P2; 0 a P1; W 1d1h",
     "opened 1d P1 [e2]\nopened 1d1h P2 [e1]\n"},
    {"several ends that are proven at once are one record", ABSENCE(""),
     "0 a P1; 1h a P1; W 1d1h", "opened 1d P1 [e1 e2]\n"},
};

/* Absence is concluded by the watermark alone, at start and span. */
START_TEST(absence_is_told_by_the_watermark)
{
    struct play play = play_begin(scenes[_i].rule);
    const char *const told = play_acts(&play, scenes[_i].script);

    ck_assert_msg(strcmp(told, scenes[_i].told) == 0, "%s:\n%sinstead of\n%s", scenes[_i].claim,
                  told, scenes[_i].told);
    play_end(&play);
}
END_TEST

/* If the source that would answer is silent, nothing is concluded. */
START_TEST(a_silent_source_proves_nothing)
{
    struct play play = play_begin(ABSENCE(""));
    const struct watermark live = {PROGRAM_FILE_SOURCE, 0, 2, INSTANT_MAX, false, false};
    const struct watermark silent = {PROGRAM_FILE_SOURCE, 1, 2, INSTANT_MIN, false, false};

    play_acts(&play, "0 a P1");
    store_watermark(play.store, &live);
    store_watermark(play.store, &silent);
    ck_assert_str_eq(play_acts(&play, ""), "");
    play_end(&play);
}
END_TEST

Suite *absence_suite(void)
{
    const TTest *const tests[] = {a_silent_source_proves_nothing, NULL};
    Suite *const suite = unit_suite("absence", tests);

    unit_loop(suite, absence_is_told_by_the_watermark, COUNT_OF(scenes));
    return suite;
}
