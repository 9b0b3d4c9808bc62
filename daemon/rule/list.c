#include "seinpost/rule/list.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/table.h"
#include "seinpost/base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct slot {
    struct list list; /* entries ordered by value */
    bool filled;
    struct digest digest; /* once it is filled */
    const struct tree *asked;
};

struct list_set {
    struct arena *arena;
    struct table *names; /* to index + 1; a copy shares it, and does not add */
    bool owns_names;
    size_t count;
    size_t room;
    struct slot *slots;
};

static void free_names(void *names)
{
    table_free(names);
}

struct list_set *list_set_new(struct arena *arena)
{
    struct list_set *set = arena_alloc(arena, sizeof *set);

    *set = (struct list_set){.arena = arena, .names = table_new(), .owns_names = true};
    arena_at_end(arena, free_names, set->names);
    return set;
}

/* Those that a copy added are not in the table. */
static size_t find(const struct list_set *set, struct slice name)
{
    const uintptr_t known = (uintptr_t)table_get(set->names, name);

    if (known != 0 && known <= set->count) {
        return known - 1;
    }
    for (size_t i = table_count(set->names); !set->owns_names && i < set->count; i++) {
        if (slice_equal(set->slots[i].list.name, name)) {
            return i;
        }
    }
    return set->count;
}

static void grow(struct list_set *set)
{
    const size_t room = set->room == 0 ? 16 : set->room * 2;
    struct slot *slots = arena_alloc(set->arena, room * sizeof *slots);

    if (set->count > 0) {
        memcpy(slots, set->slots, set->count * sizeof *slots);
    }
    set->slots = slots;
    set->room = room;
}

size_t list_set_index(struct list_set *set, struct slice name)
{
    const size_t index = find(set, name);

    if (index < set->count) {
        return index;
    }
    if (set->count == set->room) {
        grow(set);
    }
    set->slots[set->count] = (struct slot){.list.name = slice_copy(set->arena, name)};
    if (set->owns_names) {
        table_put(set->names, set->slots[set->count].list.name, (void *)(set->count + 1));
    }
    return set->count++;
}

size_t list_set_ask(struct list_set *set, struct slice name, const struct tree *node)
{
    const size_t index = list_set_index(set, name);

    if (set->slots[index].asked == NULL) {
        set->slots[index].asked = node;
    }
    return index;
}

const struct tree *list_set_asked(const struct list_set *set, size_t index)
{
    ENSURE(index < set->count);
    return set->slots[index].asked;
}

static int by_value(const void *left, const void *right)
{
    const struct list_entry *a = left;
    const struct list_entry *b = right;

    return slice_compare(a->value, b->value);
}

/* Of one value told twice the entry that expires last stands first. */
static int by_value_and_expiry(const void *left, const void *right)
{
    const struct list_entry *a = left;
    const struct list_entry *b = right;
    const int order = by_value(a, b);

    return order != 0 ? order : instant_compare(b->expires, a->expires);
}

static size_t without_doubles(struct list_entry *entries, size_t count)
{
    size_t kept = 0;

    qsort(entries, count, sizeof entries[0], by_value_and_expiry);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || by_value(&entries[kept - 1], &entries[i]) != 0) {
            entries[kept++] = entries[i];
        }
    }
    return kept;
}

static struct digest digest_list(const struct list *list)
{
    struct text text = {0};

    digest_field(&text, SLICE("list/1"));
    digest_field(&text, list->name);
    digest_field(&text, list->key == KIND_NONE ? SLICE("code") : kind_name(list->key));
    for (size_t i = 0; i < list->entries_count; i++) {
        digest_field(&text, list->entries[i].value);
        text_format(&text, "%lld;", (long long)list->entries[i].expires.ms);
    }
    return digest_finish(&text);
}

void list_set_replace(struct list_set *set, const struct list *list)
{
    const size_t index = list_set_index(set, list->name); /* may move the slots */
    struct slot *slot = &set->slots[index];
    const struct slice name = slot->list.name;
    const size_t size = list->entries_count * sizeof list->entries[0];
    struct list_entry *entries = arena_copy(set->arena, list->entries, size);

    slot->list = *list;
    slot->list.name = name;
    slot->list.entries = entries;
    slot->list.entries_count = without_doubles(entries, list->entries_count);
    slot->filled = true;
    slot->digest = digest_list(&slot->list);
}

bool list_set_fill(struct list_set *set, const struct list *list)
{
    const size_t index = list_set_index(set, list->name);

    if (set->slots[index].filled) {
        return false;
    }
    list_set_replace(set, list);
    return true;
}

struct list_set *list_set_copy(struct arena *arena, const struct list_set *set)
{
    struct list_set *copy = arena_copy(arena, set, sizeof *set);

    copy->arena = arena;
    copy->owns_names = false;
    copy->room = set->count;
    copy->slots = arena_copy(arena, set->slots, set->count * sizeof set->slots[0]);
    return copy;
}

const struct list *list_set_get(const struct list_set *set, size_t index)
{
    ENSURE(index < set->count);
    return &set->slots[index].list;
}

struct digest list_set_digest(const struct list_set *set, size_t index)
{
    ENSURE(index < set->count);
    const struct slot *slot = &set->slots[index];

    return slot->filled ? slot->digest : digest_of(slot->list.name);
}

size_t list_set_count(const struct list_set *set)
{
    return set->count;
}

bool list_set_is_filled(const struct list_set *set, size_t index)
{
    ENSURE(index < set->count);
    return set->slots[index].filled;
}

bool list_set_has(const struct list_set *set, size_t index, struct slice value,
                  struct instant at)
{
    const struct list *list = list_set_get(set, index);
    const struct list_entry wanted = {.value = value};

    if (list->entries_count == 0) {
        return false;
    }
    const struct list_entry *found =
        bsearch(&wanted, list->entries, list->entries_count, sizeof list->entries[0], by_value);
    return found != NULL && instant_before(at, found->expires);
}
