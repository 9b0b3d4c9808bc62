#include "seinpost/schema/binary.h"
#include "seinpost/signal/writer.h"

#include "signal.h"

static const struct {
    const char *schema;
    struct slice bytes;
    const char *fault; /* NULL: none */
} data[] = {
    {"\"int\"", {"\x02", 1}, NULL},
    {"\"int\"", {"", 0}, "truncated"},
    {"\"int\"", {"\x02\x02", 2}, "trailing"},
    {"\"boolean\"", {"\x02", 1}, "boolean"},
    {"\"string\"",
     {"\x04"
      "a",
      2},
     "truncated"},
    {"\"string\"", {"\x01", 1}, "length"},
    {"\"string\"", {"\x02\xff", 2}, "utf8"},
    {"\"bytes\"", {"\x02\xff", 2}, NULL},
    {"[\"null\",\"int\"]", {"\x04", 1}, "union"},
    {"[\"null\",\"int\"]", {"\x01", 1}, "union"},
    {"[\"null\",\"int\"]", {"\x00", 1}, NULL},
    {"{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"A\",\"B\"]}", {"\x04", 1}, "enum"},
    {"{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"A\",\"B\"]}", {"\x01", 1}, "enum"},
    {"{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"A\",\"B\"]}", {"\x02", 1}, NULL},
    {"{\"type\":\"array\",\"items\":\"null\"}", {"\x80\x89\x7a\x00", 4}, "items"},
    {"{\"type\":\"array\",\"items\":\"int\"}", {"\x04\x02\x02\x00", 4}, NULL},
    {"{\"type\":\"array\",\"items\":\"int\"}", {"\x03\x04\x02\x02\x00", 5}, NULL},
    {"{\"type\":\"array\",\"items\":\"int\"}", {"\x03\x06\x02\x02\x00", 5}, "length"},
    {"{\"type\":\"array\",\"items\":\"int\"}", {"\x04\x02", 2}, "truncated"},
    {"{\"type\":\"map\",\"values\":\"int\"}",
     {"\x02\x02"
      "a\x02\x00",
      5},
     NULL},
    {"{\"type\":\"fixed\",\"name\":\"f\",\"size\":2}", {"ab", 2}, NULL},
    {"{\"type\":\"fixed\",\"name\":\"f\",\"size\":2}", {"a", 1}, "truncated"},
    {"\"double\"", {"12345678", 8}, NULL},
    {"\"float\"", {"123", 3}, "truncated"},
};

/* A record whose last field is of this schema, and nobody asks for it. */
static struct writer *writer_with(struct bench *bench, const char *schema)
{
    struct text text = {0};

    text_add(&text, SLICE("{\"type\":\"record\",\"namespace\":\"air\",\"name\":\"noshow\","
                          "\"fields\":[{\"name\":\"id\",\"type\":\"string\"},"
                          "{\"name\":\"source\",\"type\":\"string\"},"
                          "{\"name\":\"time\",\"type\":\"long\"},"
                          "{\"name\":\"data\",\"type\":{\"type\":\"record\",\"name\":\"d\","
                          "\"fields\":[]}},{\"name\":\"x\",\"type\":"));
    text_format(&text, "%s}]}", schema);
    struct writer *const writer = writer_new(text_slice(&text), &bench->detail);
    ck_assert_ptr_nonnull(writer);
    ck_assert_int_eq(writer_resolve(writer,
                                    catalogue_find(bench->catalogue, SLICE("air.noshow")),
                                    &bench->detail),
                     VERDICT_GOOD);
    text_free(&text);
    return writer;
}

/* Bytes that a reader would stumble over are told by a word, also where nobody asks for them.
 */
START_TEST(every_byte_is_checked)
{
    struct bench bench = bench_begin();
    struct writer *const writer = writer_with(&bench, data[_i].schema);
    struct raw_event *raw = NULL;
    struct text body = {0};

    binary_put_text(&body, SLICE("e"));
    binary_put_text(&body, SLICE("s"));
    binary_put_long(&body, 1);
    text_add(&body, data[_i].bytes);
    const enum verdict verdict =
        writer_decode(writer, bench.arena, text_slice(&body), &raw, &bench.detail);
    ck_assert_int_eq(verdict, data[_i].fault == NULL ? VERDICT_GOOD : VERDICT_DECODE);
    ck_assert_slice_eq(text_slice(&bench.detail), data[_i].fault == NULL ? "" : data[_i].fault);
    text_free(&body);
    writer_free(writer);
    bench_end(&bench);
}
END_TEST

Suite *decoder_suite(void)
{
    const TTest *const tests[] = {NULL};
    Suite *const suite = unit_suite("decoder", tests);

    unit_loop(suite, every_byte_is_checked, COUNT_OF(data));
    return suite;
}
