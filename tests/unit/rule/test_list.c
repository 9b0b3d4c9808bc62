#include "seinpost/rule/list.h"

#include "lab.h"

static const struct list_entry entries[] = {
    {{"K1", 2}, {INT64_MAX}}, {{"K2", 2}, {1000}}, {{"", 0}, {INT64_MAX}}};
static const struct list firms = {{"firms", 5}, KIND_NONE, entries, 3};

/* A list that is asked for before it is filled has its index, and is empty until then. */
START_TEST(a_list_may_be_asked_for_before_it_is_filled)
{
    struct kit kit = lab_begin();
    struct list_set *const set = list_set_new(kit.arena);
    const size_t index = list_set_index(set, SLICE("firms"));

    ck_assert(!list_set_is_filled(set, index));
    ck_assert(!list_set_has(set, index, SLICE("K1"), (struct instant){0}));
    ck_assert(list_set_fill(set, &firms));
    ck_assert(list_set_is_filled(set, index));
    ck_assert_uint_eq(list_set_index(set, SLICE("firms")), index);
    ck_assert_uint_eq(list_set_count(set), 1);
    ck_assert(list_set_has(set, index, SLICE("K1"), (struct instant){0}));
    ck_assert(!list_set_fill(set, &firms));
    kit_end(&kit);
}
END_TEST

/* A value is on a list byte by byte, and not after its entry has expired. */
START_TEST(an_entry_expires)
{
    struct kit kit = lab_begin();
    struct list_set *const set = list_set_new(kit.arena);

    ck_assert(list_set_fill(set, &firms));
    ck_assert(list_set_has(set, 0, SLICE("K1"), (struct instant){INT64_MAX - 1}));
    ck_assert(list_set_has(set, 0, SLICE("K2"), (struct instant){999}));
    ck_assert(!list_set_has(set, 0, SLICE("K2"), (struct instant){1001}));
    ck_assert(!list_set_has(set, 0, SLICE("k1"), (struct instant){0}));
    ck_assert(!list_set_has(set, 0, SLICE("K"), (struct instant){0}));
    kit_end(&kit);
}
END_TEST

/* A copy has the same indexes, and replacing its lists leaves the first as it was. */
START_TEST(a_copy_is_changed_apart)
{
    static const struct list_entry other[] = {{{"X", 1}, {INT64_MAX}}};
    static const struct list replaced = {{"firms", 5}, KIND_NONE, other, 1};
    struct kit kit = lab_begin();
    struct list_set *const set = list_set_new(kit.arena);
    const size_t empty = list_set_index(set, SLICE("empty"));

    ck_assert(list_set_fill(set, &firms));
    const size_t index = list_set_index(set, SLICE("firms"));
    struct list_set *const copy = list_set_copy(kit.arena, set);
    list_set_replace(copy, &replaced);
    ck_assert_uint_eq(list_set_index(copy, SLICE("firms")), index);
    ck_assert_uint_eq(list_set_index(copy, SLICE("empty")), empty);
    ck_assert(list_set_has(copy, index, SLICE("X"), (struct instant){0}));
    ck_assert(!list_set_has(copy, index, SLICE("K1"), (struct instant){0}));
    ck_assert(list_set_has(set, index, SLICE("K1"), (struct instant){0}));
    ck_assert(!list_set_has(set, index, SLICE("X"), (struct instant){0}));
    kit_end(&kit);
}
END_TEST

/* Where a list was first asked for is remembered. */
START_TEST(who_asked_first_is_known)
{
    struct kit kit = lab_begin();
    struct list_set *const set = list_set_new(kit.arena);
    const struct tree *const tree = lab_tree(&kit, "[a, b]");

    const size_t index = list_set_ask(set, SLICE("firms"), tree->first);
    ck_assert_uint_eq(list_set_ask(set, SLICE("firms"), tree->first->next), index);
    ck_assert_ptr_eq(list_set_asked(set, index), tree->first);
    ck_assert_ptr_null(list_set_asked(set, list_set_index(set, SLICE("other"))));
    ck_assert_slice_eq(list_set_get(set, index)->name, "firms");
    ck_assert_uint_eq(list_set_get(set, index)->entries_count, 0);
    kit_end(&kit);
}
END_TEST

Suite *list_suite(void)
{
    const TTest *const tests[] = {a_list_may_be_asked_for_before_it_is_filled, an_entry_expires,
                                  a_copy_is_changed_apart, who_asked_first_is_known, NULL};

    return unit_suite("list", tests);
}
