/* tail: the last changes of alerts that a match partition told to desks, short, so that they go
 * along with each offset commit. A replay under the same rules and version must come to the
 * same ones: else state is no function of the log any more, and nobody may go on from it.
 *
 * An entry is a hash of what a change rests on: evidence, measures, instants. Words of the rule
 * are not in it: they may change while its meaning stays.
 *
 * Owns:    its entries.
 * Thread:  one worker's.
 * Fails:   reading, by its result.
 * Bounded: TAIL_KEPT entries, of which the newest TAIL_SAID are said.
 */
#ifndef SEINPOST_STAGE_TAIL_H
#define SEINPOST_STAGE_TAIL_H

#include "seinpost/base/vector.h"
#include "seinpost/correlate/cell.h"

struct text;

enum {
    TAIL_SAID = 8,  /* in an offset commit, which has room for 4 KiB */
    TAIL_KEPT = 64, /* a replay with less of the log may tell more than what was said */
};

struct tail_entry {
    uint64_t id;
    uint64_t digest;
    char state;
    int64_t offset;       /* of the match record that it came from */
    struct instant needs; /* nothing that happened before it can have mattered; INSTANT_MIN:
                             whatever happened before may have */
};

struct tail {
    int64_t from; /* all changes from records at this offset on are known */
    VECTOR(struct tail_entry) entries;
};

/* Notes a change that came from the record at `offset`; one before `from` is passed over. */
void tail_note(struct tail *tail, const struct change *change, int64_t offset);

/* Forgets all; what comes from `from` on will be known. */
void tail_restart(struct tail *tail, int64_t from);

/* Takes over what a snapshot knows of records that are not replayed, from where `tail` begins.
 */
void tail_take_over(struct tail *tail, const struct tail *kept);

/* Appends the newest entries: `OFFSET,ID:STATE:DIGEST:NEEDS,...`. */
void tail_put(const struct tail *tail, struct text *text);

/* Reads what tail_put() wrote. */
bool tail_read(struct tail *tail, struct slice said);

/* Tells whether a replay of the whole log came to what was said: all of it, and no more. */
bool tail_equal(const struct tail *said, const struct tail *replayed);

/* The same when the log begins later than it did: tells whether the replay came to each change
 * that needs nothing that happened at `gone` or before. */
bool tail_covers(const struct tail *said, const struct tail *replayed, struct instant gone);

void tail_free(struct tail *tail);

#endif
