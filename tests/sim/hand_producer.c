#include "seinpost/base/digest.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/vector.h"

#include "hand.h"
#include "reading.h"
#include "trace.h"

enum {
    DELAY_MS_MAX = 5000 /* of a request that got no answer */
};

struct writer {
    struct world_hand *hand;
    struct txns_producer producer;
    const struct consumer *source;
    VECTOR(struct txns_offset) offsets;
};

static enum outcome outcome_of(const struct writer *writer, enum txns_answer answer)
{
    switch (answer) {
    case TXNS_OK:
        return OUTCOME_OK;
    case TXNS_NOT_MEMBER:
        trace_say("  %s: not a member of this generation", writer->hand->name);
        return OUTCOME_ABORT;
    case TXNS_FENCED:
    case TXNS_NOT_OPEN:
        trace_say("  %s: fenced", writer->hand->name);
        return OUTCOME_STOP;
    }
    return OUTCOME_STOP;
}

/* What the worker is told of a fault; OK: there is none. */
static enum outcome strike(const struct writer *writer, enum faults_call call)
{
    switch (hand_strike(writer->hand, call)) {
    case FAULTS_NONE:
    case FAULTS_SLEEP:
        return OUTCOME_OK;
    case FAULTS_RETRY:
        return OUTCOME_RETRY;
    case FAULTS_VOID:
        return OUTCOME_ABORT;
    case FAULTS_LOST:
        txns_end_later(writer->hand->world->txns, writer->producer, true,
                       writer->hand->world->now_ms +
                           dice_below(&writer->hand->world->dice, DELAY_MS_MAX));
        return OUTCOME_STOP;
    case FAULTS_STOP:
    case FAULTS_CRASH:
    case FAULTS_KINDS_COUNT:
        break;
    }
    return OUTCOME_STOP;
}

static enum outcome begin(void *self)
{
    return strike(self, FAULTS_BEGIN);
}

static enum outcome send(void *self, const struct producer_record *record)
{
    const struct writer *writer = self;
    struct world *world = writer->hand->world;
    const enum outcome outcome = strike(writer, FAULTS_SEND);

    if (outcome != OUTCOME_OK) {
        return outcome;
    }
    ENSURE(record->topic >= 0 && record->topic < OUTBOX_TOPICS_COUNT);
    struct broker_place place = {world->topics[record->topic], record->partition};
    if (place.partition < 0) {
        place.partition = (int32_t)(digest_spread(record->key) %
                                    (uint64_t)broker_partitions(world->broker, place.topic));
    }
    const struct broker_record copy = {.timestamp_ms = world->now_ms,
                                       .written_ms = world->now_ms,
                                       .key = record->key,
                                       .value = record->value};
    trace_say("  %s: sends to %s[%d], offset %lld", writer->hand->name,
              broker_name(world->broker, place.topic), place.partition,
              (long long)broker_end(world->broker, place));
    if (trace_is_on()) {
        reading_describe(world, (enum outbox_topic)record->topic, record->value);
    }
    return outcome_of(writer, txns_send(world->txns, writer->producer, place, &copy));
}

static int topic_of(const struct world *world, const char *name)
{
    int topic = 0;

    while (broker_name(world->broker, topic) != name) {
        topic++;
        ENSURE(topic < broker_topics(world->broker));
    }
    return topic;
}

static enum outcome send_offsets(struct writer *writer, const struct producer_offset *offsets,
                                 size_t count)
{
    struct world *world = writer->hand->world;

    writer->offsets.count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct producer_offset *from = &offsets[i];
        trace_say("  %s: offset of %s[%d]: %lld %.*s", writer->hand->name,
                  from->partition.topic, from->partition.partition, (long long)from->next,
                  (int)from->metadata.size, from->metadata.data);
        VECTOR_PUSH(&writer->offsets,
                    (struct txns_offset){.group = (int)writer->hand->group,
                                         .place = {topic_of(world, from->partition.topic),
                                                   from->partition.partition},
                                         .next = from->next,
                                         .metadata = from->metadata});
    }
    return outcome_of(writer,
                      txns_offsets(world->txns, writer->producer, hand_pass(writer->source),
                                   writer->offsets.items, writer->offsets.count));
}

static enum outcome commit(void *self, const struct producer_offset *offsets, size_t count)
{
    struct writer *writer = self;
    enum outcome outcome = strike(writer, FAULTS_OFFSETS);

    ENSURE(count > 0);
    if (outcome == OUTCOME_OK) {
        outcome = send_offsets(writer, offsets, count);
    }
    if (outcome == OUTCOME_OK) {
        outcome = strike(writer, FAULTS_END);
    }
    if (outcome == OUTCOME_OK) {
        outcome =
            outcome_of(writer, txns_end(writer->hand->world->txns, writer->producer, true));
    }
    return outcome == OUTCOME_OK ? strike(writer, FAULTS_ENDED) : outcome;
}

static enum outcome abort_transaction(void *self)
{
    const struct writer *writer = self;
    const enum outcome outcome = strike(writer, FAULTS_ABORT);

    if (outcome != OUTCOME_OK) {
        return outcome;
    }
    return outcome_of(writer, txns_end(writer->hand->world->txns, writer->producer, false));
}

static void free_writer(void *self)
{
    struct writer *writer = self;

    VECTOR_FREE(&writer->offsets);
    free(writer);
}

struct producer hand_producer(struct world_hand *hand, const struct consumer *consumer)
{
    struct writer *writer = calloc(1, sizeof *writer);

    ENSURE_MEMORY(writer != NULL);
    writer->hand = hand;
    writer->source = consumer;
    writer->producer = txns_init(hand->world->txns, hand->name);
    return (struct producer){writer, begin, send, commit, abort_transaction, free_writer};
}
