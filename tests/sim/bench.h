/* bench: what all runs have in common: the catalogue, the rules, the sources, and the schemas
 * that partners write with.
 *
 * Owns:    all that was loaded.
 * Thread:  one.
 * Fails:   by ending the program: without rules there is nothing to try.
 */
#ifndef SIM_BENCH_H
#define SIM_BENCH_H

#include "seinpost/rule/load.h"
#include "seinpost/schema/formats.h"
#include "seinpost/schema/place.h"

enum bench_source {
    BENCH_AIR,
    BENCH_BANK,
    BENCH_CARD,
    BENCH_SOURCES_COUNT,
};

enum {
    BENCH_IDLE_MS = 60 * 1000, /* so long quiet, on the steady clock */
    BENCH_SKEW_MS = 60 * 60 * 1000,
    BENCH_LATENESS_MS = 5 * 60 * 1000, /* the least of the sources' */
    BENCH_LATENESS_MAX_MS = 10 * 60 * 1000,
};

struct bench {
    struct arena *arena;
    const struct catalogue *catalogue;
    uint64_t *fingerprints; /* by index of event type */
    struct formats formats;
    struct place_lists places;
    struct source sources[BENCH_SOURCES_COUNT];
    const struct program *program;
};

/* Loads the schemas and rules below `root`, the source tree. */
void bench_open(struct bench *bench, const char *root);
void bench_close(struct bench *bench);

/* The registry's id of an event type's schema. */
uint64_t bench_schema_id(const struct event_type *type);

/* Returns the schema of an id, or of a fingerprint; empty: there is none. */
struct slice bench_schema(const struct bench *bench, uint64_t id);

#endif
