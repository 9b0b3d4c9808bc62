/* quiet: whether a source's partition is quiet: nothing came for the source's `idle`, and when
 * its end was asked anew after that, all that lay before it had been read. What was known of
 * the end before proves nothing: its broker may have been away since. So it is asked from time
 * to time, and a partition whose end is not told is not quiet any more.
 *
 * Owns:    nothing.
 * Thread:  one worker's.
 * Fails:   never.
 */
#ifndef SEINPOST_STAGE_QUIET_H
#define SEINPOST_STAGE_QUIET_H

#include <stdbool.h>
#include <stdint.h>

/* Times are of the steady clock; -1: never. */
struct quiet {
    bool moved;       /* a record came since it was judged last */
    bool due;         /* its end is to be asked */
    bool asked;       /* it was, and is not told yet */
    int64_t moved_ms; /* when it was seen last that one came */
    int64_t due_ms;   /* when its end was found due last */
    int64_t known_ms; /* all written before then has been read */
};

struct quiet quiet_begin(void);

/* A record came. */
void quiet_move(struct quiet *quiet);

/* The end was told, and it was reached. */
void quiet_end(struct quiet *quiet);

/* Tells whether the end is to be asked; then it is. */
bool quiet_asks(struct quiet *quiet);

/* Judges, between two batches, whether it is quiet. With `idle_ms` 0 it never is. */
bool quiet_judge(struct quiet *quiet, int64_t now_ms, int64_t idle_ms);

#endif
