/* derived: alerts as events of higher rules (schemas/derived.avsc): what opened or is no more,
 * and how far the rules that make such alerts have come.
 *
 * It holds what a higher rule may ask for, and nothing else: identities of the group, rule,
 * stage, level, sectors, carried fields; and the references of its evidence, so that a higher
 * alert can name the events it rests on.
 *
 * Owns:    a writer its bytes; a rule's name it keeps by reference until it is empty.
 * Thread:  the worker's.
 * Fails:   reading, by its result.
 * Bounded: a record holds DERIVED_BYTES_MAX and one alert at most.
 */
#ifndef SEINPOST_ALERT_DERIVED_H
#define SEINPOST_ALERT_DERIVED_H

#include "seinpost/alert/alert.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"

struct arena;
struct table;

enum {
    DERIVED_BYTES_MAX = 256 * 1024 /* well below a broker's usual limit for a record */
};

struct derived_risen {
    struct slice rule;
    struct instant watermark;
};

/* All zero is an empty one. */
struct derived {
    struct text alerts;
    size_t alerts_count;
    VECTOR(struct derived_risen *) risen; /* one a rule */
    size_t risen_written;                 /* so many are in a record already */
    struct table *risen_of;               /* by the rule's name */
};

/* An alert as an event. */
struct derived_alert {
    struct slice id;
    struct slice rule;
    bool withdrawn; /* it is an event no more */
    struct instant time;
    struct slice stage;
    struct slice level;
    struct alert_texts sectors;
    struct alert_texts purposes;
    const struct match_value *values; /* of group and carried fields; one name may repeat */
    size_t values_count;
    const struct event_reference *made_of;
    size_t made_of_count;
};

/* Returns the event that an alert of this change is: as `episode` opened. */
struct derived_alert derived_of(struct arena *arena, const struct change *change,
                                const struct episode *episode, bool withdrawn);

void derived_add(struct derived *derived, const struct derived_alert *alert);

/* The newest watermark of a rule counts. */
void derived_add_watermark(struct derived *derived, const struct rule *rule,
                           struct instant watermark);

bool derived_is_empty(const struct derived *derived);

/* Tells whether its alerts fill a record. */
bool derived_is_full(const struct derived *derived);

/* Appends a record's value: all alerts, and behind them as many watermarks as have room. What
 * is left goes into the next record: a watermark never goes before an alert that it covers. */
void derived_finish(struct derived *derived, int32_t partition, int32_t partitions,
                    struct text *text);

void derived_free(struct derived *derived);

/* Who is given what a record holds. */
struct derived_visitor {
    void *context;
    /* an event of the rule's alert type, in the arena */
    void (*event)(void *context, const struct rule *rule, const struct event *event);
    void (*watermark)(void *context, const struct watermark *watermark);
};

/* Reads a record's value. Alerts of rules that the program does not have, or that nobody reads,
 * are passed over. Returns false when the value is no such record. */
bool derived_read(struct arena *arena, const struct program *program, struct slice value,
                  const struct derived_visitor *visitor);

#endif
