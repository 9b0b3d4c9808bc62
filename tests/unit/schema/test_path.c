#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/schema/path.h"

#include "schema.h"

static struct arena *arena;
static const struct catalogue *catalogue;

static const struct event_type *type_of(const char *name)
{
    if (catalogue == NULL) {
        arena = arena_new(32 << 20);
        catalogue = catalogue_load(arena, diag_new(arena), UNIT_SCHEMAS "/signals");
    }
    return catalogue_find(catalogue, slice_of(name));
}

static void end(void)
{
    arena_free(arena);
    catalogue = NULL;
}

static const struct {
    const char *type, *path;
    enum path_fault fault;
    enum path_part part;
    enum field_type field_type;
    size_t fields;
    bool many;
} paths[] = {
    {"bank.transfer", "amount", PATH_OK, PATH_FIELDS, FIELD_MONEY, 1, false},
    {"bank.transfer", "debtor_ref", PATH_OK, PATH_FIELDS, FIELD_TOKEN, 1, false},
    {"bank.transfer", "account", PATH_OK, PATH_FIELDS, FIELD_TOKEN, 2, true},
    {"bank.transfer", "account/debtor", PATH_OK, PATH_FIELDS, FIELD_TOKEN, 1, false},
    {"bank.transfer", "account/payer", PATH_UNKNOWN, PATH_FIELDS, FIELD_TOKEN, 0, false},
    {"bank.transfer", "card", PATH_UNKNOWN, PATH_FIELDS, FIELD_TOKEN, 0, false},
    {"bank.transfer", "nothing", PATH_UNKNOWN, PATH_FIELDS, FIELD_TOKEN, 0, false},
    {"bank.transfer", "", PATH_UNKNOWN, PATH_FIELDS, FIELD_TOKEN, 0, false},
    {"bank.transfer", "event.id", PATH_OK, PATH_ID, FIELD_CODE, 0, false},
    {"bank.transfer", "event.source", PATH_OK, PATH_SOURCE, FIELD_CODE, 0, false},
    {"bank.transfer", "event.type", PATH_OK, PATH_TYPE, FIELD_CODE, 0, false},
    {"bank.transfer", "event.time", PATH_OK, PATH_TIME, FIELD_TIME, 0, false},
    {"bank.transfer", "event.none", PATH_UNKNOWN, PATH_TIME, FIELD_TIME, 0, false},
    {"bank.transfer", "creditor_country.country", PATH_NO_PLACE, PATH_COUNTRY, FIELD_CODE, 0,
     false},
    {"rail.booking.created", "from_.country", PATH_OK, PATH_COUNTRY, FIELD_CODE, 1, false},
    {"rail.booking.created", "phone", PATH_OK, PATH_FIELDS, FIELD_TOKEN, 1, false},
    {"air.booking.created", "route", PATH_OK, PATH_FIELDS, FIELD_PLACE, 1, true},
    {"air.booking.created", "route.country", PATH_OK, PATH_COUNTRY, FIELD_CODE, 1, true},
    {"air.booking.created", "route.city", PATH_UNKNOWN, PATH_COUNTRY, FIELD_CODE, 1, true},
};

/* A path is a field, a kind with or without a role, the envelope, or a place's country. */
START_TEST(paths_are_resolved)
{
    struct path path;
    const enum path_fault fault =
        path_resolve(type_of(paths[_i].type), slice_of(paths[_i].path), &path);

    ck_assert_msg(fault == paths[_i].fault, "%s: %d", paths[_i].path, (int)fault);
    if (fault == PATH_OK) {
        ck_assert_int_eq(path.part, paths[_i].part);
        ck_assert_int_eq(path.type, paths[_i].field_type);
        ck_assert_uint_eq(path.indexes_count, paths[_i].fields);
        ck_assert_int_eq(path.many, paths[_i].many);
    }
    end();
}
END_TEST

static struct value *put(struct value *values, const struct event_type *type, const char *name)
{
    return &values[catalogue_field(type, slice_of(name)) - type->fields];
}

static size_t asked(const struct event *event, const char *text, struct value *values)
{
    struct path path;

    ck_assert_int_eq(path_resolve(event->type, slice_of(text), &path), PATH_OK);
    return path_values(&path, event, values);
}

/* A path gives the values of all its fields, without those that are missing. */
START_TEST(values_of_all_fields_are_given)
{
    const struct event_type *const type = type_of("bank.transfer");
    struct value values[64] = {{0}}, found[PATH_VALUES_MAX];
    const struct event event = {
        .is = {.time = {7}, .source = SLICE("s"), .id = SLICE("i"), .type = type->name},
        .type = type,
        .values = values};

    ck_assert_uint_eq(asked(&event, "account", found), 0);
    *put(values, type, "creditor_ref") = value_of_text(SLICE("c"));
    ck_assert_uint_eq(asked(&event, "account", found), 1);
    *put(values, type, "debtor_ref") = value_of_text(SLICE("d"));
    ck_assert_uint_eq(asked(&event, "account", found), 2);
    ck_assert_uint_eq(asked(&event, "account/debtor", found), 1);
    ck_assert_slice_eq(found[0].as.text, "d");
    ck_assert_uint_eq(asked(&event, "event.time", found), 1);
    ck_assert_int_eq(found[0].as.time.ms, 7);
    ck_assert(asked(&event, "event.source", found) == 1 && slice_is(found[0].as.text, "s"));
    ck_assert_uint_eq(asked(&event, "event.type", found), 1);
    ck_assert_slice_eq(found[0].as.text, "bank.transfer");
    end();
}
END_TEST

/* A list is taken apart; beyond PATH_VALUES_MAX values are left out. */
START_TEST(lists_are_taken_apart_up_to_the_bound)
{
    const struct event_type *const type = type_of("air.booking.created");
    struct value values[64] = {{0}}, items[100], found[PATH_VALUES_MAX];
    const struct event event = {.type = type, .values = values};

    for (size_t i = 0; i < COUNT_OF(items); i++) {
        items[i] = value_of_text(SLICE("AMS"));
    }
    *put(values, type, "route") = (struct value){VALUE_LIST, {.list = {items, 3}}};
    ck_assert_uint_eq(asked(&event, "route", found), 3);
    ck_assert_int_eq(found[2].type, VALUE_TEXT);
    *put(values, type, "route") = (struct value){VALUE_LIST, {.list = {items, 100}}};
    ck_assert_uint_eq(asked(&event, "route", found), PATH_VALUES_MAX);
    end();
}
END_TEST

static const struct {
    const char *place, *country;
} stations[] = {{"8400058", "NL"},
                {"8011160", "DE"},
                {"8100002", "AT"},
                {"8200100", "LU"},
                {"8300001", "IT"},
                {"8503000", "CH"},
                {"8600626", "DK"},
                {"8700011", "FR"},
                {"8800004", "BE"},
                {"5100001", "PL"},
                {"5400014", "CZ"},
                {"5500017", "HU"},
                {"7000001", "GB"},
                {"urn:uic:stn:8400561", "NL"},
                {"urn:uic:stn:8503000", "CH"},
                {"", ""},
                {"AMS", ""},
                {"urn:uic:stn:", ""},
                {"8", ""},
                {"0000000", ""},
                {"84", ""},
                {"84000581", "NL"},
                {"840005812", ""},
                {"urn:uic:stn:84", ""},
                {"84000x8", ""}};

/* Countries of stations are those of UIC leaflet 920-14, in each way of writing a station. */
START_TEST(stations_have_countries)
{
    for (size_t i = 0; i < COUNT_OF(stations); i++) {
        const struct slice country = path_country(slice_of(stations[i].place));
        ck_assert_msg(slice_is(country, stations[i].country), "'%s' is '%.*s'",
                      stations[i].place, SLICE_ARGS(country));
    }
}
END_TEST

/* A place without a country gives no value. */
START_TEST(a_place_without_country_gives_none)
{
    const struct event_type *const type = type_of("rail.booking.created");
    struct value values[64] = {{0}}, found[PATH_VALUES_MAX];
    const struct event event = {.type = type, .values = values};

    *put(values, type, "from_") = value_of_text(SLICE("nowhere"));
    ck_assert_uint_eq(asked(&event, "from_.country", found), 0);
    *put(values, type, "from_") = value_of_text(SLICE("urn:uic:stn:8400058"));
    ck_assert_uint_eq(asked(&event, "from_.country", found), 1);
    ck_assert_slice_eq(found[0].as.text, "NL");
    end();
}
END_TEST

Suite *path_suite(void)
{
    const TTest *const tests[] = {
        values_of_all_fields_are_given, lists_are_taken_apart_up_to_the_bound,
        stations_have_countries, a_place_without_country_gives_none, NULL};
    Suite *const suite = unit_suite("path", tests);

    unit_loop(suite, paths_are_resolved, COUNT_OF(paths));
    return suite;
}
