#include "seinpost/run/worker.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/digest.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/run/position.h"
#include "seinpost/run/rereading.h"

enum {
    REREAD_WAIT_MS = 5, /* so long a turn waits for a record while there is other work */
    REREAD_MS = 20,     /* so long it does the other work */

    ABORTS_MAX = 10, /* in a row; then something is wrong that sending again does not mend */
    COMMIT_BYTES_MAX = 64 * 1024 * 1024,
};

struct worker {
    struct stage stage;
    struct worker_ports ports;
    struct outbox *outbox;
    struct rereading *rereading;
    struct snapshots *snapshots;
    VECTOR(struct position) positions;
    struct arena *arena; /* of one commit */
    unsigned aborts;
    bool joined;
    bool moved; /* records were taken since the last commit */
    bool was_idle;
};

struct worker *worker_new(const struct stage *stage, const struct worker_ports *ports)
{
    struct worker *worker = calloc(1, sizeof *worker);

    ENSURE_MEMORY(worker != NULL);
    worker->stage = *stage;
    worker->ports = *ports;
    worker->outbox = outbox_new();
    worker->rereading =
        rereading_new(&worker->stage, &worker->ports.rereader, &worker->ports.clock);
    worker->snapshots = snapshots_new(&worker->stage, &ports->snapshots, &worker->ports.clock);
    worker->arena = arena_new(COMMIT_BYTES_MAX);
    return worker;
}

void worker_free(struct worker *worker)
{
    if (worker == NULL) {
        return;
    }
    for (size_t i = 0; i < worker->positions.count; i++) {
        position_end(&worker->positions.items[i]);
    }
    outbox_free(worker->outbox);
    rereading_free(worker->rereading);
    snapshots_free(worker->snapshots);
    VECTOR_FREE(&worker->positions);
    arena_free(worker->arena);
    free(worker);
}

void worker_adopt(struct worker *worker, const struct stage_edition *edition)
{
    worker->stage.adopt(worker->stage.self, edition);
}

uint64_t worker_edition(const struct worker *worker)
{
    return worker->stage.edition(worker->stage.self);
}

bool worker_was_idle(const struct worker *worker)
{
    return worker->was_idle;
}

static struct position *position_of(struct worker *worker, struct record_partition partition)
{
    return position_find(worker->positions.items, worker->positions.count, partition);
}

bool worker_is_live(const struct worker *worker)
{
    for (size_t i = 0; i < worker->positions.count; i++) {
        const struct position *position = &worker->positions.items[i];
        if (position->next < position->committed && !position->stopped) {
            return false;
        }
    }
    return worker->joined;
}

struct worker_replay worker_replay(const struct worker *worker)
{
    struct worker_replay replay = {0};

    for (size_t i = 0; i < worker->positions.count; i++) {
        const struct position *position = &worker->positions.items[i];
        const int64_t done = position->next < position->live ? position->next : position->live;
        replay.offsets += position->live - position->start;
        replay.done += done - position->start;
    }
    return replay;
}

/* Fetches a writer's schema for the stage. */
static enum outcome find_schema(struct worker *worker)
{
    const struct stage_wanted wanted = worker->stage.wanted(worker->stage.self);
    struct text schema = {0};
    const enum outcome outcome = worker->ports.library.find(
        worker->ports.library.self, wanted.source->name, wanted.schema, &schema);

    if (outcome == OUTCOME_OK) {
        worker->stage.schema(worker->stage.self, &wanted, text_slice(&schema));
    }
    text_free(&schema);
    return outcome;
}

/* The schema cannot be had now: only this partition waits, and comes back to the record. */
static enum outcome hold(struct worker *worker, struct position *position,
                         const struct record *record)
{
    const struct consumer *consumer = &worker->ports.consumer;

    position_hold(position, record->offset);
    return consumer->rewind(consumer->self, record->from, record->offset, position->hold_ms);
}

static enum outcome take_record(struct worker *worker, const struct record *record)
{
    struct position *position = position_of(worker, record->from);

    ENSURE(position != NULL);
    if (position->is_rewound) {
        return OUTCOME_OK;
    }
    for (;;) {
        switch (worker->stage.record(worker->stage.self, record, worker->outbox)) {
        case STAGE_DONE:
            position->next = record->offset + 1;
            worker->moved = true;
            position_release(position);
            return OUTCOME_OK;
        case STAGE_BROKEN:
            return OUTCOME_STOP;
        case STAGE_WANTS_SCHEMA:
            break;
        }
        const enum outcome outcome = find_schema(worker);
        if (outcome != OUTCOME_OK) {
            return outcome == OUTCOME_RETRY ? hold(worker, position, record) : outcome;
        }
    }
}

/* What lies behind the last record, markers of transactions, is read as well: were it not
 * committed, the log could begin behind the committed offset though no record was lost. */
static void take_end(struct worker *worker, const struct consumer_notice *notice)
{
    struct position *position = position_of(worker, notice->partition);

    if (position == NULL || position->is_rewound) {
        return;
    }
    if (position->next < notice->end) {
        position->next = notice->end;
        worker->moved = worker->moved || position->next > position->committed;
    }
    const struct stage_end end = {notice->end, notice->end >= notice->high};
    worker->stage.caught_up(worker->stage.self, notice->partition, &end);
}

/* What the state of a snapshot is of need not be read. */
static void begin_from_snapshot(struct worker *worker, struct position *position)
{
    const struct consumer *consumer = &worker->ports.consumer;

    if (consumer->begin_at == NULL) {
        return;
    }
    position->next =
        snapshots_assigned(worker->snapshots, position->partition, position->start);
    if (position->next > position->start) {
        position->start = position->next;
        consumer->begin_at(consumer->self, position->partition, position->next);
    }
}

static void take_assignment(struct worker *worker, const struct consumer_notice *notice)
{
    const struct stage_assignment assignment = {
        .partition = notice->partition,
        .partitions = notice->partitions,
        .start = notice->start,
        .committed = notice->committed,
        .metadata = notice->metadata,
    };

    VECTOR_PUSH(&worker->positions,
                (struct position){.partition = notice->partition,
                                  .start = notice->start,
                                  .live = notice->committed,
                                  .next = notice->start,
                                  .committed = notice->committed,
                                  .metadata = digest_spread(notice->metadata)});
    worker->stage.assigned(worker->stage.self, &assignment);
    begin_from_snapshot(worker, &worker->positions.items[worker->positions.count - 1]);
}

/* The offset up to which all that was made of a partition is committed, when that is what its
 * state is of; else below 0. */
static int64_t settled_next(const struct worker *worker, const struct position *position)
{
    const bool settled = position->next == position->committed &&
                         position->next >= position->live && outbox_count(worker->outbox) == 0;

    return settled ? position->next : -1;
}

static void take_revocation(struct worker *worker, struct record_partition partition)
{
    struct position *position = position_of(worker, partition);

    if (position != NULL) {
        snapshots_revoked(worker->snapshots, partition, settled_next(worker, position));
        worker->stage.revoked(worker->stage.self, partition);
        position_end(position);
        VECTOR_REMOVE(&worker->positions, (size_t)(position - worker->positions.items), 1);
    }
}

static struct slice find_metadata(struct worker *worker, struct position *position)
{
    struct text text = {0};

    worker->stage.metadata(worker->stage.self, position->partition, &text);
    const struct slice metadata = slice_copy(worker->arena, text_slice(&text));
    text_free(&text);
    position->next_metadata = digest_spread(metadata);
    return metadata;
}

/* The offsets that go with a transaction: of what moved beyond the last commit or has something
 * else to remember, or when nothing did (a watermark of its own), of all, as only they fence
 * off a worker that lost its partitions. */
static size_t gather_offsets(struct worker *worker, struct producer_offset *offsets)
{
    size_t count = 0;
    bool moved = false;

    for (size_t i = 0; i < worker->positions.count; i++) {
        const struct position *position = &worker->positions.items[i];
        moved = moved || (position->next > position->committed && !position->stopped);
    }
    for (size_t i = 0; i < worker->positions.count; i++) {
        struct position *position = &worker->positions.items[i];
        if (position->next < position->committed || position->stopped) {
            continue;
        }
        const struct slice metadata = find_metadata(worker, position);
        if (moved && position->next == position->committed &&
            position->metadata == position->next_metadata) {
            continue;
        }
        offsets[count++] = (struct producer_offset){
            .partition = position->partition, .next = position->next, .metadata = metadata};
    }
    return count;
}

static enum outcome send_outbox(struct worker *worker)
{
    const struct producer *producer = &worker->ports.producer;

    for (size_t i = 0; i < outbox_count(worker->outbox); i++) {
        const struct outbox_record *record = outbox_get(worker->outbox, i);
        const struct producer_record out = {.topic = (int)record->topic + (int)record->desk,
                                            .partition = record->partition,
                                            .key = record->key,
                                            .value = record->value,
                                            .behind = record->behind};
        const enum outcome outcome = producer->send(producer->self, &out);
        if (outcome != OUTCOME_OK) {
            return outcome;
        }
    }
    return OUTCOME_OK;
}

static enum outcome transact(struct worker *worker, const struct producer_offset *offsets,
                             size_t count)
{
    const struct producer *producer = &worker->ports.producer;
    enum outcome outcome = producer->begin(producer->self);

    if (outcome == OUTCOME_OK) {
        outcome = send_outbox(worker);
    }
    if (outcome == OUTCOME_OK) {
        outcome = producer->commit(producer->self, offsets, count);
    }
    return outcome;
}

static void note_commit(struct worker *worker)
{
    for (size_t i = 0; i < worker->positions.count; i++) {
        struct position *position = &worker->positions.items[i];
        if (position->next >= position->committed && !position->stopped) {
            position->committed = position->next;
            position->metadata = position->next_metadata;
        }
    }
    outbox_clear(worker->outbox);
    worker->aborts = 0;
    worker->moved = false;
    worker->was_idle = false;
}

/* What the stage refuses is a matter of that partition alone: what comes of it is thrown away,
 * nothing of it is committed, and operators see why. */
static void stop_refused(struct worker *worker)
{
    for (size_t i = 0; worker->stage.refused != NULL && i < worker->positions.count; i++) {
        struct position *position = &worker->positions.items[i];
        const char *reason = worker->stage.refused(worker->stage.self, position->partition);
        if (reason != NULL && !position->stopped) {
            position_stop(position, reason);
        }
    }
}

/* Ends the batch in one transaction. After an abort the outbox is kept, and goes out with the
 * next. */
static enum outcome commit(struct worker *worker)
{
    const struct producer *producer = &worker->ports.producer;

    worker->stage.flush(worker->stage.self,
                        worker->ports.clock.now_ms(worker->ports.clock.self), worker->outbox);
    if (snapshots_misled(worker->snapshots)) {
        return OUTCOME_STOP;
    }
    stop_refused(worker);
    arena_reset(worker->arena);
    struct producer_offset *offsets =
        arena_alloc(worker->arena, worker->positions.count * sizeof *offsets);
    const size_t count = gather_offsets(worker, offsets);
    if (count == 0 || (outbox_count(worker->outbox) == 0 && !worker->moved)) {
        return OUTCOME_OK; /* still muted, or nothing happened */
    }
    const enum outcome outcome = transact(worker, offsets, count);
    if (outcome == OUTCOME_OK) {
        note_commit(worker);
        return OUTCOME_OK;
    }
    if (outcome == OUTCOME_STOP || ++worker->aborts > ABORTS_MAX) {
        return OUTCOME_STOP;
    }
    log_warning("transaction aborted (%u in a row); its records are sent again",
                worker->aborts);
    return producer->abort(producer->self) == OUTCOME_OK ? OUTCOME_ABORT : OUTCOME_STOP;
}

/* What was read so far is committed while the partitions are still ours. What then cannot be
 * committed is not ours any more: all is dropped. */
static enum outcome give_up(struct worker *worker, struct record_partition partition)
{
    if (commit(worker) != OUTCOME_OK) {
        return OUTCOME_STOP;
    }
    take_revocation(worker, partition);
    return OUTCOME_OK;
}

/* A batch of few but fertile records is committed in parts. */
static enum outcome take_and_commit(struct worker *worker, const struct record *record)
{
    enum outcome outcome = take_record(worker, record);

    if (outcome == OUTCOME_OK && outbox_is_full(worker->outbox)) {
        outcome = commit(worker);
    }
    return outcome == OUTCOME_ABORT ? OUTCOME_OK : outcome; /* what it had is sent again */
}

static enum outcome take_notice(struct worker *worker, const struct consumer_notice *notice)
{
    switch (notice->event) {
    case CONSUMER_JOINED:
        worker->joined = true;
        return OUTCOME_OK;
    case CONSUMER_RECORD:
        worker->was_idle = false;
        return take_and_commit(worker, &notice->record);
    case CONSUMER_CAUGHT_UP:
        take_end(worker, notice);
        return OUTCOME_OK;
    case CONSUMER_ASSIGNED:
        worker->was_idle = false;
        take_assignment(worker, notice);
        return OUTCOME_OK;
    case CONSUMER_REVOKED:
        return give_up(worker, notice->partition);
    case CONSUMER_BLOCKED:
        worker->stage.blocked(worker->stage.self, notice->partition, notice->partitions);
        return OUTCOME_OK;
    }
    return OUTCOME_STOP;
}

/* One a turn: the others wait. */
static void keep_state(struct worker *worker)
{
    for (size_t i = 0; i < worker->positions.count; i++) {
        const struct position *position = &worker->positions.items[i];
        if (snapshots_look(worker->snapshots, position->partition,
                           settled_next(worker, position))) {
            return;
        }
    }
}

void worker_end(struct worker *worker)
{
    for (size_t i = 0; i < worker->positions.count; i++) {
        const struct position *position = &worker->positions.items[i];
        const int64_t next = settled_next(worker, position);
        if (next >= 0 && !snapshots_ends(worker->snapshots, position->partition, next)) {
            break;
        }
    }
    snapshots_finish(worker->snapshots);
}

/* The stage may want to know where partitions end by now. */
static enum outcome ask_ends(struct worker *worker)
{
    const struct consumer *consumer = &worker->ports.consumer;
    struct record_partition partition;
    enum outcome outcome = OUTCOME_OK;

    while (outcome == OUTCOME_OK && worker->stage.asks != NULL &&
           worker->stage.asks(worker->stage.self, &partition)) {
        const struct position *position = position_of(worker, partition);
        if (position != NULL && position->hold_ms == 0) {
            outcome = consumer->rewind(consumer->self, partition, position->next, 0);
        }
    }
    return outcome;
}

static enum outcome take_batch(struct worker *worker, const struct consumer_batch *batch)
{
    enum outcome outcome = OUTCOME_OK;

    for (size_t i = 0; i < worker->positions.count; i++) {
        worker->positions.items[i].is_rewound = false;
    }
    for (size_t i = 0; i < batch->count && outcome == OUTCOME_OK; i++) {
        outcome = take_notice(worker, &batch->notices[i]);
    }
    return outcome;
}

enum outcome worker_turn(struct worker *worker, int64_t timeout_ms)
{
    const struct consumer *consumer = &worker->ports.consumer;
    struct consumer_batch batch = {0};

    worker->was_idle = !rereading_is_due(worker->rereading);
    if (rereading_is_first(worker->rereading)) {
        return rereading_turn(worker->rereading, timeout_ms);
    }
    if (!worker->was_idle && timeout_ms > REREAD_WAIT_MS) {
        timeout_ms = REREAD_WAIT_MS;
    }
    enum outcome outcome = consumer->poll(consumer->self, timeout_ms, &batch);
    if (outcome != OUTCOME_OK) {
        return outcome;
    }
    if (take_batch(worker, &batch) != OUTCOME_OK) {
        return OUTCOME_STOP; /* half a batch was taken: it is read again */
    }
    if (rereading_turn(worker->rereading, REREAD_MS) != OUTCOME_OK) {
        return OUTCOME_STOP;
    }
    outcome = commit(worker);
    if (outcome != OUTCOME_STOP) {
        keep_state(worker);
        outcome = ask_ends(worker);
    }
    return outcome;
}
