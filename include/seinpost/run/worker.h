/* worker: one stage, its inputs and its outputs. Here the story of an event is told.
 *
 * worker_turn() is one turn of the wheel: one batch, one transaction.
 *   1. The consumer tells what came: records, and partitions taken over or given up.
 *   2. The stage takes each record. Ingest (daemon/stage/ingest.c) decodes it (intake_take),
 * asks the probes of its type (matching_find) and packs one match for each key. The correlator
 *      (daemon/stage/correlator.c) unpacks matches, puts each into the cells of the rules it
 * serves (store_match, cell_add), and builds an alert of each change (alert_build).
 *   3. When rules have changed, a share of the log is read once more for them (rereading.h).
 *   4. The stage ends the batch: what it made is in the outbox, and it may go over to other
 * rules.
 *   5. The outbox is sent and the offsets of the inputs are committed with it, in one
 * transaction: a reader of committed records sees all of it, once, or nothing. When the
 * transaction is aborted, the state stays ahead and the outbox is sent again with the next
 * turn. When anything is unclear, the turn says STOP: all is dropped and the log is read again.
 *   6. From time to time the state of a partition, now that all it has made is committed, is
 * kept as a snapshot (snapshots.h), so that the next start need not read the whole log.
 *
 * `run`, `demo`, `replay` and `test` are this function with other ports.
 *
 * Owns:    its outbox and positions; the stage and the ports belong to the caller.
 * Thread:  the one that turns it.
 * Fails:   by enum outcome.
 */
#ifndef SEINPOST_RUN_WORKER_H
#define SEINPOST_RUN_WORKER_H

#include "seinpost/port/consumer.h"
#include "seinpost/port/library.h"
#include "seinpost/port/producer.h"
#include "seinpost/port/rereader.h"
#include "seinpost/port/steady.h"
#include "seinpost/run/snapshots.h"
#include "seinpost/stage/stage.h"

struct worker;

struct worker_ports {
    struct consumer consumer;
    struct producer producer;
    struct library library;
    struct rereader rereader; /* only used by a stage that rereads */
    struct snapshots_plan snapshots;
    struct steady clock;
};

struct worker *worker_new(const struct stage *stage, const struct worker_ports *ports);
void worker_free(struct worker *worker);

/* Other rules and lists, from the next turn on. */
void worker_adopt(struct worker *worker, const struct stage_edition *edition);

/* Number of the oldest edition that its stage still works by. */
uint64_t worker_edition(const struct worker *worker);

/* Turns once. Waits up to `timeout_ms` for a record. */
enum outcome worker_turn(struct worker *worker, int64_t timeout_ms) MUST_USE;

/* Keeps its states before it ends, as far as there is time; only after a turn that was OK. */
void worker_end(struct worker *worker);

/* Tells whether the last turn found nothing to do. */
bool worker_was_idle(const struct worker *worker);

/* Tells whether each partition has been read beyond what was committed when it was taken over:
 * nothing is muted any more. */
bool worker_is_live(const struct worker *worker);

/* How far the replays of its partitions have come, in offsets. */
struct worker_replay {
    int64_t offsets;
    int64_t done;
};
struct worker_replay worker_replay(const struct worker *worker);

#endif
