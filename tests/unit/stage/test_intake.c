#include "seinpost/signal/encoding.h"
#include "seinpost/signal/frame.h"
#include "seinpost/stage/intake.h"

#include "yard.h"

#define HEX "0123456789abcdef0123456789abcdef"
#define EVENT(id, type, source, time, purpose, basis, fields)                                  \
    "{\"id\":\"" id "\",\"type\":\"" type "\",\"source\":\"" source "\",\"time\":\"" time      \
    "\",\"purpose\":[" purpose "],\"legal_basis\":\"" basis "\",\"data\":{" fields "}}"
#define NOSHOW(id, source, time, purpose, basis, fields)                                       \
    EVENT(id, "air.noshow", source, time, purpose, basis, fields)
#define ID_64  "0123456789012345678901234567890123456789012345678901234567890123"
#define NOW    "2026-01-01T00:00:00Z"
#define NOW_MS INT64_C(1767225600000)

static const struct slice air_types[] = {{"air.*", 5}};

static const struct source air = {
    .name = {"air-1", 5},
    .topic = {"air", 3},
    .types = air_types,
    .types_count = 1,
    .wire = SOURCE_SINGLE_OBJECT,
    .identities = SOURCE_PSEUDONYM,
    .purposes = 1,
    .legal_bases = 1,
    .max_skew_ms = 60000,
};

static const struct {
    const char *what, *line;
    int64_t timestamp_ms;
    enum verdict verdict;
} cases[] = {
    {"good", NOSHOW("e", "air-1", NOW, "\"smuggling\"", "pnr-6.2a", ""), NOW_MS, VERDICT_GOOD},
    {"another type", EVENT("e", "bank.cash", "air-1", NOW, "\"smuggling\"", "pnr-6.2a", ""),
     NOW_MS, VERDICT_TYPE_NOT_ALLOWED},
    {"another source", NOSHOW("e", "air-2", NOW, "\"smuggling\"", "pnr-6.2a", ""), NOW_MS,
     VERDICT_SOURCE_MISMATCH},
    {"no source", NOSHOW("e", "", NOW, "\"smuggling\"", "pnr-6.2a", ""), NOW_MS,
     VERDICT_SOURCE_MISMATCH},
    {"a purpose beyond",
     NOSHOW("e", "air-1", NOW, "\"smuggling\",\"trafficking\"", "pnr-6.2a", ""), NOW_MS,
     VERDICT_PURPOSE_NOT_ALLOWED},
    {"a purpose that is none", NOSHOW("e", "air-1", NOW, "\"curiosity\"", "pnr-6.2a", ""),
     NOW_MS, VERDICT_PURPOSE_NOT_ALLOWED},
    {"a basis beyond", NOSHOW("e", "air-1", NOW, "\"smuggling\"", "wwft-fiu", ""), NOW_MS,
     VERDICT_BASIS_NOT_ALLOWED},
    {"a basis that is none", NOSHOW("e", "air-1", NOW, "\"smuggling\"", "because", ""), NOW_MS,
     VERDICT_BASIS_NOT_ALLOWED},
    {"no id", NOSHOW("", "air-1", NOW, "\"smuggling\"", "pnr-6.2a", ""), NOW_MS,
     VERDICT_ID_MISSING},
    {"an id of 64 bytes", NOSHOW(ID_64, "air-1", NOW, "\"smuggling\"", "pnr-6.2a", ""), NOW_MS,
     VERDICT_GOOD},
    {"an id of 65 bytes", NOSHOW(ID_64 "x", "air-1", NOW, "\"smuggling\"", "pnr-6.2a", ""),
     NOW_MS, VERDICT_ID_MISSING},
    {"as far ahead as may be",
     NOSHOW("e", "air-1", "2026-01-01T00:01:00Z", "\"smuggling\"", "pnr-6.2a", ""), NOW_MS,
     VERDICT_GOOD},
    {"further ahead",
     NOSHOW("e", "air-1", "2026-01-01T00:01:00.001Z", "\"smuggling\"", "pnr-6.2a", ""), NOW_MS,
     VERDICT_TIME_FUTURE},
    {"ahead of nothing",
     NOSHOW("e", "air-1", "2026-05-01T00:00:00Z", "\"smuggling\"", "pnr-6.2a", ""), -1,
     VERDICT_GOOD},
    {"no time", NOSHOW("e", "air-1", "", "\"smuggling\"", "pnr-6.2a", ""), NOW_MS,
     VERDICT_TIME_RANGE},
    {"before 1990",
     NOSHOW("e", "air-1", "1989-12-31T23:59:59Z", "\"smuggling\"", "pnr-6.2a", ""), NOW_MS,
     VERDICT_TIME_RANGE},
    {"in 1990", NOSHOW("e", "air-1", "1990-01-01T00:00:00Z", "\"smuggling\"", "pnr-6.2a", ""),
     NOW_MS, VERDICT_GOOD},
    {"after 2200",
     NOSHOW("e", "air-1", "2201-01-01T00:00:00Z", "\"smuggling\"", "pnr-6.2a", ""), -1,
     VERDICT_TIME_RANGE},
    {"a pseudonym",
     NOSHOW("e", "air-1", NOW, "\"smuggling\"", "pnr-6.2a", "\"doc_ref\":\"doc:t1:" HEX "\""),
     NOW_MS, VERDICT_GOOD},
    {"clear text",
     NOSHOW("e", "air-1", NOW, "\"smuggling\"", "pnr-6.2a", "\"doc_ref\":\"NLDP1234567\""),
     NOW_MS, VERDICT_IDENTITY_CLEAR},
};

static struct intake_result take(struct intake *intake, struct kit *kit,
                                 const struct source *source, struct slice value,
                                 int64_t timestamp_ms)
{
    const struct record record = {
        .from = {"air", 2}, .offset = 7, .timestamp_ms = timestamp_ms, .value = value};

    return intake_take(intake, kit->arena, source, &record);
}

/* A record of the catalogue's own schema, in single-object encoding, and its schema's id. */
static struct text encoded(struct kit *kit, const char *line, uint64_t *schema)
{
    struct encoding *const encoding = encoding_new(kit->catalogue);
    struct text record = {0};
    struct frame frame;

    ck_assert_ptr_nonnull(encoding_put(encoding, slice_of(line), &record));
    ck_assert_int_eq(frame_read(SOURCE_SINGLE_OBJECT, text_slice(&record), &frame),
                     VERDICT_GOOD);
    *schema = frame.schema;
    encoding_free(encoding);
    return record;
}

static struct intake_result taken(struct intake *intake, struct kit *kit, const char *line,
                                  int64_t timestamp_ms)
{
    uint64_t schema;
    struct text text = encoded(kit, line, &schema);
    const struct slice record =
        slice_copy(kit->arena, text_slice(&text)); /* an event is of it */
    struct intake_result result = take(intake, kit, &air, record, timestamp_ms);

    if (result.wants_schema) {
        for (size_t i = 0; i < catalogue_count(kit->catalogue); i++) {
            const struct event_type *const type = catalogue_type(kit->catalogue, i);
            if (slice_contains(slice_of(line), type->name)) {
                intake_schema(intake, &result.wanted, type->json);
            }
        }
        result = take(intake, kit, &air, record, timestamp_ms);
    }
    text_free(&text);
    return result;
}

/* What a source may send is taken, anything else has a verdict, and no detail tells a value. */
START_TEST(every_record_has_a_verdict)
{
    struct kit kit = kit_begin();
    struct intake *const intake = intake_new(kit.catalogue, NULL);
    const struct intake_result result =
        taken(intake, &kit, cases[_i].line, cases[_i].timestamp_ms);

    ck_assert(!result.wants_schema);
    ck_assert_msg(result.verdict == cases[_i].verdict, "%s: %s", cases[_i].what,
                  verdict_name(result.verdict));
    ck_assert(!slice_contains(result.detail, SLICE("NLDP")));
    ck_assert(!slice_contains(result.detail, SLICE("curiosity")));
    intake_free(intake);
    kit_end(&kit);
}
END_TEST

/* An event knows its type, its source and its place in the log. */
START_TEST(an_event_knows_where_it_stands)
{
    struct kit kit = kit_begin();
    struct intake *const intake = intake_new(kit.catalogue, NULL);
    const struct intake_result result = taken(intake, &kit, cases[0].line, NOW_MS);

    ck_assert_int_eq(result.verdict, VERDICT_GOOD);
    ck_assert(result.time_known && result.time.ms == NOW_MS);
    ck_assert_slice_eq(result.event.is.source, "air-1");
    ck_assert_slice_eq(result.event.is.id, "e");
    ck_assert_slice_eq(result.event.is.place.topic, "air");
    ck_assert(result.event.is.place.partition == 2 && result.event.is.place.offset == 7);
    ck_assert_slice_eq(result.event.type->name, "air.noshow");
    ck_assert_uint_eq(result.event.purposes, 1);
    intake_free(intake);
    kit_end(&kit);
}
END_TEST

/* A record whose schema is not known asks for it, and is taken once it was given. */
START_TEST(an_unknown_schema_is_asked_for)
{
    struct kit kit = kit_begin();
    struct intake *const intake = intake_new(kit.catalogue, NULL);
    uint64_t schema;
    struct text record = encoded(&kit, cases[0].line, &schema);
    struct intake_result result = take(intake, &kit, &air, text_slice(&record), NOW_MS);

    ck_assert(result.wants_schema && result.wanted.schema == schema &&
              result.wanted.source == &air);
    intake_schema(intake, &result.wanted,
                  catalogue_find(kit.catalogue, SLICE("air.noshow"))->json);
    result = take(intake, &kit, &air, text_slice(&record), NOW_MS);
    ck_assert(!result.wants_schema && result.verdict == VERDICT_GOOD);
    ck_assert_slice_eq(result.event.is.id, "e");
    text_free(&record);
    intake_free(intake);
    kit_end(&kit);
}
END_TEST

/* A schema that nobody has is a verdict, and is asked for again only when the unknown were
 * forgotten. */
START_TEST(a_schema_that_nobody_has_is_not_asked_for_again)
{
    struct kit kit = kit_begin();
    struct intake *const intake = intake_new(kit.catalogue, NULL);
    uint64_t schema;
    struct text record = encoded(&kit, cases[0].line, &schema);
    struct intake_result result = take(intake, &kit, &air, text_slice(&record), NOW_MS);

    intake_schema(intake, &result.wanted, SLICE(""));
    for (int i = 0; i < 3; i++) {
        result = take(intake, &kit, &air, text_slice(&record), NOW_MS);
        ck_assert(!result.wants_schema && result.verdict == VERDICT_SCHEMA_UNKNOWN);
    }
    intake_forget_unknown(intake);
    ck_assert(take(intake, &kit, &air, text_slice(&record), NOW_MS).wants_schema);
    text_free(&record);
    intake_free(intake);
    kit_end(&kit);
}
END_TEST

/* A source that names ever new schemas is refused after INTAKE_ASKED_MAX, without a request. */
START_TEST(a_flood_of_ids_is_refused_unasked)
{
    struct kit kit = kit_begin();
    struct intake *const intake = intake_new(kit.catalogue, NULL);
    int asked = 0;

    for (uint64_t id = 1; id <= 3 * INTAKE_ASKED_MAX; id++) {
        struct text record = {0};
        frame_put(&record, SOURCE_SINGLE_OBJECT, id);
        const struct intake_result result =
            take(intake, &kit, &air, text_slice(&record), NOW_MS);
        ck_assert(result.wants_schema || result.verdict == VERDICT_SCHEMA_UNKNOWN);
        if (result.wants_schema) {
            intake_schema(intake, &result.wanted, SLICE(""));
            asked++;
        }
        text_free(&record);
    }
    ck_assert_int_eq(asked, INTAKE_ASKED_MAX);
    intake_free(intake);
    kit_end(&kit);
}
END_TEST

static const struct {
    const char *what, *schema;
    enum verdict verdict;
} schemas[] = {
    {"no schema", "{", VERDICT_SCHEMA_MISMATCH},
    {"no event type of ours",
     "{\"type\":\"record\",\"namespace\":\"air\",\"name\":\"flown\",\"fields\":[]}",
     VERDICT_SCHEMA_MISMATCH},
    {"no envelope",
     "{\"type\":\"record\",\"namespace\":\"air\",\"name\":\"noshow\",\"fields\":[]}",
     VERDICT_SCHEMA_MISMATCH},
};

/* A schema that cannot be resolved is a mismatch, told again without asking again. */
START_TEST(a_useless_schema_is_a_mismatch)
{
    struct kit kit = kit_begin();
    struct intake *const intake = intake_new(kit.catalogue, NULL);
    uint64_t schema;
    struct text record = encoded(&kit, cases[0].line, &schema);
    const struct stage_wanted wanted =
        take(intake, &kit, &air, text_slice(&record), NOW_MS).wanted;

    intake_schema(intake, &wanted, slice_of(schemas[_i].schema));
    for (int i = 0; i < 2; i++) {
        const struct intake_result result =
            take(intake, &kit, &air, text_slice(&record), NOW_MS);
        ck_assert(!result.wants_schema);
        ck_assert_msg(result.verdict == schemas[_i].verdict, "%s: %s", schemas[_i].what,
                      verdict_name(result.verdict));
    }
    text_free(&record);
    intake_free(intake);
    kit_end(&kit);
}
END_TEST

/* A record cut at any length has a verdict; only the whole one is good. */
START_TEST(a_record_cut_anywhere_is_rejected)
{
    struct kit kit = kit_begin();
    struct intake *const intake = intake_new(kit.catalogue, NULL);
    uint64_t schema;
    struct text record = encoded(&kit, cases[0].line, &schema);
    const struct stage_wanted wanted = {&air, schema};

    intake_schema(intake, &wanted, catalogue_find(kit.catalogue, SLICE("air.noshow"))->json);
    for (size_t size = 0; size < record.size; size++) {
        char *const copy = malloc(size + 1);
        memcpy(copy + 1, record.data, size);
        const struct intake_result result =
            take(intake, &kit, &air, (struct slice){copy + 1, size}, NOW_MS);
        free(copy);
        ck_assert_msg(!result.wants_schema && result.verdict != VERDICT_GOOD, "%zu bytes",
                      size);
    }
    text_free(&record);
    intake_free(intake);
    kit_end(&kit);
}
END_TEST

Suite *intake_suite(void)
{
    const TTest *const tests[] = {an_event_knows_where_it_stands,
                                  an_unknown_schema_is_asked_for,
                                  a_schema_that_nobody_has_is_not_asked_for_again,
                                  a_flood_of_ids_is_refused_unasked,
                                  a_record_cut_anywhere_is_rejected,
                                  NULL};
    Suite *const suite = unit_suite("intake", tests);

    unit_loop(suite, every_record_has_a_verdict, COUNT_OF(cases));
    unit_loop(suite, a_useless_schema_is_a_mismatch, COUNT_OF(schemas));
    return suite;
}
