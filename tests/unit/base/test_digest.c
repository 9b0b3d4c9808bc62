#include "seinpost/base/digest.h"
#include "seinpost/base/text.h"

#include "base.h"

/* Digests are 128-bit BLAKE2b, as other programs compute it. */
START_TEST(digests_are_blake2b)
{
    static const struct {
        const char *text, *hex;
    } cases[] = {{"", "cae66941d9efbd404e4d88758ea67670"},
                 {"abc", "cf4ab791c62b8d2b2109c90275287816"},
                 {"seinpost", "cddfb7bae13cab7bcd156d2c0df00595"}};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char buffer[DIGEST_TEXT_SIZE];
        ck_assert_str_eq(digest_format(digest_of(slice_of(cases[i].text)), buffer),
                         cases[i].hex);
    }
}
END_TEST

/* The head is the first 8 bytes, big endian. */
START_TEST(the_head_is_big_endian)
{
    ck_assert_uint_eq(digest_head(digest_of(SLICE("abc"))), UINT64_C(0xcf4ab791c62b8d2b));
}
END_TEST

/* Digests are equal when all their bytes are. */
START_TEST(each_byte_counts)
{
    const struct digest digest = digest_of(SLICE("abc"));

    ck_assert(digest_equal(digest, digest_of(SLICE("abc"))));
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        struct digest other = digest;
        other.bytes[i] ^= 1;
        ck_assert(!digest_equal(digest, other));
    }
}
END_TEST

/* Identities are spread by XXH64 with seed 0, as published: it may never change. */
START_TEST(spreading_is_xxh64)
{
    ck_assert_uint_eq(digest_spread(SLICE("")), UINT64_C(0xef46db3751d8e999));
    ck_assert_uint_eq(digest_spread(SLICE("a")), UINT64_C(0xd24ec4f1a98c6e5b));
    ck_assert_uint_eq(digest_spread(SLICE("abc")), UINT64_C(0x44bc2cf5ad770999));
}
END_TEST

static struct digest of_fields(const struct slice *fields, size_t count)
{
    struct text text = {0};

    for (size_t i = 0; i < count; i++) {
        digest_field(&text, fields[i]);
    }
    const struct digest digest = digest_finish(&text);
    ck_assert_uint_eq(text_slice(&text).size, 0);
    return digest;
}

/* No two lists of fields have the same hash, however their bytes are divided. */
START_TEST(lists_of_fields_differ)
{
    const struct slice lists[][3] = {
        {SLICE("ab"), SLICE("c"), SLICE("")},    {SLICE("a"), SLICE("bc"), SLICE("")},
        {SLICE(""), SLICE("ab"), SLICE("c")},    {SLICE("abc"), SLICE(""), SLICE("")},
        {SLICE("\1"), SLICE("\1"), SLICE("\1")}, {SLICE("\1\1"), SLICE("\1"), SLICE("")}};

    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        ck_assert(digest_equal(of_fields(lists[i], 3), of_fields(lists[i], 3)));
        ck_assert(!digest_equal(of_fields(lists[i], 3), of_fields(lists[i], 2)));
        for (size_t j = 0; j < i; j++) {
            ck_assert(!digest_equal(of_fields(lists[i], 3), of_fields(lists[j], 3)));
        }
    }
}
END_TEST

Suite *digest_suite(void)
{
    const TTest *const tests[] = {digests_are_blake2b, the_head_is_big_endian, each_byte_counts,
                                  spreading_is_xxh64,  lists_of_fields_differ, NULL};

    return unit_suite("digest", tests);
}
