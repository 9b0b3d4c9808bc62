#include "seinpost/rule/ruletest.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/pack.h"
#include "seinpost/stage/part.h"

#include "yard.h"

/* A log of a match an hour for one booking, with a watermark, and what is said of it: an alert
 * opens with the second of two within three hours, and closes when there is none for so long.
 */

#define RULE                                                                                   \
    "schema: seinpost/rule/1\ntitle: t\nname: r\nversion: 1\nstatus: stable\nlevel: low\n"     \
    "stage: entry\npurpose: [smuggling]\nlegal-basis: [pnr-6.2a]\nowner: o\nauthor: a\n"       \
    "approved-by: [b]\nreview-by: 2027-01-01\nexpires: 2027-02-01\nfalsepositives: [f]\n"      \
    "unless: {none: because}\n"                                                                \
    "events: {x: {source: {type: air.noshow}, detection: {s: {leg: 2}, condition: s}}}\n"      \
    "correlation: {type: event_count, rules: [x], group-by: [booking], timespan: 3h, "         \
    "condition: {gte: 2}}\n"                                                                   \
    "tests:\n  - {name: fires, given: [{at: 0h, leg: 2, booking_ref: B}, {at: 1h, leg: 2, "    \
    "booking_ref: B}], expect: [{at: 1h}]}\n"                                                  \
    "  - {name: silent, given: [{at: 0h, leg: 2, booking_ref: B}], expect: none}\n"

enum {
    RECORDS = 40,
    HOUR_MS = 3600 * 1000,
};

/* In some hours nothing happens, so that alerts close. */
static bool happens(int hour)
{
    return hour % 10 < 5;
}

/* Gives a record as if `id` happened in that hour, or nothing. */
static void give(struct yard *yard, int hour, const char *id)
{
    const struct rule *const rule = program_find(yard->program, SLICE("r"));
    const struct instant at = instant_add(RULETEST_START, (int64_t)hour * HOUR_MS);
    const struct watermark watermark = {
        .source = PROGRAM_FILE_SOURCE, .partitions = 1, .high = at, .exact = true};
    struct match match = {.kind = SLICE("booking"),
                          .value = SLICE("B"),
                          .steps = &rule->entries[0].step,
                          .steps_count = 1};
    struct pack *const pack = pack_new();
    struct text value = {0};

    match.is = (struct event_reference){
        .time = at, .source = SLICE("file"), .id = slice_of(id), .type = SLICE("air.noshow")};
    if (happens(hour)) {
        pack_add_match(pack, &match);
    }
    pack_add_watermark(pack, &watermark);
    frame_put(&value, SOURCE_SINGLE_OBJECT, yard->formats.match.fingerprint);
    pack_finish(pack, &value);
    yard->offsets[0] = hour; /* a record an hour */
    ck_assert_int_eq(yard_match(yard, text_slice(&value)), STAGE_DONE);
    pack_free(pack);
    text_free(&value);
}

/* Gives the records of these hours; that of hour `other` bears another event. */
static void give_all(struct yard *yard, int from, int to, int other)
{
    for (int i = from; i < to; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, i == other ? "other%d" : "e%d", i);
        give(yard, i, id);
    }
}

/* What was committed with the offset behind so many hours. */
static const char *metadata_at(int hours)
{
    static char metadata[4096];
    struct yard yard = yard_correlator(RULE, 0, "");
    struct text text = {0};

    give_all(&yard, 0, hours, -1);
    yard_lines(&yard, 0);
    yard.stage.metadata(yard.stage.self, (struct record_partition){"matches", 0}, &text);
    ck_assert_uint_lt(text.size, sizeof metadata);
    memcpy(metadata, text.data, text.size);
    metadata[text.size] = '\0';
    text_free(&text);
    yard_end(&yard);
    return metadata;
}

/* Begins anew behind so many hours, of a log that begins at `start`. */
static struct yard begin_again(int64_t start, int64_t committed, const char *metadata)
{
    struct yard yard = yard_correlator(RULE, 0, "");
    const struct stage_assignment assignment = {.partition = {"matches", 0},
                                                .partitions = YARD_PARTITIONS,
                                                .start = start,
                                                .committed = committed,
                                                .metadata = slice_of(metadata)};

    yard.stage.revoked(yard.stage.self, assignment.partition);
    yard.stage.assigned(yard.stage.self, &assignment);
    return yard;
}

static const char *refused(const struct yard *yard)
{
    const char *const reason =
        yard->stage.refused(yard->stage.self, (struct record_partition){"matches", 0});

    return reason == NULL ? "" : reason;
}

/* The same log comes to the same alerts: the partition goes on, behind any record. */
START_TEST(the_same_log_goes_on)
{
    for (int hours = 1; hours < RECORDS; hours++) {
        struct yard yard = begin_again(0, hours, metadata_at(hours));
        give_all(&yard, 0, RECORDS, -1);
        yard_lines(&yard, 0);
        ck_assert_str_eq(refused(&yard), "");
        yard_end(&yard);
    }
}
END_TEST

/* A log that was changed where the last alerts come from stops the partition, and nothing is
 * said of it; so does one that ends in silence. */
START_TEST(another_log_stops_the_partition)
{
    struct yard yard = begin_again(0, 33, metadata_at(33));

    give_all(&yard, 0, RECORDS, 31);
    ck_assert_str_eq(yard_lines(&yard, 0), "");
    ck_assert_str_eq(refused(&yard), "diverged");
    yard_end(&yard);
    yard = begin_again(0, 33, metadata_at(33));
    give_all(&yard, 0, 33, 31);
    ck_assert_str_eq(yard_lines(&yard, 0), "");
    ck_assert_str_eq(refused(&yard), "diverged");
    yard_end(&yard);
}
END_TEST

/* A log whose oldest part is gone is no other one, wherever it begins; one that was changed
 * behind that is. */
START_TEST(a_log_that_begins_later_goes_on)
{
    for (int start = 1; start <= 33; start++) {
        struct yard yard = begin_again(start, 33, metadata_at(33));
        give_all(&yard, start, 34, -1);
        ck_assert_str_eq(refused(&yard), "");
        yard_end(&yard);
    }
    struct yard yard = begin_again(1, 33, metadata_at(33));
    give_all(&yard, 1, RECORDS, 31);
    ck_assert_str_eq(refused(&yard), "diverged");
    yard_end(&yard);
}
END_TEST

/* Another version may come to other alerts. */
START_TEST(another_version_is_not_compared)
{
    char metadata[4096];

    (void)snprintf(metadata, sizeof metadata, "%s", metadata_at(33));
    char *const version = strstr(metadata, "v=");
    ck_assert_ptr_nonnull(version);
    version[2]++;
    struct yard yard = begin_again(0, 33, metadata);
    give_all(&yard, 0, RECORDS, 31);
    ck_assert_str_eq(refused(&yard), "");
    yard_end(&yard);
}
END_TEST

static const struct {
    const char *metadata;
    const char *refused;
} commits[] = {
    {"", "commit-unreadable"},        {"2;h=x", "commit-unreadable"},
    {"garbage", "commit-unreadable"}, {"1;q=x", "commit-unreadable"},
    {"1;q=-2", "commit-unreadable"},  {"1;q=2;a=nothing", "commit-unreadable"},
    {"1;q=2;later=unknown", ""},      {"1", ""},
};

/* A commit behind the beginning that does not say what was told stops the partition; at the
 * beginning there is nothing to say. */
START_TEST(a_commit_without_words_stops_the_partition)
{
    struct yard yard = begin_again(3, 5, commits[_i].metadata);

    ck_assert_str_eq(refused(&yard), commits[_i].refused);
    yard_end(&yard);
    yard = begin_again(5, 5, "");
    ck_assert_str_eq(refused(&yard), "");
    yard_end(&yard);
}
END_TEST

/* What an operator accepts keeps how many alerts were said, and nothing that could be compared.
 */
START_TEST(what_is_accepted_keeps_the_numbers)
{
    struct text text = {0};

    part_accept(SLICE("1;v=0.1.0;h=abc;q=12;s=3;u=1;b=0;a=5"), &text);
    ck_assert_slice_eq(text_slice(&text), "1;q=12;s=3");
    text_clear(&text);
    part_accept(SLICE("1;q=x;s=-3;a=5"), &text);
    ck_assert_slice_eq(text_slice(&text), "1");
    text_clear(&text);
    part_accept(SLICE("garbage;q=5"), &text);
    ck_assert_slice_eq(text_slice(&text), "1");
    text_free(&text);
}
END_TEST

Suite *proof_suite(void)
{
    const TTest *const tests[] = {the_same_log_goes_on,
                                  another_log_stops_the_partition,
                                  a_log_that_begins_later_goes_on,
                                  another_version_is_not_compared,
                                  what_is_accepted_keeps_the_numbers,
                                  NULL};
    Suite *const suite = unit_suite("proof", tests);

    unit_loop(suite, a_commit_without_words_stops_the_partition, COUNT_OF(commits));
    return suite;
}
