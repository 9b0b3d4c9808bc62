#include "seinpost/base/counter.h"
#include "seinpost/kafka/kafka_producer.h"

#include <time.h>

#include "kafka.h"

static int64_t count(const char *name)
{
    return counter_value(counter_get(COUNTER_TOTAL, name, "producer=\"member\"", ""));
}

/* The connection breaks while the end of a transaction is on its way: the transaction is
 * resolved, and before the next one a new producer fences off the request. */
START_TEST(a_request_without_an_answer_makes_a_new_producer)
{
    struct stand *const stand = stand_new();

    ck_assert_int_eq(stand_send(stand, 10), OUTCOME_OK);
    stand_fail(stand, API_END_TXN, RD_KAFKA_RESP_ERR__TRANSPORT);
    ck_assert_int_eq(stand_commit(stand), OUTCOME_OK);
    ck_assert_int_ge(count("seinpost_producer_unclear_total"), 1);
    ck_assert_int_eq(count("seinpost_producer_reinits_total"), 0);

    ck_assert_int_eq(stand_send(stand, 10), OUTCOME_OK);
    ck_assert_int_eq(count("seinpost_producer_reinits_total"), 1);
    ck_assert_int_eq(stand_commit(stand), OUTCOME_OK);
    stand_free(stand);
}
END_TEST

/* Transactions that are answered, also by a refusal that may be asked again, cost no producer.
 */
START_TEST(answered_requests_keep_the_producer)
{
    struct stand *const stand = stand_new();

    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(stand_send(stand, 10), OUTCOME_OK);
        stand_fail(stand, API_END_TXN, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS);
        ck_assert_int_eq(stand_commit(stand), OUTCOME_OK);
    }
    ck_assert_int_eq(count("seinpost_producer_unclear_total"), 0);
    ck_assert_int_eq(count("seinpost_producer_reinits_total"), 0);
    stand_free(stand);
}
END_TEST

/* After a record was not delivered, the next ones ask for an abort, and can be sent again. */
START_TEST(a_record_after_a_failed_delivery_aborts)
{
    struct stand *const stand = stand_new();
    const struct producer *const producer = &stand->producer;
    const struct producer_record record = {.topic = 0, .partition = 0, .value = SLICE("x")};
    enum outcome outcome = OUTCOME_OK;

    stand_fail(stand, API_PRODUCE, RD_KAFKA_RESP_ERR_INVALID_RECORD);
    ck_assert_int_eq(stand_send(stand, 10), OUTCOME_OK);
    for (int64_t end = stand_now() + 10000; outcome == OUTCOME_OK && stand_now() < end;) {
        outcome = producer->send(producer->self, &record);
    }
    ck_assert_int_eq(outcome, OUTCOME_ABORT);
    for (int i = 0; i < 2 && outcome == OUTCOME_ABORT; i++) { /* the mock misses a sequence */
        ck_assert_int_eq(producer->abort(producer->self), OUTCOME_OK);
        ck_assert_int_eq(stand_send(stand, 10), OUTCOME_OK);
        outcome = stand_commit(stand);
    }
    ck_assert_int_eq(outcome, OUTCOME_OK);
    stand_free(stand);
}
END_TEST

/* A topic that we may not write to is refused, call by call. librdkafka 2.0.2 frees a refused
 * record's headers twice. */
START_TEST(a_forbidden_topic_is_refused)
{
    struct stand *const stand = stand_new();
    const struct producer *const producer = &stand->producer;
    const struct producer_record record = {.topic = 0, .partition = 0, .value = SLICE("x")};

    stand_fail(stand, API_PRODUCE, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    ck_assert_int_eq(stand_send(stand, 10), OUTCOME_OK);
    for (int64_t end = stand_now() + 500; stand_now() < end;) {
        (void)!producer->send(producer->self, &record);
    }
    ck_assert_int_ne(producer->send(producer->self, &record), OUTCOME_OK);
    stand_free(stand);
}
END_TEST

/* A record that no topic of ours takes stops at once; the largest that they take does not. */
START_TEST(a_record_that_is_too_large_stops)
{
    struct stand *const stand = stand_new();
    const struct producer *const producer = &stand->producer;

    ck_assert_int_eq(stand_send(stand, KAFKA_PRODUCER_BYTES_MAX - 1024), OUTCOME_OK);
    ck_assert_int_eq(producer->abort(producer->self), OUTCOME_OK);
    ck_assert_int_eq(stand_send(stand, KAFKA_PRODUCER_BYTES_MAX + 1), OUTCOME_STOP);
    stand_free(stand);
}
END_TEST

/* One that another of its name has fenced says so, and begins nothing. */
START_TEST(a_fenced_producer_stops)
{
    struct stand *const stand = stand_new();
    const struct producer *const producer = &stand->producer;

    ck_assert_int_eq(stand_send(stand, 10), OUTCOME_OK);
    ck_assert(!kafka_producer_was_fenced(producer));
    stand_fail(stand, API_END_TXN, RD_KAFKA_RESP_ERR_PRODUCER_FENCED);
    ck_assert_int_eq(stand_commit(stand), OUTCOME_STOP);
    ck_assert(kafka_producer_was_fenced(producer));
    ck_assert_int_eq(producer->begin(producer->self), OUTCOME_STOP);
    stand_free(stand);
}
END_TEST

/* Asked to end while no broker answers, the transaction is given up within three seconds. */
START_TEST(the_end_of_the_process_is_not_waited_out)
{
    struct stand *const stand = stand_new();
    const struct producer *const producer = &stand->producer;

    ck_assert_int_eq(stand_send(stand, 10), OUTCOME_OK);
    (void)nanosleep(&(struct timespec){1, 0}, NULL); /* the broker has it */
    rd_kafka_mock_broker_set_down(stand->cluster, 1);
    stand->asked_ms = stand_now();
    ck_assert_int_eq(producer->abort(producer->self), OUTCOME_STOP);
    ck_assert_int_le(stand_now() - stand->asked_ms, 3500);
    stand_free(stand);
}
END_TEST

/* Nobody asks it to end: it is insisted on for as long as the broker lets a transaction be. */
START_TEST(what_may_be_asked_again_is)
{
    struct stand *const stand = stand_new();
    const struct producer *const producer = &stand->producer;

    ck_assert_int_eq(stand_send(stand, 10), OUTCOME_OK);
    rd_kafka_mock_broker_set_rtt(stand->cluster, 1, 3000); /* longer than one try */
    ck_assert_int_eq(producer->abort(producer->self), OUTCOME_OK);
    stand_free(stand);
}
END_TEST

/* A transaction is open for 15 s at most, if the operator does not say otherwise. */
START_TEST(the_timeout_is_what_is_configured)
{
    const struct setting own[] = {{"transaction.timeout.ms", "7000"}};
    struct kafka_writing writing = {.transactional_id = "x"};

    ck_assert_int_eq(kafka_producer_timeout_ms(&writing), 15000);
    writing.producer = (struct settings){own, 1};
    ck_assert_int_eq(kafka_producer_timeout_ms(&writing), 7000);
}
END_TEST

Suite *producer_suite(void)
{
    const TTest *const tests[] = {a_request_without_an_answer_makes_a_new_producer,
                                  answered_requests_keep_the_producer,
                                  a_record_after_a_failed_delivery_aborts,
                                  a_forbidden_topic_is_refused,
                                  a_record_that_is_too_large_stops,
                                  a_fenced_producer_stops,
                                  the_end_of_the_process_is_not_waited_out,
                                  what_may_be_asked_again_is,
                                  the_timeout_is_what_is_configured,
                                  NULL};

    return unit_suite("producer", tests);
}
