/* kafka_place: where a member of a group begins to read a partition that it was given, or why
 * it cannot. What a group has committed is what it knows of itself; what does not fit with the
 * log is for an operator to decide, and never "start at 0": a coordinator that resigns answers
 * for a moment that nothing is committed (KAFKA-20416).
 *
 * Owns:    what it found, until kafka_place_clear().
 * Thread:  the worker's.
 * Fails:   by enum outcome when the group's coordinator cannot be asked.
 */
#ifndef SEINPOST_KAFKA_KAFKA_PLACE_H
#define SEINPOST_KAFKA_KAFKA_PLACE_H

#include "seinpost/base/vector.h"
#include "seinpost/kafka/kafka_client.h"
#include "seinpost/kafka/kafka_consumer.h"

struct kafka_place {
    struct record_partition partition;
    int32_t partitions; /* of its topic */
    int64_t start;
    int64_t committed;
    struct slice metadata;
    bool begins;        /* its beginning is not committed yet */
    const char *reason; /* short name of why it cannot be read; NULL: it can */
};

struct kafka_places {
    rd_kafka_t *client;
    const struct kafka_reading *reading;
    VECTOR(struct kafka_place) items;
    rd_kafka_topic_partition_list_t *committed; /* of all partitions of these topics */
};

/* Looks at the partitions of the list, and sorts it. Who is patient waits for transactions of
 * the partitions' last owner; else this is only a glance. What does not answer in time is
 * called unreachable. */
enum outcome kafka_place_find(struct kafka_places *places,
                              rd_kafka_topic_partition_list_t *list, bool is_patient) MUST_USE;

void kafka_place_clear(struct kafka_places *places);

/* Logs why it cannot be read, in words. */
void kafka_place_explain(const struct kafka_place *place, const char *group);

#endif
