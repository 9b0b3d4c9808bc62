/* vector: an array that grows at its end.
 *
 * VECTOR(struct thing) declares one: `items`, `count`, and `room`, which only this file
 * touches. A vector of zeroes is an empty one.
 *
 * Owns:    its items' memory, until VECTOR_FREE().
 * Thread:  the owner's.
 * Fails:   never; aborts when memory runs out.
 */
#ifndef SEINPOST_BASE_VECTOR_H
#define SEINPOST_BASE_VECTOR_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define VECTOR(type)                                                                           \
    struct {                                                                                   \
        type *items;                                                                           \
        size_t count;                                                                          \
        size_t room;                                                                           \
    }

/* Returns `items` with room for one more than `count`; `room` is raised as needed. */
void *vector_grow(void *items, size_t count, size_t *room, size_t item_size);

#define VECTOR_PUSH(vector, ...)                                                               \
    do {                                                                                       \
        (vector)->items = vector_grow((vector)->items, (vector)->count, &(vector)->room,       \
                                      sizeof *(vector)->items);                                \
        (vector)->items[(vector)->count++] = (__VA_ARGS__);                                    \
    } while (0)

/* Puts an item before the one at `index`, which is at most `count`. */
#define VECTOR_INSERT(vector, index, ...)                                                      \
    do {                                                                                       \
        const size_t vector_at = (index);                                                      \
        (vector)->items = vector_grow((vector)->items, (vector)->count, &(vector)->room,       \
                                      sizeof *(vector)->items);                                \
        memmove((vector)->items + vector_at + 1, (vector)->items + vector_at,                  \
                ((vector)->count - vector_at) * sizeof *(vector)->items);                      \
        (vector)->items[vector_at] = (__VA_ARGS__);                                            \
        (vector)->count++;                                                                     \
    } while (0)

/* Takes `number` items out, from `index` on. */
#define VECTOR_REMOVE(vector, index, number)                                                   \
    do {                                                                                       \
        const size_t vector_at = (index), vector_number = (number);                            \
        (vector)->count -= vector_number;                                                      \
        if ((vector)->count > vector_at) { /* an empty vector has no items to point at */      \
            memmove((vector)->items + vector_at, (vector)->items + vector_at + vector_number,  \
                    ((vector)->count - vector_at) * sizeof *(vector)->items);                  \
        }                                                                                      \
    } while (0)

#define VECTOR_FREE(vector)                                                                    \
    do {                                                                                       \
        free((vector)->items);                                                                 \
        (vector)->items = NULL;                                                                \
        (vector)->count = (vector)->room = 0;                                                  \
    } while (0)

#endif
