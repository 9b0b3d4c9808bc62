#include "seinpost/base/instant.h"
#include "seinpost/yaml/bind.h"

#include "yaml.h"

static const char *const colours[] = {"red", "green", "blue", NULL};

struct sheet {
    struct slice text;
    struct bind_list texts;
    int64_t number;
    bool truth;
    int64_t span;
    struct instant day;
    int colour;
    unsigned mix;
    const struct tree *node;
    const struct tree *map;
    const struct tree *list;
};

#define KEY(name, kind, required, member)                                                      \
    {                                                                                          \
        name, kind, required, offsetof(struct sheet, member), colours                          \
    }

static const struct bind_key more_keys[] = {KEY("list", BIND_LIST, false, list)};
static const struct bind_table more = {more_keys, COUNT_OF(more_keys), NULL};
static const struct bind_key keys[] = {
    KEY("text", BIND_TEXT, true, text),        KEY("texts", BIND_TEXTS, false, texts),
    KEY("number", BIND_INT, false, number),    KEY("truth", BIND_BOOL, false, truth),
    KEY("span", BIND_DURATION, false, span),   KEY("day", BIND_DATE, false, day),
    KEY("colour", BIND_CHOICE, false, colour), KEY("mix", BIND_CHOICES, false, mix),
    KEY("node", BIND_NODE, false, node),       KEY("map", BIND_MAP, false, map),
};
static const struct bind_table table = {keys, COUNT_OF(keys), &more};

static struct sheet bound(struct desk *desk, const char *text)
{
    struct sheet sheet = {.number = -7, .span = -7, .colour = -7};

    *desk = desk_read(text);
    ck_assert(bind_map(desk->diag, desk->arena, desk->tree, &table, &sheet));
    return sheet;
}

/* Every kind of key fills its member. */
START_TEST(fills_every_kind)
{
    struct desk desk;
    const struct sheet sheet =
        bound(&desk, "text: t\ntexts: [a, b]\nnumber: 12\ntruth: true\nspan: 1d12h\n"
                     "day: 1970-01-02\ncolour: green\nmix: [red, blue]\n"
                     "node: [1]\nmap: {a: 1}\nlist: [1, 2]\n");

    ck_assert_uint_eq(diag_errors(desk.diag), 0);
    ck_assert_slice_eq(sheet.text, "t");
    ck_assert_uint_eq(sheet.texts.count, 2);
    ck_assert_slice_eq(sheet.texts.nodes[1]->text, "b");
    ck_assert(sheet.number == 12 && sheet.truth && sheet.span == 129600000);
    ck_assert_int_eq(sheet.day.ms, 86400000);
    ck_assert_int_eq(sheet.colour, 1);
    ck_assert_uint_eq(sheet.mix, 5);
    ck_assert_int_eq(sheet.node->kind, TREE_LIST);
    ck_assert_uint_eq(sheet.map->count, 1);
    ck_assert_uint_eq(sheet.list->count, 2);
    desk_end(&desk);
}
END_TEST

/* One text will do for a list of texts, and for choices. */
START_TEST(one_will_do_for_a_list)
{
    struct desk desk;
    const struct sheet sheet = bound(&desk, "text: t\ntexts: a\nmix: green\n");

    ck_assert_uint_eq(diag_errors(desk.diag), 0);
    ck_assert_uint_eq(sheet.texts.count, 1);
    ck_assert_uint_eq(sheet.mix, 2);
    desk_end(&desk);
}
END_TEST

static const struct {
    const char *text;
    const char *fault;
} faults[] = {
    {"number: 1\n", "a.yaml:1:1: error[E202]"}, /* text is missing */
    {"text: t\nweight: 1\n", "a.yaml:2:1: error[E203]"},
    {"text: [t]\n", "a.yaml:1:7: error[E204]"},
    {"text: {a: t}\n", "a.yaml:1:7: error[E204]"},
    {"text: t\nnumber: x\n", "a.yaml:2:9: error[E20"},
    {"text: t\nnumber: -1\n", "a.yaml:2:9: error[E20"},
    {"text: t\nnumber: 99999999999999999999\n", "a.yaml:2:9: error[E20"},
    {"text: t\ntruth: yes\n", "a.yaml:2:8: error[E20"},
    {"text: t\nspan: 1M\n", "a.yaml:2:7: error[E206]"},
    {"text: t\nday: 2026-02-30\n", "a.yaml:2:6: error[E20"},
    {"text: t\ncolour: gren\n", "a.yaml:2:9: error[E205]"},
    {"text: t\ncolour: [red]\n", "a.yaml:2:9: error[E204]"},
    {"text: t\nmix: [red, grey]\n", "a.yaml:2:12: error[E205]"},
    {"text: t\ntexts: [a, [b]]\n", "a.yaml:2:12: error[E204]"},
    {"text: t\nmap: [1]\n", "a.yaml:2:6: error[E204]"},
    {"text: t\nlist: x\n", "a.yaml:2:7: error[E204]"},
};

/* What is unknown, missing or misshapen is one fault at its place, and the member keeps its
 * value. */
START_TEST(a_fault_leaves_the_member)
{
    struct desk desk;
    const struct sheet sheet = bound(&desk, faults[_i].text);
    const char *const told = desk_faults(&desk);

    ck_assert_uint_eq(diag_errors(desk.diag), 1);
    ck_assert_msg(strstr(told, faults[_i].fault) != NULL, "%s", told);
    if (strstr(faults[_i].text, "number: 1") == NULL) {
        ck_assert_int_eq(sheet.number, -7);
    }
    ck_assert_int_eq(sheet.span, -7);
    ck_assert_int_eq(sheet.colour, -7);
    ck_assert(!sheet.truth && sheet.map == NULL && sheet.list == NULL);
    desk_end(&desk);
}
END_TEST

/* All faults of a map are told, not only the first. */
START_TEST(all_faults_of_a_map_are_told)
{
    struct desk desk;

    bound(&desk, "numbr: 1\ncolour: x\nspan: y\n");
    ck_assert_uint_eq(diag_errors(desk.diag), 4);
    desk_end(&desk);
}
END_TEST

/* A misspelt key is read as the one that is meant, so that it is not missing as well; beside
 * that one it is not. */
START_TEST(a_misspelt_key_is_one_fault)
{
    struct desk desk;
    const struct sheet meant = bound(&desk, "txt: t\nnumbr: 1\n");

    ck_assert_uint_eq(diag_errors(desk.diag), 2);
    ck_assert_slice_eq(meant.text, "t");
    ck_assert_int_eq(meant.number, 1);
    desk_end(&desk);
    const struct sheet beside = bound(&desk, "text: t\nnumber: 2\nnumbr: 1\n");
    ck_assert_uint_eq(diag_errors(desk.diag), 1);
    ck_assert_int_eq(beside.number, 2);
    desk_end(&desk);
}
END_TEST

/* An unknown key names the known one that is nearest, of the further keys too. */
START_TEST(an_unknown_key_names_the_nearest)
{
    struct desk desk = desk_read("text: t\nnumbr: 1\nlsit: [1]\n");
    struct sheet sheet = {.number = 0};
    FILE *const stream = unit_stream();

    ck_assert(bind_map(desk.diag, desk.arena, desk.tree, &table, &sheet));
    diag_print(desk.diag, stream, DIAG_TEXT);
    char *const text = unit_read(stream);
    ck_assert_ptr_nonnull(strstr(text, "'number'"));
    ck_assert_ptr_nonnull(strstr(text, "'list'"));
    free(text);
    desk_end(&desk);
}
END_TEST

/* What is no map is bound to nothing, with a fault. */
START_TEST(what_is_no_map_is_a_fault)
{
    struct desk desk = desk_read("[1]\n");
    struct sheet sheet = {.number = -7};

    ck_assert(!bind_map(desk.diag, desk.arena, desk.tree, &table, &sheet));
    ck_assert_uint_eq(diag_errors(desk.diag), 1);
    desk_end(&desk);
}
END_TEST

/* Choice, duration and scalars can be asked for one by one. */
START_TEST(one_value_can_be_asked_for)
{
    struct desk desk = desk_read("c: blue\nd: 90s\ns: [a, b]\nbad: {x: y}\n");
    struct bind_list list = {NULL, 0};
    int64_t ms = 0;

    ck_assert_int_eq(bind_choice(desk.diag, tree_get(desk.tree, "c"), colours, "colour"), 2);
    ck_assert(bind_duration(desk.diag, tree_get(desk.tree, "d"), &ms));
    ck_assert_int_eq(ms, 90000);
    ck_assert(bind_scalars(desk.diag, desk.arena, tree_get(desk.tree, "s"), &list));
    ck_assert_uint_eq(list.count, 2);
    ck_assert_uint_eq(diag_errors(desk.diag), 0);
    ck_assert_int_eq(bind_choice(desk.diag, tree_get(desk.tree, "d"), colours, "colour"), -1);
    ck_assert(!bind_duration(desk.diag, tree_get(desk.tree, "c"), &ms));
    ck_assert(!bind_scalars(desk.diag, desk.arena, tree_get(desk.tree, "bad"), &list));
    ck_assert_uint_eq(diag_errors(desk.diag), 3);
    desk_end(&desk);
}
END_TEST

Suite *bind_suite(void)
{
    const TTest *const tests[] = {fills_every_kind,
                                  one_will_do_for_a_list,
                                  all_faults_of_a_map_are_told,
                                  a_misspelt_key_is_one_fault,
                                  an_unknown_key_names_the_nearest,
                                  what_is_no_map_is_a_fault,
                                  one_value_can_be_asked_for,
                                  NULL};
    Suite *const suite = unit_suite("bind", tests);

    unit_loop(suite, a_fault_leaves_the_member, COUNT_OF(faults));
    return suite;
}
