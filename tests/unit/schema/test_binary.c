#include "seinpost/schema/binary.h"

#include "schema.h"

static const struct {
    int64_t number;
    const char *bytes;
    size_t size;
} longs[] = {
    {0, "\x00", 1},
    {-1, "\x01", 1},
    {1, "\x02", 1},
    {-2, "\x03", 1},
    {2, "\x04", 1},
    {-64, "\x7f", 1},
    {64, "\x80\x01", 2},
    {8192, "\x80\x80\x01", 3},
    {INT64_MAX, "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10},
    {INT64_MIN, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10},
};

/* Numbers are written as the Avro specification shows them, and read back. */
START_TEST(numbers_are_as_specified)
{
    struct text text = {0};

    binary_put_long(&text, longs[_i].number);
    ck_assert(slice_equal(text_slice(&text), (struct slice){longs[_i].bytes, longs[_i].size}));
    struct binary binary = binary_of(text_slice(&text));
    ck_assert_int_eq(binary_get_long(&binary), longs[_i].number);
    ck_assert(binary_good(&binary));
    text_free(&text);
}
END_TEST

/* Text and truth are written as the Avro specification shows them. */
START_TEST(text_and_truth_are_as_specified)
{
    struct text text = {0};

    binary_put_text(&text, SLICE("foo"));
    binary_put_bool(&text, true);
    binary_put_bool(&text, false);
    ck_assert(slice_equal(text_slice(&text), SLICE("\x06\x66\x6f\x6f\x01\x00")));
    struct binary binary = binary_of(text_slice(&text));
    ck_assert_slice_eq(binary_get_text(&binary), "foo");
    ck_assert(binary_get_bool(&binary));
    ck_assert(!binary_get_bool(&binary));
    ck_assert(binary_good(&binary));
    text_free(&text);
}
END_TEST

/* An array is a block and an end; without items, the end alone. */
START_TEST(arrays_are_as_specified)
{
    struct text text = {0};

    binary_put_count(&text, 2);
    binary_put_long(&text, 3);
    binary_put_long(&text, 27);
    binary_put_end(&text);
    ck_assert(slice_equal(text_slice(&text), SLICE("\x04\x06\x36\x00")));
    text_clear(&text);
    binary_put_count(&text, 0);
    binary_put_end(&text);
    ck_assert(slice_equal(text_slice(&text), SLICE("\x00")));
    text_free(&text);
}
END_TEST

/* A block may be told with its size in bytes, as other writers do. */
START_TEST(a_block_may_have_its_size)
{
    struct binary binary = binary_of(SLICE("\x03\x04\x06\x36\x00"));

    ck_assert_uint_eq(binary_get_block(&binary), 2);
    ck_assert_int_eq(binary_get_long(&binary), 3);
    ck_assert_int_eq(binary_get_long(&binary), 27);
    ck_assert_uint_eq(binary_get_block(&binary), 0);
    ck_assert(binary_good(&binary));
}
END_TEST

static void get_long(struct binary *binary)
{
    binary_get_long(binary);
}

static void get_int(struct binary *binary)
{
    binary_get_int(binary);
}

static void get_bool(struct binary *binary)
{
    binary_get_bool(binary);
}

static void get_text(struct binary *binary)
{
    binary_get_text(binary);
}

static void get_block(struct binary *binary)
{
    binary_get_block(binary);
}

static void get_value(struct binary *binary)
{
    binary_get_value(binary);
}

#define BAD(literal, get)                                                                      \
    {                                                                                          \
        {literal, sizeof(literal) - 1}, get                                                    \
    }
static const struct {
    struct slice bytes;
    void (*get)(struct binary *binary);
} bad[] = {
    BAD("", get_long),
    BAD("\x80", get_long),
    BAD("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", get_long), /* 11 bytes */
    BAD("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", get_long),     /* more than 64 bits */
    BAD("\x80\x80\x80\x80\x10", get_int),                          /* 2^31 */
    BAD("\x81\x80\x80\x80\x10", get_int),                          /* -2^31 - 1 */
    BAD("", get_bool),
    BAD("\x02", get_bool),
    BAD("\x06xx", get_text),
    BAD("\x01x", get_text),
    BAD("\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01x", get_text),
    BAD("\x06\x02\x02", get_block),
    BAD("\x05\x04\x02\x02", get_block), /* three items in two bytes */
    BAD("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x02", get_block),
    BAD("\x08", get_value), /* branch 4 of 4 */
    BAD("\x01", get_value),
    BAD("\x04\x06xx", get_value),
};

/* Bytes that are no Avro are told, and nothing behind their end is read. */
START_TEST(bad_bytes_are_told)
{
    char *const copy = malloc(bad[_i].bytes.size + 1);

    memcpy(copy, bad[_i].bytes.data, bad[_i].bytes.size);
    struct binary binary = binary_of((struct slice){copy, bad[_i].bytes.size});
    bad[_i].get(&binary);
    ck_assert(!binary_good(&binary));
    free(copy);
}
END_TEST

/* A reader that met bad bytes gives nothing any more. */
START_TEST(a_bad_reader_stays_bad)
{
    struct binary binary = binary_of(SLICE("\x02\x02\x02\x06"));

    ck_assert(binary_get_bool(&binary) == false);
    ck_assert_int_eq(binary_get_long(&binary), 0);
    ck_assert_uint_eq(binary_get_text(&binary).size, 0);
    ck_assert_uint_eq(binary_get_block(&binary), 0);
    ck_assert_int_eq(binary_get_value(&binary).type, VALUE_NONE);
    ck_assert(!binary_good(&binary));
}
END_TEST

/* What is left over is told. */
START_TEST(what_is_left_over_is_told)
{
    struct binary binary = binary_of(SLICE("\x02\x02"));

    ck_assert_int_eq(binary_get_long(&binary), 1);
    ck_assert(!binary_good(&binary));
}
END_TEST

static struct value drawn_value(struct unit_draw *draw, char bytes[8])
{
    const size_t size = unit_below(draw, 9);

    for (size_t i = 0; i < 8; i++) {
        bytes[i] = "abcdefgh"[unit_below(draw, 8)];
    }
    switch (unit_below(draw, 4)) {
    case 0:
        return value_of_bool(unit_below(draw, 2) == 0);
    case 1:
        return value_of_number((int64_t)unit_next(draw) >> unit_below(draw, 64));
    case 2:
        return value_of_text((struct slice){bytes, size});
    default:
        return value_of_money((int64_t)unit_next(draw), SLICE("EUR"));
    }
}

/* Values are read back as they were written, one behind the other. */
START_TEST(values_are_read_back)
{
    struct unit_draw draw = unit_draw(30);

    for (int i = 0; i < 2000; i++) {
        struct value values[5];
        char bytes[5][8];
        struct text text = {0};
        for (size_t j = 0; j < 5; j++) {
            values[j] = drawn_value(&draw, bytes[j]);
            binary_put_value(&text, &values[j]);
        }
        struct binary binary = binary_of(text_slice(&text));
        for (size_t j = 0; j < 5; j++) {
            const struct value back = binary_get_value(&binary);
            ck_assert(value_equal(&back, &values[j]));
        }
        ck_assert(binary_good(&binary));
        text_free(&text);
    }
}
END_TEST

/* Values cut at any byte are told as bad. */
START_TEST(values_cut_anywhere_are_bad)
{
    const struct value values[] = {value_of_number(123456), value_of_text(SLICE("text")),
                                   value_of_money(99999, SLICE("EUR"))};
    struct text text = {0};

    for (size_t i = 0; i < COUNT_OF(values); i++) {
        binary_put_value(&text, &values[i]);
    }
    for (size_t size = 0; size < text.size; size++) {
        char *const copy = malloc(size + 1);
        memcpy(copy, text.data, size);
        struct binary binary = binary_of((struct slice){copy, size});
        for (size_t i = 0; i < COUNT_OF(values); i++) {
            binary_get_value(&binary);
        }
        ck_assert_msg(!binary_good(&binary), "%zu bytes", size);
        free(copy);
    }
    text_free(&text);
}
END_TEST

Suite *binary_suite(void)
{
    const TTest *const tests[] = {text_and_truth_are_as_specified, arrays_are_as_specified,
                                  a_block_may_have_its_size,       a_bad_reader_stays_bad,
                                  what_is_left_over_is_told,       values_are_read_back,
                                  values_cut_anywhere_are_bad,     NULL};
    Suite *const suite = unit_suite("binary", tests);

    unit_loop(suite, numbers_are_as_specified, COUNT_OF(longs));
    unit_loop(suite, bad_bytes_are_told, COUNT_OF(bad));
    return suite;
}
