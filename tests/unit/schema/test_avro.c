#include "seinpost/base/text.h"
#include "seinpost/schema/avro.h"

#include "schema.h"

/* Parsing Canonical Form, each row one of the specification's transformations. */
static const struct {
    const char *schema;
    const char *canonical;
} forms[] = {
    {"\"int\"", "\"int\""},
    {"{\"type\": \"int\"}", "\"int\""},
    {"{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}", "\"long\""},
    {"[ \"null\" , \"int\" ]", "[\"null\",\"int\"]"},
    {"[]", "[]"},
    {"{\"items\":\"string\",\"type\":\"array\"}", "{\"type\":\"array\",\"items\":\"string\"}"},
    {"{\"values\":{\"type\":\"bytes\"},\"type\":\"map\"}",
     "{\"type\":\"map\",\"values\":\"bytes\"}"},
    {"{\"size\":16,\"doc\":\"x\",\"type\":\"fixed\",\"namespace\":\"x.y\",\"name\":\"a\"}",
     "{\"name\":\"x.y.a\",\"type\":\"fixed\",\"size\":16}"},
    {"{\"type\":\"fixed\",\"namespace\":\"x.y\",\"name\":\"p.q.a\",\"size\":16}",
     "{\"name\":\"p.q.a\",\"type\":\"fixed\",\"size\":16}"},
    {"{\"symbols\":[\"B\",\"A\"],\"aliases\":[\"x\"],\"type\":\"enum\",\"name\":\"e\","
     "\"default\":\"A\"}",
     "{\"name\":\"e\",\"type\":\"enum\",\"symbols\":[\"B\",\"A\"]}"},
    {"{\"fields\":[],\"type\":\"record\",\"name\":\"r\"}",
     "{\"name\":\"r\",\"type\":\"record\",\"fields\":[]}"},
    {"{\"type\":\"error\",\"name\":\"r\",\"fields\":[]}",
     "{\"name\":\"r\",\"type\":\"error\",\"fields\":[]}"},
    {"{\"type\":\"record\",\"name\":\"r\",\"namespace\":\"n\",\"fields\":[{\"default\":0,"
     "\"order\":"
     "\"ignore\",\"doc\":\"d\",\"type\":{\"type\":\"int\"},\"name\":\"f\"},{\"name\":\"g\","
     "\"type\":"
     "[\"null\",\"r\"]}]}",
     "{\"name\":\"n.r\",\"type\":\"record\",\"fields\":[{\"name\":\"f\",\"type\":\"int\"},{"
     "\"name\":"
     "\"g\",\"type\":[\"null\",\"n.r\"]}]}"},
    {"{\"type\":\"record\",\"name\":\"a.r\",\"fields\":[{\"name\":\"f\",\"type\":{\"type\":"
     "\"enum\","
     "\"name\":\"e\",\"symbols\":[]}},{\"name\":\"g\",\"type\":\"e\"},{\"name\":\"h\",\"type\":"
     "{\"type\":\"fixed\",\"name\":\"x\",\"namespace\":\"\",\"size\":1}}]}",
     "{\"name\":\"a.r\",\"type\":\"record\",\"fields\":[{\"name\":\"f\",\"type\":{\"name\":\"a."
     "e\","
     "\"type\":\"enum\",\"symbols\":[]}},{\"name\":\"g\",\"type\":\"a.e\"},{\"name\":\"h\","
     "\"type\":"
     "{\"name\":\"x\",\"type\":\"fixed\",\"size\":1}}]}"},
    {"{\"type\":\"enum\",\"name\":\"\\u0065\",\"symbols\":[\"\\u0041\"]}",
     "{\"name\":\"e\",\"type\":\"enum\",\"symbols\":[\"A\"]}"},
};

/* A schema's canonical form is what the Avro specification makes of it. */
START_TEST(canonical_form_is_as_specified)
{
    struct text text = {0};

    ck_assert(avro_canonical(slice_of(forms[_i].schema), &text));
    ck_assert_slice_eq(text_slice(&text), forms[_i].canonical);
    text_free(&text);
}
END_TEST

/* A canonical form is its own canonical form; but for a name without a namespace within one,
 * for which the specification has no way to say so. */
START_TEST(canonical_form_is_its_own)
{
    struct text text = {0};

    if (strstr(forms[_i].schema, "\"namespace\":\"\"") == NULL) {
        ck_assert(avro_canonical(slice_of(forms[_i].canonical), &text));
        ck_assert_slice_eq(text_slice(&text), forms[_i].canonical);
    }
    text_free(&text);
}
END_TEST

/* Fingerprints are CRC-64-AVRO, as Avro's own test data has them. */
START_TEST(fingerprints_are_those_avro_publishes)
{
    static const struct {
        const char *schema;
        int64_t fingerprint;
    } cases[] = {{"\"null\"", 7195948357588979594},  {"\"boolean\"", -6970731678124411036},
                 {"\"int\"", 8247732601305521295},   {"\"long\"", -3434872931120570953},
                 {"\"float\"", 5583340709985441680}, {"\"double\"", -8181574048448539266},
                 {"\"bytes\"", 5746618253357095269}, {"\"string\"", -8142146995180207161}};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        ck_assert_int_eq((int64_t)avro_fingerprint(slice_of(cases[i].schema)),
                         cases[i].fingerprint);
    }
}
END_TEST

static const char *const no_schemas[] = {
    "",
    "{",
    "null",
    "5",
    "\"\"",
    "{\"type\":\"record\",\"name\":\"r\"}",
    "{\"type\":\"record\",\"fields\":[]}",
    "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"type\":\"int\"}]}",
    "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"f\"}]}",
    "{\"type\":\"record\",\"name\":\"r\",\"fields\":{}}",
    "{\"type\":\"enum\",\"name\":\"e\"}",
    "{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[1]}",
    "{\"type\":\"fixed\",\"name\":\"f\"}",
    "{\"type\":\"array\"}",
    "{\"type\":\"map\"}",
    "{\"name\":\"x\"}",
    "{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"a\\\"b\"]}",
    "{\"type\":\"fixed\",\"name\":\"f\",\"size\":-1}",
    "{\"type\":\"fixed\",\"name\":\"f\",\"size\":\"1\"}",
    "\"int\" \"int\"",
};

/* What is no schema is refused. */
START_TEST(what_is_no_schema_is_refused)
{
    for (size_t i = 0; i < COUNT_OF(no_schemas); i++) {
        struct text text = {0};
        ck_assert_msg(!avro_canonical(slice_of(no_schemas[i]), &text), "'%s' passed as '%.*s'",
                      no_schemas[i], (int)text.size, text.data);
        text_free(&text);
    }
}
END_TEST

static bool nested_passes(size_t depth)
{
    struct text schema = {0}, text = {0};

    for (size_t i = 0; i < depth; i++) {
        text_add(&schema, SLICE("{\"type\":\"array\",\"items\":"));
    }
    text_add(&schema, SLICE("\"int\""));
    for (size_t i = 0; i < depth; i++) {
        text_add_byte(&schema, '}');
    }
    const bool good = avro_canonical(text_slice(&schema), &text);
    text_free(&schema);
    text_free(&text);
    return good;
}

/* A schema nested deeper than AVRO_DEPTH_MAX is refused, however deep. */
START_TEST(depth_is_bounded)
{
    ck_assert(nested_passes(AVRO_DEPTH_MAX - 2));
    ck_assert(!nested_passes(AVRO_DEPTH_MAX + 1));
    ck_assert(!nested_passes(9000));
}
END_TEST

/* A schema larger than AVRO_SCHEMA_MAX is refused. */
START_TEST(size_is_bounded)
{
    struct text schema = {0}, text = {0};

    text_format(&schema, "\"int\"%*s", AVRO_SCHEMA_MAX - 5, "");
    ck_assert(avro_canonical(text_slice(&schema), &text));
    text_add_byte(&schema, ' ');
    ck_assert(!avro_canonical(text_slice(&schema), &text));
    text_free(&schema);
    text_free(&text);
}
END_TEST

Suite *avro_suite(void)
{
    const TTest *const tests[] = {fingerprints_are_those_avro_publishes,
                                  what_is_no_schema_is_refused, depth_is_bounded,
                                  size_is_bounded, NULL};
    Suite *const suite = unit_suite("avro", tests);

    unit_loop(suite, canonical_form_is_as_specified, COUNT_OF(forms));
    unit_loop(suite, canonical_form_is_its_own, COUNT_OF(forms));
    return suite;
}
