#include "seinpost/correlate/bag.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/keyed.h"

#include <stdlib.h>
#include <string.h>

enum {
    SIZE_MIN = 32 /* a power of two, as every size */
};

struct slot {
    uint32_t hash;
    uint32_t often; /* 0: the slot is free */
    struct value value;
};

/* Open addressing; what stood behind a slot that falls free moves up. */
struct bag {
    struct slot *slots;
    size_t size;
    size_t count;
    struct keyed keyed;
};

struct bag *bag_new(void)
{
    struct bag *bag = calloc(1, sizeof *bag);

    ENSURE_MEMORY(bag != NULL);
    bag->size = SIZE_MIN;
    bag->slots = calloc(SIZE_MIN, sizeof bag->slots[0]);
    ENSURE_MEMORY(bag->slots != NULL);
    bag->keyed = keyed_new();
    return bag;
}

static void free_value(struct value *value)
{
    if (value->type == VALUE_TEXT) {
        free((void *)(uintptr_t)value->as.text.data);
    }
}

void bag_free(struct bag *bag)
{
    for (size_t i = 0; bag != NULL && i < bag->size; i++) {
        if (bag->slots[i].often > 0) {
            free_value(&bag->slots[i].value);
        }
    }
    if (bag != NULL) {
        free(bag->slots);
        free(bag);
    }
}

static uint32_t hash_of(const struct bag *bag, const struct value *value)
{
    struct slice bytes = {NULL, 0};

    switch (value->type) {
    case VALUE_TEXT:
        bytes = value->as.text;
        break;
    case VALUE_NUMBER:
        bytes = (struct slice){(const char *)&value->as.number, sizeof value->as.number};
        break;
    case VALUE_MONEY:
        bytes =
            (struct slice){(const char *)&value->as.money.minor, sizeof value->as.money.minor};
        break;
    case VALUE_TIME:
        bytes = (struct slice){(const char *)&value->as.time.ms, sizeof value->as.time.ms};
        break;
    case VALUE_BOOL:
    case VALUE_NONE:
    case VALUE_LIST:
        break;
    }
    return (uint32_t)keyed_hash(&bag->keyed, bytes);
}

/* The slot of the value, or the free one where it would go. */
static size_t find(const struct bag *bag, const struct value *value, uint32_t hash)
{
    size_t i = hash & (bag->size - 1);

    while (bag->slots[i].often > 0 &&
           (bag->slots[i].hash != hash || !value_equal(&bag->slots[i].value, value))) {
        i = (i + 1) & (bag->size - 1);
    }
    return i;
}

static void resize(struct bag *bag, size_t size)
{
    struct slot *old = bag->slots;
    const size_t old_size = bag->size;

    bag->slots = calloc(size, sizeof bag->slots[0]);
    ENSURE_MEMORY(bag->slots != NULL);
    bag->size = size;
    for (size_t i = 0; i < old_size; i++) {
        if (old[i].often > 0) {
            bag->slots[find(bag, &old[i].value, old[i].hash)] = old[i];
        }
    }
    free(old);
}

static struct value own(const struct value *value)
{
    struct value copy = *value;

    if (value->type == VALUE_TEXT) {
        char *text = malloc(value->as.text.size + 1);
        ENSURE_MEMORY(text != NULL);
        if (value->as.text.size > 0) {
            memcpy(text, value->as.text.data, value->as.text.size);
        }
        copy.as.text.data = text;
    }
    return copy;
}

void bag_add(struct bag *bag, const struct value *value)
{
    const uint32_t hash = hash_of(bag, value);

    if (4 * (bag->count + 1) > 3 * bag->size) {
        resize(bag, 2 * bag->size);
    }
    struct slot *slot = &bag->slots[find(bag, value, hash)];
    if (slot->often++ == 0) {
        slot->hash = hash;
        slot->value = own(value);
        bag->count++;
    }
}

static void close_up(struct bag *bag, size_t hole)
{
    const size_t mask = bag->size - 1;

    for (size_t at = (hole + 1) & mask; bag->slots[at].often > 0; at = (at + 1) & mask) {
        const size_t home = bag->slots[at].hash & mask;
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            bag->slots[hole] = bag->slots[at];
            hole = at;
        }
    }
    bag->slots[hole].often = 0;
}

void bag_remove(struct bag *bag, const struct value *value)
{
    const size_t at = find(bag, value, hash_of(bag, value));
    struct slot *slot = &bag->slots[at];

    ENSURE(slot->often > 0);
    if (--slot->often > 0) {
        return;
    }
    free_value(&slot->value);
    close_up(bag, at);
    bag->count--;
    if (bag->size > SIZE_MIN && 8 * bag->count < bag->size) {
        resize(bag, bag->size / 2);
    }
}

int64_t bag_different(const struct bag *bag)
{
    return (int64_t)bag->count;
}
