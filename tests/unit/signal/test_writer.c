#include "seinpost/schema/binary.h"
#include "seinpost/signal/writer.h"

#include "signal.h"

/* A partner's schema of air.noshow: other order, other types, fields that we do not have. */
#define SCHEMA(time_type, leg_type)                                                            \
    "{\"type\":\"record\",\"namespace\":\"air\",\"name\":\"noshow\",\"fields\":["              \
    "{\"name\":\"data\",\"type\":{\"type\":\"record\",\"name\":\"d\",\"fields\":["             \
    "{\"name\":\"leg\",\"type\":" leg_type "},{\"name\":\"seat\",\"type\":\"string\"},"        \
    "{\"name\":\"doc_ref\",\"type\":[\"null\",\"string\"]},{\"name\":\"to\",\"type\":"         \
    "\"bytes\"}]}},"                                                                           \
    "{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"source\",\"type\":\"string\"},"         \
    "{\"name\":\"time\",\"type\":" time_type "}]}"
#define MICROS "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}"

static struct text body_of(int64_t leg, int64_t time)
{
    struct text body = {0};

    binary_put_long(&body, leg);
    binary_put_text(&body, SLICE("12A"));
    binary_put_long(&body, 1);
    binary_put_text(&body, SLICE("NLDP1234567"));
    binary_put_text(&body, SLICE("AMS"));
    binary_put_text(&body, SLICE("e-1"));
    binary_put_text(&body, SLICE("air-1"));
    binary_put_long(&body, time);
    return body;
}

static struct writer *writer_for(struct bench *bench, const char *schema)
{
    struct writer *const writer = writer_new(slice_of(schema), &bench->detail);

    ck_assert_ptr_nonnull(writer);
    ck_assert_int_eq(writer_resolve(writer,
                                    catalogue_find(bench->catalogue, SLICE("air.noshow")),
                                    &bench->detail),
                     VERDICT_GOOD);
    return writer;
}

/* Fields are found by name in any order, extra ones passed over, bytes taken for text, and a
 * time in the unit that the schema says. */
START_TEST(another_schema_is_resolved)
{
    struct bench bench = bench_begin();
    struct writer *const writer = writer_for(&bench, SCHEMA(MICROS, "\"int\""));
    struct text body = body_of(2, 1709542800123456);
    struct raw_event *raw = NULL;

    ck_assert_slice_eq(writer_name(writer), "air.noshow");
    ck_assert_int_eq(writer_decode(writer, bench.arena, text_slice(&body), &raw, &bench.detail),
                     VERDICT_GOOD);
    ck_assert_int_eq(raw->time.ms, 1709542800123);
    ck_assert_slice_eq(raw->id, "e-1");
    ck_assert_int_eq(raw->values[bench_field(raw->type, "leg")].as.number, 2);
    ck_assert_slice_eq(raw->values[bench_field(raw->type, "to")].as.text, "AMS");
    ck_assert_uint_eq(raw->clear[bench_field(raw->type, "doc_ref")].size, 11);
    ck_assert_int_eq(raw->values[bench_field(raw->type, "inbound_delay_min")].type, VALUE_NONE);
    text_free(&body);
    writer_free(writer);
    bench_end(&bench);
}
END_TEST

/* A body cut at any length, or with a byte too many, is no event; the detail has no value. */
START_TEST(a_body_cut_anywhere_is_rejected)
{
    struct bench bench = bench_begin();
    struct writer *const writer = writer_for(&bench, SCHEMA("\"long\"", "\"long\""));
    struct text body = body_of(2, 1709542800000);

    text_add_byte(&body, 'x');
    for (size_t size = 0; size <= body.size; size++) {
        struct raw_event *raw = NULL;
        char *const copy = malloc(size + 1);
        memcpy(copy + 1, body.data, size);
        const enum verdict verdict = writer_decode(
            writer, bench.arena, (struct slice){copy + 1, size}, &raw, &bench.detail);
        free(copy);
        ck_assert_msg((verdict == VERDICT_GOOD) == (size == body.size - 1), "%zu bytes", size);
    }
    ck_assert(!slice_contains(text_slice(&bench.detail), SLICE("NLDP")));
    text_free(&body);
    writer_free(writer);
    bench_end(&bench);
}
END_TEST

static const char *const unusable[] = {
    "",
    "\"string\"",
    "{\"type\":\"record\"}",
    "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"f\",\"type\":\"nothing\"}]}",
    "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"f\",\"type\":[\"null\",\"r\"]}"
    "]}",
    "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"f\",\"type\":{\"type\":"
    "\"fixed\",\"name\":"
    "\"x\",\"size\":1000000000}}]}",
};

/* A schema that is none, contains itself or asks for more than a record may have is refused,
 * and the detail says why. */
START_TEST(an_unusable_schema_is_refused)
{
    struct bench bench = bench_begin();
    struct writer *const writer = writer_new(slice_of(unusable[_i]), &bench.detail);

    ck_assert_ptr_null(writer);
    ck_assert_uint_gt(text_slice(&bench.detail).size, 0);
    bench_end(&bench);
}
END_TEST

/* A schema without what every event must have cannot be resolved. */
START_TEST(a_schema_without_the_envelope_is_a_mismatch)
{
    struct bench bench = bench_begin();
    struct writer *const writer =
        writer_new(SLICE("{\"type\":\"record\",\"namespace\":\"air\",\"name\":\"noshow\","
                         "\"fields\":[{\"name\":\"id\","
                         "\"type\":\"string\"}]}"),
                   &bench.detail);

    ck_assert_ptr_nonnull(writer);
    ck_assert_int_eq(writer_resolve(writer,
                                    catalogue_find(bench.catalogue, SLICE("air.noshow")),
                                    &bench.detail),
                     VERDICT_SCHEMA_MISMATCH);
    writer_free(writer);
    writer_free(NULL);
    bench_end(&bench);
}
END_TEST

Suite *writer_suite(void)
{
    const TTest *const tests[] = {another_schema_is_resolved, a_body_cut_anywhere_is_rejected,
                                  a_schema_without_the_envelope_is_a_mismatch, NULL};
    Suite *const suite = unit_suite("writer", tests);

    unit_loop(suite, an_unusable_schema_is_refused, COUNT_OF(unusable));
    return suite;
}
