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

static void make_room(struct timeline *timeline)
{
    if (timeline->start + timeline->count < timeline->room) {
        return;
    }
    if (timeline->start > timeline->count) {
        memmove(timeline->items, timeline->items + timeline->start,
                timeline->count * sizeof(struct held *));
        timeline->start = 0;
        return;
    }
    timeline->room = timeline->room == 0 ? ROOM_MIN : timeline->room + (timeline->room + 1) / 2;
    timeline->items = realloc(timeline->items, timeline->room * sizeof(struct held *));
    ENSURE_MEMORY(timeline->items != NULL);
}

void timeline_insert(struct timeline *timeline, size_t index, struct held *held)
{
    ENSURE(index <= timeline->count);
    make_room(timeline);
    struct held **at = timeline->items + timeline->start + index;
    memmove(at + 1, at, (timeline->count - index) * sizeof(struct held *));
    *at = held;
    timeline->count++;
}

void timeline_remove(struct timeline *timeline, size_t index)
{
    ENSURE(index < timeline->count);
    struct held **at = timeline->items + timeline->start + index;
    timeline->count--;
    memmove(at, at + 1, (timeline->count - index) * sizeof(struct held *));
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
