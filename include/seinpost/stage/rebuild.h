/* rebuild: the state of rules that are new or have changed, made from the match log in a second
 * store beside the running one. It says nothing: what the rules would have said before they
 * were loaded is past. When it has read as far as the running store, that one goes over to it.
 *
 * Owns:    the second store.
 * Thread:  one worker's.
 * Fails:   never.
 */
#ifndef SEINPOST_STAGE_REBUILD_H
#define SEINPOST_STAGE_REBUILD_H

#include "seinpost/stage/stage.h"
#include "seinpost/stage/voice.h"

struct rebuild;

/* Begins to go over from a program to an edition. `ticket` tells it from others. */
struct rebuild *rebuild_new(const struct program *from, const struct stage_edition *to,
                            uint64_t ticket);
void rebuild_free(struct rebuild *rebuild);

uint64_t rebuild_ticket(const struct rebuild *rebuild);
const struct stage_edition *rebuild_edition(const struct rebuild *rebuild);

/* Returns how many rules must read their history. */
size_t rebuild_fresh(const struct rebuild *rebuild);

/* Begins again with the oldest record of the log. */
void rebuild_begin(struct rebuild *rebuild);

/* What is read from the log goes here. */
struct store *rebuild_store(struct rebuild *rebuild);

/* All records before `next` have been read. */
void rebuild_to(struct rebuild *rebuild, int64_t next);

/* Tells whether it has read as far as one that will read `next`. */
bool rebuild_reached(const struct rebuild *rebuild, int64_t next);

/* Lets the running store go over, and closes what changed rules leave open. Returns the store
 * that holds what is needed no more. */
struct store *rebuild_finish(struct rebuild *rebuild, struct store *running,
                             struct voice *voice);

#endif
