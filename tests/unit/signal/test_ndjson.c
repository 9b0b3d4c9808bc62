#include "seinpost/signal/ndjson.h"

#include "signal.h"

#define LINE(more)                                                                             \
    "{\"id\":\"a-1\",\"type\":\"air.booking.created\",\"source\":\"air-1\","                   \
    "\"time\":\"2024-03-04T09:00:00Z\",\"purpose\":[\"smuggling\"],\"legal_basis\":\"pnr-6."   \
    "2a\","                                                                                    \
    "\"data\":{" more "}}"

static enum verdict decoded(struct bench *bench, const char *line, struct raw_event **raw)
{
    *raw = NULL;
    return ndjson_decode(bench->arena, bench->catalogue, slice_of(line), raw, &bench->detail);
}

static const struct value *value(const struct raw_event *raw, const char *name)
{
    return &raw->values[bench_field(raw->type, name)];
}

/* The envelope is read. */
START_TEST(a_line_has_an_envelope)
{
    struct bench bench = bench_begin();
    struct raw_event *raw;

    ck_assert_int_eq(decoded(&bench, LINE(""), &raw), VERDICT_GOOD);
    ck_assert_slice_eq(raw->id, "a-1");
    ck_assert_slice_eq(raw->source, "air-1");
    ck_assert_slice_eq(raw->type->name, "air.booking.created");
    ck_assert(raw->time_known && raw->time.ms == 1709542800000);
    ck_assert_uint_eq(raw->purposes, 1);
    ck_assert_slice_eq(raw->legal_basis, "pnr-6.2a");
    bench_end(&bench);
}
END_TEST

static const char fields[] =
    LINE("\"carrier\":\"XX\",\"route\":[\"IST\",\"AMS\"],\"pax_count\":2,\"one_way\":true,"
         "\"depart_at\":"
         "\"2024-03-08T06:00:00Z\",\"amount_minor\":148000,\"currency\":\"EUR\",\"phone_ref\":"
         "\"0612345678\",\"group\":null");

/* All sorts of fields are read; personal ones in clear only. */
START_TEST(a_line_has_fields)
{
    struct bench bench = bench_begin();
    struct raw_event *raw;

    ck_assert_int_eq(decoded(&bench, fields, &raw), VERDICT_GOOD);
    ck_assert_slice_eq(value(raw, "carrier")->as.text, "XX");
    ck_assert_uint_eq(value_count(value(raw, "route")), 2);
    ck_assert(value(raw, "pax_count")->as.number == 2 && value(raw, "one_way")->as.truth);
    ck_assert_int_eq(value(raw, "depart_at")->as.time.ms, 1709877600000);
    ck_assert_int_eq(value(raw, "amount")->as.money.minor, 148000);
    ck_assert_int_eq(value(raw, "phone_ref")->type, VALUE_NONE);
    ck_assert_uint_eq(raw->clear[bench_field(raw->type, "phone_ref")].size, 10);
    ck_assert_int_eq(value(raw, "group")->type, VALUE_NONE);
    bench_end(&bench);
}
END_TEST

/* A field that the catalogue does not know is dropped. */
START_TEST(unknown_fields_are_dropped)
{
    struct bench bench = bench_begin();
    struct raw_event *raw;

    ck_assert_int_eq(decoded(&bench, LINE("\"name\":\"Somebody\",\"pax_count\":1"), &raw),
                     VERDICT_GOOD);
    ck_assert_int_eq(value(raw, "pax_count")->as.number, 1);
    bench_end(&bench);
}
END_TEST

static const struct {
    const char *line;
} bad[] = {
    {""},
    {"{"},
    {"[]"},
    {"5"},
    {"{}"},
    {"{\"type\":\"no.such.type\",\"data\":{}}"},
    {LINE("\"pax_count\":\"two\"")},
    {LINE("\"pax_count\":1.5")},
    {LINE("\"one_way\":1")},
    {LINE("\"carrier\":5")},
    {LINE("\"route\":\"AMS\"")},
    {LINE("\"route\":[1]")},
    {LINE("\"depart_at\":\"soon\"")},
    {LINE("\"phone_ref\":[\"0612345678\"]")},
    {LINE("") "x"},
};

/* What is no event, or has a field of another type, is rejected without its value being told.
 */
START_TEST(what_is_no_event_is_rejected)
{
    struct bench bench = bench_begin();
    struct raw_event *raw;
    const enum verdict verdict = decoded(&bench, bad[_i].line, &raw);

    ck_assert_msg(verdict != VERDICT_GOOD, "%s", bad[_i].line);
    ck_assert(!slice_contains(text_slice(&bench.detail), SLICE("0612345678")));
    ck_assert(!slice_contains(text_slice(&bench.detail), SLICE("soon")));
    bench_end(&bench);
}
END_TEST

/* A purpose that is no known word is told, as is one that is missing. */
START_TEST(unknown_purposes_are_told)
{
    struct bench bench = bench_begin();
    struct raw_event *raw;

    ck_assert_int_eq(decoded(&bench, LINE(""), &raw), VERDICT_GOOD);
    ck_assert(raw->purposes_known);
    ck_assert_int_eq(
        decoded(
            &bench,
            "{\"id\":\"a\",\"type\":\"air.noshow\",\"source\":\"s\",\"time\":"
            "\"2024-03-04T09:00:00Z\",\"purpose\":[\"smuggling\",\"curiosity\"],\"data\":{}}",
            &raw),
        VERDICT_GOOD);
    ck_assert(!raw->purposes_known);
    ck_assert_int_eq(decoded(&bench,
                             "{\"id\":\"a\",\"type\":\"air.noshow\",\"source\":\"s\",\"time\":"
                             "\"2024-03-04T09:00:00Z\",\"data\":{}}",
                             &raw),
                     VERDICT_GOOD);
    ck_assert_uint_eq(raw->purposes, 0);
    bench_end(&bench);
}
END_TEST

/* An event without a time, or with one that is none, says that its time is not known. */
START_TEST(a_missing_time_is_told)
{
    struct bench bench = bench_begin();
    struct raw_event *raw;

    if (decoded(&bench, "{\"id\":\"a\",\"type\":\"air.noshow\",\"source\":\"s\",\"data\":{}}",
                &raw) == VERDICT_GOOD) {
        ck_assert(!raw->time_known);
    }
    if (decoded(&bench,
                "{\"id\":\"a\",\"type\":\"air.noshow\",\"source\":\"s\",\"time\":\"x\","
                "\"data\":{}}",
                &raw) == VERDICT_GOOD) {
        ck_assert(!raw->time_known);
    }
    bench_end(&bench);
}
END_TEST

Suite *ndjson_suite(void)
{
    const TTest *const tests[] = {a_line_has_an_envelope,     a_line_has_fields,
                                  unknown_fields_are_dropped, unknown_purposes_are_told,
                                  a_missing_time_is_told,     NULL};
    Suite *const suite = unit_suite("ndjson", tests);

    unit_loop(suite, what_is_no_event_is_rejected, COUNT_OF(bad));
    return suite;
}
