/* world: one run: a broker, some daemons, partners who publish, and what befalls them, all from
 * one seed.
 *
 * A *hand* is a place for one worker of one daemon: a worker lives there, ends, and another one
 * takes its place. When a hand falls asleep within a call of a port, the world goes on around
 * it until it wakes up, as after SIGSTOP: what it does then, it does as a zombie.
 *
 * Owns:    all of the run.
 * Thread:  one.
 * Fails:   by world_run().
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "seinpost/run/worker.h"
#include "seinpost/stage/outbox.h"

#include "broker.h"
#include "disk.h"
#include "faults.h"
#include "groups.h"
#include "traffic.h"
#include "txns.h"

enum {
    WORLD_DAEMONS_MAX = 3,
    WORLD_HANDS_MAX = 2 * WORLD_DAEMONS_MAX + 2, /* and a second life of two of them */
    WORLD_NAME_SIZE = 32,
};

enum world_group {
    WORLD_INGEST,
    WORLD_CORRELATE,
    WORLD_GROUPS_COUNT,
};

struct world;

struct world_hand {
    struct world *world;
    char name[WORLD_NAME_SIZE]; /* in the group and of its transactions; two hands may share it
                                 */
    int daemon;
    enum world_group group;
    bool wanted;          /* it shall run */
    bool running;         /* a worker is there */
    bool busy;            /* within a turn */
    bool crashed;         /* its process is gone: its calls do nothing any more */
    bool crashed_keeping; /* and that while it kept a snapshot, whose outcome nobody asks */
    int64_t awake_ms;     /* asleep until then */
    int64_t starts_ms;    /* not before */
    int lives;
    struct stage stage;
    struct worker_ports ports;
    struct worker *worker;
};

/* How a run is set up: all of it from the seed. */
struct world_plan {
    uint64_t seed;
    int daemons;
    int32_t match_partitions;
    int32_t derived_partitions;
    int32_t alert_partitions;
    struct groups_options groups;
    struct traffic_options traffic;
    int64_t txn_timeout_ms;
    int64_t fault_per_mille;
    int64_t fault_only_call; /* below 0: none */
    unsigned fault_kinds;
    int64_t faults_max;
    int64_t steps;     /* before all calms down */
    int64_t batch_max; /* records a poll */
    int64_t unrest;    /* per mille: sleeps, restarts, rebalances between turns */
    int64_t forgets;   /* per mille: retention passes over the match log between turns */
    bool forgets_more; /* also what rules still need, so that only weaker claims hold */
    bool stuck;        /* in the end nobody works any more: to see that this is seen */
    bool goes_quiet;   /* partitions may be called quiet while events are still to come */
    bool has_twins;    /* a hand's name may be taken twice */
    bool keeps;        /* daemons keep snapshots */
    int64_t keeps_every_ms;
    size_t keeps_piece;  /* bytes of one that are written a turn */
    int64_t disk_spoils; /* per mille: snapshots that are not what was written */
    int64_t disk_others; /* per mille: snapshots that are of a log of the same name before it */
    int64_t disk_wipes;  /* per mille: between turns, all of a daemon's are deleted */
};

struct world {
    const struct bench *bench;
    struct world_plan plan;
    struct arena *arena;
    struct broker *broker;
    struct groups *groups;
    struct txns *txns;
    struct faults faults;
    struct dice dice;
    struct dice disk_dice;
    struct disk disks[WORLD_DAEMONS_MAX];
    const struct disk *other_disks; /* of the log before; NULL: there was none */
    struct traffic traffic;
    int sources[BENCH_SOURCES_COUNT]; /* topics */
    int topics[OUTBOX_TOPICS_COUNT];
    struct world_hand hands[WORLD_HANDS_MAX];
    int hands_count;
    int64_t now_ms;
    int64_t steps;
    int64_t turns;
    int depth; /* of worlds within sleeps */
    bool calm; /* nothing befalls anybody any more */
};

/* Makes what the seed says. Limits of events and faults, to make a failing run smaller: below 0
 * is none. */
struct world_plan world_plan_of(uint64_t seed);

struct world *world_new(const struct bench *bench, const struct world_plan *plan);
void world_free(struct world *world);

/* Runs to the end: first with faults, then in peace until there is nothing left to do. Returns
 * whether that end came in time. */
bool world_run(struct world *world);

/* Makes a shorter run, on topics of the same names, of which snapshots are left. */
struct world *world_before(const struct bench *bench, const struct world_plan *plan);

/* Lets the hand sleep while the world goes on. */
void world_sleep(struct world_hand *hand);

#endif
