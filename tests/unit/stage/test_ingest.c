#include "seinpost/stage/ingest.h"

#include "yard.h"

#define NOSHOWS                                                                                \
    KIT_RULE("r")                                                                              \
    "events: {x: {source: {type: air.noshow}, detection: {s: {leg: 2}, condition: s}}}\n"      \
    "correlation: {type: event_count, rules: [x], group-by: [booking], timespan: 1d, "         \
    "condition: {gte: 2}}\n"
#define REF(letter) "booking:t1:0123456789abcdef0123456789abcde" letter
#define LEG(letter) "\"leg\":2,\"booking_ref\":\"" REF(letter) "\""

static size_t times(const char *lines, const char *part)
{
    size_t count = 0;

    for (const char *at = lines; (at = strstr(at, part)) != NULL; at++) {
        count++;
    }
    return count;
}

/* The partition of the first match. */
static int partition_of(const char *lines)
{
    const char *const match = strstr(lines, "match ");

    ck_assert_ptr_nonnull(match);
    return match[6] - '0';
}

/* What no rule asks for leaves nothing but the time. */
START_TEST(what_no_rule_asks_for_leaves_its_time_only)
{
    struct yard yard = yard_ingest(NOSHOWS, 1);

    ck_assert_int_eq(
        yard_record(&yard, 0,
                    yard_line(&yard, "air.boarded", "e1", "2026-01-01T00:00:00Z", "")),
        STAGE_DONE);
    ck_assert_str_eq(
        yard_lines(&yard, 0),
        "watermark 0 file/0 2026-01-01T00:00:00Z\nwatermark 1 file/0 2026-01-01T00:00:00Z\n"
        "watermark 2 file/0 2026-01-01T00:00:00Z\nwatermark 3 file/0 2026-01-01T00:00:00Z\n");
    yard_end(&yard);
}
END_TEST

/* A match goes to the partition of its key, the same for the same key, and before the watermark
 * that covers it; the watermark goes to every partition. */
START_TEST(matches_come_before_their_watermark)
{
    struct yard yard = yard_ingest(NOSHOWS, 1);

    yard_record(&yard, 0,
                yard_line(&yard, "air.noshow", "e1", "2026-01-01T00:00:00Z", LEG("a")));
    const char *const lines = yard_lines(&yard, 0);
    ck_assert_uint_eq(times(lines, "match"), 1);
    ck_assert_uint_eq(times(lines, "watermark"), YARD_PARTITIONS);
    const int partition = partition_of(lines);
    char watermark[32];
    snprintf(watermark, sizeof watermark, "watermark %d", partition);
    ck_assert(strstr(lines, watermark) > strstr(lines, "match"));
    yard_record(&yard, 0,
                yard_line(&yard, "air.noshow", "e2", "2026-01-01T00:00:01Z", LEG("a")));
    ck_assert_int_eq(partition_of(yard_lines(&yard, 0)), partition);
    yard_end(&yard);
}
END_TEST

/* Different keys are spread over the partitions. */
START_TEST(keys_are_spread_over_partitions)
{
    static const char *const letters[] = {
        LEG("0"), LEG("1"), LEG("2"), LEG("3"), LEG("4"), LEG("5"), LEG("6"), LEG("7"),
        LEG("8"), LEG("9"), LEG("a"), LEG("b"), LEG("c"), LEG("d"), LEG("e"), LEG("f")};
    struct yard yard = yard_ingest(NOSHOWS, 1);
    unsigned seen = 0;

    for (size_t i = 0; i < COUNT_OF(letters); i++) {
        char id[8];
        snprintf(id, sizeof id, "e%zu", i);
        yard_record(&yard, 0,
                    yard_line(&yard, "air.noshow", id, "2026-01-01T00:00:00Z", letters[i]));
        seen |= 1U << partition_of(yard_lines(&yard, 0));
    }
    ck_assert_uint_eq(seen, (1U << YARD_PARTITIONS) - 1);
    yard_end(&yard);
}
END_TEST

/* What cannot be read goes to rejects with its reason and never its payload, and does not move
 * the time. */
START_TEST(what_cannot_be_read_is_rejected)
{
    struct yard yard = yard_ingest(NOSHOWS, 1);

    ck_assert_int_eq(yard_record(&yard, 0, "{\"secret\":"), STAGE_DONE);
    ck_assert_int_eq(yard_record(&yard, 0,
                                 yard_line(&yard, "air.noshow", "e1", "2026-01-01T00:00:00Z",
                                           "\"leg\":\"SECRET\"")),
                     STAGE_DONE);
    const char *const lines = yard_lines(&yard, 0);
    ck_assert_ptr_nonnull(strstr(lines, "reject decode"));
    ck_assert_ptr_nonnull(strstr(lines, " leg\n"));
    ck_assert_uint_eq(times(lines, "reject"), 2);
    ck_assert_ptr_null(strstr(lines, "ecret"));
    ck_assert_ptr_null(strstr(lines, "SECRET"));
    ck_assert_uint_eq(times(lines, "2026"), 0);
    yard_end(&yard);
}
END_TEST

/* An event older than the newest of its partition by more than the lateness is rejected as
 * late, with the rules that do not see it; a millisecond younger is seen. */
START_TEST(an_old_event_is_late)
{
    struct yard yard = yard_ingest(NOSHOWS, 2);

    yard_record(&yard, 0,
                yard_line(&yard, "air.noshow", "e1", "2026-01-01T05:00:00Z", LEG("a")));
    yard_record(&yard, 0,
                yard_line(&yard, "air.noshow", "e2", "2026-01-01T04:00:00Z", LEG("a")));
    yard_record(&yard, 0,
                yard_line(&yard, "air.noshow", "e3", "2026-01-01T03:59:59.999Z", LEG("a")));
    yard_record(&yard, 1,
                yard_line(&yard, "air.noshow", "e4", "2026-01-01T01:00:00Z", LEG("a")));
    const char *const lines = yard_lines(&yard, 0);
    ck_assert_uint_eq(times(lines, "match"), 3);
    ck_assert_ptr_null(strstr(lines, " e3\n"));
    ck_assert_uint_eq(times(lines, "reject late r\n"), 1);
    yard_end(&yard);
}
END_TEST

/* The watermark of a partition is its newest time, though older ones come after it. */
START_TEST(the_watermark_is_the_newest_time)
{
    struct yard yard = yard_ingest(NOSHOWS, 2);

    yard_record(&yard, 0,
                yard_line(&yard, "air.noshow", "e1", "2026-01-01T05:00:00Z", LEG("a")));
    yard_record(&yard, 0,
                yard_line(&yard, "air.noshow", "e2", "2026-01-01T04:30:00Z", LEG("a")));
    yard_record(&yard, 1,
                yard_line(&yard, "air.noshow", "e3", "2026-01-01T02:00:00Z", LEG("a")));
    const char *const lines = yard_lines(&yard, 0);
    ck_assert_uint_eq(times(lines, "file/0 2026-01-01T05:00:00Z\n"), YARD_PARTITIONS);
    ck_assert_uint_eq(times(lines, "file/1 2026-01-01T02:00:00Z\n"), YARD_PARTITIONS);
    yard_end(&yard);
}
END_TEST

/* How far a partition has come is known again at the next start, by what was committed. */
START_TEST(time_goes_on_after_a_start)
{
    struct yard yard = yard_ingest(NOSHOWS, 1);
    const struct record_partition partition = {"events", 0};
    struct text metadata = {0};

    yard_record(&yard, 0,
                yard_line(&yard, "air.noshow", "e1", "2026-01-01T05:00:00Z", LEG("a")));
    yard_lines(&yard, 0);
    yard.stage.metadata(yard.stage.self, partition, &metadata);
    yard.stage.revoked(yard.stage.self, partition);
    const struct stage_assignment again = {.partition = partition,
                                           .partitions = 1,
                                           .committed = 1,
                                           .metadata = text_slice(&metadata)};
    yard.stage.assigned(yard.stage.self, &again);
    yard_record(&yard, 0,
                yard_line(&yard, "air.noshow", "e2", "2026-01-01T03:00:00Z", LEG("a")));
    ck_assert_uint_eq(times(yard_lines(&yard, 0), "reject late r\n"), 1);
    text_free(&metadata);
    yard_end(&yard);
}
END_TEST

/* A partition is quiet after the source's idle time, once its end was asked anew, and not
 * before; what was known of the end before then proves nothing. */
START_TEST(a_partition_is_quiet_after_its_idle_time)
{
    struct yard yard = yard_ingest(NOSHOWS, 1);
    const struct stage *stage = &yard.stage;
    struct record_partition partition = {"events", 0};
    const struct stage_end end = {1, true};

    yard_record(&yard, 0,
                yard_line(&yard, "air.noshow", "e1", "2026-01-01T05:00:00Z", LEG("a")));
    yard_lines(&yard, 1000);
    stage->caught_up(stage->self, partition, &end);
    ck_assert_uint_eq(times(yard_lines(&yard, 999 + yard_source.idle_ms), "quiet"), 0);
    ck_assert(!stage->asks(stage->self, &partition));
    ck_assert_uint_eq(times(yard_lines(&yard, 1000 + yard_source.idle_ms), "quiet"), 0);
    ck_assert(stage->asks(stage->self, &partition));
    ck_assert_str_eq(partition.topic, "events");
    stage->caught_up(stage->self, partition, &end);
    ck_assert_uint_eq(times(yard_lines(&yard, 1001 + yard_source.idle_ms), "quiet"),
                      YARD_PARTITIONS);
    yard_record(&yard, 0,
                yard_line(&yard, "air.noshow", "e2", "2026-01-01T05:00:01Z", LEG("a")));
    const char *const lines = yard_lines(&yard, 20000);
    ck_assert_uint_eq(times(lines, "quiet"), 0);
    ck_assert_uint_eq(times(lines, "watermark"), YARD_PARTITIONS);
    yard_end(&yard);
}
END_TEST

/* A partition that can be read no more is told as not quiet, whoever called it so before: else
 * it would not be waited for. */
START_TEST(a_blocked_partition_is_not_quiet)
{
    struct yard yard = yard_ingest(NOSHOWS, 1);
    const struct stage *stage = &yard.stage;

    yard_lines(&yard, 1000);
    stage->blocked(stage->self, (struct record_partition){"events", 5}, -1);
    stage->blocked(stage->self, (struct record_partition){"derived", 1}, 2);
    const char *const lines = yard_lines(&yard, 1001);
    ck_assert_uint_eq(times(lines, "watermark"), YARD_PARTITIONS);
    ck_assert_uint_eq(times(lines, " file/5 "), YARD_PARTITIONS);
    ck_assert_uint_eq(times(lines, "quiet"), 0);
    ck_assert_uint_eq(times(yard_lines(&yard, 1002), "watermark"), 0);
    yard_end(&yard);
}
END_TEST

/* An event told twice is matched twice alike: correlate sees that it is one. */
START_TEST(an_event_told_twice_is_matched_alike)
{
    struct yard yard = yard_ingest(NOSHOWS, 1);

    for (int i = 0; i < 2; i++) {
        yard_record(&yard, 0,
                    yard_line(&yard, "air.noshow", "e1", "2026-01-01T05:00:00Z", LEG("a")));
    }
    const char *const lines = yard_lines(&yard, 0);
    ck_assert_uint_eq(times(lines, " " REF("a") " e1\n"), 2);
    yard_end(&yard);
}
END_TEST

Suite *ingest_suite(void)
{
    const TTest *const tests[] = {what_no_rule_asks_for_leaves_its_time_only,
                                  matches_come_before_their_watermark,
                                  keys_are_spread_over_partitions,
                                  what_cannot_be_read_is_rejected,
                                  an_old_event_is_late,
                                  the_watermark_is_the_newest_time,
                                  time_goes_on_after_a_start,
                                  a_partition_is_quiet_after_its_idle_time,
                                  a_blocked_partition_is_not_quiet,
                                  an_event_told_twice_is_matched_alike,
                                  NULL};

    return unit_suite("ingest", tests);
}
