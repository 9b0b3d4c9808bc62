/* heap: what is due next. Things that are due at the same instant come in an order that the
 * owner gives, so that the result never depends on how they got in.
 *
 * Owns:    its array; the nodes belong to the caller, who embeds them.
 * Thread:  the owner's.
 * Fails:   never; aborts when memory runs out.
 */
#ifndef SEINPOST_BASE_HEAP_H
#define SEINPOST_BASE_HEAP_H

#include "seinpost/base/instant.h"

struct heap;

struct heap_node {
    struct instant due;
    size_t position; /* from 1; 0: in no heap. For the heap alone. */
};

/* Tells whether `a` comes before `b`, both being due at the same instant. */
typedef bool heap_first(const struct heap_node *a, const struct heap_node *b);

struct heap *heap_new(heap_first *first);
void heap_free(struct heap *heap);

/* Puts the node in, or moves it when it is in already. */
void heap_put(struct heap *heap, struct heap_node *node, struct instant due);

/* Takes the node out, if it is in. */
void heap_remove(struct heap *heap, struct heap_node *node);

/* Returns what is due first, or NULL; it stays in. */
struct heap_node *heap_top(const struct heap *heap);

#endif
