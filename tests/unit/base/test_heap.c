#include "seinpost/base/heap.h"

#include "base.h"

enum {
    THINGS = 120
};

struct thing {
    struct heap_node node; /* first, so that a node is its thing */
    int rank;
};

static bool first(const struct heap_node *a, const struct heap_node *b)
{
    return ((const struct thing *)a)->rank < ((const struct thing *)b)->rank;
}

static const struct thing *top(const struct heap *heap)
{
    return (const struct thing *)heap_top(heap);
}

/* What comes first by looking at all of them. */
static const struct thing *least(const struct thing *things, const bool *in)
{
    const struct thing *found = NULL;

    for (size_t i = 0; i < THINGS; i++) {
        if (in[i] &&
            (found == NULL || instant_compare(things[i].node.due, found->node.due) < 0 ||
             (instant_compare(things[i].node.due, found->node.due) == 0 &&
              things[i].rank < found->rank))) {
            found = &things[i];
        }
    }
    return found;
}

/* After any puts, moves and removals the top is what a look at all would find. */
START_TEST(top_is_what_is_due_first)
{
    struct heap *const heap = heap_new(first);
    struct thing things[THINGS] = {{{{0}, 0}, 0}};
    bool in[THINGS] = {false};
    struct unit_draw draw = unit_draw(5);

    for (int i = 0; i < 30000; i++) {
        const size_t index = unit_below(&draw, THINGS);
        things[index].rank = (int)index;
        in[index] = unit_below(&draw, 3) > 0;
        if (in[index]) {
            heap_put(heap, &things[index].node,
                     (struct instant){(int64_t)unit_below(&draw, 40)});
        } else {
            heap_remove(heap, &things[index].node);
        }
        ck_assert_ptr_eq(top(heap), least(things, in));
    }
    heap_free(heap);
}
END_TEST

/* Things that are due at the same instant come in the owner's order, however they got in. */
START_TEST(equal_instants_come_in_the_owners_order)
{
    struct unit_draw draw = unit_draw(6);

    for (int round = 0; round < 200; round++) {
        struct heap *const heap = heap_new(first);
        struct thing things[20] = {{{{0}, 0}, 0}};
        for (int i = 0; i < 20; i++) {
            things[i].rank = i;
        }
        unit_shuffle(&draw, things, 20, sizeof *things);
        for (int i = 0; i < 20; i++) {
            heap_put(heap, &things[i].node, (struct instant){7});
        }
        for (int i = 0; i < 20; i++) {
            ck_assert_int_eq(top(heap)->rank, i);
            heap_remove(heap, heap_top(heap));
        }
        heap_free(heap);
    }
}
END_TEST

/* An empty heap has no top, and a node that is in no heap is taken out without harm. */
START_TEST(an_empty_heap_has_no_top)
{
    struct heap *const heap = heap_new(first);
    struct thing thing = {{{0}, 0}, 1};

    ck_assert_ptr_null(heap_top(heap));
    heap_remove(heap, &thing.node);
    heap_put(heap, &thing.node, INSTANT_MAX);
    ck_assert_ptr_eq(top(heap), &thing);
    heap_remove(heap, &thing.node);
    heap_remove(heap, &thing.node);
    ck_assert_ptr_null(heap_top(heap));
    heap_free(heap);
    heap_free(NULL);
}
END_TEST

Suite *heap_suite(void)
{
    const TTest *const tests[] = {top_is_what_is_due_first,
                                  equal_instants_come_in_the_owners_order,
                                  an_empty_heap_has_no_top, NULL};

    return unit_suite("heap", tests);
}
