/* kafka_span: a stretch of several partitions, read once, in no group: all committed records of
 * it in one order, by the time that they bear, then by the order of the stretches and by
 * offset. Two readings of the same stretches give the same.
 *
 * A partition's next record must be known before another one's is given: a partition that does
 * not answer holds up all.
 *
 * Owns:    its client, and the records that it gives, until the next poll.
 * Thread:  one.
 * Fails:   by enum outcome: RETRY when records of the stretch have expired meanwhile, STOP when
 * the client cannot go on. The reason is in the log.
 * Bounded: some messages, and `queued.max.messages.kbytes`, for each partition.
 */
#ifndef SEINPOST_KAFKA_KAFKA_SPAN_H
#define SEINPOST_KAFKA_KAFKA_SPAN_H

#include "seinpost/kafka/kafka_consumer.h"

struct kafka_span;

struct kafka_stretch {
    struct record_partition partition;
    size_t topic;  /* whatever the reader knows it by */
    int64_t from;  /* the first offset */
    int64_t below; /* where it ends: not part of it any more */
};

/* `reading` names who reads, and the operator's settings. The stretches are copied. Returns
 * NULL when the client cannot be made. */
struct kafka_span *kafka_span_new(const struct kafka_reading *reading,
                                  const struct kafka_stretch *stretches, size_t count);
void kafka_span_free(struct kafka_span *span);

/* A record, with the time that it bears: when the broker appended it, or what its producer
 * claims. */
struct kafka_span_record {
    struct record is; /* its timestamp is the broker's, or there is none */
    size_t topic;
    int64_t at_ms;
};

/* Waits up to `timeout_ms` for the next record. `record` is set to NULL when there is none yet,
 * and at the end. */
enum outcome kafka_span_next(struct kafka_span *span, int64_t timeout_ms,
                             const struct kafka_span_record **record) MUST_USE;

bool kafka_span_is_at_end(const struct kafka_span *span);

/* Returns how many offsets have been passed, and how many there are. */
int64_t kafka_span_passed(const struct kafka_span *span);
int64_t kafka_span_all(const struct kafka_span *span);

/* Returns a partition that is waited for; its topic is NULL when there is none. */
struct record_partition kafka_span_missing(const struct kafka_span *span);

#endif
