#include "seinpost/run/supervisor.h"

#include <time.h>

#include "bench.h"

/* A worker whose first lives end at once, as its consumer says STOP. */
struct lives {
    struct bench *bench;
    int made, unmade; /* by its thread; read when that has ended */
    int fails_make, fails_poll;
};

static enum outcome lives_poll(void *self, int64_t timeout_ms, struct consumer_batch *batch)
{
    static const struct consumer_notice joined = {.event = CONSUMER_JOINED};
    const struct lives *const lives = self;
    const struct timespec pause = {0, 1000000};

    (void)timeout_ms;
    nanosleep(&pause, NULL);
    *batch = (struct consumer_batch){&joined, 1};
    return lives->made - lives->fails_make <= lives->fails_poll ? OUTCOME_STOP : OUTCOME_OK;
}

static const struct stage_edition first = {.number = 1};

static enum outcome make(void *context, struct supervisor_kit *kit)
{
    struct lives *const lives = context;

    lives->made++;
    if (lives->made <= lives->fails_make) {
        return OUTCOME_RETRY;
    }
    lives->bench->edition = kit->edition.number;
    kit->stage = bench_stage(lives->bench);
    kit->ports = bench_ports(lives->bench);
    kit->ports.consumer.self = lives;
    kit->ports.consumer.poll = lives_poll;
    return OUTCOME_OK;
}

static void unmake(void *context, struct supervisor_kit *kit)
{
    struct lives *const lives = context;

    (void)kit;
    lives->unmade++;
}

/* Waits up to ten seconds until all workers are live. */
static bool becomes_ready(const struct supervisor *supervisor)
{
    const struct timespec pause = {0, 5000000};

    for (int i = 0; i < 2000 && !supervisor_is_ready(supervisor); i++) {
        nanosleep(&pause, NULL);
    }
    return supervisor_is_ready(supervisor);
}

static const struct {
    int fails_make, fails_poll, made;
} cases[] = {{0, 0, 1}, {0, 1, 2}, {1, 0, 2}};

/* A worker that stops, or cannot be made, is made anew; each that was made is unmade. */
START_TEST(a_worker_is_kept_turning)
{
    struct lives lives = {.bench = bench_begin(),
                          .fails_make = cases[_i].fails_make,
                          .fails_poll = cases[_i].fails_poll};
    const struct supervisor_worker worker = {"test-0", &lives, make, unmake, 0};
    struct supervisor *const supervisor = supervisor_start(&worker, 1, &first);

    ck_assert(becomes_ready(supervisor));
    ck_assert(supervisor_is_healthy(supervisor));
    supervisor_stop(supervisor);
    ck_assert_int_eq(lives.made, cases[_i].made);
    ck_assert_int_eq(lives.unmade, lives.made - lives.fails_make);
    bench_end(lives.bench);
}
END_TEST

static bool leaves(struct supervisor *supervisor, uint64_t edition)
{
    const struct timespec pause = {0, 5000000};

    for (int i = 0; i < 2000 && supervisor_edition(supervisor) == edition; i++) {
        nanosleep(&pause, NULL);
    }
    return supervisor_edition(supervisor) != edition;
}

/* A new edition is given to a running worker; the one before is in use until it has left it.
 */
START_TEST(an_edition_is_given_to_a_running_worker)
{
    struct lives lives = {.bench = bench_begin()};
    const struct supervisor_worker worker = {"test-0", &lives, make, unmake, 0};
    struct supervisor *const supervisor = supervisor_start(&worker, 1, &first);

    ck_assert(becomes_ready(supervisor));
    for (uint64_t i = 1; i < 4; i++) {
        ck_assert_uint_eq(supervisor_edition(supervisor), i);
        supervisor_adopt(supervisor, &(struct stage_edition){.number = i + 1});
        ck_assert(leaves(supervisor, i));
    }
    supervisor_stop(supervisor);
    ck_assert_uint_eq(lives.bench->edition, 4);
    bench_end(lives.bench);
}
END_TEST

/* While one worker cannot be made, the whole is not ready, and stops all the same. */
START_TEST(one_that_is_not_live_is_enough)
{
    struct lives good = {.bench = bench_begin()},
                 bad = {.bench = bench_begin(), .fails_make = 1000};
    const struct supervisor_worker workers[] = {{"good-0", &good, make, unmake, 0},
                                                {"bad-0", &bad, make, unmake, 0}};
    struct supervisor *const supervisor = supervisor_start(workers, 2, &first);
    const struct timespec pause = {0, 200000000};

    nanosleep(&pause, NULL);
    ck_assert(!supervisor_is_ready(supervisor));
    supervisor_stop(supervisor);
    ck_assert_int_eq(bad.unmade, 0);
    ck_assert_int_eq(good.unmade, good.made);
    bench_end(good.bench);
    bench_end(bad.bench);
}
END_TEST

Suite *supervisor_suite(void)
{
    const TTest *const tests[] = {an_edition_is_given_to_a_running_worker,
                                  one_that_is_not_live_is_enough, NULL};
    Suite *const suite = unit_suite("supervisor", tests);

    unit_loop(suite, a_worker_is_kept_turning, COUNT_OF(cases));
    return suite;
}
