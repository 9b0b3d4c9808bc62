#include "broker.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/vector.h"

struct partition {
    VECTOR(struct broker_record) records;
    int64_t start;
    int64_t stable; /* no pending record is before it */
};

struct topic {
    const char *name;
    int32_t count;
    struct partition *partitions;
};

struct broker {
    struct arena *arena;
    struct topic topics[BROKER_TOPICS_MAX];
    int count;
};

struct broker *broker_new(struct arena *arena)
{
    struct broker *broker = arena_alloc(arena, sizeof *broker);

    broker->arena = arena;
    return broker;
}

void broker_free(struct broker *broker)
{
    for (int i = 0; i < broker->count; i++) {
        for (int32_t j = 0; j < broker->topics[i].count; j++) {
            VECTOR_FREE(&broker->topics[i].partitions[j].records);
        }
    }
}

int broker_topic(struct broker *broker, const char *name, int32_t partitions)
{
    ENSURE(broker->count < BROKER_TOPICS_MAX && partitions > 0);

    struct topic *topic = &broker->topics[broker->count];
    topic->name = name;
    topic->count = partitions;
    topic->partitions =
        arena_alloc(broker->arena, (size_t)partitions * sizeof *topic->partitions);
    return broker->count++;
}

int broker_topics(const struct broker *broker)
{
    return broker->count;
}

const char *broker_name(const struct broker *broker, int topic)
{
    return broker->topics[topic].name;
}

int32_t broker_partitions(const struct broker *broker, int topic)
{
    return broker->topics[topic].count;
}

static struct partition *at(const struct broker *broker, struct broker_place place)
{
    ENSURE(place.topic >= 0 && place.topic < broker->count);
    ENSURE(place.partition >= 0 && place.partition < broker->topics[place.topic].count);
    return &broker->topics[place.topic].partitions[place.partition];
}

static void find_stable(struct partition *partition)
{
    while (partition->stable < (int64_t)partition->records.count &&
           partition->records.items[partition->stable].fate != BROKER_PENDING) {
        partition->stable++;
    }
}

int64_t broker_append(struct broker *broker, struct broker_place place,
                      const struct broker_record *record)
{
    struct partition *partition = at(broker, place);
    struct broker_record copy = *record;

    copy.key = slice_copy(broker->arena, record->key);
    copy.value = slice_copy(broker->arena, record->value);
    VECTOR_PUSH(&partition->records, copy);
    find_stable(partition);
    return (int64_t)partition->records.count - 1;
}

void broker_decide(struct broker *broker, struct broker_place place, int64_t offset,
                   enum broker_fate fate)
{
    struct partition *partition = at(broker, place);

    ENSURE(partition->records.items[offset].fate == BROKER_PENDING);
    partition->records.items[offset].fate = fate;
    find_stable(partition);
}

int64_t broker_start(const struct broker *broker, struct broker_place place)
{
    return at(broker, place)->start;
}

int64_t broker_end(const struct broker *broker, struct broker_place place)
{
    return (int64_t)at(broker, place)->records.count;
}

int64_t broker_stable(const struct broker *broker, struct broker_place place)
{
    return at(broker, place)->stable;
}

const struct broker_record *broker_get(const struct broker *broker, struct broker_place place,
                                       int64_t offset)
{
    const struct partition *partition = at(broker, place);

    ENSURE(offset >= 0 && offset < (int64_t)partition->records.count);
    return &partition->records.items[offset];
}

struct broker_record *broker_spoil(struct broker *broker, struct broker_place place,
                                   int64_t offset)
{
    return &at(broker, place)->records.items[offset];
}

bool broker_is_visible(const struct broker_record *record)
{
    return record->fate == BROKER_PLAIN || record->fate == BROKER_COMMITTED;
}

void broker_expire(struct broker *broker, struct broker_place place, int64_t offset)
{
    struct partition *partition = at(broker, place);

    ENSURE(offset <= partition->stable);
    partition->start = offset > partition->start ? offset : partition->start;
}
