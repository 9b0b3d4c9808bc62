#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/base/text.h"
#include "seinpost/schema/avro.h"
#include "seinpost/schema/catalogue.h"
#include "seinpost/schema/formats.h"

#include <unistd.h>

#include "schema.h"

static struct arena *arena;
static struct diag *diag;
static const struct catalogue *catalogue;

static void load(const char *folder)
{
    arena = arena_new(32 << 20);
    diag = diag_new(arena);
    catalogue = catalogue_load(arena, diag, folder);
}

static const struct field *field(const char *type, const char *name)
{
    const struct event_type *const found = catalogue_find(catalogue, slice_of(type));

    ck_assert_msg(found != NULL, "no type %s", type);
    return catalogue_field(found, slice_of(name));
}

/* The shipped event types are read without a fault, each found by its name. */
START_TEST(shipped_types_are_read)
{
    load(UNIT_SCHEMAS "/signals");
    ck_assert_uint_eq(diag_errors(diag) + diag_warnings(diag), 0);
    ck_assert_uint_ge(catalogue_count(catalogue), 30);
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct event_type *const type = catalogue_type(catalogue, i);
        ck_assert_ptr_eq(catalogue_find(catalogue, type->name), type);
        ck_assert_uint_eq(type->index, i);
        ck_assert(slice_starts_with(type->name, type->sector));
    }
    ck_assert_ptr_null(catalogue_find(catalogue, SLICE("air.booking")));
    ck_assert_slice_eq(catalogue_find(catalogue, SLICE("air.booking.created"))->sector, "air");
    arena_free(arena);
}
END_TEST

/* Fields have the types, kinds, roles and classes that their attributes say. */
START_TEST(fields_are_what_their_attributes_say)
{
    load(UNIT_SCHEMAS "/signals");
    const struct field *const debtor = field("bank.transfer", "debtor_ref");

    ck_assert(debtor->type == FIELD_TOKEN && debtor->personal && !debtor->many);
    ck_assert_int_eq(debtor->kind, KIND_ACCOUNT);
    ck_assert_slice_eq(debtor->role, "debtor");
    ck_assert_int_eq(field("air.booking.created", "pax_count")->type, FIELD_INT);
    ck_assert_int_eq(field("air.booking.created", "one_way")->type, FIELD_BOOL);
    ck_assert_int_eq(field("air.booking.created", "depart_at")->type, FIELD_TIME);
    ck_assert(field("air.booking.created", "route")->many);
    ck_assert_int_eq(field("air.booking.created", "route")->type, FIELD_PLACE);
    ck_assert(!field("bank.transfer", "creditor_country")->personal);
    ck_assert_ptr_null(field("bank.transfer", "name"));
    arena_free(arena);
}
END_TEST

/* A pair X_minor and currency is the money field X, behind the fields of the wire. */
START_TEST(money_is_a_pair)
{
    load(UNIT_SCHEMAS "/signals");
    const struct event_type *const type = catalogue_find(catalogue, SLICE("bank.transfer"));
    const struct field *const amount = catalogue_field(type, SLICE("amount"));

    ck_assert_int_eq(amount->type, FIELD_MONEY);
    ck_assert_uint_ge((size_t)(amount - type->fields), type->data_count);
    ck_assert_slice_eq(type->fields[amount->minor_index].name, "amount_minor");
    ck_assert_slice_eq(type->fields[amount->currency_index].name, "currency");
    arena_free(arena);
}
END_TEST

/* The values that an enum lists are known. */
START_TEST(listed_values_are_known)
{
    load(UNIT_SCHEMAS "/signals");
    const struct field *const fop = field("air.booking.created", "fop");

    ck_assert_uint_eq(fop->symbols_count, 5);
    ck_assert_slice_eq(fop->symbols[0], "CARD");
    ck_assert_uint_eq(field("air.booking.created", "carrier")->symbols_count, 0);
    arena_free(arena);
}
END_TEST

#define HEAD                                                                                   \
    "{\"type\":\"record\",\"namespace\":\"air\",\"name\":\"x\",\"fields\":[{\"name\":"         \
    "\"data\","                                                                                \
    "\"type\":{\"type\":\"record\",\"name\":\"d\",\"fields\":["
#define TAIL "]}}]}"

static const struct {
    const char *schema;
    const char *code;
} bad[] = {
    {"{", "E250"},
    {"[]", "E250"},
    {"{\"type\":\"record\",\"name\":\"x\",\"fields\":[]}", "E250"},
    {"{\"type\":\"record\",\"namespace\":\"nowhere\",\"name\":\"x\",\"fields\":[{\"name\":"
     "\"data\","
     "\"type\":{\"type\":\"record\",\"name\":\"d\",\"fields\":[]}}]}",
     "E250"},
    {HEAD "{\"name\":\"f\",\"type\":\"double\",\"seinpost.class\":\"clear\"}" TAIL, "E251"},
    {HEAD "{\"name\":\"f\",\"type\":\"string\",\"seinpost.class\":\"open\"}" TAIL, "E252"},
    {HEAD "{\"name\":\"f\",\"type\":\"string\",\"seinpost.class\":\"personal\"}" TAIL, "E252"},
    {HEAD "{\"name\":\"f\",\"type\":\"string\",\"seinpost.class\":\"personal\","
          "\"seinpost.kind\":\"cards\"}" TAIL,
     "E252"},
    {HEAD "{\"name\":\"a_minor\",\"type\":\"long\",\"seinpost.class\":\"clear\","
          "\"seinpost.type\":\"money\"}" TAIL,
     "E253"},
};

/* A schema that the catalogue cannot use is a fault of its code. */
START_TEST(a_bad_schema_has_a_code)
{
    char folder[] = "/tmp/seinpost-unit-XXXXXX", path[64];

    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/x.avsc", folder);
    FILE *const file = fopen(path, "w");
    fputs(bad[_i].schema, file);
    fclose(file);
    load(folder);
    unlink(path);
    rmdir(folder);
    FILE *const stream = unit_stream();
    diag_print(diag, stream, DIAG_TEXT);
    char *const text = unit_read(stream);
    ck_assert_msg(strstr(text, bad[_i].code) != NULL, "%s", text);
    free(text);
    arena_free(arena);
}
END_TEST

/* The schemas of our own records are read, each with the fingerprint of its canonical form. */
START_TEST(formats_have_their_fingerprints)
{
    struct formats formats;

    arena = arena_new(32 << 20);
    diag = diag_new(arena);
    formats_load(arena, diag, UNIT_SCHEMAS, &formats);
    ck_assert_uint_eq(diag_errors(diag), 0);
    const struct format *const all[] = {&formats.alert, &formats.match, &formats.derived,
                                        &formats.reject};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        struct text text = {0};
        ck_assert(avro_canonical(all[i]->json, &text));
        ck_assert_uint_eq(avro_fingerprint(text_slice(&text)), all[i]->fingerprint);
        text_free(&text);
    }
    formats_load(arena, diag, UNIT_SCHEMAS "/signals", &formats);
    ck_assert_uint_ge(diag_errors(diag), 1);
    arena_free(arena);
}
END_TEST

Suite *catalogue_suite(void)
{
    const TTest *const tests[] = {
        shipped_types_are_read,  fields_are_what_their_attributes_say, money_is_a_pair,
        listed_values_are_known, formats_have_their_fingerprints,      NULL};
    Suite *const suite = unit_suite("catalogue", tests);

    unit_loop(suite, a_bad_schema_has_a_code, COUNT_OF(bad));
    return suite;
}
