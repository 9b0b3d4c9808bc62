#include "seinpost/base/trouble.h"

#include "run.h"
#include "script.h"

/* Behind the last record lie markers of transactions: they are committed as read, in the same
 * turn or in a later one that brings nothing else. */
START_TEST(the_end_of_a_partition_is_committed)
{
    struct script *const script = script_new();

    script_assign(script, 0, 5, 5);
    script_record(script, 0, 5);
    script_end(script, 0, 7);
    ck_assert_int_eq(script_turn(script), OUTCOME_OK);
    ck_assert_int_eq(script_committed(script, 0), 7);

    script_end(script, 0, 9);
    ck_assert_int_eq(script_turn(script), OUTCOME_OK);
    ck_assert_int_eq(script_committed(script, 0), 9);
    ck_assert_uint_eq(script->visible, 1);
    ck_assert_int_eq(script->behind, 6); /* what a record says goes along with it */
    script_free(script);
}
END_TEST

/* An end that was reached already is told to the stage, and commits nothing. */
START_TEST(an_end_that_is_known_commits_nothing)
{
    struct script *const script = script_new();

    script_assign(script, 0, 5, 5);
    script_record(script, 0, 5);
    ck_assert_int_eq(script_turn(script), OUTCOME_OK);
    const size_t commits = script->commits_count;
    script_end(script, 0, 6);
    ck_assert_int_eq(script_turn(script), OUTCOME_OK);
    ck_assert_uint_eq(script->commits_count, commits);
    ck_assert_uint_eq(script->ends, 1);
    script_free(script);
}
END_TEST

/* A replay that meets an end below what is committed goes on: readers see the end move late
 * (KAFKA-10167). It commits nothing, and is live only when it has come as far. */
START_TEST(a_replay_is_not_over_at_an_end_below_the_committed_offset)
{
    struct script *const script = script_new();

    script_assign(script, 0, 0, 10);
    script_end(script, 0, 4);
    ck_assert_int_eq(script_turn(script), OUTCOME_OK);
    ck_assert(!worker_is_live(script->worker));

    script_end(script, 0, 10);
    ck_assert_int_eq(script_turn(script), OUTCOME_OK);
    ck_assert(worker_is_live(script->worker));
    ck_assert_uint_eq(script->commits_count, 0);

    script_end(script, 0, 12);
    ck_assert_int_eq(script_turn(script), OUTCOME_OK);
    ck_assert_int_eq(script_committed(script, 0), 12);
    script_free(script);
}
END_TEST

/* One partition's end commits no other's replay. */
START_TEST(an_end_commits_its_own_partition_only)
{
    struct script *const script = script_new();

    script_assign(script, 0, 0, 10);
    script_assign(script, 1, 3, 3);
    script_end(script, 0, 8);
    script_end(script, 1, 4);
    ck_assert_int_eq(script_turn(script), OUTCOME_OK);
    ck_assert_int_eq(script_committed(script, 0), -1);
    ck_assert_int_eq(script_committed(script, 1), 4);
    script_free(script);
}
END_TEST

/* After an abort the end is committed with the records that are sent again. */
START_TEST(an_end_waits_for_what_was_aborted)
{
    struct script *const script = script_new();

    script_assign(script, 0, 5, 5);
    script_record(script, 0, 5);
    script->commits_so = OUTCOME_ABORT;
    ck_assert_int_eq(script_turn(script), OUTCOME_OK);
    ck_assert_uint_eq(script->visible, 0);
    script_end(script, 0, 7);
    ck_assert_int_eq(script_turn(script), OUTCOME_OK);
    ck_assert_int_eq(script_committed(script, 0), 7);
    ck_assert_uint_eq(script->visible, 1);
    script_free(script);
}
END_TEST

/* A partition that is given up takes its end along. */
START_TEST(an_end_is_committed_before_the_partition_is_given_up)
{
    struct script *const script = script_new();

    script_assign(script, 0, 5, 5);
    script_record(script, 0, 5);
    script_end(script, 0, 8);
    script_revoke(script, 0);
    ck_assert_int_eq(script_turn(script), OUTCOME_OK);
    ck_assert_int_eq(script_committed(script, 0), 8);
    script_end(script, 0, 9); /* it came too late */
    ck_assert_int_eq(script_turn(script), OUTCOME_OK);
    ck_assert_int_eq(script_committed(script, 0), 8);
    script_free(script);
}
END_TEST

/* A partition that the stage refuses is told as blocked, with the reason; nothing of it is
 * committed, and the other one goes on and is live. Given up, it is blocked no more. */
START_TEST(a_refused_partition_stops_alone)
{
    struct script *const script = script_new();

    script->refused = 1;
    script_assign(script, 0, 5, 5);
    script_assign(script, 1, 0, 5);
    script_record(script, 0, 5);
    script_record(script, 1, 5);
    script_record(script, 1, 6);
    ck_assert_int_eq(script_turn(script), OUTCOME_OK);
    ck_assert_int_eq(script_committed(script, 0), 6);
    ck_assert_int_eq(script_committed(script, 1), -1);
    ck_assert(trouble_has("topic"));
    script_end(script, 0, 9);
    script_end(script, 1, 9);
    ck_assert_int_eq(script_turn(script), OUTCOME_OK);
    ck_assert_int_eq(script_committed(script, 0), 9);
    ck_assert_int_eq(script_committed(script, 1), -1);
    script_revoke(script, 1);
    ck_assert_int_eq(script_turn(script), OUTCOME_OK);
    ck_assert(!trouble_has("topic"));
    ck_assert_int_eq(script_committed(script, 1), -1);
    script_free(script);
}
END_TEST

/* One that was refused keeps no worker from being live, nor its end from the metric. */
START_TEST(a_refused_partition_is_no_work_left)
{
    struct script *const script = script_new();

    script->refused = 0;
    script_assign(script, 0, 0, 5);
    script_end(script, 0, 2);
    ck_assert_int_eq(script_turn(script), OUTCOME_OK);
    ck_assert(worker_is_live(script->worker));
    ck_assert(trouble_has("topic"));
    script_free(script);
    ck_assert(!trouble_has("topic"));
}
END_TEST

Suite *worker_ends_suite(void)
{
    const TTest *const tests[] = {the_end_of_a_partition_is_committed,
                                  an_end_that_is_known_commits_nothing,
                                  a_replay_is_not_over_at_an_end_below_the_committed_offset,
                                  an_end_commits_its_own_partition_only,
                                  an_end_waits_for_what_was_aborted,
                                  an_end_is_committed_before_the_partition_is_given_up,
                                  a_refused_partition_stops_alone,
                                  a_refused_partition_is_no_work_left,
                                  NULL};

    return unit_suite("worker_ends", tests);
}
