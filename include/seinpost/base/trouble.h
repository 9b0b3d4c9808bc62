/* trouble: partitions that cannot be read for now, as operators see them: the metric
 * `seinpost_partition_blocked` by topic, partition and reason, and a text for the page of
 * readiness. Whoever reads partitions says so here; the others go on.
 *
 * Owns:    nothing; it stands among the counters.
 * Thread:  any, but one partition's is told by one thread at a time.
 * Fails:   never.
 */
#ifndef SEINPOST_BASE_TROUBLE_H
#define SEINPOST_BASE_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

struct text;

/* The partition cannot be read; `reason` is a short name. Returns false when that was said
 * before, so that it is logged once. */
bool trouble_begin(const char *topic, int32_t partition, const char *reason);

/* The partition can be read, or is another one's. */
void trouble_end(const char *topic, int32_t partition);

/* Tells whether a partition of the topic cannot be read. */
bool trouble_has(const char *topic);

/* Appends a line for each. */
void trouble_print(struct text *text);

#endif
