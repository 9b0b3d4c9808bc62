#include "seinpost/cli/desk.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/cli/alertframe.h"
#include "seinpost/kafka/kafka_consumer.h"

#include <stdlib.h>

enum {
    ARENA_MAX = 256 * 1024 * 1024
};

struct desk {
    struct desk_options options;
    struct consumer consumer;
    struct alertframe *frame;
    struct arena *arena;
    int32_t partitions;
    int32_t ended; /* partitions whose end was reached */
    size_t unreadable;
    int64_t behind; /* of the alert that is told */
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
    desk->frame = alertframe_new(options->formats, options->registry);
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
    alertframe_free(desk->frame);
    arena_free(desk->arena);
    free(desk);
}

static void take_record(struct desk *desk, const struct record *record, desk_tell *tell,
                        void *context)
{
    struct alert alert;
    struct slice body;

    if (record->missing) {
        return; /* a tombstone: the alert was purged */
    }
    desk->behind = record->behind;
    if (alertframe_read(desk->frame, desk->arena, record->value, &alert, &body)) {
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
        case CONSUMER_BLOCKED:
            break;
        }
    }
    return true;
}

int64_t desk_behind(const struct desk *desk)
{
    return desk->behind;
}

bool desk_is_at_end(const struct desk *desk)
{
    return desk->partitions > 0 && desk->ended >= desk->partitions;
}

size_t desk_unreadable(const struct desk *desk)
{
    return desk->unreadable;
}
