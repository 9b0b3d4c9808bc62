/* scene: both stages on a log in memory, turned by hand, that can be killed, started again and
 * given other rules at any point.
 */
#ifndef SEINPOST_TESTS_UNIT_RUN_SCENE_H
#define SEINPOST_TESTS_UNIT_RUN_SCENE_H

#include "seinpost/alert/alert.h"
#include "seinpost/run/worker.h"

struct scene;

/* What the producer of the correlator does with the next commit. */
enum scene_fault {
    SCENE_NONE,
    SCENE_ABORTED, /* void; it is sent again */
    SCENE_LOST,    /* the daemon dies before it */
    SCENE_UNCLEAR, /* the daemon dies after it */
};

struct scene_options {
    int32_t match_partitions;
    bool lazy;      /* three records a turn are read again, not all at once */
    bool keeps;     /* editions that no worker works by are not freed */
    bool snapshots; /* the correlator keeps some after every turn */
    bool pieces;    /* and writes each over many turns */
};

struct scene *scene_new(const struct scene_options *options);
void scene_free(struct scene *scene);

/* Loads rules, which must have no fault. Returns the number of the edition. */
uint64_t scene_load(struct scene *scene, const char *rules);

/* Makes another edition of rules that were loaded before. */
uint64_t scene_again(struct scene *scene, const struct program *program);
const struct program *scene_program(const struct scene *scene, uint64_t edition);

/* The daemon dies, if it lives, and starts with the edition. */
void scene_start(struct scene *scene, uint64_t edition);

/* SIGHUP. */
void scene_adopt(struct scene *scene, uint64_t edition);
void scene_adopt_ingest(struct scene *scene, uint64_t edition);

/* The correlator alone dies, and starts with the edition. */
void scene_restart_correlator(struct scene *scene, uint64_t edition);

/* Whether the correlator has left all editions before this one. */
bool scene_went_over(const struct scene *scene, uint64_t edition);

/* Publishes an event as a line of NDJSON. */
void scene_send(struct scene *scene, const char *line);

/* States that no event dated `at` or before will come, to all match partitions or to one. */
void scene_watermark(struct scene *scene, struct instant at);
void scene_watermark_to(struct scene *scene, int32_t partition, struct instant at);

void scene_fault(struct scene *scene, enum scene_fault fault);

/* Turns ingest alone until it has nothing to do: the log grows ahead of the correlator. */
void scene_run_ingest(struct scene *scene);

/* The oldest records of a match partition, before the offset, expire. */
void scene_expire(struct scene *scene, int32_t partition, int64_t offset);

/* Turns both workers once; one that must is started anew, with the newest edition it was given.
 */
void scene_turn(struct scene *scene);

/* Turns until nothing is left to do. */
void scene_run(struct scene *scene);

/* How often a partition went on from a snapshot. */
size_t scene_snapshots_used(const struct scene *scene);

/* All alert records in the order of the log, as bytes and decoded; the caller's arena. */
size_t scene_alerts(const struct scene *scene, struct arena *arena, struct alert **alerts);
struct slice scene_bytes(const struct scene *scene, struct arena *arena);

#endif
