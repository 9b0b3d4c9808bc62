#include "seinpost/rule/detection.h"
#include "seinpost/rule/predicate.h"

#include "lab.h"

/* A search that cannot be asked, and the code of its fault. */
static const struct {
    const char *search, *code;
} faulty[] = {
    {"{cod: NL}", "E304"},
    {"{code|contain: N}", "E2"},
    {"{code|gt: N}", "E2"},
    {"{number|contains: 1}", "E2"},
    {"{number|startswith: 1}", "E2"},
    {"{flag|gt: true}", "E2"},
    {"{number: two}", "E2"},
    {"{number|between: [1]}", "E2"},
    {"{number|between: 1}", "E2"},
    {"{number|between: [1, 2, 3]}", "E2"},
    {"{code|re: '['}", "E2"},
    {"{code|cidr: 10.0.0.0/8}", "E2"},
    {"{code|hour: 1}", "E2"},
    {"{start|hour: noon}", "E2"},
    {"{code|exists: maybe}", "E2"},
    {"{amount|gte: 2000}", "E2"},
    {"{size|gt: 200}", "E2"},
    {"{end - start|lte: 48}", "E2"},
    {"{start - number|gt: 1}", "E2"},
    {"{code + number: 1}", "E2"},
    {"{amount + number|gt: 1.00 EUR}", "E2"},
    {"{number|fieldref: code}", "E2"},
    {"{number|fieldref: nothing}", "E3"},
    {"{code|list: [a]}", "E2"},
    {"{number|gt|lt: 1}", "E2"},
    {"{place.city: X}", "E3"},
    {"{code.country: NL}", "E"},
    {"{code: {a: b}}", "E2"},
    {"{code: [[a]]}", "E2"},
    {"{code: []}", "E2"},
    {"5", "E2"},
    {"[5]", "E2"},
};

/* A search that cannot be asked is a fault with a code, at its place. */
START_TEST(what_cannot_be_asked_is_a_fault)
{
    struct kit kit = lab_begin();
    const struct compile compile = lab_compile(&kit);
    struct search search;
    struct text yaml = {0};

    text_format(&yaml, "search: %s\n", faulty[_i].search);
    text_add_byte(&yaml, '\0');
    const struct tree *const tree = lab_tree(&kit, yaml.data);
    text_free(&yaml);
    const bool good =
        detection_read_search(&compile, catalogue_find(kit.catalogue, SLICE("air.thing")),
                              tree_get(tree, "search"), &search);
    ck_assert_msg(!good, "%s", faulty[_i].search);
    ck_assert_uint_ge(diag_errors(kit.diag), 1);
    ck_assert_msg(strstr(kit_faults(&kit), faulty[_i].code) != NULL, "%s: %s",
                  faulty[_i].search, kit_faults(&kit));
    kit_end(&kit);
}
END_TEST

/* Whether a search's fields exist in a type can be asked without a fault. */
START_TEST(fitting_says_nothing)
{
    struct kit kit = lab_begin();
    const struct compile compile = lab_compile(&kit);
    const struct event_type *const type = catalogue_find(kit.catalogue, SLICE("air.thing"));
    const struct tree *const tree = lab_tree(
        &kit,
        "good: {code: NL, number / other|gt: 2, card/debtor: X}\nbad: {code: NL, cod: NL}\n"
        "role: {card/payer: X}\ndetection: {a: {code: NL}, b: {cod: NL}, condition: a or b}\n");

    ck_assert(detection_search_fits(&compile, type, tree_get(tree, "good")));
    ck_assert(!detection_search_fits(&compile, type, tree_get(tree, "bad")));
    ck_assert(!detection_search_fits(&compile, type, tree_get(tree, "role")));
    ck_assert_uint_eq(detection_lacking(&compile, type, tree_get(tree, "detection")), 1);
    ck_assert_uint_eq(diag_errors(kit.diag), 0);
    kit_end(&kit);
}
END_TEST

/* A detection joins its searches by its condition. */
START_TEST(a_detection_joins_searches)
{
    struct kit kit = lab_begin();
    const struct compile compile = lab_compile(&kit);
    struct detection detection;
    const struct tree *const tree = lab_tree(
        &kit, "a: {code: NL}\nb: [{number: 1}, {number: 2}]\ncondition: a and not b\n");
    const struct event met = kit_event(&kit, "air.thing", "code=NL;number=3");
    const struct event excluded = kit_event(&kit, "air.thing", "code=NL;number=2");
    const struct event other = kit_event(&kit, "air.thing", "number=3");

    ck_assert(detection_read(&compile, met.type, tree, &detection));
    ck_assert(detection_true(&detection, &met, compile.lists));
    ck_assert(!detection_true(&detection, &excluded, compile.lists));
    ck_assert(!detection_true(&detection, &other, compile.lists));
    kit_end(&kit);
}
END_TEST

/* A condition on an earlier step's field is left for when the steps are put together. */
START_TEST(an_earlier_steps_field_is_left_for_later)
{
    static const struct slice names[] = {{"out", 3}, {"back", 4}};
    struct kit kit = lab_begin();
    struct compile compile = lab_compile(&kit);
    struct detection detection;
    const struct tree *const tree =
        lab_tree(&kit, "a: {code: NL, place|fieldref: out.place}\ncondition: a\n");
    const struct event event = kit_event(&kit, "air.thing", "code=NL");

    compile.entries = names;
    compile.entries_count = 2;
    ck_assert(detection_read(&compile, event.type, tree, &detection));
    ck_assert_uint_eq(detection.residuals_count, 1);
    ck_assert_slice_eq(detection.residuals[0].field, "place");
    ck_assert_uint_eq(detection.residuals[0].entry, 0);
    ck_assert_slice_eq(detection.residuals[0].reference, "place");
    ck_assert(detection_true(&detection, &event, compile.lists));
    kit_end(&kit);
}
END_TEST

Suite *predicate_faults_suite(void)
{
    const TTest *const tests[] = {fitting_says_nothing, a_detection_joins_searches,
                                  an_earlier_steps_field_is_left_for_later, NULL};
    Suite *const suite = unit_suite("predicate_faults", tests);

    unit_loop(suite, what_cannot_be_asked_is_a_fault, COUNT_OF(faulty));
    return suite;
}
