#include "seinpost/base/table.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/keyed.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct slot {
    uint64_t hash;
    struct slice key;
    void *value; /* NULL: free */
};

struct table {
    struct slot *slots;
    size_t size; /* a power of two */
    size_t count;
    struct keyed keyed;
};

enum {
    SLOTS_MIN = 16
};

static void table_check(const struct table *table)
{
    ENSURE(table != NULL);
    ENSURE(table->count < table->size);
    ENSURE((table->size & (table->size - 1)) == 0);
}

static struct slot *slots_new(size_t size)
{
    struct slot *slots = calloc(size, sizeof *slots);

    ENSURE_MEMORY(slots != NULL);
    return slots;
}

struct table *table_new(void)
{
    struct table *table = calloc(1, sizeof *table);

    ENSURE_MEMORY(table != NULL);
    table->size = SLOTS_MIN;
    table->slots = slots_new(SLOTS_MIN);
    table->keyed = keyed_new();
    table_check(table);
    return table;
}

void table_free(struct table *table)
{
    if (table == NULL) {
        return;
    }
    table_check(table);
    free(table->slots);
    free(table);
}

static uint64_t hash_of(const struct table *table, struct slice key)
{
    return keyed_hash(&table->keyed, key);
}

/* Returns the slot of the key, or the free one where it would go. */
static struct slot *find(const struct table *table, struct slice key, uint64_t hash)
{
    size_t i = hash & (table->size - 1);

    while (table->slots[i].value != NULL &&
           (table->slots[i].hash != hash || !slice_equal(table->slots[i].key, key))) {
        i = (i + 1) & (table->size - 1);
    }
    return &table->slots[i];
}

void *table_get(const struct table *table, struct slice key)
{
    table_check(table);
    return find(table, key, hash_of(table, key))->value;
}

static void grow(struct table *table)
{
    struct slot *old = table->slots;
    const size_t old_size = table->size;

    table->size *= 2;
    table->slots = slots_new(table->size);
    for (size_t i = 0; i < old_size; i++) {
        if (old[i].value != NULL) {
            *find(table, old[i].key, old[i].hash) = old[i];
        }
    }
    free(old);
}

void table_put(struct table *table, struct slice key, void *value)
{
    table_check(table);
    ENSURE(value != NULL);

    const uint64_t hash = hash_of(table, key);
    struct slot *slot = find(table, key, hash);
    if (slot->value != NULL) {
        slot->value = value;
        return;
    }
    if ((table->count + 1) * 4 > table->size * 3) {
        grow(table);
        slot = find(table, key, hash);
    }
    *slot = (struct slot){hash, key, value};
    table->count++;
}

/* Entries behind the gap move up, so that no search stops too early. */
void *table_remove(struct table *table, struct slice key)
{
    table_check(table);
    struct slot *slot = find(table, key, hash_of(table, key));
    void *value = slot->value;
    if (value == NULL) {
        return NULL;
    }
    const size_t mask = table->size - 1;
    size_t gap = (size_t)(slot - table->slots);
    for (size_t i = (gap + 1) & mask; table->slots[i].value != NULL; i = (i + 1) & mask) {
        const size_t home = table->slots[i].hash & mask;
        if (((i - home) & mask) >= ((i - gap) & mask)) {
            table->slots[gap] = table->slots[i];
            gap = i;
        }
    }
    table->slots[gap].value = NULL;
    table->count--;
    return value;
}

size_t table_count(const struct table *table)
{
    table_check(table);
    return table->count;
}

void *table_next(const struct table *table, size_t *cursor)
{
    table_check(table);
    while (*cursor < table->size) {
        void *value = table->slots[(*cursor)++].value;
        if (value != NULL) {
            return value;
        }
    }
    return NULL;
}

void table_each(const struct table *table, void (*visit)(void *value, void *context),
                void *context)
{
    table_check(table);
    for (size_t i = 0; i < table->size; i++) {
        if (table->slots[i].value != NULL) {
            visit(table->slots[i].value, context);
        }
    }
}
