#include "seinpost/stage/heard.h"

#include "seinpost/alert/alert_avro.h"
#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/table.h"
#include "seinpost/base/text.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    char id[DIGEST_TEXT_SIZE];
    bool open;  /* at the desks */
    bool known; /* to the state, as open */
    struct text record;
};

struct heard {
    struct table *entries; /* by id */
};

struct heard *heard_new(void)
{
    struct heard *heard = calloc(1, sizeof *heard);

    ENSURE_MEMORY(heard != NULL);
    heard->entries = table_new();
    return heard;
}

static void free_entry(void *value, void *context)
{
    struct entry *entry = value;

    (void)context;
    text_free(&entry->record);
    free(entry);
}

void heard_free(struct heard *heard)
{
    if (heard != NULL) {
        table_each(heard->entries, free_entry, NULL);
        table_free(heard->entries);
        free(heard);
    }
}

void heard_drop(struct heard *heard, struct slice id)
{
    struct entry *entry = table_remove(heard->entries, id);

    if (entry != NULL) {
        free_entry(entry, NULL);
    }
}

static struct entry *entry_of(struct heard *heard, struct slice id)
{
    struct entry *entry = table_get(heard->entries, id);

    if (entry == NULL) {
        entry = calloc(1, sizeof *entry);
        ENSURE_MEMORY(entry != NULL);
        ENSURE(id.size == sizeof entry->id - 1);
        memcpy(entry->id, id.data, id.size);
        table_put(heard->entries, (struct slice){entry->id, id.size}, entry);
    }
    return entry;
}

/* A single event's alert has no further life: there is nothing to close. */
static bool is_single(const struct alert *alert)
{
    return alert->group.count == 1 && slice_is(alert->group.items[0].name, "event");
}

void heard_put(struct heard *heard, const struct alert *alert)
{
    if (alert->id.size != DIGEST_TEXT_SIZE - 1) {
        return; /* none of ours */
    }
    if (slice_is(alert->state, "retracted") || slice_is(alert->state, "superseded")) {
        heard_drop(heard, alert->id);
        return;
    }
    struct entry *entry = entry_of(heard, alert->id);
    entry->open = !slice_is(alert->state, "closed") && !is_single(alert);
    text_clear(&entry->record);
    if (entry->open) {
        alert_avro_put(alert, &entry->record);
    }
}

bool heard_know(struct heard *heard, struct digest id, bool open)
{
    char text[DIGEST_TEXT_SIZE];
    struct entry *entry = table_get(heard->entries, slice_of(digest_format(id, text)));

    if (entry != NULL) {
        entry->known = open;
    }
    return entry != NULL;
}

static int by_id(const void *left, const void *right)
{
    const struct alert *a = left;
    const struct alert *b = right;

    return slice_compare(a->id, b->id);
}

size_t heard_lost(const struct heard *heard, struct arena *arena, struct alert **alerts)
{
    const size_t room = table_count(heard->entries);
    size_t cursor = 0;
    size_t count = 0;

    *alerts = arena_alloc(arena, room * sizeof **alerts);
    for (struct entry *entry = table_next(heard->entries, &cursor); entry != NULL;
         entry = table_next(heard->entries, &cursor)) {
        if (entry->open && !entry->known) {
            const struct slice record = slice_copy(arena, text_slice(&entry->record));
            const bool good = alert_avro_get(arena, record, &(*alerts)[count++]);
            ENSURE(good);
        }
    }
    if (count > 1) {
        qsort(*alerts, count, sizeof **alerts, by_id);
    }
    return count;
}
