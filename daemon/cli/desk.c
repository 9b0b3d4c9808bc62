#include "seinpost/cli/desk.h"

#include "seinpost/alert/alert_avro.h"
#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/kafka/kafka_consumer.h"
#include "seinpost/registry/registry.h"
#include "seinpost/schema/avro.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/verdict.h"

#include <stdlib.h>

enum {
    ARENA_MAX = 256 * 1024 * 1024
};

struct desk {
    struct desk_options options;
    struct consumer consumer;
    struct registry *registry;
    uint64_t known_id; /* of the registry, that means our schema */
    bool knows_id;
    struct arena *arena;
    int32_t partitions;
    int32_t ended; /* partitions whose end was reached */
    size_t unreadable;
};

struct desk *desk_new(const struct desk_options *options)
{
    struct desk *desk = calloc(1, sizeof *desk);

    ENSURE_MEMORY(desk != NULL);
    desk->options = *options;
    desk->arena = arena_new(ARENA_MAX);
    const struct kafka_reading reading = {
        .topics = &desk->options.topic,
        .topics_count = 1,
        .member = "seinpost-desk",
        .whole = options->oldest,
        .brokers = options->brokers,
        .consumer = options->consumer,
    };
    if (options->registry != NULL) {
        desk->registry = registry_new(options->registry);
    }
    if (kafka_consumer_new(&reading, &desk->consumer) != OUTCOME_OK) {
        desk_free(desk);
        return NULL;
    }
    return desk;
}

void desk_free(struct desk *desk)
{
    if (desk == NULL) {
        return;
    }
    if (desk->consumer.free != NULL) {
        desk->consumer.free(desk->consumer.self);
    }
    registry_free(desk->registry);
    arena_free(desk->arena);
    free(desk);
}

/* The registry's schema of an id is ours when its canonical form is. */
static bool is_our_id(struct desk *desk, uint64_t id)
{
    struct text schema = {0};
    struct text canonical = {0};

    if (desk->knows_id && desk->known_id == id) {
        return true;
    }
    const bool ours =
        desk->registry != NULL && registry_find(desk->registry, id, &schema) == OUTCOME_OK &&
        avro_canonical(text_slice(&schema), &canonical) &&
        avro_fingerprint(text_slice(&canonical)) == desk->options.formats->alert.fingerprint;
    if (ours) {
        desk->known_id = id;
        desk->knows_id = true;
    }
    text_free(&schema);
    text_free(&canonical);
    return ours;
}

static bool read_alert(struct desk *desk, struct slice value, struct alert *alert)
{
    struct frame frame;

    if (frame_read(SOURCE_SINGLE_OBJECT, value, &frame) == VERDICT_GOOD) {
        return frame.schema == desk->options.formats->alert.fingerprint &&
               alert_avro_get(desk->arena, frame.body, alert);
    }
    return frame_read(SOURCE_CONFLUENT, value, &frame) == VERDICT_GOOD &&
           is_our_id(desk, frame.schema) && alert_avro_get(desk->arena, frame.body, alert);
}

static void take_record(struct desk *desk, const struct record *record, desk_tell *tell,
                        void *context)
{
    struct alert alert;

    if (record->missing) {
        return; /* a tombstone: the alert was purged */
    }
    if (read_alert(desk, record->value, &alert)) {
        tell(context, &alert);
    } else {
        log_warning("%s[%d] offset %lld is no alert of this version", record->from.topic,
                    record->from.partition, (long long)record->offset);
        desk->unreadable++;
    }
    arena_reset(desk->arena);
}

bool desk_read(struct desk *desk, int64_t timeout_ms, desk_tell *tell, void *context)
{
    struct consumer_batch batch = {0};

    if (desk->consumer.poll(desk->consumer.self, timeout_ms, &batch) != OUTCOME_OK) {
        return false;
    }
    for (size_t i = 0; i < batch.count; i++) {
        const struct consumer_notice *notice = &batch.notices[i];
        switch (notice->event) {
        case CONSUMER_ASSIGNED:
            desk->partitions++;
            break;
        case CONSUMER_CAUGHT_UP:
            desk->ended++;
            break;
        case CONSUMER_RECORD:
            take_record(desk, &notice->record, tell, context);
            break;
        case CONSUMER_JOINED:
        case CONSUMER_REVOKED:
            break;
        }
    }
    return true;
}

bool desk_is_at_end(const struct desk *desk)
{
    return desk->partitions > 0 && desk->ended >= desk->partitions;
}

size_t desk_unreadable(const struct desk *desk)
{
    return desk->unreadable;
}
