#include "seinpost/base/trouble.h"

#include "bench.h"

/* Two partitions; the registry does not answer, and the second record of the first wants a
 * schema. */
static struct bench *without_registry(void)
{
    struct bench *const bench = bench_begin();

    bench_assigned(bench, 0, 0);
    bench_assigned(bench, 1, 0);
    bench_record(bench, 0, 0, "a");
    bench_record(bench, 0, 1, "?b");
    bench_record(bench, 0, 2, "c");
    bench_caught_up(bench, 0, 3);
    bench_record(bench, 1, 0, "d");
    bench->finds = OUTCOME_RETRY;
    return bench;
}

/* While nobody can be asked for a schema, its partition goes back to the record that wants it,
 * and the others go on: what came before it and from them is sent, once, and no offset goes
 * beyond it. */
START_TEST(only_the_partition_without_a_schema_waits)
{
    struct bench *const bench = without_registry();
    const char *const log = bench_turn(bench, OUTCOME_OK);

    ck_assert_str_eq(log, "assigned(0) assigned(1) find rewind(0:1, 100 ms) begin send(a) "
                          "send(d) commit(0:1,1:1) ");
    ck_assert(trouble_has("in"));
    bench_record(bench, 0, 1, "?b");
    bench_record(bench, 0, 2, "c");
    bench->knows_schemas = true;
    ck_assert_str_eq(bench_turn(bench, OUTCOME_OK), "begin send(?b) send(c) commit(0:3,1:1) ");
    ck_assert(!trouble_has("in"));
    bench_end(bench);
}
END_TEST

/* It is asked less and less often, and nothing is committed meanwhile. */
START_TEST(the_registry_is_asked_less_and_less_often)
{
    static const char *const wanted[] = {
        "find rewind(0:1, 200 ms) ", "find rewind(0:1, 400 ms) ", "find rewind(0:1, 800 ms) "};
    struct bench *const bench = without_registry();

    bench_turn(bench, OUTCOME_OK);
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        bench_record(bench, 0, 1, "?b");
        bench_record(bench, 0, 2, "?c");
        ck_assert_str_eq(bench_turn(bench, OUTCOME_OK), wanted[i]);
    }
    for (int i = 0; i < 20; i++) {
        bench_record(bench, 0, 1, "?b");
        bench_turn(bench, OUTCOME_OK);
    }
    bench_record(bench, 0, 1, "?b");
    ck_assert_str_eq(bench_turn(bench, OUTCOME_OK), "find rewind(0:1, 30000 ms) ");
    bench_end(bench);
}
END_TEST

/* Who waits and is given up, or ends, is no trouble of ours any more. */
START_TEST(who_is_given_up_waits_no_more)
{
    struct bench *const bench = without_registry();

    bench_turn(bench, OUTCOME_OK);
    ck_assert(trouble_has("in"));
    if (_i == 0) {
        bench_revoked(bench, 0);
        bench_turn(bench, OUTCOME_OK);
        ck_assert(!trouble_has("in"));
    }
    bench_end(bench);
    ck_assert(!trouble_has("in"));
}
END_TEST

/* When a stage wants to know where a partition ends, the port tells it anew from where it was
 * read to; not of one that waits for a schema, as it has not come to its end. */
START_TEST(the_end_is_asked_where_it_was_read_to)
{
    struct bench *const bench = without_registry();

    bench->asks = 2;
    ck_assert_ptr_nonnull(
        strstr(bench_turn(bench, OUTCOME_OK), "commit(0:1,1:1) rewind(1:1, 0 ms) "));
    bench_end(bench);
}
END_TEST

Suite *worker_holds_suite(void)
{
    const TTest *const tests[] = {only_the_partition_without_a_schema_waits,
                                  the_registry_is_asked_less_and_less_often,
                                  the_end_is_asked_where_it_was_read_to, NULL};
    Suite *const suite = unit_suite("worker_holds", tests);

    unit_loop(suite, who_is_given_up_waits_no_more, 2);
    return suite;
}
