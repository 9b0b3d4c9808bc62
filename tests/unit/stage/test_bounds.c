#include "seinpost/alert/derived.h"
#include "seinpost/rule/ruletest.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/pack.h"

#include "yard.h"

/* No record that a stage makes grows with what came in one batch: a broker that refuses one
 * would stop its partition for ever. */

enum {
    BROKER_MAX = 1000 * 1000, /* what brokers take unless they are told otherwise */
    KEYS = 5000,
    NAMES = 20000,
};

#define LOWER                                                                                  \
    KIT_RULE("lower")                                                                          \
    "events: {x: {source: {type: air.noshow}, detection: {s: {leg: 2}, condition: s}}}\n"      \
    "correlation: {type: event_count, rules: [x], group-by: [booking], timespan: 1d, "         \
    "condition: {gte: 1}}\n"
#define UPPER                                                                                  \
    "---\n" KIT_RULE("upper") "correlation: {type: event_count, rules: [lower], group-by: "    \
                              "[booking], timespan: 1d, condition: {gte: 1}}\n"

/* A pack of matches for so many keys, and a watermark that does not close their alerts. */
static void give_keys(struct yard *yard, int keys)
{
    const struct rule *const rule = program_find(yard->program, SLICE("lower"));
    const struct watermark watermark = {.source = PROGRAM_FILE_SOURCE,
                                        .partitions = 1,
                                        .high = instant_add(RULETEST_START, -1000),
                                        .exact = true};
    struct pack *const pack = pack_new();
    struct text value = {0};

    for (int i = 0; i < keys; i++) {
        char key[16];
        const int size = snprintf(key, sizeof key, "B%d", i);
        const struct match match = {.kind = SLICE("booking"),
                                    .value = {key, (size_t)size},
                                    .is = {.time = RULETEST_START,
                                           .source = SLICE("file"),
                                           .id = {key, (size_t)size},
                                           .type = SLICE("air.noshow")},
                                    .steps = &rule->entries[0].step,
                                    .steps_count = 1};
        pack_add_match(pack, &match);
    }
    pack_add_watermark(pack, &watermark);
    frame_put(&value, SOURCE_SINGLE_OBJECT, yard->formats.match.fingerprint);
    pack_finish(pack, &value);
    ck_assert_int_eq(yard_match(yard, text_slice(&value)), STAGE_DONE);
    pack_free(pack);
    text_free(&value);
}

struct tally {
    size_t alerts, watermarks;
    size_t alerts_behind; /* a watermark */
};

static void count_alert(void *context, const struct rule *rule, const struct event *event)
{
    struct tally *const tally = context;

    ck_assert_slice_eq(rule->name, "lower");
    ck_assert(!event->withdrawn);
    tally->alerts++;
    tally->alerts_behind += tally->watermarks > 0 ? 1 : 0;
}

static void count_watermark(void *context, const struct watermark *watermark)
{
    struct tally *const tally = context;

    ck_assert_slice_eq(watermark->source, "rule:lower");
    tally->watermarks++;
}

/* Thousands of alerts of one batch are derived in records that a broker takes; the rule's
 * watermark is in the last alone, behind all alerts. */
START_TEST(derived_records_are_split)
{
    struct yard yard = yard_correlator(LOWER UPPER, 0, "");
    struct tally tally = {0};
    size_t records = 0;

    give_keys(&yard, KEYS);
    yard.stage.flush(yard.stage.self, 0, yard.outbox);
    for (size_t i = 0; i < outbox_count(yard.outbox); i++) {
        const struct outbox_record *const record = outbox_get(yard.outbox, i);
        const struct derived_visitor visitor = {&tally, count_alert, count_watermark};
        struct frame frame;
        ck_assert_uint_lt(record->value.size, BROKER_MAX);
        if (record->topic == OUTBOX_DERIVED) {
            records++;
            ck_assert_int_eq(frame_read(SOURCE_SINGLE_OBJECT, record->value, &frame),
                             VERDICT_GOOD);
            ck_assert(derived_read(yard.kit.arena, yard.program, frame.body, &visitor));
        }
    }
    ck_assert_uint_gt(records, 2);
    ck_assert_uint_eq(tally.alerts, KEYS);
    ck_assert_uint_eq(tally.watermarks, 1);
    ck_assert_uint_eq(tally.alerts_behind, 0);
    yard_end(&yard);
}
END_TEST

/* How far a rule has come is said again every ten minutes, as the log forgets; a muted
 * partition says nothing. */
START_TEST(watermarks_of_rules_are_told_again)
{
    struct yard yard = yard_correlator(LOWER UPPER, 0, ""),
                muted = yard_correlator(LOWER UPPER, 9, "");

    give_keys(&yard, 1);
    give_keys(&muted, 1);
    ck_assert_ptr_nonnull(strstr(yard_lines(&yard, 1000), "derived\n"));
    ck_assert_str_eq(yard_lines(&yard, 1000 + 10 * 60 * 1000 - 1), "");
    ck_assert_str_eq(yard_lines(&yard, 1000 + 10 * 60 * 1000), "derived\n");
    ck_assert_str_eq(yard_lines(&yard, 1000 + 11 * 60 * 1000), "");
    ck_assert_str_eq(yard_lines(&muted, 1000 + 10 * 60 * 1000), "");
    yard_end(&yard);
    yard_end(&muted);
}
END_TEST

static struct rule *make_rules(struct arena *arena)
{
    struct rule *rules = arena_alloc(arena, NAMES * sizeof *rules);

    for (int i = 0; i < NAMES; i++) {
        char name[64];
        (void)snprintf(name, sizeof name,
                       "a-rule-whose-name-is-as-long-as-names-of-rules-are-%d", i);
        rules[i] = (struct rule){.name = slice_copy(arena, slice_of(name))};
    }
    return rules;
}

static int64_t highest_ms;

static void see_watermark(void *context, const struct watermark *watermark)
{
    size_t *const count = context;

    (*count)++;
    ck_assert_int_ge(watermark->high.ms, NAMES);
    highest_ms = watermark->high.ms > highest_ms ? watermark->high.ms : highest_ms;
}

static void see_no_match(void *context, const struct match *match)
{
    (void)context;
    (void)match;
    ck_abort();
}

static void see_no_event(void *context, const struct rule *rule, const struct event *event)
{
    (void)context;
    (void)rule;
    (void)event;
    ck_abort();
}

/* Watermarks of very many rules are split too, each rule's newest alone; and so are the packs
 * that an ingest makes of them. */
START_TEST(watermarks_of_many_rules_are_split)
{
    struct yard yard = yard_ingest(LOWER UPPER, 0);
    const struct rule *const rules = make_rules(yard.kit.arena);
    const struct stage_assignment assignment = {.partition = {"derived", 0}, .partitions = 1};
    const struct derived_visitor visitor = {&(size_t){0}, see_no_event, see_watermark};
    struct derived derived = {0};
    struct record record = {.from = {"derived", 0}, .timestamp_ms = -1};
    size_t told = 0;

    yard.stage.assigned(yard.stage.self, &assignment);
    for (int64_t i = 0; i < 2 * NAMES; i++) {
        derived_add_watermark(&derived, &rules[i % NAMES], (struct instant){i});
    }
    for (; !derived_is_empty(&derived); record.offset++) {
        struct text value = {0};
        struct frame frame;
        frame_put(&value, SOURCE_SINGLE_OBJECT, yard.formats.derived.fingerprint);
        derived_finish(&derived, 0, 1, &value);
        ck_assert_uint_lt(value.size, BROKER_MAX);
        record.value = text_slice(&value);
        ck_assert_int_eq(frame_read(SOURCE_SINGLE_OBJECT, record.value, &frame), VERDICT_GOOD);
        ck_assert(derived_read(yard.kit.arena, yard.program, frame.body, &visitor));
        ck_assert_int_eq(yard.stage.record(yard.stage.self, &record, yard.outbox), STAGE_DONE);
        text_free(&value);
    }
    derived_free(&derived);
    ck_assert_uint_eq(*(size_t *)visitor.context, NAMES);
    ck_assert_int_eq(highest_ms, 2 * NAMES - 1);
    yard.stage.flush(yard.stage.self, 0, yard.outbox);
    for (size_t i = 0; i < outbox_count(yard.outbox); i++) {
        const struct outbox_record *const made = outbox_get(yard.outbox, i);
        const struct pack_visitor seeing = {&told, see_no_match, see_watermark};
        struct frame frame;
        ck_assert_uint_lt(made->value.size, BROKER_MAX);
        ck_assert_int_eq(frame_read(SOURCE_SINGLE_OBJECT, made->value, &frame), VERDICT_GOOD);
        ck_assert(pack_read(yard.kit.arena, frame.body, &seeing));
        arena_reset(yard.kit.arena);
    }
    ck_assert_uint_eq(told, NAMES * YARD_PARTITIONS);
    yard_end(&yard);
}
END_TEST

/* A reject names as many of the rules that did not see an event as have room, and counts the
 * others. */
START_TEST(a_reject_does_not_name_all_rules)
{
    struct text rules = {0};

    for (int i = 0; i < 300; i++) {
        text_format(&rules, "%s" KIT_HEAD("rule-%d"), i > 0 ? "---\n" : "", i);
        text_format(&rules, "unless: {none: of no matter here}\n"
                            "source: {type: air.noshow}\ndetection: {s: {leg: 2}, "
                            "condition: s}\n");
    }
    text_add_byte(&rules, '\0');
    struct yard yard = yard_ingest(rules.data, 1);
    yard_record(&yard, 0,
                yard_line(&yard, "air.noshow", "e1", "2026-01-01T05:00:00Z", "\"leg\":2"));
    yard_lines(&yard, 0);
    yard_record(&yard, 0,
                yard_line(&yard, "air.noshow", "e2", "2026-01-01T01:00:00Z", "\"leg\":2"));
    const char *const lines = yard_lines(&yard, 0);
    const char *const reject = strstr(lines, "reject late rule-0, rule-1, ");
    ck_assert_ptr_nonnull(reject);
    ck_assert_uint_lt(strcspn(reject, "\n"), 1200);
    int named = 0;
    for (const char *at = reject; (at = strstr(at, "rule-")) != NULL; at++) {
        named++;
    }
    char rest[32];
    (void)snprintf(rest, sizeof rest, " and %d more\n", 300 - named);
    ck_assert_ptr_nonnull(strstr(reject, rest));
    text_free(&rules);
    yard_end(&yard);
}
END_TEST

/* What a reject quotes of the partner's own words is short. */
START_TEST(a_reject_quotes_little)
{
    struct yard yard = yard_ingest(LOWER, 1);
    struct text line = {0};

    text_format(&line, "{\"id\":\"e\",\"type\":\"");
    for (int i = 0; i < 5000; i++) {
        text_add(&line, SLICE("long"));
    }
    text_add(&line, SLICE("\"}"));
    text_add_byte(&line, '\0');
    yard_record(&yard, 0, line.data);
    const char *const lines = yard_lines(&yard, 0);
    ck_assert_ptr_nonnull(strstr(lines, "reject "));
    ck_assert_uint_lt(strlen(lines), 1400);
    text_free(&line);
    yard_end(&yard);
}
END_TEST

Suite *bounds_suite(void)
{
    const TTest *const tests[] = {derived_records_are_split,
                                  watermarks_of_rules_are_told_again,
                                  watermarks_of_many_rules_are_split,
                                  a_reject_does_not_name_all_rules,
                                  a_reject_quotes_little,
                                  NULL};

    return unit_suite("bounds", tests);
}
