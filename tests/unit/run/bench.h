/* A bench for a worker: a stage that passes on what it is
 * given, notices by hand, and a producer that fails when it is told to. All that is asked of
 * them stands in `log`, a word each.
 */
#ifndef SEINPOST_TESTS_UNIT_RUN_BENCH_H
#define SEINPOST_TESTS_UNIT_RUN_BENCH_H

#include "seinpost/base/text.h"
#include "seinpost/run/worker.h"

#include "run.h"

enum {
    NOTICES_MAX = 32,
    OUTCOMES_MAX = 16
};

struct bench {
    struct worker *worker;
    struct text log;
    struct consumer_notice notices[NOTICES_MAX]; /* of the next poll */
    size_t notices_count;
    enum outcome outcomes[OUTCOMES_MAX]; /* of the producer's next calls; then OK */
    size_t outcomes_count;
    enum outcome aborts, polls, finds; /* of abort, of the next polls, and of the library */
    bool knows_schemas;                /* else a record that begins with `?` asks for one */
    bool breaks;                       /* the stage finds its log broken */
    int taken;                         /* records that the stage took */
    int64_t now_ms;
    int32_t asks;     /* the stage wants to know where partitions below this number end */
    uint64_t edition; /* of the rules that the stage was given last */
};

struct bench *bench_begin(void);

/* The stage and the ports of the bench, for another worker. */
struct stage bench_stage(struct bench *bench);
struct worker_ports bench_ports(struct bench *bench);

void bench_end(struct bench *bench);

/* Adds a notice for the next poll. */
void bench_joined(struct bench *bench);
void bench_assigned(struct bench *bench, int32_t partition, int64_t committed);
void bench_revoked(struct bench *bench, int32_t partition);
void bench_blocked(struct bench *bench, int32_t partition);
void bench_caught_up(struct bench *bench, int32_t partition, int64_t end);
void bench_record(struct bench *bench, int32_t partition, int64_t offset, const char *value);

/* Turns once, and expects this outcome. Returns what was asked since the last time. */
const char *bench_turn(struct bench *bench, enum outcome outcome);

#endif
