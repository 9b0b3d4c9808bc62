/* counter: numbers that operators watch, in the form that Prometheus reads.
 *
 * Prometheus wants seconds: a counter whose name ends in `_seconds` or `_seconds_total` holds
 * milliseconds here, and is printed in seconds.
 *
 * Owns:    all counters, for the life of the process.
 * Thread:  any; counting is one relaxed atomic addition.
 * Fails:   never. What would be the counter after COUNTERS_MAX is counted nowhere, and how
 * often that was asked for in `seinpost_counters_refused_total`.
 */
#ifndef SEINPOST_BASE_COUNTER_H
#define SEINPOST_BASE_COUNTER_H

#include <stdint.h>

struct counter;
struct text;

enum {
    COUNTERS_MAX = 50000 /* labels name sources, partitions, rules: there may be thousands */
};

enum counter_kind {
    COUNTER_TOTAL, /* only rises */
    COUNTER_GAUGE, /* is set */
};

/* Returns the counter of this name and labels, new at the first call. `labels` is as
 * Prometheus writes it, without braces: `reason="late"`, or "". All strings are copied. */
struct counter *counter_get(enum counter_kind kind, const char *name, const char *labels,
                            const char *help);

void counter_add(struct counter *counter, int64_t number);
void counter_set(struct counter *counter, int64_t number);
int64_t counter_value(const struct counter *counter);

/* Calls `visit` with each counter of a name, in the order they were made. It may not ask for
 * counters. */
void counter_visit(const char *name,
                   void (*visit)(void *context, const char *labels, struct counter *counter),
                   void *context);

/* Appends all of them in Prometheus' text format. */
void counter_print(struct text *text);

#endif
