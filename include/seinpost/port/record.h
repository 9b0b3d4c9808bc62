/* record: what a log holds at one place.
 *
 * Owns:    nothing; it is valid until the consumer that gave it is polled again.
 * Thread:  the worker's.
 * Fails:   never.
 */
#ifndef SEINPOST_PORT_RECORD_H
#define SEINPOST_PORT_RECORD_H

#include "seinpost/base/slice.h"

#include <stdint.h>

struct record_partition {
    const char *topic; /* lives as long as the process */
    int32_t partition;
};

struct record {
    struct record_partition from;
    int64_t offset;
    int64_t timestamp_ms; /* the broker's; below 0: none */
    struct slice key;
    struct slice value;
    bool missing;   /* there is no value: a tombstone */
    int64_t behind; /* of an alert that is read on its own: the offset behind the match that it
                       came from; 0: not known */
};

#endif
