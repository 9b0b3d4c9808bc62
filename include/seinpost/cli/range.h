/* range: the part of partners' topics that is read again: bounds as a person gives them, and
 * what they mean to each partition.
 *
 * A bound is a time of the brokers (when a record was appended), a duration back from now, an
 * offset of every partition, or TOPIC:PARTITION:OFFSET. The most particular one counts.
 *
 * Owns:    range_free() frees what was found; names live in the configuration.
 * Thread:  one.
 * Fails:   by exit code, with the reason on stderr under a code: R101 there is no such topic,
 * R102 an offset is not there, R103 nobody answers, R104 too much for one replay.
 */
#ifndef SEINPOST_CLI_RANGE_H
#define SEINPOST_CLI_RANGE_H

#include "seinpost/base/vector.h"
#include "seinpost/config/config.h"
#include "seinpost/kafka/kafka_span.h"
#include "seinpost/schema/event.h"

struct arena;

enum {
    RANGE_WORDS_MAX = 64
};

struct range_bound {
    struct slice topic; /* empty: any */
    int32_t partition;
    bool timed;
    int64_t value; /* ms, or an offset */
};

struct range_bounds {
    struct range_bound items[RANGE_WORDS_MAX];
    size_t count;
};

/* What is asked for. All zero: all that there is. */
struct range_ask {
    struct range_bounds from; /* the first record that belongs to it */
    struct range_bounds to;   /* the first that does not */
    const char *sources[RANGE_WORDS_MAX];
    size_t sources_count; /* 0: all of the configuration */
};

/* Adds a bound; false when the text is none. */
bool range_add(struct range_bounds *bounds, const char *text);

struct range {
    const char **topics; /* of the sources, in the order of the configuration */
    int32_t *partitions;
    size_t topics_count;
    VECTOR(struct kafka_stretch) stretches;
    int64_t end_ms; /* it ends at this time; below 0: at an offset */
};

/* Asks the brokers. Returns -1 when the range is known, else the exit code. */
int range_find(struct arena *arena, const struct range_ask *ask,
               const struct config_data *config, struct range *range);
void range_free(struct range *range);

/* Tells whether the place is in the range. */
bool range_has(const struct range *range, const struct event_place *place);

#endif
