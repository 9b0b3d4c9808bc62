/* playing: a range of partners' topics, played to one or two rehearsals at once, in the time
 * that its records bear.
 *
 * Owns:    nothing.
 * Thread:  one.
 * Fails:   by exit code, with the reason on stderr.
 */
#ifndef SEINPOST_CLI_PLAYING_H
#define SEINPOST_CLI_PLAYING_H

#include "seinpost/cli/range.h"
#include "seinpost/cli/rehearsal.h"

enum {
    PLAYING_REHEARSALS_MAX = 2
};

struct playing {
    const struct config_data *config;
    const struct range *range;
    struct rehearsal *rehearsals[PLAYING_REHEARSALS_MAX];
    size_t rehearsals_count;
};

/* Plays all of it. Returns how many records there were by `records`, and -1, else the exit
 * code. */
int playing_run(const struct playing *playing, size_t *records);

#endif
