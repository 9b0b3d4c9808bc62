/* scroll: reads one partition of a log from its oldest record to its end, beside everybody
 * else: no group, nothing written.
 *
 * Owns:    nothing.
 * Thread:  one.
 * Fails:   by enum outcome; the reason is in the log.
 */
#ifndef SEINPOST_CLI_SCROLL_H
#define SEINPOST_CLI_SCROLL_H

#include "seinpost/port/rereader.h"

#include <stdbool.h>

/* Takes a record; false when that is enough. */
typedef bool scroll_take(void *context, const struct record *record);

/* Who reads: called with each record. */
struct scroll_reader {
    void *context;
    scroll_take *take;
    const char *what; /* for the line that tells how far it has come */
};

/* Reads the partition. Returns OUTCOME_RETRY when the oldest records expired meanwhile: records
 * may be missing. */
enum outcome scroll_read(const struct rereader *rereader, struct record_partition partition,
                         const struct scroll_reader *reader) MUST_USE;

#endif
