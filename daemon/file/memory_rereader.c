#include "seinpost/base/ensure.h"
#include "seinpost/base/vector.h"
#include "seinpost/file/memory.h"

struct memory_rereader {
    struct memory *memory;
    size_t batch_max;
    bool open;
    struct record_partition from;
    size_t topic;
    int64_t next;
    int64_t end; /* when it was opened */
    VECTOR(struct record) records;
};

static enum outcome open_memory(void *self, struct record_partition partition)
{
    struct memory_rereader *rereader = self;

    rereader->from = partition;
    rereader->topic = memory_find(rereader->memory, partition.topic);
    rereader->next = memory_start(rereader->memory, rereader->topic, partition.partition);
    rereader->end = memory_end(rereader->memory, rereader->topic, partition.partition);
    rereader->open = true;
    return OUTCOME_OK;
}

static void give(struct memory_rereader *rereader)
{
    const struct memory_record *record =
        memory_get(rereader->memory, rereader->topic, rereader->from.partition, rereader->next);

    VECTOR_PUSH(&rereader->records, (struct record){.from = rereader->from,
                                                    .offset = record->offset,
                                                    .timestamp_ms = record->timestamp_ms,
                                                    .key = record->key,
                                                    .value = record->value});
    rereader->next = record->offset + 1;
}

static enum outcome poll_memory(void *self, int64_t below, int64_t timeout_ms,
                                struct rereader_batch *batch)
{
    struct memory_rereader *rereader = self;

    (void)timeout_ms;
    ENSURE(rereader->open);
    if (rereader->next <
        memory_start(rereader->memory, rereader->topic, rereader->from.partition)) {
        return OUTCOME_RETRY; /* it was trimmed meanwhile */
    }
    rereader->records.count = 0;
    const int64_t end = memory_end(rereader->memory, rereader->topic, rereader->from.partition);
    while (rereader->records.count < rereader->batch_max && rereader->next < end &&
           rereader->next < below) {
        give(rereader);
    }
    *batch = (struct rereader_batch){
        .records = rereader->records.items,
        .count = rereader->records.count,
        .next = rereader->next,
        .at_end = rereader->next >= rereader->end,
    };
    return OUTCOME_OK;
}

static void close_memory(void *self)
{
    struct memory_rereader *rereader = self;

    rereader->open = false;
}

static void free_memory(void *self)
{
    struct memory_rereader *rereader = self;

    VECTOR_FREE(&rereader->records);
    free(rereader);
}

struct rereader memory_rereader(struct memory *memory, size_t batch_max)
{
    struct memory_rereader *rereader = calloc(1, sizeof *rereader);

    ENSURE_MEMORY(rereader != NULL);
    ENSURE(batch_max > 0);
    rereader->memory = memory;
    rereader->batch_max = batch_max;
    return (struct rereader){rereader, open_memory, poll_memory, close_memory, free_memory};
}
