#include "seinpost/correlate/roster.h"

#include "seinpost/base/ensure.h"

#include <stdlib.h>

enum {
    SIZE_MIN = 64 /* a power of two, as every size */
};

/* Open addressing; what stood behind a slot that falls free moves up, so that there are no
 * tombs. The low bits of the hash are kept in the event. */
struct roster {
    struct held **slots;
    uint32_t *hashes; /* of the same, behind them in one block: most are told apart by them */
    size_t size;
    size_t count;
    struct keyed keyed;
};

static uint32_t hash_of(const struct roster *roster, struct slice id)
{
    return (uint32_t)keyed_hash(&roster->keyed, id);
}

static void put(struct roster *roster, struct held *held)
{
    size_t i = held->hash & (roster->size - 1);

    while (roster->slots[i] != NULL) {
        i = (i + 1) & (roster->size - 1);
    }
    roster->slots[i] = held;
    roster->hashes[i] = held->hash;
}

static void begin_slots(struct roster *roster, size_t size)
{
    roster->slots = calloc(size, sizeof(struct held *) + sizeof roster->hashes[0]);
    ENSURE_MEMORY(roster->slots != NULL);
    roster->hashes = (uint32_t *)(void *)(roster->slots + size);
    roster->size = size;
}

struct roster *roster_new(const struct timeline *timeline)
{
    struct roster *roster = calloc(1, sizeof *roster);

    ENSURE_MEMORY(roster != NULL);
    begin_slots(roster, SIZE_MIN);
    roster->keyed = keyed_new();
    for (size_t i = 0; i < timeline->count; i++) {
        roster_add(roster, timeline_at(timeline, i));
    }
    return roster;
}

void roster_free(struct roster *roster)
{
    if (roster != NULL) {
        free(roster->slots);
        free(roster);
    }
}

static void resize(struct roster *roster, size_t size)
{
    struct held **old = roster->slots;
    const size_t old_size = roster->size;

    begin_slots(roster, size);
    for (size_t i = 0; i < old_size; i++) {
        if (old[i] != NULL) {
            put(roster, old[i]);
        }
    }
    free(old);
}

void roster_add(struct roster *roster, struct held *held)
{
    if (4 * (roster->count + 1) > 3 * roster->size) {
        resize(roster, 2 * roster->size);
    }
    held->hash = hash_of(roster, held->is.id);
    put(roster, held);
    roster->count++;
}

/* May what belongs at `home` stand at `hole`, when it stands at `at` now? */
static bool may_move(const struct roster *roster, size_t home, size_t hole, size_t at)
{
    const size_t mask = roster->size - 1;

    return ((at - home) & mask) >= ((at - hole) & mask);
}

void roster_remove(struct roster *roster, const struct held *held)
{
    const size_t mask = roster->size - 1;
    size_t hole = held->hash & mask;

    while (roster->slots[hole] != held) {
        ENSURE(roster->slots[hole] != NULL);
        hole = (hole + 1) & mask;
    }
    for (size_t at = (hole + 1) & mask; roster->slots[at] != NULL; at = (at + 1) & mask) {
        if (may_move(roster, roster->hashes[at] & mask, hole, at)) {
            roster->slots[hole] = roster->slots[at];
            roster->hashes[hole] = roster->hashes[at];
            hole = at;
        }
    }
    roster->slots[hole] = NULL;
    roster->count--;
    if (roster->size > SIZE_MIN && 8 * roster->count < roster->size) {
        resize(roster, roster->size / 2);
    }
}

struct held *roster_find(const struct roster *roster, const struct event_reference *is,
                         int64_t apart_ms)
{
    const uint32_t hash = hash_of(roster, is->id);
    struct held *latest = NULL;

    for (size_t i = hash & (roster->size - 1); roster->slots[i] != NULL;
         i = (i + 1) & (roster->size - 1)) {
        struct held *held = roster->slots[i];
        if (roster->hashes[i] == hash && event_same(&held->is, is) &&
            timeline_near(&held->is, is, apart_ms) &&
            (latest == NULL || event_compare(&latest->is, &held->is) < 0)) {
            latest = held;
        }
    }
    return latest;
}
