/* instant: a point in event time: whole milliseconds.
 *
 * There is no clock here: an instant comes from an event, from the log or from a rule. Sums
 * stop at both ends of the range instead of wrapping.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never; what is no time is told by the result.
 */
#ifndef SEINPOST_BASE_INSTANT_H
#define SEINPOST_BASE_INSTANT_H

#include "seinpost/base/slice.h"

#include <stdint.h>

struct instant {
    int64_t ms; /* since 1970-01-01T00:00:00Z */
};

#define INSTANT_MIN ((struct instant){INT64_MIN}) /* before all time: nothing known yet */
#define INSTANT_MAX ((struct instant){INT64_MAX}) /* after all time: never */

enum {
    INSTANT_TEXT_SIZE = 32, /* room for any instant as text, with its zero */
    INSTANT_DAY_MS = 24 * 60 * 60 * 1000,
};

/* Below 0, 0, above 0. */
int instant_compare(struct instant a, struct instant b);
bool instant_before(struct instant a, struct instant b);
struct instant instant_least(struct instant a, struct instant b);
struct instant instant_latest(struct instant a, struct instant b);

/* Returns at + ms. INSTANT_MIN and INSTANT_MAX stay what they are. */
struct instant instant_add(struct instant at, int64_t ms);

/* Returns a - b in ms. */
int64_t instant_distance(struct instant a, struct instant b);

/* Reads RFC 3339 with seconds, an optional fraction (cut to ms) and `Z` or an offset; also a
 * date alone, which means its first instant in UTC. */
bool instant_parse(struct slice text, struct instant *at);

/* Writes RFC 3339 in UTC; milliseconds only when they are not zero. Returns `buffer`. */
const char *instant_format(struct instant at, char buffer[INSTANT_TEXT_SIZE]);

/* The fields of the UTC calendar that rules ask for. */
struct instant_calendar {
    int month; /* 1 to 12 */
    int week;  /* ISO 8601, 1 to 53 */
    int day;   /* of the month, from 1 */
    int hour;  /* 0 to 23 */
};
struct instant_calendar instant_calendar(struct instant at);

#endif
