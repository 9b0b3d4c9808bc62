#include "seinpost/base/heap.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/vector.h"

struct heap {
    VECTOR(struct heap_node *) nodes;
    heap_first *first;
};

struct heap *heap_new(heap_first *first)
{
    struct heap *heap = calloc(1, sizeof *heap);

    ENSURE_MEMORY(heap != NULL);
    ENSURE(first != NULL);
    heap->first = first;
    return heap;
}

void heap_free(struct heap *heap)
{
    if (heap == NULL) {
        return;
    }
    VECTOR_FREE(&heap->nodes);
    free(heap);
}

static bool comes_first(const struct heap *heap, size_t a, size_t b)
{
    const struct heap_node *left = heap->nodes.items[a];
    const struct heap_node *right = heap->nodes.items[b];
    const int order = instant_compare(left->due, right->due);

    return order != 0 ? order < 0 : heap->first(left, right);
}

static void place(struct heap *heap, size_t index, struct heap_node *node)
{
    heap->nodes.items[index] = node;
    node->position = index + 1;
}

static void swap(struct heap *heap, size_t a, size_t b)
{
    struct heap_node *left = heap->nodes.items[a];

    place(heap, a, heap->nodes.items[b]);
    place(heap, b, left);
}

static void sift(struct heap *heap, size_t index)
{
    while (index > 0 && comes_first(heap, index, (index - 1) / 2)) {
        swap(heap, index, (index - 1) / 2);
        index = (index - 1) / 2;
    }
    for (;;) {
        size_t least = index;
        for (size_t child = 2 * index + 1; child <= 2 * index + 2; child++) {
            if (child < heap->nodes.count && comes_first(heap, child, least)) {
                least = child;
            }
        }
        if (least == index) {
            return;
        }
        swap(heap, index, least);
        index = least;
    }
}

void heap_put(struct heap *heap, struct heap_node *node, struct instant due)
{
    if (node->position != 0 && instant_compare(node->due, due) == 0) {
        return; /* it stays where it is */
    }
    node->due = due;
    if (node->position == 0) {
        VECTOR_PUSH(&heap->nodes, node);
        node->position = heap->nodes.count;
    }
    ENSURE(heap->nodes.items[node->position - 1] == node);
    sift(heap, node->position - 1);
}

void heap_remove(struct heap *heap, struct heap_node *node)
{
    if (node->position == 0) {
        return;
    }
    const size_t index = node->position - 1;
    ENSURE(heap->nodes.items[index] == node);
    struct heap_node *last = heap->nodes.items[--heap->nodes.count];
    node->position = 0;
    if (last != node) {
        place(heap, index, last);
        sift(heap, index);
    }
}

struct heap_node *heap_top(const struct heap *heap)
{
    return heap->nodes.count == 0 ? NULL : heap->nodes.items[0];
}
