#include "seinpost/stage/quiet.h"

#include "yard.h"

enum {
    IDLE = 1000
};

/* What happens, by turns: `m` a record comes, `j` it is judged and asked if due, `e` the end is
 * told and reached, `.` 100 ms pass, `J` it is judged within a batch, where nobody asks.
 * Returns for each judgement `q` or `-`. */
static const char *play(const char *script)
{
    static char told[64];
    struct quiet quiet = quiet_begin();
    int64_t now_ms = 50;
    size_t count = 0;

    for (const char *step = script; *step != '\0'; step++) {
        switch (*step) {
        case 'm':
            quiet_move(&quiet);
            break;
        case 'j':
            ck_assert_uint_lt(count, sizeof told - 1);
            told[count++] = quiet_judge(&quiet, now_ms, IDLE) ? 'q' : '-';
            (void)quiet_asks(&quiet);
            break;
        case 'J':
            (void)quiet_judge(&quiet, now_ms, IDLE);
            break;
        case 'e':
            quiet_end(&quiet);
            break;
        default:
            now_ms += 100;
        }
    }
    told[count] = '\0';
    return told;
}

static const struct {
    const char *claim;
    const char *script;
    const char *told;
} plays[] = {
    {"it is quiet once its end was asked after the idle time", "j..........jej", "--q"},
    {"not before the idle time", "j.........jej", "---"},
    {"an end told before does not count", "jej..........jj", "----"},
    {"nor one told before it was asked", "je..........ejj", "---"},
    {"nor one that was on its way then", "j..........Jejj", "---"},
    {"it stays quiet while its end is asked again", "j..........je.....je.....jej", "--qqq"},
    {"whose end is not told any more is not quiet for longer than the idle time",
     "j..........jej.........j.j", "--qq-"},
    {"and it is again when it is told", "j..........jej..........jej", "--q-q"},
    {"a record ends it", "j..........jejmj", "--q-"},
    {"and its own time begins", "j..........jejmj.........jej.jej", "--q----q"},
};

/* Plays, each with a claim of its own. */
START_TEST(a_play_tells_what_is_quiet)
{
    ck_assert_msg(strcmp(play(plays[_i].script), plays[_i].told) == 0, "%s: %s, told %s",
                  plays[_i].claim, plays[_i].script, play(plays[_i].script));
}
END_TEST

/* A source without an idle time is never quiet, and nobody asks. */
START_TEST(without_idle_nothing_is_quiet)
{
    struct quiet quiet = quiet_begin();

    for (int64_t now_ms = 0; now_ms < 10000; now_ms += 1000) {
        ck_assert(!quiet_judge(&quiet, now_ms, 0));
        ck_assert(!quiet_asks(&quiet));
    }
}
END_TEST

Suite *quiet_suite(void)
{
    const TTest *const tests[] = {without_idle_nothing_is_quiet, NULL};
    Suite *const suite = unit_suite("quiet", tests);

    unit_loop(suite, a_play_tells_what_is_quiet, COUNT_OF(plays));
    return suite;
}
