#include "seinpost/signal/pseudonym.h"

#include <sodium.h>
#include <stdio.h>

#include "signal.h"

#define KEY_HEX "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

/* HMAC-SHA-256 as RFC 2104 writes it, for keys of at most a block. */
static void hmac(struct slice key, struct slice message, char hex[65])
{
    unsigned char pad[64], digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;

    for (int outer = 0; outer < 2; outer++) {
        for (size_t i = 0; i < sizeof pad; i++) {
            const unsigned char byte = i < key.size ? (unsigned char)key.data[i] : 0;
            pad[i] = byte ^ (outer == 1 ? 0x5c : 0x36);
        }
        crypto_hash_sha256_init(&state);
        crypto_hash_sha256_update(&state, pad, sizeof pad);
        if (outer == 1) {
            crypto_hash_sha256_update(&state, digest, sizeof digest);
        } else {
            crypto_hash_sha256_update(&state, (const unsigned char *)message.data,
                                      message.size);
        }
        crypto_hash_sha256_final(&state, digest);
    }
    sodium_bin2hex(hex, 65, digest, sizeof digest);
}

#define REPEAT_5(text) text text text text text
static const struct {
    struct slice key, message;
    const char *hex;
} rfc_4231[] = {
    {{REPEAT_5("\x0b\x0b\x0b\x0b"), 20},
     {"Hi There", 8},
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {{"Jefe", 4},
     {"what do ya want for nothing?", 28},
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {{REPEAT_5("\xaa\xaa\xaa\xaa"), 20},
     {REPEAT_5("\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd"), 50},
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
};

/* The HMAC that these tests compare with gives the published vectors of RFC 4231. */
START_TEST(the_comparison_is_rfc_4231)
{
    char hex[65];

    hmac(rfc_4231[_i].key, rfc_4231[_i].message, hex);
    ck_assert_str_eq(hex, rfc_4231[_i].hex);
}
END_TEST

static const struct {
    enum kind kind;
    const char *clear, *name, *normal, *head;
} identities[] = {
    {KIND_PHONE, "0031 6 12345678", "phone", "+31612345678", "phone:e1:"},
    {KIND_ACCOUNT, "nl91 abna 0417 1643 00", "account", "NL91ABNA0417164300", "iban:e1:"},
    {KIND_EMAIL, "A@B.nl", "email", "a@b.nl", "email:e1:"},
    {KIND_CARD, "50012345678901234567890123456", "card", "50012345678901234567890123456",
     "pay:e1:"},
    {KIND_COMPANY, "01234567", "company", "01234567", NULL},
    {KIND_DOCUMENT, "NLD-P-NX1234567", "document", "NLDPNX1234567", "doc:e1:"},
};

/* A pseudonym is prefix, epoch and the first 128 bits of HMAC(key, kind || 0 || normal form).
 */
START_TEST(pseudonyms_are_keyed_hashes)
{
    struct arena *const arena = arena_new(1 << 20);
    struct pseudonym_key *const key = pseudonym_key_new(SLICE(KEY_HEX "\n"), SLICE("e1"));
    struct text message = {0};
    char secret[32], hex[65];

    for (int i = 0; i < 32; i++) {
        secret[i] = (char)i;
    }
    text_format(&message, "%s%c%s", identities[_i].name, 0, identities[_i].normal);
    hmac((struct slice){secret, 32}, text_slice(&message), hex);
    const struct slice found =
        pseudonym_of(key, arena, identities[_i].kind, slice_of(identities[_i].clear));
    ck_assert(slice_ends_with(found, (struct slice){hex, 32}));
    ck_assert(identities[_i].head == NULL ||
              slice_starts_with(found, slice_of(identities[_i].head)));
    ck_assert(kind_is_pseudonym(identities[_i].kind, found));
    text_free(&message);
    pseudonym_key_free(key);
    arena_free(arena);
}
END_TEST

/* A value computed elsewhere (Python's hmac), so that the form can never change unseen. */
START_TEST(a_known_pseudonym_stays)
{
    struct arena *const arena = arena_new(1 << 20);
    struct pseudonym_key *const key = pseudonym_key_new(SLICE(KEY_HEX), SLICE("2026-09"));

    ck_assert_slice_eq(pseudonym_of(key, arena, KIND_PHONE, SLICE("06-12345678")),
                       "phone:2026-09:778d0b8c6023a47dc9e99859e11ccbda");
    ck_assert_uint_eq(pseudonym_of(key, arena, KIND_PHONE, SLICE("no phone")).size, 0);
    pseudonym_key_free(key);
    arena_free(arena);
}
END_TEST

/* Another key, another kind or another identity gives another pseudonym. */
START_TEST(key_kind_and_identity_count)
{
    struct arena *const arena = arena_new(1 << 20);
    struct pseudonym_key *const key = pseudonym_key_new(SLICE(KEY_HEX), SLICE("e"));
    struct pseudonym_key *const other = pseudonym_key_new(
        SLICE("100102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"), SLICE("e"));
    const struct slice text = SLICE("NLDP1234567");
    const struct slice found = pseudonym_of(key, arena, KIND_DOCUMENT, text);

    ck_assert(!slice_equal(found, pseudonym_of(other, arena, KIND_DOCUMENT, text)));
    const struct slice plate = pseudonym_of(key, arena, KIND_VEHICLE, text);
    ck_assert(!slice_ends_with(plate, (struct slice){found.data + found.size - 32, 32}));
    ck_assert(
        !slice_equal(found, pseudonym_of(key, arena, KIND_DOCUMENT, SLICE("NLDP1234568"))));
    ck_assert(
        slice_equal(found, pseudonym_of(key, arena, KIND_DOCUMENT, SLICE("nld p 1234567"))));
    pseudonym_key_free(key);
    pseudonym_key_free(other);
    pseudonym_key_free(NULL);
    arena_free(arena);
}
END_TEST

/* A key is 64 hex digits, of either case, with nothing but blanks behind. */
START_TEST(keys_have_64_digits)
{
    static const char *const bad[] = {"",
                                      "00",
                                      KEY_HEX "0",
                                      KEY_HEX "00",
                                      KEY_HEX " x",
                                      "x" KEY_HEX,
                                      "00010203040506070809"
                                      "0a0b0c0d0e0f101112131415161718191a1b1c1d1e1"};
    struct pseudonym_key *const upper = pseudonym_key_new(
        SLICE("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F \r\n"),
        SLICE("e"));

    ck_assert_ptr_nonnull(upper);
    pseudonym_key_free(upper);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ck_assert_msg(pseudonym_key_new(slice_of(bad[i]), SLICE("e")) == NULL, "'%s'", bad[i]);
    }
    ck_assert_ptr_null(pseudonym_key_new(SLICE(KEY_HEX), SLICE("")));
    ck_assert_ptr_null(pseudonym_key_new(SLICE(KEY_HEX), SLICE("a:b")));
}
END_TEST

static const char pseudonym_text[] = "phone:t1:0123456789abcdef0123456789abcdef";

static const struct {
    const char *type, *field, *text;
    int source; /* enum source_identities; -1: a file */
    bool keyed;
    enum verdict verdict;
    bool passed_on; /* as it is */
} cases[] = {
    {"air.booking.created", "phone_ref", pseudonym_text, SOURCE_PSEUDONYM, false, VERDICT_GOOD,
     true},
    {"air.booking.created", "phone_ref", "0612345678", SOURCE_PSEUDONYM, true,
     VERDICT_IDENTITY_CLEAR, false},
    {"air.booking.created", "phone_ref", "pay:t1:0123456789abcdef0123456789abcdef",
     SOURCE_PSEUDONYM, true, VERDICT_IDENTITY_CLEAR, false},
    {"air.booking.created", "phone_ref", "0612345678", SOURCE_CLEAR, true, VERDICT_GOOD, false},
    {"air.booking.created", "phone_ref", pseudonym_text, SOURCE_CLEAR, true, VERDICT_GOOD,
     true},
    {"air.booking.created", "phone_ref", "call me", SOURCE_CLEAR, true,
     VERDICT_IDENTITY_MALFORMED, false},
    {"air.booking.created", "phone_ref", "call me", -1, false, VERDICT_GOOD, true},
    {"kvk.registered", "kvk_nr", "01234567", SOURCE_PSEUDONYM, true, VERDICT_GOOD, false},
    {"kvk.registered", "kvk_nr", "x", SOURCE_PSEUDONYM, true, VERDICT_IDENTITY_MALFORMED,
     false},
};

/* Applies a case; what was clear must be gone. */
static enum verdict applied(struct bench *bench, int index, struct event *event, size_t *field)
{
    const struct event_type *const type =
        catalogue_find(bench->catalogue, slice_of(cases[index].type));
    const struct source source = {.identities = (enum source_identities)cases[index].source};
    struct pseudonym_key *const key =
        cases[index].keyed ? pseudonym_key_new(SLICE(KEY_HEX), SLICE("e1")) : NULL;
    struct raw_event *const raw = raw_new(bench->arena, type);

    *field = bench_field(type, cases[index].field);
    raw_set_text(bench->arena, raw, *field, slice_of(cases[index].text));
    const char *const bytes = raw->clear[*field].bytes;
    const enum verdict verdict = pseudonym_apply(key, cases[index].source < 0 ? NULL : &source,
                                                 bench->arena, raw, event, &bench->detail);
    ck_assert(bytes[0] == '\0' && memcmp(bytes, bytes + 1, strlen(cases[index].text) - 1) == 0);
    pseudonym_key_free(key);
    return verdict;
}

/* Identities are passed on, made pseudonyms or refused, as the source delivers them; the detail
 * names the field and never the value, and the clear text is wiped. */
START_TEST(sources_deliver_clear_or_pseudonyms)
{
    struct bench bench = bench_begin();
    struct event event;
    size_t field;

    ck_assert_int_eq(applied(&bench, _i, &event, &field), cases[_i].verdict);
    if (cases[_i].verdict == VERDICT_GOOD) {
        const struct slice found = event.values[field].as.text;
        ck_assert_int_eq(slice_is(found, cases[_i].text), cases[_i].passed_on);
        ck_assert(cases[_i].source < 0 ||
                  kind_is_pseudonym(event.type->fields[field].kind, found));
    } else {
        const struct slice detail = text_slice(&bench.detail);
        ck_assert(slice_contains(detail, slice_of(cases[_i].field)));
        ck_assert(!slice_contains(detail, slice_of(cases[_i].text)));
    }
    bench_end(&bench);
}
END_TEST

/* Where no key was given, an identity in clear is refused, not passed on. */
START_TEST(without_a_key_nothing_clear_passes)
{
    struct bench bench = bench_begin();
    const struct event_type *const type =
        catalogue_find(bench.catalogue, SLICE("air.booking.created"));
    const struct source source = {.identities = SOURCE_CLEAR};
    struct raw_event *const raw = raw_new(bench.arena, type);
    struct event event;

    raw_set_text(bench.arena, raw, bench_field(type, "phone_ref"), SLICE("0612345678"));
    ck_assert_int_ne(pseudonym_apply(NULL, &source, bench.arena, raw, &event, &bench.detail),
                     VERDICT_GOOD);
    bench_end(&bench);
}
END_TEST

Suite *pseudonym_suite(void)
{
    const TTest *const tests[] = {a_known_pseudonym_stays, key_kind_and_identity_count,
                                  keys_have_64_digits, without_a_key_nothing_clear_passes,
                                  NULL};
    Suite *const suite = unit_suite("pseudonym", tests);

    unit_loop(suite, the_comparison_is_rfc_4231, COUNT_OF(rfc_4231));
    unit_loop(suite, pseudonyms_are_keyed_hashes, COUNT_OF(identities));
    unit_loop(suite, sources_deliver_clear_or_pseudonyms, COUNT_OF(cases));
    return suite;
}
