/* scribe: writes snapshots in a thread of its own, one after the other, so that no worker waits
 * for a disk.
 *
 * Owns:    its thread, and what is to be written; the port below belongs to the caller.
 * Thread:  one starts and stops it; its port is for any worker.
 * Fails:   never.
 * Bounded: it holds one snapshot; while it does it takes no other.
 */
#ifndef SEINPOST_RUN_SCRIBE_H
#define SEINPOST_RUN_SCRIBE_H

#include "seinpost/port/snapshot.h"

struct scribe;

struct scribe *scribe_start(const struct snapshot *inner);

/* Returns the port that hands on to `inner`. Its `free` frees nothing. */
struct snapshot scribe_port(struct scribe *scribe);

/* Writes what it holds, and ends. */
void scribe_stop(struct scribe *scribe);

#endif
