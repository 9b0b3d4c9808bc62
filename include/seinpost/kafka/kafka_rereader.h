/* kafka_rereader: the port `rereader` on Kafka: a client beside the worker's consumer, in no
 * group, that reads committed records of one partition at a time.
 *
 * The end is the high watermark when the partition was opened, not the last stable offset: a
 * transaction that stands open before records which are committed is waited for.
 *
 * Owns:    its client, which it makes when it is needed first, and the records of the last
 * poll. Thread:  the worker's. Fails:   by enum outcome; the reason is in the log.
 */
#ifndef SEINPOST_KAFKA_KAFKA_REREADER_H
#define SEINPOST_KAFKA_KAFKA_REREADER_H

#include "seinpost/kafka/kafka_consumer.h"
#include "seinpost/port/rereader.h"

/* `reading` names who reads, and the operator's settings; topics and group do not matter. */
struct rereader kafka_rereader_new(const struct kafka_reading *reading);

#endif
