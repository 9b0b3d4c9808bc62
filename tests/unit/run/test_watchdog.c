#include "seinpost/base/counter.h"
#include "seinpost/run/supervisor.h"
#include "seinpost/run/watchdog.h"

#include <time.h>
#include <unistd.h>

#include "bench.h"

/* A worker that has a record to commit in its first turn, and a broker that does not answer. */
struct hang {
    struct bench *bench;
    struct halt halt;
    int64_t hang_ms;  /* how long a commit takes */
    int64_t asked_ms; /* what the halt told at its end */
    bool polled;
    bool committed;
};

static void sleep_ms(int64_t ms)
{
    const struct timespec pause = {ms / 1000, ms % 1000 * 1000000};

    (void)nanosleep(&pause, NULL);
}

static enum outcome poll_once(void *self, int64_t timeout_ms, struct consumer_batch *batch)
{
    static const struct record_partition at = {"in", 0};
    static const struct consumer_notice notices[] = {
        {.event = CONSUMER_ASSIGNED, .partition = at, .partitions = 1},
        {.event = CONSUMER_JOINED},
        {.event = CONSUMER_RECORD, .partition = at, .record = {.from = at}},
    };
    struct hang *const hang = self;

    (void)timeout_ms;
    sleep_ms(5);
    *batch = (struct consumer_batch){notices, hang->polled ? 0 : COUNT_OF(notices)};
    hang->polled = true;
    return OUTCOME_OK;
}

static enum outcome commit(void *self, const struct producer_offset *offsets, size_t count)
{
    struct hang *const hang = self;

    (void)offsets;
    (void)count;
    sleep_ms(hang->hang_ms);
    hang->asked_ms = halt_asked_ms(hang->halt);
    hang->committed = true;
    return OUTCOME_OK;
}

static enum outcome begin(void *self)
{
    (void)self;
    return OUTCOME_OK;
}

static enum outcome send_record(void *self, const struct producer_record *record)
{
    (void)self;
    (void)record;
    return OUTCOME_OK;
}

static void free_nothing(void *self)
{
    (void)self;
}

static enum outcome make(void *context, struct supervisor_kit *kit)
{
    struct hang *const hang = context;
    const struct steady clock = kit->ports.clock;

    hang->halt = kit->halt;
    kit->stage = bench_stage(hang->bench);
    kit->ports = bench_ports(hang->bench);
    kit->ports.clock = clock;
    kit->ports.consumer = (struct consumer){hang, poll_once, NULL, NULL, free_nothing};
    kit->ports.producer =
        (struct producer){hang, begin, send_record, commit, begin, free_nothing};
    return OUTCOME_OK;
}

static void unmake(void *context, struct supervisor_kit *kit)
{
    (void)context;
    (void)kit;
}

static struct supervisor *start(struct hang *hang, int64_t call_ms_max)
{
    const struct supervisor_worker worker = {.name = "w",
                                             .context = hang,
                                             .make = make,
                                             .unmake = unmake,
                                             .call_ms_max = call_ms_max};

    hang->bench = bench_begin();
    return supervisor_start(&worker, 1, &(struct stage_edition){.number = 1});
}

/* A call of a transaction that does not come back ends the process, to be started again. */
START_TEST(a_call_that_hangs_ends_the_process)
{
    struct hang hang = {.hang_ms = 20000};

    start(&hang, 300);
    sleep_ms(3000);
    ck_abort_msg("it hangs");
}
END_TEST

/* One that takes its time, and no longer than it may, does not; it is timed and counted. */
START_TEST(a_call_that_takes_its_time_is_waited_for)
{
    struct hang hang = {.hang_ms = 300};
    struct supervisor *const supervisor = start(&hang, 5000);

    sleep_ms(600);
    supervisor_stop(supervisor);
    ck_assert(hang.committed);
    ck_assert_int_eq(hang.asked_ms, -1);
    ck_assert_int_eq(
        counter_value(counter_get(COUNTER_TOTAL, "seinpost_commits_total", "worker=\"w\"", "")),
        1);
    ck_assert_int_ge(counter_value(counter_get(COUNTER_TOTAL, "seinpost_commit_seconds_total",
                                               "worker=\"w\"", "")),
                     290);
    bench_end(hang.bench);
}
END_TEST

/* Who is asked to stop waits for the commit that is under way, and tells it that it must end.
 */
START_TEST(a_stop_waits_for_the_commit)
{
    struct hang hang = {.hang_ms = 800};
    struct supervisor *const supervisor = start(&hang, 5000);

    sleep_ms(300);
    supervisor_stop(supervisor);
    ck_assert(hang.committed);
    ck_assert_int_ge(hang.asked_ms, 100);
    bench_end(hang.bench);
}
END_TEST

/* But not for ever: after five seconds the process has ended, in good order. */
START_TEST(a_stop_does_not_wait_for_ever)
{
    struct hang hang = {.hang_ms = 30000};
    struct supervisor *const supervisor = start(&hang, 60000);

    sleep_ms(300);
    alarm(5);
    supervisor_stop(supervisor);
    ck_abort_msg("it was waited for");
}
END_TEST

Suite *watchdog_suite(void)
{
    const TTest *const tests[] = {a_call_that_takes_its_time_is_waited_for,
                                  a_stop_waits_for_the_commit, NULL};
    Suite *const suite = unit_suite("watchdog", tests);

    unit_exit(suite, a_call_that_hangs_ends_the_process, WATCHDOG_EXIT_HANGS);
    unit_exit(suite, a_stop_does_not_wait_for_ever, EXIT_SUCCESS);
    return suite;
}
