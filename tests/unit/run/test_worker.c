#include "seinpost/run/worker.h"

#include "bench.h"

/* One turn is one transaction: what was made of the batch, then the offsets behind it. */
START_TEST(a_turn_is_one_transaction)
{
    struct bench *const bench = bench_begin();

    bench_assigned(bench, 0, 0);
    bench_assigned(bench, 1, 0);
    bench_record(bench, 0, 0, "a");
    bench_record(bench, 1, 0, "b");
    bench_record(bench, 0, 1, "c");
    ck_assert_str_eq(bench_turn(bench, OUTCOME_OK),
                     "assigned(0) assigned(1) begin send(a) send(b) send(c) commit(0:2,1:1) ");
    ck_assert(!worker_was_idle(bench->worker));
    bench_end(bench);
}
END_TEST

/* What the group gave but nobody can read is told the stage: no offset of it is committed. */
START_TEST(a_blocked_partition_is_told)
{
    struct bench *const bench = bench_begin();

    bench_assigned(bench, 0, 0);
    bench_blocked(bench, 3);
    bench_record(bench, 0, 0, "a");
    ck_assert_str_eq(bench_turn(bench, OUTCOME_OK),
                     "assigned(0) blocked(3 of 4) begin send(a) commit(0:1) ");
    bench_end(bench);
}
END_TEST

/* Offsets are committed in a transaction though nothing was made of the records. */
START_TEST(offsets_without_outputs_are_committed_too)
{
    struct bench *const bench = bench_begin();

    bench_assigned(bench, 0, 0);
    bench_record(bench, 0, 0, "-");
    bench_record(bench, 0, 1, "-");
    ck_assert_ptr_nonnull(strstr(bench_turn(bench, OUTCOME_OK), "begin commit(0:2) "));
    bench_end(bench);
}
END_TEST

/* A turn that found nothing to do begins no transaction. */
START_TEST(nothing_to_do_is_no_transaction)
{
    struct bench *const bench = bench_begin();

    bench_turn(bench, OUTCOME_OK);
    ck_assert_ptr_null(strstr(bench_turn(bench, OUTCOME_OK), "begin"));
    ck_assert(worker_was_idle(bench->worker));
    bench_end(bench);
}
END_TEST

/* Until each partition was read beyond what was committed, the worker is not live; and no
 * offset is committed that lies before the one committed already. */
START_TEST(it_is_live_when_all_was_read_again)
{
    struct bench *const bench = bench_begin();

    bench_joined(bench);
    bench_assigned(bench, 0, 3);
    bench_record(bench, 0, 0, "-");
    bench_record(bench, 0, 1, "-");
    ck_assert_ptr_null(strstr(bench_turn(bench, OUTCOME_OK), "commit(0:2)"));
    ck_assert(!worker_is_live(bench->worker));
    bench_record(bench, 0, 2, "-");
    ck_assert_ptr_null(strstr(bench_turn(bench, OUTCOME_OK), "commit(0:1)"));
    ck_assert(worker_is_live(bench->worker));
    bench_record(bench, 0, 3, "d");
    ck_assert_ptr_nonnull(strstr(bench_turn(bench, OUTCOME_OK), "begin send(d) commit(0:4) "));
    bench_end(bench);
}
END_TEST

/* A worker that has not joined its group is not live, and one that got no share of it is. */
START_TEST(it_is_live_without_a_share)
{
    struct bench *const bench = bench_begin();

    bench_turn(bench, OUTCOME_OK);
    ck_assert(!worker_is_live(bench->worker));
    bench_joined(bench);
    bench_turn(bench, OUTCOME_OK);
    ck_assert(worker_is_live(bench->worker));
    bench_end(bench);
}
END_TEST

/* What lies behind the last record, markers of transactions, is committed as well. */
START_TEST(the_end_is_committed_beyond_the_last_record)
{
    struct bench *const bench = bench_begin();

    bench_assigned(bench, 0, 0);
    bench_record(bench, 0, 0, "a");
    bench_turn(bench, OUTCOME_OK);
    bench_caught_up(bench, 0, 3);
    ck_assert_ptr_nonnull(strstr(bench_turn(bench, OUTCOME_OK), "commit(0:3) "));
    bench_end(bench);
}
END_TEST

/* What was read before a partition is given up is committed before it is. */
START_TEST(a_partition_is_given_up_after_its_commit)
{
    struct bench *const bench = bench_begin();

    bench_assigned(bench, 0, 0);
    bench_record(bench, 0, 0, "a");
    bench_revoked(bench, 0);
    const char *const log = bench_turn(bench, OUTCOME_OK);
    ck_assert_ptr_nonnull(strstr(log, "send(a) commit(0:1)"));
    ck_assert_ptr_nonnull(strstr(log, "revoked(0)"));
    ck_assert_ptr_null(strstr(bench_turn(bench, OUTCOME_OK), "commit"));
    bench_end(bench);
}
END_TEST

/* The stage is told when all of a partition was given. */
START_TEST(the_stage_is_told_when_all_was_given)
{
    struct bench *const bench = bench_begin();

    bench_assigned(bench, 0, 0);
    bench_record(bench, 0, 0, "a");
    bench_caught_up(bench, 0, 1);
    ck_assert_ptr_nonnull(strstr(bench_turn(bench, OUTCOME_OK), "caught_up(0)"));
    bench_end(bench);
}
END_TEST

/* A schema that a record asks for is found, given, and the record taken once. */
START_TEST(a_schema_is_found_and_the_record_taken)
{
    struct bench *const bench = bench_begin();

    bench_assigned(bench, 0, 0);
    bench_record(bench, 0, 0, "?a");
    bench_record(bench, 0, 1, "?b");
    ck_assert_str_eq(bench_turn(bench, OUTCOME_OK),
                     "assigned(0) find schema(schema) begin send(?a) send(?b) commit(0:2) ");
    ck_assert_int_eq(bench->taken, 2);
    bench_end(bench);
}
END_TEST

Suite *worker_suite(void)
{
    const TTest *const tests[] = {it_is_live_without_a_share,
                                  the_end_is_committed_beyond_the_last_record,
                                  a_turn_is_one_transaction,
                                  a_blocked_partition_is_told,
                                  offsets_without_outputs_are_committed_too,
                                  nothing_to_do_is_no_transaction,
                                  it_is_live_when_all_was_read_again,
                                  a_partition_is_given_up_after_its_commit,
                                  the_stage_is_told_when_all_was_given,
                                  a_schema_is_found_and_the_record_taken,
                                  NULL};

    return unit_suite("worker", tests);
}
