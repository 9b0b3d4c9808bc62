#include "seinpost/run/worker.h"

#include "bench.h"

static struct bench *with_two_records(void)
{
    struct bench *const bench = bench_begin();

    bench_assigned(bench, 0, 0);
    bench_record(bench, 0, 0, "a");
    bench_record(bench, 0, 1, "b");
    return bench;
}

static void fail_at(struct bench *bench, size_t call, enum outcome outcome)
{
    for (size_t i = 0; i < call; i++) {
        bench->outcomes[i] = OUTCOME_OK;
    }
    bench->outcomes[call] = outcome;
    bench->outcomes_count = call + 1;
}

/* Where the producer's call number `_i` of the turn asks for an abort, the same records are
 * sent again in the next transaction, all of them and once, and then the offsets. */
START_TEST(an_aborted_transaction_is_sent_again_once)
{
    struct bench *const bench = with_two_records();

    fail_at(bench, (size_t)_i, OUTCOME_ABORT);
    struct text all = {0};
    for (int turn = 0; turn < 3; turn++) {
        text_add(&all, slice_of(bench_turn(bench, OUTCOME_OK)));
    }
    text_add_byte(&all, '\0');
    const char *const failed = strstr(all.data, "FAILS");
    ck_assert_msg(strstr(failed, "abort") != NULL, "%s", all.data);
    ck_assert_msg(strstr(failed, "begin send(a) send(b) commit(0:2) ") != NULL, "%s", all.data);
    ck_assert_ptr_null(strstr(strstr(failed, "commit(0:2) ") + 1, "send"));
    ck_assert_int_eq(bench->taken, 2);
    text_free(&all);
    bench_end(bench);
}
END_TEST

/* A request that may be made again is made again, and nothing is lost or doubled. */
START_TEST(a_request_is_made_again)
{
    struct bench *const bench = with_two_records();
    int committed = 0;

    fail_at(bench, (size_t)_i, OUTCOME_RETRY);
    for (int turn = 0; turn < 5; turn++) {
        const char *const log = bench_turn(bench, OUTCOME_OK);
        for (const char *at = log; (at = strstr(at, "commit(0:2) ")) != NULL; at++) {
            committed += strncmp(at + 12, "FAILS", 5) != 0;
        }
    }
    ck_assert_int_eq(committed, 1);
    ck_assert_int_eq(bench->taken, 2);
    bench_end(bench);
}
END_TEST

/* When anything is unclear, the turn says so, whichever call it was. */
START_TEST(what_is_unclear_stops)
{
    struct bench *const bench = with_two_records();

    fail_at(bench, (size_t)_i, OUTCOME_STOP);
    bench_turn(bench, OUTCOME_STOP);
    bench_end(bench);
}
END_TEST

/* A consumer that stops, or a broken log, stops the worker. */
START_TEST(a_broken_log_stops)
{
    struct bench *const stopped = with_two_records(), *const broken = with_two_records();

    stopped->polls = OUTCOME_STOP;
    bench_turn(stopped, OUTCOME_STOP);
    broken->breaks = true;
    const char *const log = bench_turn(broken, OUTCOME_STOP);
    ck_assert_ptr_null(strstr(log, "commit"));
    bench_end(stopped);
    bench_end(broken);
}
END_TEST

/* An abort that fails leaves nothing clear. */
START_TEST(an_abort_that_fails_stops)
{
    struct bench *const bench = with_two_records();

    fail_at(bench, 1, OUTCOME_ABORT);
    bench->aborts = OUTCOME_ABORT;
    bench_turn(bench, OUTCOME_STOP);
    bench_end(bench);
}
END_TEST

/* A partition that is given up when nothing can be committed takes all with it. */
START_TEST(a_lost_partition_stops)
{
    struct bench *const bench = with_two_records();

    bench_revoked(bench, 0);
    fail_at(bench, 3, OUTCOME_ABORT);
    bench_turn(bench, OUTCOME_STOP);
    bench_end(bench);
}
END_TEST

/* Aborts without end stop as well. */
START_TEST(endless_aborts_stop)
{
    struct bench *const bench = with_two_records();
    int turns = 0;

    do {
        fail_at(bench, 0, OUTCOME_ABORT);
    } while (worker_turn(bench->worker, 0) == OUTCOME_OK && ++turns < 10000);
    ck_assert_int_gt(turns, 1);
    ck_assert_int_lt(turns, 10000);
    bench_end(bench);
}
END_TEST

/* What reached readers when some transactions committed and others did not: the records in the
 * order of their input, each once. */
struct reader {
    struct text seen;
    struct text pending;
};

static void follow(struct reader *reader, const char *log)
{
    for (struct slice rest = slice_of(log); rest.data != NULL && rest.size > 0;) {
        const struct slice word = slice_cut(&rest, ' ');
        const bool fails = slice_starts_with(rest, SLICE("FAILS"));
        if (slice_is(word, "begin") || slice_is(word, "abort")) {
            text_clear(&reader->pending);
        } else if (slice_starts_with(word, SLICE("send")) && !fails) {
            text_add(&reader->pending, (struct slice){word.data + 5, word.size - 6});
        } else if (slice_starts_with(word, SLICE("commit")) && !fails) {
            text_add(&reader->seen, text_slice(&reader->pending));
            text_clear(&reader->pending);
        }
    }
}

/* Up to two more records, and failures of the turn's calls; none in the last turns. */
static void draw_turn(struct unit_draw *draw, struct bench *bench, size_t *given, bool fails)
{
    static const char *const values[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};

    for (size_t more = unit_below(draw, 3); more > 0 && *given < COUNT_OF(values); more--) {
        bench_record(bench, 0, (int64_t)*given, values[*given]);
        ++*given;
    }
    bench->outcomes_count = fails ? unit_below(draw, 6) : 0;
    for (size_t i = 0; i < bench->outcomes_count; i++) {
        const size_t fault = unit_below(draw, 8);
        bench->outcomes[i] = fault == 0   ? OUTCOME_RETRY
                             : fault == 1 ? OUTCOME_ABORT
                                          : OUTCOME_OK;
    }
}

/* Of random failures that are no stop, readers see every record once and in order. */
START_TEST(readers_see_each_record_once)
{
    struct unit_draw draw = unit_draw(90 + (uint64_t)_i);
    struct bench *const bench = bench_begin();
    struct reader reader = {{0}, {0}};
    size_t given = 0;

    bench_assigned(bench, 0, 0);
    for (int turn = 0; turn < 40; turn++) {
        draw_turn(&draw, bench, &given, turn < 30);
        follow(&reader, bench_turn(bench, OUTCOME_OK));
    }
    ck_assert_slice_eq(text_slice(&reader.seen), "abcdefghij");
    text_free(&reader.seen);
    text_free(&reader.pending);
    bench_end(bench);
}
END_TEST

Suite *worker_faults_suite(void)
{
    const TTest *const tests[] = {an_abort_that_fails_stops, a_lost_partition_stops,
                                  endless_aborts_stop, a_broken_log_stops, NULL};
    Suite *const suite = unit_suite("worker_faults", tests);

    unit_loop(suite, an_aborted_transaction_is_sent_again_once, 4);
    unit_loop(suite, a_request_is_made_again, 4);
    unit_loop(suite, what_is_unclear_stops, 4);
    unit_loop(suite, readers_see_each_record_once, 30);
    return suite;
}
