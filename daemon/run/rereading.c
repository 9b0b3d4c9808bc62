#include "seinpost/run/rereading.h"

#include "seinpost/base/ensure.h"

#include <stdlib.h>

enum {
    RECORDS_MAX = 4000 /* a turn, where the clock does not move */
};

struct rereading {
    const struct stage *stage;
    const struct rereader *port;
    const struct steady *clock;
    uint64_t ticket; /* of what is open; 0: nothing is */
    struct rereader_batch batch;
    size_t taken; /* of the batch */
};

struct rereading *rereading_new(const struct stage *stage, const struct rereader *port,
                                const struct steady *clock)
{
    struct rereading *rereading = calloc(1, sizeof *rereading);

    ENSURE_MEMORY(rereading != NULL);
    *rereading = (struct rereading){.stage = stage, .port = port, .clock = clock};
    return rereading;
}

static void close_port(struct rereading *rereading)
{
    if (rereading->ticket != 0) {
        rereading->port->close(rereading->port->self);
        rereading->ticket = 0;
        rereading->batch = (struct rereader_batch){.next = -1};
        rereading->taken = 0;
    }
}

void rereading_free(struct rereading *rereading)
{
    if (rereading != NULL) {
        close_port(rereading);
        free(rereading);
    }
}

static bool is_wanted(const struct rereading *rereading, struct stage_reread *wanted)
{
    const struct stage *stage = rereading->stage;

    return stage->rereads != NULL && stage->rereads(stage->self, wanted);
}

bool rereading_is_due(const struct rereading *rereading)
{
    struct stage_reread wanted;

    return is_wanted(rereading, &wanted);
}

bool rereading_is_first(const struct rereading *rereading)
{
    struct stage_reread wanted;

    return is_wanted(rereading, &wanted) && wanted.first;
}

static enum outcome open_port(struct rereading *rereading, const struct stage_reread *wanted)
{
    const struct rereader *port = rereading->port;

    if (rereading->ticket == wanted->ticket) {
        return OUTCOME_OK;
    }
    ENSURE(wanted->ticket != 0 && port->open != NULL);
    close_port(rereading);
    const enum outcome outcome = port->open(port->self, wanted->partition);
    if (outcome == OUTCOME_OK) {
        rereading->ticket = wanted->ticket;
        rereading->stage->reread_begin(rereading->stage->self);
    }
    return outcome;
}

/* Takes of the batch until the time is over: a record may hold thousands of matches. */
static enum outcome take(struct rereading *rereading, int64_t end_ms)
{
    const struct stage *stage = rereading->stage;
    const struct rereader_batch *batch = &rereading->batch;
    const struct steady *clock = rereading->clock;

    while (rereading->taken < batch->count) {
        if (stage->reread(stage->self, &batch->records[rereading->taken++]) != STAGE_DONE) {
            return OUTCOME_STOP;
        }
        if (rereading->taken < batch->count && clock->now_ms(clock->self) >= end_ms) {
            return OUTCOME_OK;
        }
    }
    stage->reread_to(stage->self, batch->next, batch->at_end);
    return OUTCOME_OK;
}

/* One batch of what is wanted, or what was left of it. */
static enum outcome step(struct rereading *rereading, const struct stage_reread *wanted,
                         int64_t timeout_ms, int64_t end_ms)
{
    const struct rereader *port = rereading->port;
    enum outcome outcome = open_port(rereading, wanted);

    if (outcome == OUTCOME_OK && rereading->taken == rereading->batch.count) {
        rereading->batch = (struct rereader_batch){.next = -1};
        rereading->taken = 0;
        outcome = port->poll(port->self, wanted->below, timeout_ms, &rereading->batch);
    }
    if (outcome == OUTCOME_RETRY) { /* it is opened again, and begins again */
        close_port(rereading);
        return OUTCOME_OK;
    }
    return outcome == OUTCOME_OK ? take(rereading, end_ms) : OUTCOME_STOP;
}

enum outcome rereading_turn(struct rereading *rereading, int64_t budget_ms)
{
    const struct steady *clock = rereading->clock;
    const int64_t end_ms = clock->now_ms(clock->self) + budget_ms;
    struct stage_reread wanted = {0};
    size_t records = 0;

    for (int64_t left_ms = budget_ms; records == 0 || (left_ms > 0 && records < RECORDS_MAX);
         left_ms = end_ms - clock->now_ms(clock->self)) {
        if (!is_wanted(rereading, &wanted)) {
            close_port(rereading);
            return OUTCOME_OK;
        }
        const enum outcome outcome = step(rereading, &wanted, left_ms, end_ms);
        if (outcome != OUTCOME_OK) {
            return outcome;
        }
        if (rereading->batch.count == 0 && !rereading->batch.at_end) {
            return OUTCOME_OK; /* it has waited, or has all */
        }
        records += rereading->batch.count + 1;
    }
    return OUTCOME_OK;
}
