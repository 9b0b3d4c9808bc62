#include "yard.h"

#include "seinpost/alert/alert_avro.h"
#include "seinpost/schema/binary.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/pack.h"

static const struct slice all_types[] = {{"*", 1}};

const struct source yard_source = {
    .name = {"file", 4},
    .topic = {"events", 6},
    .types = all_types,
    .types_count = 1,
    .wire = SOURCE_NDJSON,
    .identities = SOURCE_PSEUDONYM,
    .purposes = 7,
    .legal_bases = 1023,
    .lateness_ms = 60 * 60 * 1000,
    .max_skew_ms = 60 * 1000,
    .idle_ms = 5000,
    .retention_ms = INT64_C(400) * 24 * 3600 * 1000,
};

static struct yard begin(const char *rules)
{
    struct yard yard = {.kit = kit_begin()};

    yard.kit.options.never_late = false;
    yard.kit.options.lateness_ms = yard_source.lateness_ms;
    yard.program = kit_program(&yard.kit, rules);
    formats_load(yard.kit.arena, yard.kit.diag, UNIT_SCHEMAS, &yard.formats);
    ck_assert_uint_eq(diag_errors(yard.kit.diag), 0);
    yard.outbox = outbox_new();
    return yard;
}

struct yard yard_ingest(const char *rules, int32_t partitions)
{
    struct yard yard = begin(rules);
    const struct formats *const formats =
        arena_copy(yard.kit.arena, &yard.formats, sizeof yard.formats);
    const struct ingest_options options = {.program = yard.program,
                                           .formats = formats,
                                           .file = &yard_source,
                                           .derived_topic = "derived",
                                           .match_partitions = YARD_PARTITIONS};

    yard.stage = ingest_stage(&options);
    for (int32_t i = 0; i < partitions; i++) {
        const struct stage_assignment assignment = {.partition = {"events", i},
                                                    .partitions = partitions};
        yard.stage.assigned(yard.stage.self, &assignment);
    }
    return yard;
}

struct yard yard_correlator(const char *rules, int64_t committed, const char *metadata)
{
    return yard_correlator_from(rules, 0, committed, metadata);
}

struct yard yard_correlator_from(const char *rules, int64_t start, int64_t committed,
                                 const char *metadata)
{
    struct yard yard = begin(rules);
    const struct formats *const formats =
        arena_copy(yard.kit.arena, &yard.formats, sizeof yard.formats);
    char hash[DIGEST_TEXT_SIZE];
    struct text own = {0};

    text_add(&own, slice_of(metadata));
    if (committed > 0 && own.size == 0) {
        text_format(&own, "1;h=%s;q=0;s=0", digest_format(yard.program->hash, hash));
    }
    const struct correlator_options options = {.program = yard.program,
                                               .formats = formats,
                                               .alert_wire = SOURCE_SINGLE_OBJECT,
                                               .alert_schema = formats->alert.fingerprint,
                                               .match_partitions = YARD_PARTITIONS,
                                               .derived_partitions = 1,
                                               .current_topic = "alerts.current",
                                               .current_partitions = 1};
    const struct stage_assignment assignment = {.partition = {"matches", 0},
                                                .partitions = YARD_PARTITIONS,
                                                .start = start,
                                                .committed = committed,
                                                .metadata = text_slice(&own)};

    yard.stage = correlator_stage(&options);
    yard.stage.assigned(yard.stage.self, &assignment);
    text_free(&own);
    return yard;
}

void yard_end(struct yard *yard)
{
    yard->stage.free(yard->stage.self);
    outbox_free(yard->outbox);
    text_free(&yard->lines);
    kit_end(&yard->kit);
}

const char *yard_line(struct yard *yard, const char *type, const char *id, const char *time,
                      const char *fields)
{
    struct text text = {0};

    text_format(&text,
                "{\"id\":\"%s\",\"type\":\"%s\",\"source\":\"file\",\"time\":\"%s\","
                "\"purpose\":[\"smuggling\"],"
                "\"legal_basis\":\"pnr-6.2a\",\"data\":{%s}}",
                id, type, time, fields);
    const char *const line = slice_string(yard->kit.arena, text_slice(&text));
    text_free(&text);
    return line;
}

enum stage_result yard_record(struct yard *yard, int32_t partition, const char *line)
{
    const struct record record = {.from = {"events", partition},
                                  .offset = yard->offsets[partition]++,
                                  .timestamp_ms = -1,
                                  .value = slice_of(line)};

    return yard->stage.record(yard->stage.self, &record, yard->outbox);
}

enum stage_result yard_match(struct yard *yard, struct slice value)
{
    const struct record record = {.from = {"matches", 0},
                                  .offset = yard->offsets[0]++,
                                  .timestamp_ms = -1,
                                  .value = value};

    return yard->stage.record(yard->stage.self, &record, yard->outbox);
}

struct printing {
    struct yard *yard;
    int32_t partition;
};

static void print_match(void *context, const struct match *match)
{
    const struct printing *const printing = context;

    text_format(&printing->yard->lines, "match %d %.*s %.*s %.*s\n", (int)printing->partition,
                SLICE_ARGS(match->kind), SLICE_ARGS(match->value), SLICE_ARGS(match->is.id));
}

static void print_watermark(void *context, const struct watermark *watermark)
{
    const struct printing *const printing = context;
    char buffer[INSTANT_TEXT_SIZE];

    text_format(&printing->yard->lines, "watermark %d %.*s/%d %s%s\n", (int)printing->partition,
                SLICE_ARGS(watermark->source), (int)watermark->partition,
                watermark->high.ms == INT64_MIN ? "none"
                                                : instant_format(watermark->high, buffer),
                watermark->quiet ? " quiet" : "");
}

static void print_alert(struct yard *yard, const char *topic, struct slice body)
{
    struct alert alert;

    ck_assert(alert_avro_get(yard->kit.arena, body, &alert));
    text_format(&yard->lines, "%s %.*s %.*s %lld\n", topic, SLICE_ARGS(alert.state),
                SLICE_ARGS(alert.rule), (long long)alert.sequence);
}

static void print_reject(struct yard *yard, struct slice body)
{
    struct binary binary = binary_of(body);
    const struct slice reason = binary_get_text(&binary), detail = binary_get_text(&binary);

    text_format(&yard->lines, "reject %.*s %.*s\n", SLICE_ARGS(reason), SLICE_ARGS(detail));
}

static void print_record(struct yard *yard, const struct outbox_record *record)
{
    struct printing printing = {yard, record->partition};
    const struct pack_visitor visitor = {&printing, print_match, print_watermark};
    struct frame frame = {.body = {NULL, 0}};

    if (record->value.size > 0) {
        ck_assert_int_eq(frame_read(SOURCE_SINGLE_OBJECT, record->value, &frame), VERDICT_GOOD);
    }
    switch (record->topic) {
    case OUTBOX_MATCHES:
        ck_assert(pack_read(yard->kit.arena, frame.body, &visitor));
        break;
    case OUTBOX_DERIVED:
        text_add(&yard->lines, SLICE("derived\n"));
        break;
    case OUTBOX_ALERTS:
        print_alert(yard, "alert", frame.body);
        break;
    case OUTBOX_ALERTS_CURRENT:
        print_alert(yard, "current", frame.body);
        break;
    case OUTBOX_SHADOW:
        print_alert(yard, "shadow", frame.body);
        break;
    case OUTBOX_REJECTS:
        print_reject(yard, frame.body);
        break;
    case OUTBOX_TOPICS_COUNT:
        ck_abort();
    }
}

const char *yard_lines(struct yard *yard, int64_t now_ms)
{
    yard->stage.flush(yard->stage.self, now_ms, yard->outbox);
    text_clear(&yard->lines);
    for (size_t i = 0; i < outbox_count(yard->outbox); i++) {
        print_record(yard, outbox_get(yard->outbox, i));
    }
    outbox_clear(yard->outbox);
    text_add_byte(&yard->lines, '\0');
    yard->lines.size--;
    return yard->lines.data;
}
