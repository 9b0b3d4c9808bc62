#include "seinpost/schema/avro.h"
#include "seinpost/signal/encoding.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/ndjson.h"
#include "seinpost/signal/writer.h"

#include "signal.h"

static const char line[] = "{\"id\":\"a-1\",\"type\":\"bank.transfer\",\"source\":\"bank-1\","
                           "\"time\":\"2024-03-04T09:00:00.5Z\","
                           "\"purpose\":[\"smuggling\",\"trafficking\"],\"legal_basis\":\"wwft-"
                           "fiu\",\"data\":{\"debtor_ref\":\"d\","
                           "\"creditor_ref\":\"c\",\"amount_minor\":-5,\"currency\":\"EUR\","
                           "\"creditor_country\":\"TR\"}}";

static bool same_clear(const struct clear_text *a, const struct clear_text *b)
{
    return a->size == b->size && (a->size == 0 || memcmp(a->bytes, b->bytes, a->size) == 0);
}

static void expect_same(const struct raw_event *a, const struct raw_event *b)
{
    ck_assert(slice_equal(a->id, b->id) && slice_equal(a->source, b->source));
    ck_assert(a->time.ms == b->time.ms && a->purposes == b->purposes);
    ck_assert(slice_equal(a->legal_basis, b->legal_basis));
    for (size_t i = 0; i < a->type->fields_count; i++) {
        ck_assert_msg(value_equal(&a->values[i], &b->values[i]) &&
                          same_clear(&a->clear[i], &b->clear[i]),
                      "field %zu", i);
    }
}

static struct raw_event *decoded(struct bench *bench, const struct event_type *type,
                                 struct slice record)
{
    struct writer *const writer = writer_new(type->json, &bench->detail);
    struct frame frame;
    struct raw_event *raw = NULL;

    ck_assert_int_eq(frame_read(SOURCE_SINGLE_OBJECT, record, &frame), VERDICT_GOOD);
    ck_assert_int_eq(writer_resolve(writer, type, &bench->detail), VERDICT_GOOD);
    ck_assert_int_eq(writer_decode(writer, bench->arena, frame.body, &raw, &bench->detail),
                     VERDICT_GOOD);
    writer_free(writer);
    return raw;
}

/* An event that was encoded by the catalogue's schema is decoded to what its line says. */
START_TEST(what_was_encoded_is_decoded)
{
    struct bench bench = bench_begin();
    struct encoding *const encoding = encoding_new(bench.catalogue);
    struct text record = {0};
    const struct event_type *const type = encoding_put(encoding, slice_of(line), &record);
    struct raw_event *wanted = NULL;

    ck_assert_int_eq(
        ndjson_decode(bench.arena, bench.catalogue, slice_of(line), &wanted, &bench.detail),
        VERDICT_GOOD);
    expect_same(decoded(&bench, type, text_slice(&record)), wanted);
    encoding_free(encoding);
    text_free(&record);
    bench_end(&bench);
}
END_TEST

/* A record's head is the fingerprint of the schema's canonical form. */
START_TEST(a_record_names_its_schema)
{
    struct bench bench = bench_begin();
    struct encoding *const encoding = encoding_new(bench.catalogue);
    struct text record = {0}, canonical = {0};
    const struct event_type *const type = encoding_put(encoding, slice_of(line), &record);
    struct frame frame;

    ck_assert_slice_eq(type->name, "bank.transfer");
    ck_assert_int_eq(frame_read(SOURCE_SINGLE_OBJECT, text_slice(&record), &frame),
                     VERDICT_GOOD);
    ck_assert(avro_canonical(type->json, &canonical));
    ck_assert_uint_eq(frame.schema, avro_fingerprint(text_slice(&canonical)));
    encoding_free(encoding);
    text_free(&record);
    text_free(&canonical);
    bench_end(&bench);
}
END_TEST

/* A line that is no event of the catalogue gives no record. */
START_TEST(what_is_no_event_is_not_encoded)
{
    static const char *const bad[] = {"", "{}", "{\"type\":\"no.such\"}", "[1]"};
    struct bench bench = bench_begin();
    struct encoding *const encoding = encoding_new(bench.catalogue);

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct text record = {0};
        ck_assert_ptr_null(encoding_put(encoding, slice_of(bad[i]), &record));
        text_free(&record);
    }
    encoding_free(encoding);
    bench_end(&bench);
}
END_TEST

Suite *encoding_suite(void)
{
    const TTest *const tests[] = {what_was_encoded_is_decoded, a_record_names_its_schema,
                                  what_is_no_event_is_not_encoded, NULL};

    return unit_suite("encoding", tests);
}
