#include "seinpost/base/arena.h"

#include "seinpost/base/ensure.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A block fits most batches; larger requests get a block of their own. */
enum {
    BLOCK_SIZE = 64 * 1024
};

struct block {
    struct block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

struct ending {
    struct ending *before;
    void (*end)(void *thing);
    void *thing;
};

struct arena {
    struct ending *last_ending;
    size_t bytes_max;
    size_t bytes_used;
    struct block *first;
    struct block *current;
};

static size_t aligned(size_t size)
{
    const size_t mask = alignof(max_align_t) - 1;

    return (size + mask) & ~mask;
}

static void arena_check(const struct arena *arena)
{
    ENSURE(arena != NULL);
    ENSURE(arena->bytes_used <= arena->bytes_max);
    ENSURE((arena->first == NULL) == (arena->current == NULL));
}

struct arena *arena_new(size_t bytes_max)
{
    ENSURE(bytes_max > 0);

    struct arena *arena = calloc(1, sizeof *arena);
    ENSURE_MEMORY(arena != NULL);
    arena->bytes_max = bytes_max;
    arena_check(arena);
    return arena;
}

static void run_endings(struct arena *arena)
{
    struct ending *ending = arena->last_ending;

    arena->last_ending = NULL;
    for (; ending != NULL; ending = ending->before) {
        ending->end(ending->thing);
    }
}

void arena_free(struct arena *arena)
{
    if (arena == NULL) {
        return;
    }
    arena_check(arena);
    run_endings(arena);
    for (struct block *block = arena->first; block != NULL;) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
    free(arena);
}

static struct block *block_with_room(struct arena *arena, size_t need)
{
    struct block *block = arena->current;

    while (block != NULL && block->size - block->used < need) {
        block = block->next;
    }
    if (block != NULL) {
        arena->current = block;
        return block;
    }
    const size_t size = need > BLOCK_SIZE ? need : BLOCK_SIZE;
    block = malloc(sizeof *block + size);
    ENSURE_MEMORY(block != NULL);
    block->size = size;
    block->used = 0;
    if (arena->current == NULL) {
        block->next = NULL;
        arena->first = block;
    } else {
        block->next = arena->current->next;
        arena->current->next = block;
    }
    arena->current = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    arena_check(arena);
    ENSURE(size <= SIZE_MAX / 2);

    const size_t need = aligned(size > 0 ? size : 1);
    ENSURE_MEMORY(need <= arena->bytes_max - arena->bytes_used);
    struct block *block = block_with_room(arena, need);
    void *memory = block->bytes + block->used;
    block->used += need;
    arena->bytes_used += need;
    memset(memory, 0, need);
    return memory;
}

void *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    void *copy = arena_alloc(arena, size);

    if (size > 0) {
        memcpy(copy, bytes, size);
    }
    return copy;
}

void arena_at_end(struct arena *arena, void (*end)(void *thing), void *thing)
{
    struct ending *ending = arena_alloc(arena, sizeof *ending);

    ENSURE(end != NULL);
    *ending = (struct ending){arena->last_ending, end, thing};
    arena->last_ending = ending;
}

/* Blocks of the usual size are kept; one made for a single large request is given back. */
void arena_reset(struct arena *arena)
{
    arena_check(arena);
    run_endings(arena);
    struct block **link = &arena->first;
    while (*link != NULL) {
        struct block *block = *link;
        if (block->size > BLOCK_SIZE) {
            *link = block->next;
            free(block);
        } else {
            block->used = 0;
            link = &block->next;
        }
    }
    arena->current = arena->first;
    arena->bytes_used = 0;
}

size_t arena_bytes_used(const struct arena *arena)
{
    arena_check(arena);
    return arena->bytes_used;
}
