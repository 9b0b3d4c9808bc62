#include "seinpost/signal/normalise.h"

#include "signal.h"

/* The published vectors: whoever makes pseudonyms himself must come to the same forms (domain
 * 1.8, rule 4). IBANs are the examples of the ISO 13616 registry. */
static const struct {
    enum kind kind;
    const char *text;
    const char *normal; /* "": there is none */
} vectors[] = {
    {KIND_PHONE, "+31612345678", "+31612345678"},
    {KIND_PHONE, "0031612345678", "+31612345678"},
    {KIND_PHONE, "+31 6 1234 5678", "+31612345678"},
    {KIND_PHONE, "+31 (0)6-12.34.56.78", "+31612345678"},
    {KIND_PHONE, "0031 (0)6 12345678", "+31612345678"},
    {KIND_PHONE, "06-12345678", "+31612345678"},
    {KIND_PHONE, "(020) 555 1234", "+31205551234"},
    {KIND_PHONE, "+1-202-555-0143", "+12025550143"},
    {KIND_PHONE, "+442079460958", "+442079460958"},
    {KIND_PHONE, "+123456789012345", "+123456789012345"},
    {KIND_PHONE, "+1234567890123456", ""},
    {KIND_PHONE, "+0612345678", ""},
    {KIND_PHONE, "+", ""},
    {KIND_PHONE, "112", ""},
    {KIND_PHONE, "06-1234x678", ""},
    {KIND_PHONE, "+31612345678+", ""},
    {KIND_PHONE, "", ""},
    {KIND_ACCOUNT, "NL91ABNA0417164300", "NL91ABNA0417164300"},
    {KIND_ACCOUNT, "nl91 abna 0417 1643 00", "NL91ABNA0417164300"},
    {KIND_ACCOUNT, "GB29 NWBK 6016 1331 9268 19", "GB29NWBK60161331926819"},
    {KIND_ACCOUNT, "DE89370400440532013000", "DE89370400440532013000"},
    {KIND_ACCOUNT, "NO93 8601 1117 947", "NO9386011117947"},
    {KIND_ACCOUNT, "MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S"},
    {KIND_ACCOUNT, "NL91ABNA0417164301", ""},
    {KIND_ACCOUNT, "NL19ABNA0417164300", ""},
    {KIND_ACCOUNT, "9191ABNA0417164300", ""},
    {KIND_ACCOUNT, "NL91", ""},
    {KIND_ACCOUNT, "NL91ABNA0417164300'", ""},
    {KIND_EMAIL, "Jan.Jansen+Reis@Example.ORG", "jan.jansen+reis@example.org"},
    {KIND_EMAIL, "  a@b.nl \t", "a@b.nl"},
    {KIND_EMAIL, "jos\xC3\xA9@b.nl", "jos\xC3\xA9@b.nl"},
    {KIND_EMAIL, "a.b@c.nl", "a.b@c.nl"},
    {KIND_EMAIL, "a", ""},
    {KIND_EMAIL, "a@", ""},
    {KIND_EMAIL, "@b.nl", ""},
    {KIND_EMAIL, "a@b@c.nl", ""},
    {KIND_EMAIL, "a b@c.nl", ""},
    {KIND_EMAIL, "a\xFF@c.nl", ""},
    {KIND_DOCUMENT, "NLDPNX1234567", "NLDPNX1234567"},
    {KIND_DOCUMENT, "nld p nx-123.4567", "NLDPNX1234567"},
    {KIND_DOCUMENT, "NLD/P/NX1234567", "NLDPNX1234567"},
    {KIND_DOCUMENT, "NLD", ""},
    {KIND_DOCUMENT, "NLDP\xC3\xA9", ""},
    {KIND_CARD, "50012345678901234567890123456", "50012345678901234567890123456"},
    {KIND_CARD, "v0010013018ab3cd4567890123456", "V0010013018AB3CD4567890123456"},
    {KIND_CARD, "short", ""},
    {KIND_COMPANY, "01234567", "01234567"},
    {KIND_COMPANY, "0123 4567", "01234567"},
    {KIND_COMPANY, "012345678", ""},
    {KIND_COMPANY, "0123456X", ""},
    {KIND_ADDRESS, "0363010000758545", "0363010000758545"},
    {KIND_ADDRESS, "0363 0100 0075 8545", "0363010000758545"},
    {KIND_ADDRESS, "03630100007585450", ""},
    {KIND_ADDRESS, "036301000075854A", ""},
    {KIND_VEHICLE, "NL 12-AB-34", "NL12AB34"},
    {KIND_VEHICLE, "nl12ab34", "NL12AB34"},
    {KIND_BOOKING, "KL/ABC123/2026-09-01", "KL:ABC123:2026:09:01"},
    {KIND_BOOKING, "kl:abc123:2026-09-01", "KL:ABC123:2026:09:01"},
    {KIND_BOOKING, " KL ABC123 2026 09 01 ", "KL:ABC123:2026:09:01"},
    {KIND_BOOKING, "/KL//ABC123/", "KL:ABC123"},
    {KIND_BOOKING, "//", ""},
    {KIND_BOOKING, "KL_ABC", ""},
    {KIND_AGENCY, "57-8 12345", "57:8:12345"},
    {KIND_PERSON, "p-00123", "P:00123"},
    {KIND_NONE, "anything", ""},
};

/* Identities have the form that the domain's vectors say. */
START_TEST(identities_have_the_published_form)
{
    char out[NORMALISE_MAX];
    const size_t size = normalise_identity(vectors[_i].kind, slice_of(vectors[_i].text), out);

    ck_assert_uint_le(size, sizeof out);
    const struct slice normal = {out, size};
    ck_assert_msg(slice_is(normal, vectors[_i].normal), "'%s' is '%.*s'", vectors[_i].text,
                  SLICE_ARGS(normal));
}
END_TEST

/* A normal form is its own normal form. */
START_TEST(a_normal_form_is_its_own)
{
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        char out[NORMALISE_MAX];
        const struct slice normal = slice_of(vectors[i].normal);
        const size_t size = normalise_identity(vectors[i].kind, normal, out);
        ck_assert_msg(slice_equal((struct slice){out, size}, normal), "'%s'",
                      vectors[i].normal);
    }
}
END_TEST

/* Any bytes of any length have a form within the bound or none, and a form is its own. */
START_TEST(any_bytes_are_survived)
{
    static const char bytes[] = "0123456789+()-./: @abcNLx\t\n\xC3\xA9";
    struct unit_draw draw = unit_draw(41);

    for (int i = 0; i < 20000; i++) {
        char text[160], once[NORMALISE_MAX], twice[NORMALISE_MAX];
        const size_t size = unit_below(&draw, unit_below(&draw, 8) == 0 ? sizeof text + 1 : 24);
        const enum kind kind = (enum kind)unit_below(&draw, KINDS_COUNT);
        for (size_t j = 0; j < size; j++) {
            text[j] = bytes[unit_below(&draw, sizeof bytes - 1)];
        }
        const struct slice form = {once,
                                   normalise_identity(kind, (struct slice){text, size}, once)};
        if (form.size > 0) {
            const struct slice again = {twice, normalise_identity(kind, form, twice)};
            ck_assert_msg(slice_equal(form, again), "kind %d: '%.*s', '%.*s', '%.*s'",
                          (int)kind, (int)size, text, SLICE_ARGS(form), SLICE_ARGS(again));
        }
    }
}
END_TEST

/* What is longer than a normal form may be has none. */
START_TEST(long_texts_have_no_form)
{
    static char text[100000];
    char out[NORMALISE_MAX];

    memset(text, '1', sizeof text);
    for (int kind = KIND_NONE; kind < KINDS_COUNT; kind++) {
        ck_assert_uint_eq(
            normalise_identity((enum kind)kind, (struct slice){text, sizeof text}, out), 0);
        ck_assert_uint_eq(normalise_identity((enum kind)kind, (struct slice){NULL, 0}, out), 0);
    }
}
END_TEST

Suite *normalise_suite(void)
{
    const TTest *const tests[] = {a_normal_form_is_its_own, any_bytes_are_survived,
                                  long_texts_have_no_form, NULL};
    Suite *const suite = unit_suite("normalise", tests);

    unit_loop(suite, identities_have_the_published_form, COUNT_OF(vectors));
    return suite;
}
