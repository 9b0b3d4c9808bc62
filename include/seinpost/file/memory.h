/* memory: a log in memory: topics with partitions, appended in whole transactions, and read by
 * one group each, which commits in them how far it has come. It is the broker of `replay`,
 * `test` and of unit tests.
 *
 * Owns:    its records until they are trimmed.
 * Thread:  one.
 * Fails:   never.
 */
#ifndef SEINPOST_FILE_MEMORY_H
#define SEINPOST_FILE_MEMORY_H

#include "seinpost/port/consumer.h"
#include "seinpost/port/producer.h"
#include "seinpost/port/rereader.h"

struct memory;

enum {
    MEMORY_TOPICS_MAX = 256
};

struct memory_record {
    struct slice key;
    struct slice value;
    int64_t offset;
    int64_t timestamp_ms; /* below 0: none */
    bool missing;         /* there is no value */
    uint64_t order;       /* over all topics */
};

struct memory *memory_new(void);
void memory_free(struct memory *memory);

/* Makes a topic and returns its index. `name` must outlive the log. */
size_t memory_topic(struct memory *memory, const char *name, int32_t partitions);

void memory_append(struct memory *memory, size_t topic, int32_t partition, struct slice key,
                   struct slice value);

/* Appends a record of another log under the offset and the time that it has there. Offsets
 * between the last record and this one hold none. */
void memory_append_at(struct memory *memory, size_t topic, const struct record *record);

/* Returns the index of the topic of this name, which there must be. */
size_t memory_find(const struct memory *memory, const char *name);

/* Returns the offset that the next record will have. */
int64_t memory_end(const struct memory *memory, size_t topic, int32_t partition);

/* Returns the oldest offset that is kept. */
int64_t memory_start(const struct memory *memory, size_t topic, int32_t partition);

/* Returns the record at this offset, or the next one behind it, which there must be. */
const struct memory_record *memory_get(const struct memory *memory, size_t topic,
                                       int32_t partition, int64_t offset);

/* Forgets what is before the offset. */
void memory_trim(struct memory *memory, size_t topic, int32_t partition, int64_t offset);

/* What the group has committed: the next offset, and what goes with it. */
void memory_commit(struct memory *memory, size_t topic, int32_t partition, int64_t next,
                   struct slice metadata);
int64_t memory_committed(const struct memory *memory, size_t topic, int32_t partition,
                         struct slice *metadata);

struct memory_reading {
    size_t topics[MEMORY_TOPICS_MAX];
    size_t topics_count;
    size_t batch_max; /* records a poll */
    bool trims;       /* what was read is forgotten */
    bool whole;       /* from the oldest record; else from the committed one */
    bool in_order;    /* over all partitions, as they were appended; else one after another */
};

/* Returns a consumer of all partitions of some topics. Free by its `free`. */
struct consumer memory_consumer(struct memory *memory, const struct memory_reading *reading);

/* Returns a producer to the log; `topics` gives for each topic index of a record the log's,
 * ends with `count`. Free by its `free`. */
struct producer memory_producer(struct memory *memory, const size_t *topics, size_t count);

/* Returns a rereader of the log, which gives up to `batch_max` records a poll. Free by its
 * `free`. */
struct rereader memory_rereader(struct memory *memory, size_t batch_max);

#endif
