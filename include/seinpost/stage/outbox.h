/* outbox: the records that one transaction will write, gathered while its inputs are processed.
 *
 * An aborted transaction leaves it as it is: the same records are sent again.
 *
 * Owns:    copies of keys and values, until outbox_clear().
 * Thread:  the worker's.
 * Fails:   never.
 * Bounded: the worker commits as soon as outbox_is_full(), before the next record is taken.
 */
#ifndef SEINPOST_STAGE_OUTBOX_H
#define SEINPOST_STAGE_OUTBOX_H

#include "seinpost/base/slice.h"

#include <stdint.h>

struct outbox;

enum outbox_topic {
    OUTBOX_MATCHES,
    OUTBOX_DERIVED,
    OUTBOX_ALERTS,
    OUTBOX_ALERTS_CURRENT,
    OUTBOX_SHADOW,
    OUTBOX_REJECTS,
    OUTBOX_TOPICS_COUNT,
    OUTBOX_DESK = OUTBOX_TOPICS_COUNT, /* the topic of the desk that the record names */
};

enum {
    OUTBOX_BY_KEY = -1 /* the partition is the key's hash */
};

struct outbox_record {
    enum outbox_topic topic;
    int32_t partition;
    struct slice key;
    struct slice value;
    int64_t behind; /* of an alert: the offset behind the match that it came from; else 0 */
    size_t desk;    /* of OUTBOX_DESK: the place of its topic among those of desks */
};

struct outbox *outbox_new(void);
void outbox_free(struct outbox *outbox);

void outbox_add(struct outbox *outbox, const struct outbox_record *record);

size_t outbox_count(const struct outbox *outbox);
const struct outbox_record *outbox_get(const struct outbox *outbox, size_t index);

/* Tells whether it holds as much as one transaction should carry. */
bool outbox_is_full(const struct outbox *outbox);

void outbox_clear(struct outbox *outbox);

#endif
