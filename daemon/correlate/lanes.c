#include "seinpost/correlate/lanes.h"

#include "seinpost/base/ensure.h"

/* Goes through the lanes of an event. */
struct cursor {
    const struct held *held;
    enum lane_of of;
    uint64_t left; /* of the mask */
};

static uint64_t mask_of(const struct held *held, enum lane_of of)
{
    switch (of) {
    case LANE_ENTRY:
        return held->entries;
    case LANE_SECTOR:
        return held->sectors;
    case LANE_STAGE:
        break;
    }
    return held->stages;
}

static struct cursor begin(const struct held *held)
{
    return (struct cursor){held, LANE_ENTRY, held->entries};
}

static bool next(struct cursor *cursor, unsigned *number)
{
    while (cursor->left == 0) {
        if (cursor->of == LANE_STAGE) {
            return false;
        }
        cursor->of++;
        cursor->left = mask_of(cursor->held, cursor->of);
    }
    *number = (unsigned)__builtin_ctzll(cursor->left);
    cursor->left &= cursor->left - 1;
    return true;
}

static size_t find(const struct lanes *lanes, enum lane_of of, unsigned number)
{
    size_t i = 0;

    while (i < lanes->items.count &&
           (lanes->items.items[i].of != of || lanes->items.items[i].number != number)) {
        i++;
    }
    return i;
}

static struct lane *lane_for(struct lanes *lanes, enum lane_of of, unsigned number)
{
    const size_t index = find(lanes, of, number);

    if (index == lanes->items.count) {
        VECTOR_PUSH(&lanes->items, (struct lane){.of = of, .number = number});
    }
    return &lanes->items.items[index];
}

struct lanes *lanes_new(const struct timeline *events)
{
    struct lanes *lanes = calloc(1, sizeof *lanes);

    ENSURE_MEMORY(lanes != NULL);
    for (size_t i = 0; i < events->count; i++) {
        lanes_add(lanes, timeline_at(events, i));
    }
    return lanes;
}

void lanes_free(struct lanes *lanes)
{
    for (size_t i = 0; lanes != NULL && i < lanes->items.count; i++) {
        VECTOR_FREE(&lanes->items.items[i].times);
    }
    if (lanes != NULL) {
        VECTOR_FREE(&lanes->items);
        free(lanes);
    }
}

/* Index of the first time after `ms`; most are asked for at the end. */
static size_t after(const struct lane *lane, int64_t ms)
{
    size_t i = lane->times.count;

    while (i > lane->start && lane->times.items[i - 1] > ms) {
        i--;
    }
    return i;
}

void lanes_add(struct lanes *lanes, const struct held *held)
{
    unsigned number = 0;

    for (struct cursor cursor = begin(held); next(&cursor, &number);) {
        struct lane *lane = lane_for(lanes, cursor.of, number);
        VECTOR_INSERT(&lane->times, after(lane, held->is.time.ms), held->is.time.ms);
    }
}

/* Of equal times it does not matter which one goes. */
void lanes_remove(struct lanes *lanes, const struct held *held)
{
    unsigned number = 0;

    for (struct cursor cursor = begin(held); next(&cursor, &number);) {
        struct lane *lane = lane_for(lanes, cursor.of, number);
        const size_t index = after(lane, held->is.time.ms);
        ENSURE(index > lane->start && lane->times.items[index - 1] == held->is.time.ms);
        VECTOR_REMOVE(&lane->times, index - 1, 1);
    }
}

void lanes_forget(struct lanes *lanes, const struct held *held)
{
    unsigned number = 0;

    for (struct cursor cursor = begin(held); next(&cursor, &number);) {
        struct lane *lane = lane_for(lanes, cursor.of, number);
        ENSURE(lane->start < lane->times.count);
        lane->start++;
        if (2 * lane->start > lane->times.count) {
            VECTOR_REMOVE(&lane->times, 0, lane->start);
            lane->start = 0;
        }
    }
}

static void change_fed(const struct lanes *lanes, struct lanes_fed *fed,
                       const struct held *held, bool more)
{
    unsigned number = 0;

    while (fed->counts.count < lanes->items.count) {
        VECTOR_PUSH(&fed->counts, 0);
    }
    for (struct cursor cursor = begin(held); next(&cursor, &number);) {
        size_t *count = &fed->counts.items[find(lanes, cursor.of, number)];
        ENSURE(more || *count > 0);
        *count = more ? *count + 1 : *count - 1;
    }
}

void lanes_feed(const struct lanes *lanes, struct lanes_fed *fed, const struct held *held)
{
    change_fed(lanes, fed, held, true);
}

void lanes_unfeed(const struct lanes *lanes, struct lanes_fed *fed, const struct held *held)
{
    change_fed(lanes, fed, held, false);
}

void lanes_copy_fed(struct lanes_fed *to, const struct lanes_fed *from)
{
    to->counts.count = 0;
    for (size_t i = 0; i < from->counts.count; i++) {
        VECTOR_PUSH(&to->counts, from->counts.items[i]);
    }
}
