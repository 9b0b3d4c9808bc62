#include "seinpost/base/vector.h"

#include "base.h"

enum {
    MODEL_MAX = 300
};

static bool holds(const int *items, size_t items_count, const int *model, size_t count)
{
    return items_count == count &&
           (count == 0 || memcmp(items, model, count * sizeof *model) == 0);
}

/* After any pushes, insertions and removals a vector holds what an array moved by hand holds.
 */
START_TEST(holds_what_an_array_would)
{
    VECTOR(int) vector = {0};
    int model[MODEL_MAX];
    struct unit_draw draw = unit_draw(7);
    size_t count = 0;

    for (int i = 0; i < 20000; i++) {
        const size_t at = unit_below(&draw, count + 1);
        if (count < MODEL_MAX && unit_below(&draw, 5) > 1) {
            VECTOR_INSERT(&vector, at, i);
            memmove(model + at + 1, model + at, (count++ - at) * sizeof *model);
            model[at] = i;
        } else {
            const size_t number = unit_below(&draw, count - at + 1);
            VECTOR_REMOVE(&vector, at, number);
            count -= number;
            memmove(model + at, model + at + number, (count - at) * sizeof *model);
        }
        ck_assert(holds(vector.items, vector.count, model, count));
    }
    VECTOR_FREE(&vector);
}
END_TEST

/* A vector of zeroes is empty, grows by a push, and is empty again when it was freed. */
START_TEST(zeroes_are_an_empty_vector)
{
    VECTOR(struct slice) vector = {0};

    VECTOR_REMOVE(&vector, 0, 0);
    for (size_t i = 0; i < 1000; i++) {
        VECTOR_PUSH(&vector, (struct slice){"x", i});
    }
    ck_assert_uint_eq(vector.count, 1000);
    ck_assert_uint_eq(vector.items[999].size, 999);
    VECTOR_FREE(&vector);
    ck_assert_ptr_null(vector.items);
    ck_assert_uint_eq(vector.count, 0);
    VECTOR_PUSH(&vector, SLICE("again"));
    ck_assert_slice_eq(vector.items[0], "again");
    VECTOR_FREE(&vector);
}
END_TEST

Suite *vector_suite(void)
{
    const TTest *const tests[] = {holds_what_an_array_would, zeroes_are_an_empty_vector, NULL};

    return unit_suite("vector", tests);
}
