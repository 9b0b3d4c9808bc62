#include "seinpost/signal/frame.h"

#include "signal.h"

/* Confluent's head is 0 and the schema's id, big endian. */
START_TEST(confluent_head_is_big_endian)
{
    struct frame frame;
    struct text text = {0};

    ck_assert_int_eq(frame_read(SOURCE_CONFLUENT, SLICE("\0\x01\x02\x03\x04xy"), &frame),
                     VERDICT_GOOD);
    ck_assert_uint_eq(frame.schema, 0x01020304);
    ck_assert_slice_eq(frame.body, "xy");
    frame_put(&text, SOURCE_CONFLUENT, 0xfffefdfc);
    ck_assert(slice_equal(text_slice(&text), SLICE("\0\xff\xfe\xfd\xfc")));
    text_free(&text);
}
END_TEST

/* Single-object encoding's head is C3 01 and the fingerprint, little endian. */
START_TEST(single_object_head_is_little_endian)
{
    struct frame frame;
    struct text text = {0};

    ck_assert_int_eq(frame_read(SOURCE_SINGLE_OBJECT,
                                SLICE("\xC3\x01\x08\x07\x06\x05\x04\x03\x02\x01z"), &frame),
                     VERDICT_GOOD);
    ck_assert_uint_eq(frame.schema, UINT64_C(0x0102030405060708));
    ck_assert_slice_eq(frame.body, "z");
    frame_put(&text, SOURCE_SINGLE_OBJECT, UINT64_C(0x0102030405060708));
    ck_assert(
        slice_equal(text_slice(&text), SLICE("\xC3\x01\x08\x07\x06\x05\x04\x03\x02\x01")));
    text_free(&text);
}
END_TEST

/* Any id that is put is read back, with what stands behind it. */
START_TEST(reads_what_it_puts)
{
    struct unit_draw draw = unit_draw(40);

    for (int i = 0; i < 1000; i++) {
        const enum source_wire wire = i % 2 == 0 ? SOURCE_CONFLUENT : SOURCE_SINGLE_OBJECT;
        const uint64_t schema =
            wire == SOURCE_CONFLUENT ? (uint32_t)unit_next(&draw) : unit_next(&draw);
        struct frame frame;
        struct text text = {0};
        frame_put(&text, wire, schema);
        text_add(&text, SLICE("body"));
        ck_assert_int_eq(frame_read(wire, text_slice(&text), &frame), VERDICT_GOOD);
        ck_assert(frame.schema == schema && frame.wire == wire);
        ck_assert_slice_eq(frame.body, "body");
        text_free(&text);
    }
}
END_TEST

static const struct {
    enum source_wire wire;
    struct slice record;
    enum verdict verdict;
} heads[] = {
    {SOURCE_CONFLUENT, {"", 0}, VERDICT_FRAME_SHORT},
    {SOURCE_CONFLUENT, {"\0\0\0\0", 4}, VERDICT_FRAME_SHORT},
    {SOURCE_CONFLUENT, {"\0\0\0\0\0", 5}, VERDICT_GOOD},
    {SOURCE_CONFLUENT, {"\1\0\0\0\0x", 6}, VERDICT_FRAME_MAGIC},
    {SOURCE_CONFLUENT, {"\xC3\x01\0\0\0\0\0\0\0\0", 10}, VERDICT_FRAME_MAGIC},
    {SOURCE_SINGLE_OBJECT, {"", 0}, VERDICT_FRAME_SHORT},
    {SOURCE_SINGLE_OBJECT, {"\xC3\x01\0\0\0\0\0\0\0", 9}, VERDICT_FRAME_SHORT},
    {SOURCE_SINGLE_OBJECT, {"\xC3\x01\0\0\0\0\0\0\0\0", 10}, VERDICT_GOOD},
    {SOURCE_SINGLE_OBJECT, {"\xC3\x02\0\0\0\0\0\0\0\0", 10}, VERDICT_FRAME_MAGIC},
    {SOURCE_SINGLE_OBJECT, {"\0\x01\0\0\0\0\0\0\0\0", 10}, VERDICT_FRAME_MAGIC},
};

/* A head that is too short, or another format's, is told. */
START_TEST(bad_heads_are_told)
{
    char *const copy = malloc(heads[_i].record.size + 1);
    struct frame frame;

    memcpy(copy, heads[_i].record.data, heads[_i].record.size);
    const struct slice record = {copy, heads[_i].record.size};
    ck_assert_int_eq(frame_read(heads[_i].wire, record, &frame), heads[_i].verdict);
    free(copy);
}
END_TEST

/* Every verdict has a code of its own, in lower case with dashes or underscores. */
START_TEST(verdicts_have_codes)
{
    for (int a = 0; a < VERDICTS_COUNT; a++) {
        const char *const code = verdict_name((enum verdict)a);
        ck_assert_uint_gt(strlen(code), 0);
        ck_assert_uint_eq(strspn(code, "abcdefghijklmnopqrstuvwxyz-_"), strlen(code));
        for (int b = 0; b < a; b++) {
            ck_assert_str_ne(code, verdict_name((enum verdict)b));
        }
    }
    ck_assert_str_eq(verdict_name(VERDICT_LATE), "late");
}
END_TEST

Suite *frame_suite(void)
{
    const TTest *const tests[] = {confluent_head_is_big_endian,
                                  single_object_head_is_little_endian, reads_what_it_puts,
                                  verdicts_have_codes, NULL};
    Suite *const suite = unit_suite("frame", tests);

    unit_loop(suite, bad_heads_are_told, COUNT_OF(heads));
    return suite;
}
