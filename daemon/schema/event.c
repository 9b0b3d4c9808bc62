#include "seinpost/schema/event.h"

/* Milliseconds of 1990-01-01 and 2200-01-01. */
static const struct instant time_from = {INT64_C(631152000000)};
static const struct instant time_to = {INT64_C(7258118400000)};

bool event_time_plausible(struct instant time)
{
    return !instant_before(time, time_from) && instant_before(time, time_to);
}

int event_compare(const struct event_reference *a, const struct event_reference *b)
{
    const int by_time = instant_compare(a->time, b->time);

    if (by_time != 0) {
        return by_time;
    }
    const int by_source = slice_compare(a->source, b->source);
    return by_source != 0 ? by_source : slice_compare(a->id, b->id);
}

bool event_same(const struct event_reference *a, const struct event_reference *b)
{
    return slice_equal(a->source, b->source) && slice_equal(a->id, b->id);
}
