#include "seinpost/correlate/store_image.h"

#include "seinpost/base/ensure.h"
#include "seinpost/correlate/cell_body.h"
#include "seinpost/correlate/cell_image.h"
#include "seinpost/correlate/store_body.h"

static int by_key(const void *left, const void *right)
{
    const struct cell *const *a = left;
    const struct cell *const *b = right;

    return slice_compare(cell_key(*a), cell_key(*b));
}

/* A table has no order: the keys give one. */
static void save_cells(const struct rule *rule, const struct table *table, struct image *image)
{
    VECTOR(struct cell *) cells = {0};
    size_t cursor = 0;

    for (struct cell *cell = NULL;
         table != NULL && (cell = table_next(table, &cursor)) != NULL;) {
        VECTOR_PUSH(&cells, cell);
    }
    if (cells.count > 1) {
        qsort(cells.items, cells.count, sizeof cells.items[0], by_key);
    }
    binary_put_long(image->to, (int64_t)cells.count);
    for (size_t i = 0; i < cells.count && !image_is_full(image); i++) {
        cell_rebind(cells.items[i], rule);
        cell_image_save(cells.items[i], image);
    }
    VECTOR_FREE(&cells);
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

void store_image_save(const struct store *store, struct image *image)
{
    binary_put_bool(image->to, store->program->never_late);
    clock_save(store->clock, image);
    binary_put_long(image->to, (int64_t)store->ungrouped);
    binary_put_long(image->to, (int64_t)store->capped);
    for (size_t i = 0; i < store->rules_count; i++) {
        const struct store_rule *state = &store->rules[i];
        if (state->runs) {
            save_rule(store->program->rules[i], image);
            binary_put_long(image->to, state->watermark.ms);
            binary_put_long(image->to, state->capped.ms);
            save_cells(store->program->rules[i], state->cells, image);
        }
    }
}

/* Each key comes after the one before it: so none is there twice. */
static void load_cells(struct store *store, size_t index, struct image_reader *reader)
{
    const struct rule *rule = store->program->rules[index];
    struct store_rule *state = &store->rules[index];
    const size_t count = image_get_count(reader);
    const struct instant settled_max =
        store->program->never_late ? INSTANT_MIN : state->watermark;
    struct slice before = {0};

    for (size_t i = 0; i < count; i++) {
        struct cell *cell = cell_image_load(rule, settled_max, reader);
        if (cell == NULL) {
            return;
        }
        if (cell_is_empty(cell) || (i > 0 && slice_compare(before, cell_key(cell)) >= 0)) {
            cell_free(cell);
            image_spoil(reader);
            return;
        }
        if (i == 0) {
            state->cells = table_new();
            state->due = heap_new(cell_first);
        }
        before = cell_key(cell);
        table_put(state->cells, before, cell);
        store_reschedule(store, state, cell);
    }
}

void store_image_load(struct store *store, struct image_reader *reader)
{
    if (binary_get_bool(&reader->bytes) != store->program->never_late) {
        image_spoil(reader);
        return;
    }
    clock_load(store->clock, reader);
    store->ungrouped = (uint64_t)binary_get_long(&reader->bytes);
    store->capped = (uint64_t)binary_get_long(&reader->bytes);
    for (size_t i = 0; i < store->rules_count && image_is_good(reader); i++) {
        struct store_rule *state = &store->rules[i];
        if (!state->runs) {
            continue;
        }
        if (!is_rule(store->program->rules[i], reader)) {
            image_spoil(reader);
            return;
        }
        state->watermark.ms = binary_get_long(&reader->bytes);
        state->capped.ms = binary_get_long(&reader->bytes);
        load_cells(store, i, reader);
    }
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
