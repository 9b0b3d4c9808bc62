#include "seinpost/base/signature.h"

#include "base.h"

/* RFC 8032, section 7.1, test 1: an empty message. */
#define SEED   "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
#define PUBLIC "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
#define SIGNED                                                                                 \
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970" \
    "1cf9b46bd25bf5f0595bbe24655141438e7a100b"

static struct signature_secret secret(void)
{
    struct signature_secret read;

    ck_assert(signature_read(SLICE(SEED), read.seed, sizeof read.seed));
    return read;
}

/* Keys and signatures are those of the RFC. */
START_TEST(signs_as_the_rfc)
{
    const struct signature_secret key = secret();
    const struct signature_key public = signature_public(&key);
    const struct signature signature = signature_sign(&key, SLICE(""));
    char hex[SIGNATURE_TEXT_SIZE];

    ck_assert_str_eq(signature_write(public.bytes, sizeof public.bytes, hex), PUBLIC);
    ck_assert_str_eq(signature_write(signature.bytes, sizeof signature.bytes, hex), SIGNED);
    ck_assert(signature_holds(&signature, &public, SLICE("")));
}
END_TEST

/* It holds for these bytes, this key and this signature alone. */
START_TEST(holds_for_nothing_else)
{
    const struct signature_secret key = secret();
    struct signature_secret other;
    const struct signature_key public = signature_public(&key);
    struct signature signature = signature_sign(&key, SLICE("a rule"));

    signature_new(&other);
    const struct signature_key stranger = signature_public(&other);
    ck_assert(signature_holds(&signature, &public, SLICE("a rule")));
    ck_assert(!signature_holds(&signature, &public, SLICE("a rulf")));
    ck_assert(!signature_holds(&signature, &public, SLICE("a rul")));
    ck_assert(!signature_holds(&signature, &stranger, SLICE("a rule")));
    for (size_t i = 0; i < sizeof signature.bytes; i++) {
        signature.bytes[i] ^= 1;
        ck_assert(!signature_holds(&signature, &public, SLICE("a rule")));
        signature.bytes[i] ^= 1;
    }
}
END_TEST

/* Hex digits of the right number are read, with a line's end around; nothing else is. */
START_TEST(reads_hex_of_its_size)
{
    unsigned char bytes[4];

    ck_assert(signature_read(SLICE("00ffA1b2"), bytes, sizeof bytes));
    ck_assert_uint_eq(bytes[1], 0xff);
    ck_assert(signature_read(SLICE(" 00ffa1b2 "), bytes, sizeof bytes));
    ck_assert(!signature_read(SLICE("00ffa1b"), bytes, sizeof bytes));
    ck_assert(!signature_read(SLICE("00ffa1b2c3"), bytes, sizeof bytes));
    ck_assert(!signature_read(SLICE("00ffa1bg"), bytes, sizeof bytes));
    ck_assert(!signature_read(SLICE(""), bytes, sizeof bytes));
}
END_TEST

Suite *signature_suite(void)
{
    const TTest *const tests[] = {signs_as_the_rfc, holds_for_nothing_else,
                                  reads_hex_of_its_size, NULL};

    return unit_suite("signature", tests);
}
