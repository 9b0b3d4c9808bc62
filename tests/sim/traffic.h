/* traffic: what partners publish in a run: events about few people, close together in time and
 * often at the same instant, that arrive shuffled, twice, too late, or spoiled.
 *
 * Owns:    nothing; all lives in the arena of the run.
 * Thread:  one.
 * Fails:   never.
 */
#ifndef SIM_TRAFFIC_H
#define SIM_TRAFFIC_H

#include "seinpost/base/instant.h"

#include "bench.h"
#include "dice.h"

struct encoding;

enum {
    TRAFFIC_PARTITIONS_MAX = 4 /* of one source */
};

struct traffic_item {
    enum bench_source source;
    int32_t partition;
    struct instant time;
    int64_t arrives_ms; /* what decides the order of arrival in its partition */
    int64_t timestamp_ms;
    uint64_t lot; /* and where that is the same */
    bool spoiled;
    struct slice line;  /* NDJSON */
    struct slice value; /* as it is on the wire */
};

struct traffic_options {
    int64_t events;
    int32_t partitions[BENCH_SOURCES_COUNT];
    int64_t shuffle_ms;      /* how far an event may be behind others of its partition */
    int64_t twice_per_mille; /* delivered again */
    int64_t late_per_mille;  /* beyond the lateness */
    int64_t spoiled_per_mille;
    bool ends; /* last, each partition has an event that lets all that waits come to an end */
};

/* What one partition is given, in its order of arrival. */
struct traffic_queue {
    struct traffic_item *items;
    size_t count;
    size_t next; /* to be published */
};

struct traffic {
    struct traffic_queue queues[BENCH_SOURCES_COUNT][TRAFFIC_PARTITIONS_MAX];
    size_t count;
};

void traffic_make(struct traffic *traffic, struct arena *arena, const struct bench *bench,
                  const struct traffic_options *options, struct dice dice);

#endif
