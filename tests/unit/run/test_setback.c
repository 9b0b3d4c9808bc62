#include "seinpost/base/counter.h"
#include "seinpost/run/setback.h"
#include "seinpost/run/watchdog.h"

#include <time.h>
#include <unistd.h>

#include "run.h"

/* Two threads share them. */
static struct counter *jump_ms;
static struct counter *looks;

static int64_t wall_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    counter_add(looks, 1);
    return 1000000000 + (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 +
           counter_value(jump_ms);
}

static void begin(void)
{
    jump_ms = counter_get(COUNTER_GAUGE, "jump", "", "");
    looks = counter_get(COUNTER_TOTAL, "looks", "", "");
    setback_start(wall_ms);
}

/* Returns when the clock was looked at since: the second look began after the call. */
static void await_looks(void)
{
    const struct timespec pause = {0, 10 * 1000000};
    const int64_t until = counter_value(looks) + 2;

    while (counter_value(looks) < until) {
        (void)nanosleep(&pause, NULL);
    }
}

static void jump(int64_t ms)
{
    counter_set(jump_ms, ms);
    await_looks();
}

/* A clock that is set ahead, or back by a moment, keeps nobody waiting. */
START_TEST(small_steps_and_steps_ahead_do_nothing)
{
    begin();
    await_looks();
    jump(3600000);
    jump(3599000);
    jump(3598000);
    jump(3597000);
    jump(INT64_C(400) * 24 * 3600000);
    ck_assert_int_ge(counter_value(looks), 12);
}
END_TEST

/* One that is set back ends the process, to be started again. */
START_TEST(a_step_back_ends_the_process)
{
    begin();
    await_looks();
    counter_set(jump_ms, -3000);
    sleep(3);
    ck_abort_msg("it goes on");
}
END_TEST

Suite *setback_suite(void)
{
    const TTest *const tests[] = {small_steps_and_steps_ahead_do_nothing, NULL};
    Suite *const suite = unit_suite("setback", tests);

    unit_exit(suite, a_step_back_ends_the_process, WATCHDOG_EXIT_HANGS);
    return suite;
}
