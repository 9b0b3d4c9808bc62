/* arena: memory that lives exactly as long as one batch, one rule set or one test.
 *
 * Owns:    every block handed out. Nothing allocated here is ever freed on its own.
 * Thread:  one arena belongs to one thread; there is no lock.
 * Fails:   never. When memory runs out the process aborts, and the open Kafka
 *          transaction is aborted with it; the next start replays from the last commit.
 * Bounded: arena_new() states a limit in bytes; going over it aborts in the same way.
 */
#ifndef SEINPOST_BASE_ARENA_H
#define SEINPOST_BASE_ARENA_H

#include <stddef.h>

struct arena;

/* Returns a new arena that may hold up to `bytes_max` bytes. Free with arena_free(). */
struct arena *arena_new(size_t bytes_max);

/* Frees the arena and all that was allocated from it. NULL is allowed. */
void arena_free(struct arena *arena);

/* Returns `size` zeroed bytes, aligned for any type. A size of 0 gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull));

/* Returns a copy of `size` bytes, aligned for any type. */
void *arena_copy(struct arena *arena, const void *bytes, size_t size)
    __attribute__((returns_nonnull));

/* Has `end(thing)` called when the arena is reset or freed: for what a library made and only it
 * can unmake. Last in, first out. */
void arena_at_end(struct arena *arena, void (*end)(void *thing), void *thing);

/* Forgets all allocations but keeps memory for the next batch. */
void arena_reset(struct arena *arena);

/* Returns the bytes in use now. Never more than the limit given to arena_new(). */
size_t arena_bytes_used(const struct arena *arena);

#endif
