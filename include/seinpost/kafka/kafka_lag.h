/* kafka_lag: how many records lie in the partitions that are read, and were not taken yet, as
 * librdkafka knows it without asking a broker: `seinpost_lag_records{topic,partition}`.
 *
 * Owns:    nothing but the time of the last look.
 * Thread:  the worker's.
 * Fails:   never; what is not known yet is not told.
 */
#ifndef SEINPOST_KAFKA_KAFKA_LAG_H
#define SEINPOST_KAFKA_KAFKA_LAG_H

#include "seinpost/kafka/kafka_lanes.h"

struct kafka_lag {
    int64_t looked_ms; /* steady clock */
};

/* Looks again every few seconds. */
void kafka_lag_look(struct kafka_lag *lag, const struct kafka_lanes *lanes);

/* The partition is not read here any more. */
void kafka_lag_forget(struct record_partition partition);

#endif
