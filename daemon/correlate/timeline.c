#include "seinpost/correlate/timeline.h"

#include "seinpost/base/ensure.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROOM_MIN = 2 /* most identities have few events */
};

void timeline_free(struct timeline *timeline)
{
    free(timeline->items);
    *timeline = (struct timeline){0};
}

struct held *timeline_at(const struct timeline *timeline, size_t index)
{
    ENSURE(index < timeline->count);
    return timeline->items[timeline->start + index];
}

const struct held *const *timeline_events(const struct timeline *timeline)
{
    struct held *const *first =
        timeline->items == NULL ? NULL : timeline->items + timeline->start;

    return (const struct held *const *)first;
}

/* Most are asked for at the end: so the search widens from there. */
static size_t widen(const struct timeline *timeline, struct instant instant)
{
    size_t step = 1;

    while (step < timeline->count &&
           instant_before(instant, timeline_at(timeline, timeline->count - step)->is.time)) {
        step *= 2;
    }
    return step < timeline->count ? timeline->count - step : 0;
}

size_t timeline_after(const struct timeline *timeline, struct instant instant)
{
    size_t low = widen(timeline, instant);
    size_t high = timeline->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (instant_before(instant, timeline_at(timeline, middle)->is.time)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

size_t timeline_index(const struct timeline *timeline, const struct event_reference *is)
{
    size_t low = widen(timeline, instant_add(is->time, -1));
    size_t high = timeline_after(timeline, is->time);

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (event_compare(&timeline_at(timeline, middle)->is, is) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Few bits of an id, by which most others are told apart without looking at them: ids of one
 * source often differ at their end. */
static uint32_t tag_of(struct slice id)
{
    uint64_t tail = 0;

    memcpy(&tail, id.data + (id.size > sizeof tail ? id.size - sizeof tail : 0),
           id.size > sizeof tail ? sizeof tail : id.size);
    return (uint32_t)((tail ^ id.size) * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

bool timeline_near(const struct event_reference *a, const struct event_reference *b,
                   int64_t apart_ms)
{
    return instant_before(a->time, b->time) ? instant_distance(b->time, a->time) <= apart_ms
                                            : instant_distance(a->time, b->time) <= apart_ms;
}

size_t timeline_find(const struct timeline *timeline, const struct event_reference *is,
                     int64_t apart_ms)
{
    const uint32_t tag = tag_of(is->id);

    for (size_t i = timeline->count; i > 0; i--) {
        if (timeline->tags[timeline->start + i - 1] == tag) {
            const struct event_reference *other = &timeline_at(timeline, i - 1)->is;
            if (event_same(other, is) && timeline_near(other, is, apart_ms)) {
                return i - 1;
            }
        }
    }
    return timeline->count;
}

static void make_room(struct timeline *timeline)
{
    const struct timeline old = *timeline;

    if (old.start + old.count < old.room) {
        return;
    }
    if (old.start <= old.count) {
        timeline->room = old.room == 0 ? ROOM_MIN : old.room + (old.room + 1) / 2;
        timeline->items =
            malloc(timeline->room * (sizeof(struct held *) + sizeof timeline->tags[0]));
        ENSURE_MEMORY(timeline->items != NULL);
        timeline->tags = (uint32_t *)(void *)(timeline->items + timeline->room);
    }
    if (old.count > 0) {
        memmove(timeline->items, old.items + old.start, old.count * sizeof(struct held *));
        memmove(timeline->tags, old.tags + old.start, old.count * sizeof old.tags[0]);
    }
    timeline->start = 0;
    if (timeline->items != old.items) {
        free(old.items);
    }
}

void timeline_insert(struct timeline *timeline, size_t index, struct held *held)
{
    ENSURE(index <= timeline->count);
    make_room(timeline);
    const size_t at = timeline->start + index;
    const size_t rest = timeline->count - index;
    memmove(timeline->items + at + 1, timeline->items + at, rest * sizeof(struct held *));
    memmove(timeline->tags + at + 1, timeline->tags + at, rest * sizeof timeline->tags[0]);
    timeline->items[at] = held;
    timeline->tags[at] = tag_of(held->is.id);
    timeline->count++;
}

void timeline_remove(struct timeline *timeline, size_t index)
{
    ENSURE(index < timeline->count);
    const size_t at = timeline->start + index;
    const size_t rest = timeline->count - index - 1;
    memmove(timeline->items + at, timeline->items + at + 1, rest * sizeof(struct held *));
    memmove(timeline->tags + at, timeline->tags + at + 1, rest * sizeof timeline->tags[0]);
    timeline->count--;
}

void timeline_forget(struct timeline *timeline, size_t count)
{
    ENSURE(count <= timeline->count);
    timeline->start += count;
    timeline->count -= count;
    if (timeline->count == 0) {
        timeline->start = 0;
    }
}
