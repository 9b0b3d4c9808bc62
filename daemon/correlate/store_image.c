#include "seinpost/correlate/store_image.h"

#include "seinpost/base/ensure.h"
#include "seinpost/correlate/cell_body.h"
#include "seinpost/correlate/cell_image.h"
#include "seinpost/correlate/store_body.h"

/* A cell to be written; or what was written of it before it changed. */
struct slot {
    struct cell *cell; /* NULL: it is written */
    uint64_t hash;     /* of its key */
    struct text early;
};

struct store_image {
    struct store *store;
    struct image *image;
    VECTOR(struct slot) slots; /* in the order of the rules, and of their keys */
    size_t next;               /* to go into the image */
};

/* Keys in the order of their hashes, which is the same everywhere and soon compared. */
static int compare_keys(uint64_t hash, struct slice key, uint64_t other_hash,
                        struct slice other)
{
    if (hash != other_hash) {
        return hash < other_hash ? -1 : 1;
    }
    return slice_compare(key, other);
}

static int by_key(const void *left, const void *right)
{
    const struct slot *a = left;
    const struct slot *b = right;

    return compare_keys(a->hash, cell_key(a->cell), b->hash, cell_key(b->cell));
}

/* A table has no order: the keys give one. */
static size_t list_cells(struct store_image *saving, const struct rule *rule,
                         const struct table *table)
{
    const size_t first = saving->slots.count;
    size_t cursor = 0;

    for (struct cell *cell = NULL;
         table != NULL && (cell = table_next(table, &cursor)) != NULL;) {
        cell_rebind(cell, rule);
        VECTOR_PUSH(&saving->slots,
                    (struct slot){.cell = cell, .hash = digest_spread(cell_key(cell))});
    }
    const size_t count = saving->slots.count - first;
    if (count > 1) {
        qsort(saving->slots.items + first, count, sizeof saving->slots.items[0], by_key);
    }
    for (size_t i = first; i < saving->slots.count; i++) {
        saving->slots.items[i].cell->saving = i + 1;
    }
    return count;
}

/* What of a rule decides over its state. */
static void save_rule(const struct rule *rule, struct image *image)
{
    binary_put_text(image->to, rule->name);
    image_put_digest(image, rule->hash);
    binary_put_long(image->to, rule->status);
    binary_put_bool(image->to, rule->is_read);
    binary_put_long(image->to, rule->expires.ms);
}

static bool is_rule(const struct rule *rule, struct image_reader *reader)
{
    const bool named = slice_equal(binary_get_text(&reader->bytes), rule->name);
    const bool same = digest_equal(image_get_digest(reader), rule->hash);
    const bool status = binary_get_long(&reader->bytes) == rule->status;
    const bool read = binary_get_bool(&reader->bytes) == rule->is_read;

    return binary_get_long(&reader->bytes) == rule->expires.ms && named && same && status &&
           read;
}

struct store_image *store_image_begin(struct store *store, struct image *image)
{
    struct store_image *saving = calloc(1, sizeof *saving);

    ENSURE_MEMORY(saving != NULL);
    ENSURE(store->saving == NULL);
    saving->store = store;
    saving->image = image;
    store->saving = saving;
    binary_put_bool(image->to, store->program->never_late);
    clock_save(store->clock, image);
    binary_put_long(image->to, (int64_t)store->ungrouped);
    binary_put_long(image->to, (int64_t)store->capped);
    for (size_t i = 0; i < store->rules_count; i++) {
        const struct store_rule *state = &store->rules[i];
        if (state->runs) {
            const struct rule *rule = store->program->rules[i];
            save_rule(rule, image);
            binary_put_long(image->to, state->watermark.ms);
            binary_put_long(image->to, state->capped.ms);
            binary_put_long(image->to, (int64_t)list_cells(saving, rule, state->cells));
        }
    }
    return saving;
}

/* The image's own text is where it was in between. */
void store_image_touch(struct store_image *saving, struct cell *cell)
{
    if (cell->saving == 0) {
        return; /* it is new, or written */
    }
    struct slot *slot = &saving->slots.items[cell->saving - 1];
    struct text *to = saving->image->to;
    saving->image->to = &slot->early;
    cell_image_save(cell, saving->image);
    saving->image->to = to;
    slot->cell = NULL;
    cell->saving = 0;
}

static void write_slot(struct image *image, struct slot *slot)
{
    if (slot->cell != NULL) {
        slot->cell->saving = 0;
        cell_image_save(slot->cell, image);
        slot->cell = NULL;
    }
    text_add(image->to, text_slice(&slot->early));
    text_free(&slot->early);
}

bool store_image_more(struct store_image *saving, size_t size)
{
    struct image *image = saving->image;
    const size_t begin = image->to->size;

    while (saving->next < saving->slots.count && image->to->size - begin < size &&
           !image_is_full(image)) {
        write_slot(image, &saving->slots.items[saving->next++]);
    }
    return saving->next == saving->slots.count || image_is_full(image);
}

void store_image_end(struct store_image *saving)
{
    for (size_t i = saving->next; i < saving->slots.count; i++) {
        struct slot *slot = &saving->slots.items[i];
        text_free(&slot->early);
        if (slot->cell != NULL) {
            slot->cell->saving = 0;
        }
    }
    saving->store->saving = NULL;
    VECTOR_FREE(&saving->slots);
    free(saving);
}

/* Each key comes after the one before it: so none is there twice. */
static void load_cells(struct store *store, size_t index, size_t count,
                       struct image_reader *reader)
{
    const struct rule *rule = store->program->rules[index];
    struct store_rule *state = &store->rules[index];
    const struct instant settled_max =
        store->program->never_late ? INSTANT_MIN : state->watermark;
    struct slice before = {0};
    uint64_t hash_before = 0;

    for (size_t i = 0; i < count; i++) {
        struct cell *cell = cell_image_load(rule, settled_max, reader);
        if (cell == NULL) {
            return;
        }
        const uint64_t hash = digest_spread(cell_key(cell));
        if (cell_is_empty(cell) ||
            (i > 0 && compare_keys(hash_before, before, hash, cell_key(cell)) >= 0)) {
            cell_free(cell);
            image_spoil(reader);
            return;
        }
        if (i == 0) {
            state->cells = table_new();
            state->due = heap_new(cell_first);
        }
        before = cell_key(cell);
        hash_before = hash;
        table_put(state->cells, before, cell);
        store_reschedule(store, state, cell);
    }
}

/* Returns how many cells the rule has. */
static size_t load_rule(struct store *store, size_t index, struct image_reader *reader)
{
    struct store_rule *state = &store->rules[index];

    if (!state->runs) {
        return 0;
    }
    if (!is_rule(store->program->rules[index], reader)) {
        image_spoil(reader);
        return 0;
    }
    state->watermark.ms = binary_get_long(&reader->bytes);
    state->capped.ms = binary_get_long(&reader->bytes);
    return image_get_count(reader);
}

void store_image_load(struct store *store, struct image_reader *reader)
{
    size_t *counts = calloc(store->rules_count + 1, sizeof *counts);

    ENSURE_MEMORY(counts != NULL);
    if (binary_get_bool(&reader->bytes) != store->program->never_late) {
        image_spoil(reader);
    }
    clock_load(store->clock, reader);
    store->ungrouped = (uint64_t)binary_get_long(&reader->bytes);
    store->capped = (uint64_t)binary_get_long(&reader->bytes);
    for (size_t i = 0; i < store->rules_count && image_is_good(reader); i++) {
        counts[i] = load_rule(store, i, reader);
    }
    for (size_t i = 0; i < store->rules_count && image_is_good(reader); i++) {
        load_cells(store, i, counts[i], reader);
    }
    free(counts);
}

static void ask_cell(const struct cell *cell, store_image_said *said, void *context)
{
    for (size_t i = 0; i < cell->head.episodes.count; i++) {
        struct episode *episode = cell->head.episodes.items[i];
        if (episode->told) {
            episode->said = said(context, episode->id, !episode->told_closed);
        }
    }
}

void store_image_ask(struct store *store, store_image_said *said, void *context)
{
    for (size_t i = 0; i < store->rules_count; i++) {
        const struct table *cells = store->rules[i].cells;
        size_t cursor = 0;
        for (const struct cell *cell = NULL;
             cells != NULL && (cell = table_next(cells, &cursor)) != NULL;) {
            ask_cell(cell, said, context);
        }
    }
}
