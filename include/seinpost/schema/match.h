/* match: one event as one identity sees it, as it travels through the match log; and the
 * watermarks that travel with it.
 *
 * Owns:    nothing; all it points to lives as long as its pack.
 * Thread:  the worker that reads or writes the pack.
 * Fails:   never.
 */
#ifndef SEINPOST_SCHEMA_MATCH_H
#define SEINPOST_SCHEMA_MATCH_H

#include "seinpost/schema/event.h"

struct match_value {
    struct slice name;  /* the path by which the rule's step asks for it */
    struct value value; /* single; several of one name follow each other */
};

struct match {
    struct slice kind;  /* of the key: identity kind or path; `event`; or empty */
    struct slice value; /* of the key */
    struct event_reference is;
    bool withdrawn;
    const uint64_t *steps; /* ids of the rule steps that the event meets */
    size_t steps_count;
    const struct match_value *values;
    size_t values_count;
    const struct event_reference *made_of; /* of an alert as an event */
    size_t made_of_count;
};

/* How far a partition of a source has come. */
struct watermark {
    struct slice source; /* or `rule:` and the name of a rule whose alerts are events */
    int32_t partition;
    int32_t partitions;  /* how many the source has */
    struct instant high; /* newest event time; INSTANT_MIN: none yet */
    bool exact;          /* `high` is a watermark itself: no lateness is taken off */
    bool quiet;          /* it holds the source's other partitions back no longer */
};

#endif
