#include "kit.h"

#include <unistd.h>

struct kit kit_begin(void)
{
    return kit_begin_with(UNIT_SCHEMAS "/signals");
}

struct kit kit_begin_with(const char *folder)
{
    struct arena *const arena = arena_new(128 << 20);
    struct kit kit = {arena, diag_new(arena), NULL, {.never_late = true}};

    kit.catalogue = catalogue_load(arena, kit.diag, folder);
    ck_assert_msg(diag_errors(kit.diag) == 0, "%s", kit_faults(&kit));
    ck_assert(instant_parse(SLICE("2026-01-01"), &kit.options.today));
    return kit;
}

void kit_end(struct kit *kit)
{
    arena_free(kit->arena);
}

/* Rules are read from files: this one has a name only until it is read. */
const struct program *kit_load(struct kit *kit, const char *yaml)
{
    char path[] = "/tmp/seinpost-unit-XXXXXX";
    const int descriptor = mkstemp(path);
    FILE *const file = fdopen(descriptor, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(yaml, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    const char *const paths[] = {arena_copy(kit->arena, path, sizeof path)};
    const struct program *const program =
        load_program(kit->arena, kit->diag, kit->catalogue, paths, 1, &kit->options);
    unlink(path);
    return program;
}

const struct program *kit_program(struct kit *kit, const char *yaml)
{
    const struct program *const program = kit_load(kit, yaml);

    ck_assert_msg(diag_errors(kit->diag) == 0, "%s", kit_faults(kit));
    return program;
}

const struct rule *kit_rule(struct kit *kit, const char *yaml)
{
    const struct program *const program = kit_program(kit, yaml);

    ck_assert_uint_eq(program->rules_count, 1);
    return program->rules[0];
}

const char *kit_faults(const struct kit *kit)
{
    FILE *const stream = unit_stream();

    diag_print(kit->diag, stream, DIAG_TEXT);
    char *const text = unit_read(stream);
    char *const copy = arena_copy(kit->arena, text, strlen(text) + 1);
    free(text);
    return copy;
}

static struct value list_of(struct kit *kit, struct slice text)
{
    struct value items[100];
    size_t count = 0;

    for (struct slice rest = text; rest.data != NULL && rest.size > 0;) {
        ck_assert_uint_lt(count, COUNT_OF(items));
        items[count++] = value_of_text(slice_cut(&rest, ','));
    }
    const struct value *const copy = arena_copy(kit->arena, items, count * sizeof *items);
    return (struct value){VALUE_LIST, {.list = {copy, count}}};
}

static struct value value_of(struct kit *kit, const struct field *field, struct slice text)
{
    long long number = 0;
    struct money money = {0, ""};
    struct instant at = {0};

    if (field->many) {
        return list_of(kit, text);
    }
    switch (field->type) {
    case FIELD_BOOL:
        return value_of_bool(slice_is(text, "true"));
    case FIELD_INT:
        ck_assert(slice_number(text, &number));
        return value_of_number(number);
    case FIELD_MONEY:
        ck_assert(money_parse(text, &money));
        return value_of_money(money.minor, slice_of(money.currency));
    case FIELD_TIME:
        ck_assert(instant_parse(text, &at));
        return value_of_time(at);
    case FIELD_CODE:
    case FIELD_TOKEN:
    case FIELD_TEXT:
    case FIELD_PLACE:
        break;
    }
    return value_of_text(text);
}

struct event kit_event(struct kit *kit, const char *type, const char *fields)
{
    const struct event_type *const found = catalogue_find(kit->catalogue, slice_of(type));
    ck_assert_msg(found != NULL, "no type %s", type);
    struct value *const values = arena_alloc(kit->arena, found->fields_count * sizeof *values);
    struct event event = {.type = found, .values = values, .purposes = 1};

    event.is = (struct event_reference){.time = kit->options.today,
                                        .source = SLICE("s"),
                                        .id = SLICE("e"),
                                        .type = found->name};
    for (struct slice rest = slice_of(fields); rest.data != NULL && rest.size > 0;) {
        struct slice text = slice_cut(&rest, ';');
        const struct slice name = slice_cut(&text, '=');
        const struct field *const field = catalogue_field(found, name);
        ck_assert_msg(field != NULL, "no field %.*s", SLICE_ARGS(name));
        values[field - found->fields] = value_of(kit, field, text);
    }
    return event;
}
