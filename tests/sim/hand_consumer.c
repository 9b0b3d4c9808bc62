#include "seinpost/base/ensure.h"
#include "seinpost/base/vector.h"

#include <string.h>

#include "hand.h"
#include "trace.h"

enum {
    LOST_POLLS = 500, /* per mille: out of its group, it still reads what it had fetched */
    ROOM_CALM = 1000,
    STALE_STARTS = 200, /* per mille: the end that a reader sees first lags (KAFKA-10167) */
    STALE_MS_MAX = 500,
    AWAY = 5, /* per mille: a partition's broker cannot be reached from now on, for a while */
    AWAY_MS_USUAL = 2000,
    AWAY_MS_MAX = 3 * BENCH_IDLE_MS,
};

struct reading {
    struct broker_place place;
    int64_t next;
    int64_t told_end;  /* the end that was told last */
    int64_t stale_end; /* where the log ends for a broker that lags */
    int64_t stale_ms;  /* until then */
    int64_t away_ms;   /* until then it is not given: no broker, or it was rewound */
};

struct reader {
    struct world_hand *hand;
    struct groups_pass pass;
    bool joined;
    VECTOR(struct reading) readings;
    VECTOR(struct broker_place) going; /* told as given up */
    VECTOR(struct consumer_notice) notices;
};

static struct record_partition name_of(const struct reader *reader, struct broker_place place)
{
    return (struct record_partition){broker_name(reader->hand->world->broker, place.topic),
                                     place.partition};
}

static size_t find(const struct reader *reader, struct broker_place place)
{
    size_t i = 0;

    while (i < reader->readings.count &&
           (reader->readings.items[i].place.topic != place.topic ||
            reader->readings.items[i].place.partition != place.partition)) {
        i++;
    }
    return i;
}

/* What was told as given up at the last poll is given up now. */
static void unassign(struct reader *reader)
{
    struct groups *groups = reader->hand->world->groups;

    for (size_t i = 0; i < reader->going.count; i++) {
        const size_t index = find(reader, reader->going.items[i]);
        if (index < reader->readings.count) {
            VECTOR_REMOVE(&reader->readings, index, 1);
        }
        groups_give_up(groups, &reader->pass, reader->going.items[i]);
    }
    reader->going.count = 0;
    if (reader->joined && reader->readings.count == 0) {
        groups_rejoin(groups, &reader->pass);
    }
}

static void tell_record(struct reader *reader, struct reading *reading,
                        const struct broker_record *record)
{
    const struct record_partition from = name_of(reader, reading->place);
    const struct consumer_notice notice = {.event = CONSUMER_RECORD,
                                           .partition = from,
                                           .record = {.from = from,
                                                      .offset = reading->next,
                                                      .timestamp_ms = record->timestamp_ms,
                                                      .key = record->key,
                                                      .value = record->value}};

    VECTOR_PUSH(&reader->notices, notice);
}

/* Gives up to `room` records; false when retention took the next one away. */
static bool fetch_one(struct reader *reader, struct reading *reading, int64_t room)
{
    const struct broker *broker = reader->hand->world->broker;
    const int64_t now_ms = reader->hand->world->now_ms;
    int64_t stable = broker_stable(broker, reading->place);

    if (reading->next < broker_start(broker, reading->place)) {
        return false;
    }
    if (now_ms < reading->stale_ms && reading->stale_end < stable) {
        stable = reading->stale_end > reading->next ? reading->stale_end : reading->next;
    }
    while (room > 0 && reading->next < stable) {
        const struct broker_record *record = broker_get(broker, reading->place, reading->next);
        if (broker_is_visible(record)) {
            tell_record(reader, reading, record);
            room--;
        }
        reading->next++;
    }
    if (reading->next >= stable && reading->next != reading->told_end) {
        VECTOR_PUSH(&reader->notices,
                    (struct consumer_notice){.event = CONSUMER_CAUGHT_UP,
                                             .partition = name_of(reader, reading->place),
                                             .end = reading->next,
                                             .high = broker_end(broker, reading->place)});
        reading->told_end = reading->next;
    }
    return true;
}

static bool fetch(struct reader *reader)
{
    struct world *world = reader->hand->world;
    const size_t count = reader->readings.count;
    const size_t first = count == 0 ? 0 : (size_t)dice_below(&world->dice, (int64_t)count);

    for (size_t i = 0; i < count; i++) {
        struct reading *reading = &reader->readings.items[(first + i) % count];
        int64_t room =
            world->calm ? ROOM_CALM : dice_below(&world->dice, world->plan.batch_max + 1);
        if (!world->calm && dice_hits(&world->dice, AWAY)) {
            reading->away_ms =
                world->now_ms +
                dice_below(&world->dice, world->plan.goes_quiet ? AWAY_MS_MAX : AWAY_MS_USUAL);
        }
        if (!world->calm && world->now_ms < reading->away_ms) {
            room = 0;
        }
        if (room > 0 && !fetch_one(reader, reading, room)) {
            return false;
        }
    }
    return true;
}

static void tell_going(struct reader *reader, bool all)
{
    for (size_t i = 0; i < reader->readings.count; i++) {
        const struct broker_place place = reader->readings.items[i].place;
        if (all || groups_takes(reader->hand->world->groups, &reader->pass, place)) {
            VECTOR_PUSH(&reader->going, place);
            VECTOR_PUSH(&reader->notices,
                        (struct consumer_notice){.event = CONSUMER_REVOKED,
                                                 .partition = name_of(reader, place)});
        }
    }
}

static enum outcome take_over(struct reader *reader, struct broker_place place)
{
    struct world *world = reader->hand->world;
    const struct groups_offset *offset =
        groups_offset(world->groups, reader->pass.group, place);
    const int64_t start = broker_start(world->broker, place);
    struct reading reading = {
        .place = place,
        .next = reader->hand->group == WORLD_CORRELATE ? start : offset->next,
        .told_end = -1,
    };

    if (offset->next < start) {
        trace_say("  %s: records before %lld expired unread", reader->hand->name,
                  (long long)start);
        return OUTCOME_STOP;
    }
    if (dice_hits(&world->dice, STALE_STARTS) && !world->calm) {
        reading.stale_end = dice_between(&world->dice, start, broker_end(world->broker, place));
        reading.stale_ms = world->now_ms + dice_below(&world->dice, STALE_MS_MAX);
    }
    groups_take_over(world->groups, &reader->pass, place);
    VECTOR_PUSH(&reader->readings, reading);
    VECTOR_PUSH(&reader->notices,
                (struct consumer_notice){
                    .event = CONSUMER_ASSIGNED,
                    .partition = name_of(reader, place),
                    .partitions = broker_partitions(world->broker, place.topic),
                    .start = reading.next,
                    .committed = offset->next,
                    .metadata = offset->metadata,
                });
    return OUTCOME_OK;
}

/* Partitions come all together, and only once no transaction holds their offsets. */
static enum outcome take_coming(struct reader *reader)
{
    struct groups *groups = reader->hand->world->groups;
    struct broker_place places[GROUPS_PARTITIONS_MAX];
    const size_t count = groups_places(groups, reader->pass.group, places);
    enum outcome outcome = OUTCOME_OK;

    for (size_t i = 0; i < count; i++) {
        if (groups_gives(groups, &reader->pass, places[i]) &&
            find(reader, places[i]) == reader->readings.count &&
            groups_offset(groups, reader->pass.group, places[i])->pending > 0) {
            return OUTCOME_OK;
        }
    }
    for (size_t i = 0; i < count && outcome == OUTCOME_OK; i++) {
        if (groups_gives(groups, &reader->pass, places[i]) &&
            find(reader, places[i]) == reader->readings.count) {
            outcome = take_over(reader, places[i]);
        }
    }
    VECTOR_PUSH(&reader->notices, (struct consumer_notice){.event = CONSUMER_JOINED});
    return outcome;
}

static void join(struct reader *reader)
{
    const struct world_hand *hand = reader->hand;

    reader->pass =
        groups_join(hand->world->groups, (int)hand->group, hand->name, hand->world->now_ms);
    reader->joined = true;
}

/* One that is a member, as far as it knows. */
static enum outcome poll_group(struct reader *reader)
{
    struct world *world = reader->hand->world;
    const enum groups_answer answer = groups_beat(world->groups, &reader->pass, world->now_ms);
    const bool lost = answer == GROUPS_UNKNOWN;

    if (answer != GROUPS_OK && dice_hits(&world->dice, LOST_POLLS)) {
        return fetch(reader) ? OUTCOME_OK : OUTCOME_STOP; /* it has not heard yet */
    }
    if (answer == GROUPS_FENCED) {
        trace_say("  %s: another one bears its name", reader->hand->name);
        return OUTCOME_STOP;
    }
    if (!fetch(reader)) {
        return OUTCOME_STOP;
    }
    tell_going(reader, lost);
    if (lost) {
        reader->joined = false;
        return OUTCOME_OK;
    }
    if (reader->going.count > 0) {
        return OUTCOME_OK;
    }
    reader->pass.generation = groups_generation(world->groups, &reader->pass);
    return take_coming(reader);
}

static void trace_batch(const struct reader *reader)
{
    static const char *const names[] = {"joined", "record", "caught up", "assigned", "revoked"};

    for (size_t i = 0; trace_is_on() && i < reader->notices.count; i++) {
        const struct consumer_notice *notice = &reader->notices.items[i];
        if (notice->event != CONSUMER_JOINED) {
            trace_say("  %s: %s %s[%d] %lld (committed %lld)", reader->hand->name,
                      names[notice->event], notice->partition.topic,
                      notice->partition.partition,
                      (long long)(notice->event == CONSUMER_RECORD ? notice->record.offset
                                                                   : notice->start),
                      (long long)notice->committed);
        }
    }
}

static enum outcome poll_world(void *self, int64_t timeout_ms, struct consumer_batch *batch)
{
    struct reader *reader = self;

    (void)timeout_ms;
    reader->notices.count = 0;
    if (hand_strike(reader->hand, FAULTS_POLL) != FAULTS_NONE) {
        return OUTCOME_STOP;
    }
    unassign(reader);
    if (!reader->joined) {
        join(reader);
    }
    const enum outcome outcome = poll_group(reader);
    trace_batch(reader);
    *batch = (struct consumer_batch){reader->notices.items, reader->notices.count};
    return outcome;
}

static enum outcome rewind_world(void *self, struct record_partition partition, int64_t next,
                                 int64_t pause_ms)
{
    struct reader *reader = self;
    struct world *world = reader->hand->world;

    for (size_t i = 0; i < reader->readings.count; i++) {
        struct reading *reading = &reader->readings.items[i];
        const struct record_partition name = name_of(reader, reading->place);
        if (name.partition == partition.partition && strcmp(name.topic, partition.topic) == 0) {
            reading->next = next;
            reading->told_end = -1;
            if (reading->away_ms < world->now_ms + pause_ms) {
                reading->away_ms = world->now_ms + pause_ms;
            }
        }
    }
    return OUTCOME_OK;
}

static void begin_at(void *self, struct record_partition partition, int64_t offset)
{
    struct reader *reader = self;

    for (size_t i = 0; i < reader->readings.count; i++) {
        struct reading *reading = &reader->readings.items[i];
        if (reading->place.partition == partition.partition &&
            strcmp(name_of(reader, reading->place).topic, partition.topic) == 0) {
            ENSURE(offset >= reading->next);
            trace_say("  %s: %s[%d] begins at %lld", reader->hand->name, partition.topic,
                      partition.partition, (long long)offset);
            reading->next = offset;
        }
    }
}

/* A static member does not say goodbye. */
static void free_reader(void *self)
{
    struct reader *reader = self;

    VECTOR_FREE(&reader->readings);
    VECTOR_FREE(&reader->going);
    VECTOR_FREE(&reader->notices);
    free(reader);
}

struct consumer hand_consumer(struct world_hand *hand)
{
    struct reader *reader = calloc(1, sizeof *reader);

    ENSURE_MEMORY(reader != NULL);
    reader->hand = hand;
    return (struct consumer){reader, poll_world, begin_at, rewind_world, free_reader};
}

const struct groups_pass *hand_pass(const struct consumer *consumer)
{
    const struct reader *reader = consumer->self;

    return &reader->pass;
}
