#include "seinpost/file/memory.h"

#include "seinpost/base/digest.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"

#include <string.h>

struct partition {
    VECTOR(struct memory_record *) records;
    int64_t start;     /* the oldest offset that is kept */
    int64_t end;       /* behind the last record */
    int64_t committed; /* by the group that reads it */
    struct text metadata;
};

struct topic {
    const char *name;
    int32_t count;
    struct partition *partitions;
};

struct memory {
    struct topic topics[MEMORY_TOPICS_MAX];
    size_t count;
    uint64_t order;
};

struct memory *memory_new(void)
{
    struct memory *memory = calloc(1, sizeof *memory);

    ENSURE_MEMORY(memory != NULL);
    return memory;
}

void memory_free(struct memory *memory)
{
    if (memory == NULL) {
        return;
    }
    for (size_t i = 0; i < memory->count; i++) {
        for (int32_t j = 0; j < memory->topics[i].count; j++) {
            struct partition *partition = &memory->topics[i].partitions[j];
            memory_trim(memory, i, j, partition->end);
            VECTOR_FREE(&partition->records);
            text_free(&partition->metadata);
        }
        free(memory->topics[i].partitions);
    }
    free(memory);
}

size_t memory_topic(struct memory *memory, const char *name, int32_t partitions)
{
    ENSURE(memory->count < MEMORY_TOPICS_MAX && partitions > 0);

    struct topic *topic = &memory->topics[memory->count];
    topic->name = name;
    topic->count = partitions;
    topic->partitions = calloc((size_t)partitions, sizeof *topic->partitions);
    ENSURE_MEMORY(topic->partitions != NULL);
    return memory->count++;
}

static struct partition *at(const struct memory *memory, size_t topic, int32_t partition)
{
    ENSURE(topic < memory->count);
    ENSURE(partition >= 0 && partition < memory->topics[topic].count);
    return &memory->topics[topic].partitions[partition];
}

static struct memory_record *record_new(struct slice key, struct slice value)
{
    struct memory_record *record = malloc(sizeof *record + key.size + value.size);

    ENSURE_MEMORY(record != NULL);
    char *bytes = (char *)(record + 1);
    if (key.size > 0) {
        memcpy(bytes, key.data, key.size);
    }
    if (value.size > 0) {
        memcpy(bytes + key.size, value.data, value.size);
    }
    *record = (struct memory_record){
        .key = {bytes, key.size}, .value = {bytes + key.size, value.size}, .timestamp_ms = -1};
    return record;
}

static void push(struct memory *memory, struct partition *partition,
                 struct memory_record *record)
{
    record->order = memory->order++;
    record->offset = partition->end++;
    VECTOR_PUSH(&partition->records, record);
}

void memory_append(struct memory *memory, size_t topic, int32_t partition, struct slice key,
                   struct slice value)
{
    push(memory, at(memory, topic, partition), record_new(key, value));
}

void memory_append_at(struct memory *memory, size_t topic, const struct record *record)
{
    struct partition *partition = at(memory, topic, record->from.partition);
    struct memory_record *copy = record_new(record->key, record->value);

    ENSURE(record->offset >= partition->end);
    copy->timestamp_ms = record->timestamp_ms;
    copy->missing = record->missing;
    partition->end = record->offset;
    push(memory, partition, copy);
}

int64_t memory_end(const struct memory *memory, size_t topic, int32_t partition)
{
    return at(memory, topic, partition)->end;
}

int64_t memory_start(const struct memory *memory, size_t topic, int32_t partition)
{
    return at(memory, topic, partition)->start;
}

/* Returns the index of the first record at this offset or behind it. Mostly there are no gaps.
 */
static size_t index_of(const struct partition *partition, int64_t offset)
{
    struct memory_record *const *items = partition->records.items;
    size_t low = 0;
    size_t high = partition->records.count;

    if (high > 0 && offset >= items[0]->offset &&
        (uint64_t)(offset - items[0]->offset) < high &&
        items[offset - items[0]->offset]->offset == offset) {
        return (size_t)(offset - items[0]->offset);
    }
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (items[middle]->offset < offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct memory_record *memory_get(const struct memory *memory, size_t topic,
                                       int32_t partition, int64_t offset)
{
    const struct partition *records = at(memory, topic, partition);

    ENSURE(offset >= records->start && offset < records->end);
    return records->records.items[index_of(records, offset)];
}

void memory_trim(struct memory *memory, size_t topic, int32_t partition, int64_t offset)
{
    struct partition *records = at(memory, topic, partition);
    const size_t old = index_of(records, offset);

    for (size_t i = 0; i < old; i++) {
        free(records->records.items[i]);
    }
    VECTOR_REMOVE(&records->records, 0, old);
    if (offset > records->start) {
        records->start = offset < records->end ? offset : records->end;
    }
}

/* One partition that a consumer reads. */
struct reading {
    size_t topic;
    int32_t partition;
    int64_t next;
    bool told_end;
};

struct memory_reader {
    struct memory *memory;
    struct memory_reading options;
    VECTOR(struct reading) readings;
    VECTOR(struct consumer_notice) notices;
    bool started;
};

size_t memory_find(const struct memory *memory, const char *name)
{
    size_t i = 0;

    while (i < memory->count && strcmp(memory->topics[i].name, name) != 0) {
        i++;
    }
    ENSURE(i < memory->count);
    return i;
}

void memory_commit(struct memory *memory, size_t topic, int32_t partition, int64_t next,
                   struct slice metadata)
{
    struct partition *records = at(memory, topic, partition);

    records->committed = next;
    text_clear(&records->metadata);
    text_add(&records->metadata, metadata);
}

int64_t memory_committed(const struct memory *memory, size_t topic, int32_t partition,
                         struct slice *metadata)
{
    const struct partition *records = at(memory, topic, partition);

    *metadata = text_slice(&records->metadata);
    return records->committed;
}

static struct record_partition name_of(const struct memory_reader *reader,
                                       const struct reading *reading)
{
    return (struct record_partition){reader->memory->topics[reading->topic].name,
                                     reading->partition};
}

static void assign_all(struct memory_reader *reader)
{
    for (size_t i = 0; i < reader->options.topics_count; i++) {
        const size_t topic = reader->options.topics[i];
        const int32_t count = reader->memory->topics[topic].count;
        for (int32_t j = 0; j < count; j++) {
            struct consumer_notice notice = {.event = CONSUMER_ASSIGNED, .partitions = count};
            notice.committed = memory_committed(reader->memory, topic, j, &notice.metadata);
            notice.start = memory_start(reader->memory, topic, j);
            if (!reader->options.whole && notice.start < notice.committed) {
                notice.start = notice.committed;
            }
            const struct reading reading = {
                .topic = topic, .partition = j, .next = notice.start};
            notice.partition = name_of(reader, &reading);
            VECTOR_PUSH(&reader->readings, reading);
            VECTOR_PUSH(&reader->notices, notice);
        }
    }
    VECTOR_PUSH(&reader->notices, (struct consumer_notice){.event = CONSUMER_JOINED});
    reader->started = true;
}

static void tell_record(struct memory_reader *reader, struct reading *reading)
{
    const struct memory_record *record =
        memory_get(reader->memory, reading->topic, reading->partition, reading->next);
    const struct record_partition from = name_of(reader, reading);

    VECTOR_PUSH(&reader->notices,
                (struct consumer_notice){.event = CONSUMER_RECORD,
                                         .partition = from,
                                         .record = {
                                             .from = from,
                                             .offset = record->offset,
                                             .timestamp_ms = record->timestamp_ms,
                                             .key = record->key,
                                             .value = record->value,
                                             .missing = record->missing,
                                         }});
    reading->next = record->offset + 1;
    reading->told_end = false;
}

static bool has_more(const struct memory_reader *reader, const struct reading *reading)
{
    return reading->next < memory_end(reader->memory, reading->topic, reading->partition);
}

/* What the last poll gave is done with. */
static void trim(struct memory_reader *reader)
{
    for (size_t i = 0; reader->options.trims && i < reader->readings.count; i++) {
        const struct reading *reading = &reader->readings.items[i];
        memory_trim(reader->memory, reading->topic, reading->partition, reading->next);
    }
}

/* Returns whose next record was appended first; NULL: there is none. */
static struct reading *oldest(struct memory_reader *reader)
{
    struct reading *found = NULL;
    uint64_t least = UINT64_MAX;

    for (size_t i = 0; i < reader->readings.count; i++) {
        struct reading *reading = &reader->readings.items[i];
        if (has_more(reader, reading)) {
            const uint64_t order =
                memory_get(reader->memory, reading->topic, reading->partition, reading->next)
                    ->order;
            found = order < least ? reading : found;
            least = order < least ? order : least;
        }
    }
    return found;
}

/* Returns how much room is left. */
static size_t tell_in_order(struct memory_reader *reader, size_t room)
{
    struct reading *reading = room > 0 ? oldest(reader) : NULL;

    while (reading != NULL) {
        tell_record(reader, reading);
        reading = --room > 0 ? oldest(reader) : NULL;
    }
    return room;
}

static size_t tell_partition(struct memory_reader *reader, struct reading *reading, size_t room)
{
    size_t told = 0;

    while (told < room && has_more(reader, reading)) {
        tell_record(reader, reading);
        told++;
    }
    if (told < room && !reading->told_end) {
        VECTOR_PUSH(&reader->notices,
                    (struct consumer_notice){.event = CONSUMER_CAUGHT_UP,
                                             .partition = name_of(reader, reading),
                                             .end = reading->next,
                                             .high = reading->next});
        reading->told_end = true;
    }
    return told;
}

static enum outcome poll_memory(void *self, int64_t timeout_ms, struct consumer_batch *batch)
{
    struct memory_reader *reader = self;
    size_t room = reader->options.batch_max;

    (void)timeout_ms;
    reader->notices.count = 0;
    if (!reader->started) {
        assign_all(reader);
        room = 0;
    }
    trim(reader);
    if (reader->options.in_order) {
        room = tell_in_order(reader, room);
    }
    for (size_t i = 0; room > 0 && i < reader->readings.count; i++) {
        room -= tell_partition(reader, &reader->readings.items[i], room);
    }
    *batch = (struct consumer_batch){reader->notices.items, reader->notices.count};
    return OUTCOME_OK;
}

static void begin_at(void *self, struct record_partition partition, int64_t offset)
{
    struct memory_reader *reader = self;

    for (size_t i = 0; i < reader->readings.count; i++) {
        struct reading *reading = &reader->readings.items[i];
        if (reading->partition == partition.partition &&
            strcmp(name_of(reader, reading).topic, partition.topic) == 0) {
            reading->next = offset;
        }
    }
}

/* There is no clock here: nothing waits. */
static enum outcome rewind_memory(void *self, struct record_partition partition, int64_t next,
                                  int64_t pause_ms)
{
    struct memory_reader *reader = self;

    (void)pause_ms;
    for (size_t i = 0; i < reader->readings.count; i++) {
        struct reading *reading = &reader->readings.items[i];
        if (reading->partition == partition.partition &&
            strcmp(reader->memory->topics[reading->topic].name, partition.topic) == 0) {
            reading->next = next;
            reading->told_end = false;
        }
    }
    return OUTCOME_OK;
}

static void free_reader(void *self)
{
    struct memory_reader *reader = self;

    VECTOR_FREE(&reader->readings);
    VECTOR_FREE(&reader->notices);
    free(reader);
}

struct consumer memory_consumer(struct memory *memory, const struct memory_reading *reading)
{
    struct memory_reader *reader = calloc(1, sizeof *reader);

    ENSURE_MEMORY(reader != NULL);
    ENSURE(reading->batch_max > 0);
    reader->memory = memory;
    reader->options = *reading;
    return (struct consumer){reader, poll_memory, begin_at, rewind_memory, free_reader};
}

struct memory_writer {
    struct memory *memory;
    size_t topics[MEMORY_TOPICS_MAX];
    size_t topics_count;
    VECTOR(struct memory_record *) pending; /* of the open transaction */
    VECTOR(size_t) pending_topics;
    VECTOR(int32_t) pending_partitions;
};

static void drop_pending(struct memory_writer *writer)
{
    for (size_t i = 0; i < writer->pending.count; i++) {
        free(writer->pending.items[i]);
    }
    writer->pending.count = writer->pending_topics.count = writer->pending_partitions.count = 0;
}

static enum outcome begin(void *self)
{
    drop_pending(self);
    return OUTCOME_OK;
}

static enum outcome send(void *self, const struct producer_record *record)
{
    struct memory_writer *writer = self;

    ENSURE(record->topic >= 0 && (size_t)record->topic < writer->topics_count);
    const size_t topic = writer->topics[record->topic];
    const int32_t count = writer->memory->topics[topic].count;
    const int32_t partition = record->partition >= 0
                                  ? record->partition
                                  : (int32_t)(digest_spread(record->key) % (uint64_t)count);
    VECTOR_PUSH(&writer->pending, record_new(record->key, record->value));
    VECTOR_PUSH(&writer->pending_topics, topic);
    VECTOR_PUSH(&writer->pending_partitions, partition);
    return OUTCOME_OK;
}

static enum outcome commit(void *self, const struct producer_offset *offsets, size_t count)
{
    struct memory_writer *writer = self;

    ENSURE(count > 0);
    for (size_t i = 0; i < count; i++) {
        memory_commit(writer->memory, memory_find(writer->memory, offsets[i].partition.topic),
                      offsets[i].partition.partition, offsets[i].next, offsets[i].metadata);
    }
    for (size_t i = 0; i < writer->pending.count; i++) {
        push(writer->memory,
             at(writer->memory, writer->pending_topics.items[i],
                writer->pending_partitions.items[i]),
             writer->pending.items[i]);
    }
    writer->pending.count = 0;
    drop_pending(writer);
    return OUTCOME_OK;
}

static enum outcome abort_pending(void *self)
{
    drop_pending(self);
    return OUTCOME_OK;
}

static void free_writer(void *self)
{
    struct memory_writer *writer = self;

    drop_pending(writer);
    VECTOR_FREE(&writer->pending);
    VECTOR_FREE(&writer->pending_topics);
    VECTOR_FREE(&writer->pending_partitions);
    free(writer);
}

struct producer memory_producer(struct memory *memory, const size_t *topics, size_t count)
{
    struct memory_writer *writer = calloc(1, sizeof *writer);

    ENSURE_MEMORY(writer != NULL);
    ENSURE(count <= MEMORY_TOPICS_MAX);
    writer->memory = memory;
    memcpy(writer->topics, topics, count * sizeof topics[0]);
    writer->topics_count = count;
    return (struct producer){writer, begin, send, commit, abort_pending, free_writer};
}
