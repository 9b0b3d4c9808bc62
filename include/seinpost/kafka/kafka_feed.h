/* kafka_feed: a plain producer, as a partner has one: no transactions.
 *
 * Owns:    its client.
 * Thread:  one.
 * Fails:   by its results; the reason is in the log.
 */
#ifndef SEINPOST_KAFKA_KAFKA_FEED_H
#define SEINPOST_KAFKA_KAFKA_FEED_H

#include "seinpost/base/setting.h"
#include "seinpost/base/slice.h"

struct kafka_feed;

/* Returns NULL when the settings are refused. */
struct kafka_feed *kafka_feed_new(struct settings brokers);
void kafka_feed_free(struct kafka_feed *feed);

bool kafka_feed_send(struct kafka_feed *feed, const char *topic, struct slice value);

/* Waits until all is delivered. */
bool kafka_feed_flush(struct kafka_feed *feed);

#endif
