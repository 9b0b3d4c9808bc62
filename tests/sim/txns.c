#include "txns.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/vector.h"

#include <string.h>

#include "trace.h"

enum {
    IDS_MAX = 16,
    TICK_MARKERS_MAX = 3,
};

enum state {
    STATE_NONE,
    STATE_OPEN,
    STATE_ENDING, /* decided, markers are missing */
};

struct write {
    struct broker_place place;
    int64_t offset;
};

struct id {
    const char *name;
    int epoch;
    enum state state;
    bool commits;
    int64_t began_ms;
    VECTOR(struct write) writes;
    VECTOR(struct txns_offset) offsets;
    VECTOR(struct broker_place) unmarked;
};

struct request {
    struct txns_producer producer;
    bool commits;
    int64_t at_ms;
};

struct txns {
    struct arena *arena;
    struct broker *broker;
    struct groups *groups;
    int64_t timeout_ms;
    int64_t now_ms;
    struct id ids[IDS_MAX];
    int count;
    VECTOR(struct request) under_way;
};

struct txns *txns_new(struct arena *arena, struct broker *broker, struct groups *groups,
                      int64_t timeout_ms)
{
    struct txns *txns = arena_alloc(arena, sizeof *txns);

    txns->arena = arena;
    txns->broker = broker;
    txns->groups = groups;
    txns->timeout_ms = timeout_ms;
    return txns;
}

void txns_free(struct txns *txns)
{
    for (int i = 0; i < txns->count; i++) {
        VECTOR_FREE(&txns->ids[i].writes);
        VECTOR_FREE(&txns->ids[i].offsets);
        VECTOR_FREE(&txns->ids[i].unmarked);
    }
    VECTOR_FREE(&txns->under_way);
}

static bool same(struct broker_place a, struct broker_place b)
{
    return a.topic == b.topic && a.partition == b.partition;
}

static void mark_partition(struct txns *txns, struct id *id, size_t index)
{
    const struct broker_place place = id->unmarked.items[index];

    for (size_t i = 0; i < id->writes.count; i++) {
        if (same(id->writes.items[i].place, place)) {
            broker_decide(txns->broker, place, id->writes.items[i].offset,
                          id->commits ? BROKER_COMMITTED : BROKER_ABORTED);
        }
    }
    (void)broker_append(txns->broker, place, &(struct broker_record){.fate = BROKER_MARKER});
    VECTOR_REMOVE(&id->unmarked, index, 1);
}

static void mark_offsets(struct txns *txns, struct id *id)
{
    for (size_t i = 0; i < id->offsets.count; i++) {
        const struct txns_offset *offset = &id->offsets.items[i];
        struct groups_offset *known = groups_offset(txns->groups, offset->group, offset->place);
        known->pending--;
        if (id->commits) {
            known->next = offset->next;
            known->metadata = offset->metadata;
        }
    }
    id->offsets.count = 0;
}

/* The offsets topic is one partition like the others: it has its turn. */
static void mark(struct txns *txns, struct id *id, size_t pick)
{
    const size_t index = pick % (id->unmarked.count + (id->offsets.count > 0 ? 1 : 0));

    if (index < id->unmarked.count) {
        mark_partition(txns, id, index);
    } else {
        mark_offsets(txns, id);
    }
}

static bool is_marked(const struct id *id)
{
    return id->unmarked.count == 0 && id->offsets.count == 0;
}

static void conclude(struct id *id)
{
    if (id->state == STATE_ENDING && is_marked(id)) {
        id->state = STATE_NONE;
        id->writes.count = 0;
    }
}

static void finish(struct txns *txns, struct id *id)
{
    while (id->state == STATE_ENDING && !is_marked(id)) {
        mark(txns, id, 0);
    }
    conclude(id);
}

static void decide(struct id *id, bool commits)
{
    ENSURE(id->state == STATE_OPEN);
    trace_say("    %s epoch %d: %s of %zu records, %zu offsets", id->name, id->epoch,
              commits ? "commit" : "abort", id->writes.count, id->offsets.count);
    id->state = STATE_ENDING;
    id->commits = commits;
    conclude(id);
}

struct txns_producer txns_init(struct txns *txns, const char *name)
{
    int index = 0;

    while (index < txns->count && strcmp(txns->ids[index].name, name) != 0) {
        index++;
    }
    ENSURE(index < IDS_MAX);
    struct id *id = &txns->ids[index];
    if (index == txns->count) {
        txns->count++;
        id->name = name;
    }
    if (id->state == STATE_OPEN) {
        decide(id, false);
    }
    finish(txns, id);
    id->epoch++;
    return (struct txns_producer){index, id->epoch};
}

static void open_transaction(struct txns *txns, struct id *id)
{
    finish(txns, id); /* the client waits for the one before */
    if (id->state == STATE_NONE) {
        id->state = STATE_OPEN;
        id->began_ms = txns->now_ms;
    }
}

enum txns_answer txns_send(struct txns *txns, struct txns_producer producer,
                           struct broker_place place, const struct broker_record *record)
{
    struct id *id = &txns->ids[producer.id];
    struct broker_record pending = *record;
    size_t i = 0;

    if (producer.epoch != id->epoch) {
        return TXNS_FENCED;
    }
    open_transaction(txns, id);
    pending.fate = BROKER_PENDING;
    VECTOR_PUSH(&id->writes,
                (struct write){place, broker_append(txns->broker, place, &pending)});
    while (i < id->unmarked.count && !same(id->unmarked.items[i], place)) {
        i++;
    }
    if (i == id->unmarked.count) {
        VECTOR_PUSH(&id->unmarked, place);
    }
    return TXNS_OK;
}

enum txns_answer txns_offsets(struct txns *txns, struct txns_producer producer,
                              const struct groups_pass *pass, const struct txns_offset *offsets,
                              size_t count)
{
    struct id *id = &txns->ids[producer.id];

    if (producer.epoch != id->epoch) {
        return TXNS_FENCED;
    }
    open_transaction(txns, id);
    if (groups_check(txns->groups, pass) != GROUPS_OK) {
        return TXNS_NOT_MEMBER;
    }
    for (size_t i = 0; i < count; i++) {
        struct txns_offset offset = offsets[i];
        offset.metadata = slice_copy(txns->arena, offset.metadata);
        groups_offset(txns->groups, offset.group, offset.place)->pending++;
        VECTOR_PUSH(&id->offsets, offset);
    }
    return TXNS_OK;
}

enum txns_answer txns_end(struct txns *txns, struct txns_producer producer, bool commits)
{
    struct id *id = &txns->ids[producer.id];

    if (producer.epoch != id->epoch) {
        return TXNS_FENCED;
    }
    if (id->state != STATE_OPEN) {
        return commits ? TXNS_NOT_OPEN : TXNS_OK; /* nothing was sent: nothing to abort */
    }
    decide(id, commits);
    return TXNS_OK;
}

void txns_end_later(struct txns *txns, struct txns_producer producer, bool commits,
                    int64_t at_ms)
{
    VECTOR_PUSH(&txns->under_way, (struct request){producer, commits, at_ms});
}

static void deliver(struct txns *txns)
{
    size_t kept = 0;

    for (size_t i = 0; i < txns->under_way.count; i++) {
        const struct request request = txns->under_way.items[i];
        if (request.at_ms > txns->now_ms) {
            txns->under_way.items[kept++] = request;
        } else {
            const struct id *id = &txns->ids[request.producer.id];
            trace_say("    a request to end arrives late: %s epoch %d", id->name,
                      request.producer.epoch);
            (void)txns_end(txns, request.producer, request.commits);
        }
    }
    txns->under_way.count = kept;
}

void txns_set_time(struct txns *txns, int64_t now_ms)
{
    txns->now_ms = now_ms;
    deliver(txns);
    for (int i = 0; i < txns->count; i++) {
        struct id *id = &txns->ids[i];
        if (id->state == STATE_OPEN && now_ms - id->began_ms > txns->timeout_ms) {
            trace_say("    %s: its transaction is too old", id->name);
            id->epoch++;
            decide(id, false);
        }
    }
}

void txns_tick(struct txns *txns, struct dice *dice)
{
    for (int i = 0; i < txns->count; i++) {
        struct id *id = &txns->ids[i];
        for (int64_t j = dice_below(dice, TICK_MARKERS_MAX + 1);
             j > 0 && id->state == STATE_ENDING; j--) {
            mark(txns, id, (size_t)dice_below(dice, 8));
            conclude(id);
        }
    }
}

void txns_settle(struct txns *txns)
{
    for (int i = 0; i < txns->count; i++) {
        finish(txns, &txns->ids[i]);
    }
}
