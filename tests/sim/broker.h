/* broker: a simulated Kafka's logs: topics, partitions, records that are visible or not.
 *
 * A record of a transaction is pending until the transaction's marker is written to its
 * partition. A read_committed reader stops before the first pending one (the last stable
 * offset), passes over aborted ones, and over markers, which take an offset each.
 *
 * Owns:    nothing; records live in the arena of the run.
 * Thread:  one.
 * Fails:   never.
 */
#ifndef SIM_BROKER_H
#define SIM_BROKER_H

#include "seinpost/base/slice.h"

#include <stdint.h>

struct arena;
struct broker;

enum {
    BROKER_TOPICS_MAX = 16
};

struct broker_place {
    int topic;
    int32_t partition;
};

enum broker_fate {
    BROKER_PLAIN, /* of no transaction */
    BROKER_PENDING,
    BROKER_COMMITTED,
    BROKER_ABORTED,
    BROKER_MARKER,
};

struct broker_record {
    enum broker_fate fate;
    int64_t timestamp_ms;
    int64_t written_ms; /* on the run's own clock */
    struct slice key;
    struct slice value;
};

struct broker *broker_new(struct arena *arena);
void broker_free(struct broker *broker);

/* Makes a topic and returns its index. `name` must outlive the run. */
int broker_topic(struct broker *broker, const char *name, int32_t partitions);

int broker_topics(const struct broker *broker);
const char *broker_name(const struct broker *broker, int topic);
int32_t broker_partitions(const struct broker *broker, int topic);

/* Appends a copy and returns its offset. */
int64_t broker_append(struct broker *broker, struct broker_place place,
                      const struct broker_record *record);

/* Ends a transaction's record. */
void broker_decide(struct broker *broker, struct broker_place place, int64_t offset,
                   enum broker_fate fate);

/* The oldest offset kept; the offset behind the last record; the last stable offset. */
int64_t broker_start(const struct broker *broker, struct broker_place place);
int64_t broker_end(const struct broker *broker, struct broker_place place);
int64_t broker_stable(const struct broker *broker, struct broker_place place);

/* Returns a record, also one that is expired: the judge sees all that ever was. */
const struct broker_record *broker_get(const struct broker *broker, struct broker_place place,
                                       int64_t offset);

/* Returns it to be spoiled: to see whether the judge sees it. */
struct broker_record *broker_spoil(struct broker *broker, struct broker_place place,
                                   int64_t offset);

/* Tells whether read_committed readers are given it. */
bool broker_is_visible(const struct broker_record *record);

/* Retention: what is before `offset` is no longer given to anybody. */
void broker_expire(struct broker *broker, struct broker_place place, int64_t offset);

#endif
