#include "seinpost/stage/outbox.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/vector.h"

enum {
    OUTBOX_BYTES_MAX = 1024 * 1024 * 1024,
    OUTBOX_BYTES_FULL =
        8 * 1024 * 1024, /* far below the limit, above any batch of honest records */
};

struct outbox {
    struct arena *arena;
    VECTOR(struct outbox_record) records;
};

struct outbox *outbox_new(void)
{
    struct outbox *outbox = calloc(1, sizeof *outbox);

    ENSURE_MEMORY(outbox != NULL);
    outbox->arena = arena_new(OUTBOX_BYTES_MAX);
    return outbox;
}

void outbox_free(struct outbox *outbox)
{
    if (outbox == NULL) {
        return;
    }
    arena_free(outbox->arena);
    VECTOR_FREE(&outbox->records);
    free(outbox);
}

void outbox_add(struct outbox *outbox, const struct outbox_record *record)
{
    ENSURE(record->topic <= OUTBOX_DESK);
    ENSURE(record->topic == OUTBOX_DESK || record->desk == 0);

    struct outbox_record copy = *record;
    copy.key = slice_copy(outbox->arena, record->key);
    copy.value = slice_copy(outbox->arena, record->value);
    VECTOR_PUSH(&outbox->records, copy);
}

size_t outbox_count(const struct outbox *outbox)
{
    return outbox->records.count;
}

const struct outbox_record *outbox_get(const struct outbox *outbox, size_t index)
{
    ENSURE(index < outbox->records.count);
    return &outbox->records.items[index];
}

bool outbox_is_full(const struct outbox *outbox)
{
    return arena_bytes_used(outbox->arena) > OUTBOX_BYTES_FULL;
}

void outbox_clear(struct outbox *outbox)
{
    outbox->records.count = 0;
    arena_reset(outbox->arena);
}
