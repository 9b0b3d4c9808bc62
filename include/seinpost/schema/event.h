/* event: a partner's signal, or a rule's alert as an event, after intake: typed, and with
 * pseudonyms where people were named. It cannot hold clear text.
 *
 * Owns:    nothing; all it points to lives as long as its batch.
 * Thread:  the worker whose batch it is.
 * Fails:   never.
 */
#ifndef SEINPOST_SCHEMA_EVENT_H
#define SEINPOST_SCHEMA_EVENT_H

#include "seinpost/schema/catalogue.h"
#include "seinpost/schema/value.h"

enum {
    EVENT_ID_MAX = 64 /* bytes */
};

/* Where the record stands in the log. */
struct event_place {
    struct slice topic;
    int32_t partition;
    int64_t offset;
};

/* Names an event: what an alert's evidence consists of. */
struct event_reference {
    struct instant time;
    struct slice source;
    struct slice id;
    struct slice type;
    struct event_place place;
};

struct event {
    struct event_reference is;
    const struct event_type *type;
    unsigned purposes;                     /* mask over vocabulary_purposes */
    const struct value *values;            /* one for each field of the type */
    bool withdrawn;                        /* an alert that is an event no more */
    const struct event_reference *made_of; /* of an alert: its evidence */
    size_t made_of_count;
};

/* The source that alerts as events bear. */
#define EVENT_SOURCE_OF_ALERTS SLICE("seinpost")

/* Tells whether a partner's event may bear this time: from 1990 to 2199. */
bool event_time_plausible(struct instant time);

/* Orders by content: (time, source, id). Arrival has no say. */
int event_compare(const struct event_reference *a, const struct event_reference *b);

/* Tells whether both have the same source and id: then they are one event, told twice. */
bool event_same(const struct event_reference *a, const struct event_reference *b);

#endif
