/* disk: where a daemon of the simulation keeps its snapshots, and how it loses and spoils them.
 *
 * Owns:    nothing; all lives in the arena of the run.
 * Thread:  one.
 * Fails:   never.
 */
#ifndef SIM_DISK_H
#define SIM_DISK_H

#include "seinpost/base/slice.h"
#include "seinpost/port/snapshot.h"

#include "dice.h"

enum {
    DISK_PARTITIONS_MAX = 4,
    DISK_VERSIONS_MAX = 3 /* older ones of a partition, which may turn up again */
};

struct disk {
    struct slice versions[DISK_PARTITIONS_MAX][DISK_VERSIONS_MAX]; /* the newest first */
};

struct world_hand;

/* The port of a hand to the disk of its daemon. */
struct snapshot disk_port(struct world_hand *hand);

/* All is gone. */
void disk_wipe(struct disk *disk);

#endif
