#include "seinpost/rule/ruletest.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/pack.h"
#include "seinpost/stage/correlator.h"

#include "yard.h"

#define COUNT(head, more)                                                                      \
    head "unless: {none: because}\n"                                                           \
         "events: {x: {source: {type: air.noshow}, detection: {s: {leg: 2}, condition: s}}}\n" \
         "correlation: {type: event_count, rules: [x], group-by: [booking], timespan: 1d, "    \
         "condition: {gte: 2}" more "}\n"
#define TESTED COUNT(KIT_HEAD("r"), "")
#define STABLE_HEAD                                                                            \
    "schema: seinpost/rule/1\ntitle: t\nname: r\nversion: 1\nstatus: stable\nlevel: low\n"     \
    "stage: entry\npurpose: [smuggling]\nlegal-basis: [pnr-6.2a]\nowner: o\nauthor: a\n"       \
    "approved-by: [b]\nreview-by: 2027-01-01\nexpires: 2027-02-01\nfalsepositives: [f]\n"
#define PROOF                                                                                  \
    "tests:\n  - {name: fires, given: [{at: 0h, leg: 2, booking_ref: B}, {at: 1h, leg: 2, "    \
    "booking_ref: B}], expect: [{at: 1h}]}\n"                                                  \
    "  - {name: silent, given: [{at: 0h, leg: 2, booking_ref: B}], expect: none}\n"
#define STABLE COUNT(STABLE_HEAD, "") PROOF
#define HELPER COUNT(STABLE_HEAD, ", generate: false") PROOF
#define READER                                                                                 \
    "---\n" KIT_RULE(                                                                          \
        "upper") "correlation: {type: event_count, rules: [r], group-by: [booking], "          \
                 "timespan: 1d, condition: {gte: 1}}\n"

/* Gives a pack of one match, at so many hours. */
static enum stage_result give(struct yard *yard, const char *id, int hour)
{
    const struct rule *const rule = program_find(yard->program, SLICE("r"));
    struct match match = {.kind = SLICE("booking"),
                          .value = SLICE("B"),
                          .steps = &rule->entries[0].step,
                          .steps_count = 1};
    struct pack *const pack = pack_new();
    struct text value = {0};

    match.is =
        (struct event_reference){.time = instant_add(RULETEST_START, hour * INT64_C(3600000)),
                                 .source = SLICE("file"),
                                 .id = slice_of(id),
                                 .type = SLICE("air.noshow")};
    frame_put(&value, SOURCE_SINGLE_OBJECT, yard->formats.match.fingerprint);
    pack_add_match(pack, &match);
    pack_finish(pack, &value);
    const enum stage_result result = yard_match(yard, text_slice(&value));
    pack_free(pack);
    text_free(&value);
    return result;
}

static const struct {
    const char *what, *rules, *lines;
} routes[] = {
    {"a stable rule's alerts go to the desks, and to those that are current", STABLE,
     "alert opened r 1\ncurrent opened r 1\n"},
    {"those of a rule under test to the shadow topic alone", TESTED, "shadow opened r 1\n"},
    {"those of a helper to nobody who is not a rule", HELPER READER, "derived\n"},
    {"what other rules read is derived besides", STABLE READER,
     "alert opened r 1\ncurrent opened r 1\nderived\n"},
};

/* An alert goes where its rule's status says. */
START_TEST(alerts_go_where_the_status_says)
{
    struct yard yard = yard_correlator(routes[_i].rules, 0, "");

    ck_assert_int_eq(give(&yard, "e1", 0), STAGE_DONE);
    ck_assert_int_eq(give(&yard, "e2", 1), STAGE_DONE);
    const char *const lines = yard_lines(&yard, 0);
    ck_assert_msg(strcmp(lines, routes[_i].lines) == 0, "%s:\n%s", routes[_i].what, lines);
    yard_end(&yard);
}
END_TEST

/* Up to the committed offset nothing is said; state is made all the same. */
START_TEST(it_is_mute_up_to_the_committed_offset)
{
    struct yard yard = yard_correlator(STABLE, 2, "");

    give(&yard, "e1", 0);
    give(&yard, "e2", 1);
    ck_assert_str_eq(yard_lines(&yard, 0), "");
    give(&yard, "e3", 2);
    ck_assert_str_eq(yard_lines(&yard, 0), "alert updated r 1\ncurrent updated r 1\n");
    yard_end(&yard);
}
END_TEST

/* Alerts are numbered without a gap over restarts: the number is in the commit's metadata. */
START_TEST(numbers_go_on_after_a_start)
{
    struct yard before = yard_correlator(STABLE, 0, "");
    struct text metadata = {0};

    give(&before, "e1", 0);
    give(&before, "e2", 1);
    yard_lines(&before, 0);
    before.stage.metadata(before.stage.self, (struct record_partition){"matches", 0},
                          &metadata);
    ck_assert_uint_lt(metadata.size, 4096);
    text_add_byte(&metadata, '\0');
    struct yard after = yard_correlator(STABLE, 2, metadata.data);
    give(&after, "e1", 0);
    give(&after, "e2", 1);
    give(&after, "e3", 2);
    ck_assert_str_eq(yard_lines(&after, 0), "alert updated r 2\ncurrent updated r 2\n");
    text_free(&metadata);
    yard_end(&before);
    yard_end(&after);
}
END_TEST

/* The alerts of a live run and of one that was muted halfway are the same bytes. */
START_TEST(a_replay_says_the_same_bytes)
{
    struct yard live = yard_correlator(STABLE, 0, ""),
                replayed = yard_correlator(STABLE, 0, "");

    give(&live, "e1", 0);
    give(&live, "e2", 1);
    give(&replayed, "e1", 0);
    give(&replayed, "e2", 1);
    ck_assert_uint_eq(outbox_count(live.outbox), outbox_count(replayed.outbox));
    for (size_t i = 0; i < outbox_count(live.outbox); i++) {
        const struct outbox_record *const a = outbox_get(live.outbox, i), *const b = outbox_get(
                                                                              replayed.outbox,
                                                                              i);
        ck_assert(a->topic == b->topic && slice_equal(a->key, b->key) &&
                  slice_equal(a->value, b->value));
        ck_assert_uint_eq(a->key.size, 32);
    }
    yard_end(&live);
    yard_end(&replayed);
}
END_TEST

/* An alert says behind which match its group goes on when all else is lost: the one that it
 * came from. What is told to rules says no such thing. */
START_TEST(an_alert_says_which_match_it_came_from)
{
    struct yard yard = yard_correlator(STABLE READER, 0, "");

    give(&yard, "e1", 0);
    give(&yard, "e2", 1);
    give(&yard, "e3", 2);
    give(&yard, "e4", 30);
    yard.stage.flush(yard.stage.self, 0, yard.outbox);
    ck_assert_uint_eq(outbox_count(yard.outbox), 5);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(outbox_get(yard.outbox, i)->behind, i < 2 ? 2 : 3);
    }
    ck_assert_int_eq(outbox_get(yard.outbox, 4)->topic, OUTBOX_DERIVED);
    ck_assert_int_eq(outbox_get(yard.outbox, 4)->behind, 0);
    yard_end(&yard);
}
END_TEST

/* What is no pack of ours stops loudly. */
START_TEST(a_broken_log_stops_loudly)
{
    static const char *const broken[] = {"", "garbage", "\xC3\x01garbage.", "{}"};

    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        struct yard yard = yard_correlator(STABLE, 0, "");
        ck_assert_int_eq(yard_match(&yard, slice_of(broken[i])), STAGE_BROKEN);
        ck_assert_str_eq(yard_lines(&yard, 0), "");
        yard_end(&yard);
    }
}
END_TEST

static void assign_derived(struct yard *yard)
{
    const struct stage_assignment assignment = {.partition = {"derived", 0}, .partitions = 1};

    yard->stage.assigned(yard->stage.self, &assignment);
}

/* What a correlator derives, an ingest reads as an event of the higher rule, and passes on how
 * far the rule has come. */
START_TEST(what_is_derived_is_read_as_an_event)
{
    struct yard lower = yard_correlator(HELPER READER, 0, ""),
                upper = yard_ingest(HELPER READER, 0);

    give(&lower, "e1", 0);
    give(&lower, "e2", 1);
    lower.stage.flush(lower.stage.self, 0, lower.outbox);
    assign_derived(&upper);
    for (size_t i = 0; i < outbox_count(lower.outbox); i++) {
        const struct outbox_record *const made = outbox_get(lower.outbox, i);
        const struct record record = {.from = {"derived", 0},
                                      .offset = (int64_t)i,
                                      .timestamp_ms = -1,
                                      .value = made->value};
        ck_assert_int_eq(made->topic, OUTBOX_DERIVED);
        ck_assert_int_eq(upper.stage.record(upper.stage.self, &record, upper.outbox),
                         STAGE_DONE);
    }
    ck_assert_ptr_nonnull(strstr(yard_lines(&upper, 0), " booking B "));
    yard_end(&lower);
    yard_end(&upper);
}
END_TEST

/* What is no record of ours in `derived` stops loudly too. */
START_TEST(a_broken_derived_stops_loudly)
{
    struct yard yard = yard_ingest(HELPER READER, 0);
    const struct record record = {
        .from = {"derived", 0}, .timestamp_ms = -1, .value = SLICE("\xC3\x01garbage!!!")};

    assign_derived(&yard);
    ck_assert_int_eq(yard.stage.record(yard.stage.self, &record, yard.outbox), STAGE_BROKEN);
    yard_end(&yard);
}
END_TEST

/* Gives a pack with the watermark of the only source, at so many hours. */
static void give_watermark(struct yard *yard, int hour)
{
    const struct watermark watermark = {
        .source = PROGRAM_FILE_SOURCE,
        .partitions = 1,
        .high = instant_add(RULETEST_START, hour * INT64_C(3600000)),
        .exact = true,
    };
    struct pack *const pack = pack_new();
    struct text value = {0};

    frame_put(&value, SOURCE_SINGLE_OBJECT, yard->formats.match.fingerprint);
    pack_add_watermark(pack, &watermark);
    pack_finish(pack, &value);
    ck_assert_int_eq(yard_match(yard, text_slice(&value)), STAGE_DONE);
    pack_free(pack);
    text_free(&value);
}

/* A match behind the watermark is rejected as late, with the rule; while muted, in silence. */
START_TEST(a_late_match_is_rejected)
{
    struct yard live = yard_correlator(STABLE, 0, ""), muted = yard_correlator(STABLE, 9, "");

    give_watermark(&live, 5);
    give(&live, "e1", 3);
    ck_assert_str_eq(yard_lines(&live, 0), "reject late r\n");
    give_watermark(&muted, 5);
    give(&muted, "e1", 3);
    ck_assert_str_eq(yard_lines(&muted, 0), "");
    yard_end(&live);
    yard_end(&muted);
}
END_TEST

/* An alert closes by the watermark, and says so. */
START_TEST(an_alert_closes_by_the_watermark)
{
    struct yard yard = yard_correlator(STABLE, 0, "");

    give(&yard, "e1", 0);
    give(&yard, "e2", 1);
    yard_lines(&yard, 0);
    give_watermark(&yard, 30);
    ck_assert_str_eq(yard_lines(&yard, 0), "alert closed r 2\ncurrent closed r 2\n");
    yard_end(&yard);
}
END_TEST

/* What higher rules read changes with the opening alone: more evidence derives nothing, and how
 * far the rule has come does. */
START_TEST(only_openings_are_derived)
{
    struct yard yard = yard_correlator(HELPER READER, 0, "");

    give(&yard, "e1", 2);
    give(&yard, "e2", 4);
    ck_assert_str_eq(yard_lines(&yard, 0), "derived\n");
    give(&yard, "e3", 5);
    ck_assert_str_eq(yard_lines(&yard, 0), "");
    give(&yard, "e4", 3);
    ck_assert_str_eq(yard_lines(&yard, 0), "derived\n");
    give_watermark(&yard, 1);
    ck_assert_str_eq(yard_lines(&yard, 0), "derived\n");
    yard_end(&yard);
}
END_TEST

/* A partition that is given up takes its state with it. */
START_TEST(a_revoked_partition_is_forgotten)
{
    struct yard yard = yard_correlator(STABLE, 0, "");
    const struct stage_assignment again = {.partition = {"matches", 0},
                                           .partitions = YARD_PARTITIONS};

    give(&yard, "e1", 0);
    yard.stage.revoked(yard.stage.self, again.partition);
    yard.stage.assigned(yard.stage.self, &again);
    give(&yard, "e2", 1);
    ck_assert_str_eq(yard_lines(&yard, 0), "");
    give(&yard, "e3", 2);
    ck_assert_str_eq(yard_lines(&yard, 0), "alert opened r 1\ncurrent opened r 1\n");
    yard_end(&yard);
}
END_TEST

Suite *correlator_suite(void)
{
    const TTest *const tests[] = {
        a_late_match_is_rejected,         an_alert_closes_by_the_watermark,
        only_openings_are_derived,        what_is_derived_is_read_as_an_event,
        a_broken_derived_stops_loudly,    it_is_mute_up_to_the_committed_offset,
        numbers_go_on_after_a_start,      a_replay_says_the_same_bytes,
        a_broken_log_stops_loudly,        an_alert_says_which_match_it_came_from,
        a_revoked_partition_is_forgotten, NULL};
    Suite *const suite = unit_suite("correlator", tests);

    unit_loop(suite, alerts_go_where_the_status_says, COUNT_OF(routes));
    return suite;
}
