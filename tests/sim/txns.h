/* txns: a simulated Kafka's transaction coordinator.
 *
 * A transactional id has an epoch; who begins with the id anew fences the one before, and ends
 * what that left open. The end of a transaction is decided at once, but its markers reach the
 * partitions one by one, later: readers may see half of what was committed, and the offsets
 * last or first. A transaction left open too long is aborted.
 *
 * Owns:    lists of what is open.
 * Thread:  one.
 * Fails:   by enum txns_answer.
 */
#ifndef SIM_TXNS_H
#define SIM_TXNS_H

#include "dice.h"
#include "groups.h"

struct txns;

enum txns_answer {
    TXNS_OK,
    TXNS_FENCED,     /* of an older epoch: fatal */
    TXNS_NOT_MEMBER, /* the offsets are refused: the transaction must be aborted */
    TXNS_NOT_OPEN,   /* there is no such transaction: fatal */
};

/* A producer: one epoch of a transactional id. */
struct txns_producer {
    int id;
    int epoch;
};

struct txns *txns_new(struct arena *arena, struct broker *broker, struct groups *groups,
                      int64_t timeout_ms);
void txns_free(struct txns *txns);

/* Begins with an id: ends what the one before left open. */
struct txns_producer txns_init(struct txns *txns, const char *name);

enum txns_answer txns_send(struct txns *txns, struct txns_producer producer,
                           struct broker_place place, const struct broker_record *record);

struct txns_offset {
    int group;
    struct broker_place place;
    int64_t next;
    struct slice metadata;
};

enum txns_answer txns_offsets(struct txns *txns, struct txns_producer producer,
                              const struct groups_pass *pass, const struct txns_offset *offsets,
                              size_t count);

enum txns_answer txns_end(struct txns *txns, struct txns_producer producer, bool commits);

/* A request to end that is on its way: it arrives at `at_ms`, whatever was done since. */
void txns_end_later(struct txns *txns, struct txns_producer producer, bool commits,
                    int64_t at_ms);

/* Tells the time, delivers what was on its way, and aborts what is open too long. */
void txns_set_time(struct txns *txns, int64_t now_ms);

/* Writes some of the markers that are due. */
void txns_tick(struct txns *txns, struct dice *dice);

/* Writes all markers that are due. */
void txns_settle(struct txns *txns);

#endif
