/* kafka_key: in which partition a record of a key stands.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_KAFKA_KAFKA_KEY_H
#define SEINPOST_KAFKA_KAFKA_KEY_H

#include "seinpost/base/slice.h"

#include <stdint.h>

/* Returns the partition that our producers, and Java clients, put the key in. */
int32_t kafka_key_partition(struct slice key, int32_t partitions);

#endif
