#include "seinpost/base/table.h"

#include <stdio.h>

#include "base.h"

enum {
    KEYS = 600,
    ACTS = 60000
};

struct model {
    struct table *table;
    char keys[KEYS][8];
    int numbers[KEYS]; /* what the keys name, when they are in */
    bool in[KEYS];
    size_t count;
};

static void model_begin(struct model *model)
{
    model->table = table_new();
    for (size_t i = 0; i < KEYS; i++) {
        snprintf(model->keys[i], sizeof model->keys[i], "k%zu", i);
        model->in[i] = false;
    }
    model->count = 0;
}

static void act(struct model *model, struct unit_draw *draw)
{
    const size_t index = unit_below(draw, KEYS);
    const struct slice key = slice_of(model->keys[index]);
    int *const number = &model->numbers[index];

    switch (unit_below(draw, 3)) {
    case 0:
        table_put(model->table, key, number);
        model->count += !model->in[index];
        model->in[index] = true;
        break;
    case 1:
        ck_assert_ptr_eq(table_remove(model->table, key), model->in[index] ? number : NULL);
        model->count -= model->in[index];
        model->in[index] = false;
        break;
    default:
        ck_assert_ptr_eq(table_get(model->table, key), model->in[index] ? number : NULL);
    }
    ck_assert_uint_eq(table_count(model->table), model->count);
}

/* After any puts and removals a table holds what an array of flags says it does. */
START_TEST(holds_what_was_put)
{
    static struct model model;
    struct unit_draw draw = unit_draw(4);

    model_begin(&model);
    for (int i = 0; i < ACTS; i++) {
        act(&model, &draw);
    }
    for (size_t i = 0; i < KEYS; i++) {
        ck_assert_ptr_eq(table_get(model.table, slice_of(model.keys[i])),
                         model.in[i] ? &model.numbers[i] : NULL);
    }
    table_free(model.table);
}
END_TEST

static void count_visit(void *value, void *context)
{
    (void)context;
    ++*(int *)value;
}

/* Each value is visited once. */
START_TEST(visits_each_value_once)
{
    static struct model model;

    model_begin(&model);
    for (size_t i = 0; i < KEYS; i++) {
        table_put(model.table, slice_of(model.keys[i]), &model.numbers[i]);
    }
    table_remove(model.table, slice_of(model.keys[7]));
    table_each(model.table, count_visit, NULL);
    for (size_t i = 0; i < KEYS; i++) {
        ck_assert_int_eq(model.numbers[i], i == 7 ? 0 : 1);
    }
    table_free(model.table);
}
END_TEST

/* When a key is put again, its value is replaced and the older bytes of the key stay in use. */
START_TEST(the_older_bytes_of_a_key_are_kept)
{
    struct table *const table = table_new();
    char older[] = "key", newer[] = "key";
    int a = 1, b = 2;

    table_put(table, slice_of(older), &a);
    table_put(table, slice_of(newer), &b);
    memset(newer, 'x', 3);
    ck_assert_ptr_eq(table_get(table, SLICE("key")), &b);
    ck_assert_uint_eq(table_count(table), 1);
    table_free(table);
}
END_TEST

/* Any bytes are a key, none too; a key is not what it begins with. */
START_TEST(any_bytes_are_a_key)
{
    struct table *const table = table_new();
    int empty = 0, zero = 1, zeroes = 2;

    ck_assert_ptr_null(table_get(table, SLICE("")));
    table_put(table, SLICE(""), &empty);
    table_put(table, SLICE("\0"), &zero);
    table_put(table, SLICE("\0\0"), &zeroes);
    ck_assert_ptr_eq(table_get(table, (struct slice){NULL, 0}), &empty);
    ck_assert_ptr_eq(table_get(table, SLICE("\0")), &zero);
    ck_assert_ptr_eq(table_get(table, SLICE("\0\0")), &zeroes);
    ck_assert_ptr_null(table_remove(table, SLICE("\0\0\0")));
    table_free(table);
}
END_TEST

/* No table at all may be freed. */
START_TEST(null_is_freed)
{
    table_free(NULL);
}
END_TEST

Suite *table_suite(void)
{
    const TTest *const tests[] = {
        holds_what_was_put,  visits_each_value_once, the_older_bytes_of_a_key_are_kept,
        any_bytes_are_a_key, null_is_freed,          NULL};

    return unit_suite("table", tests);
}
