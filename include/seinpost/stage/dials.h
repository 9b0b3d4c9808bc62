/* dials: what operators watch of one partition of a source: how many signals came, how far its
 * events' time has come, and whether it is quiet. With the broker's clock the second gives how
 * far behind a partner is: time() - seinpost_source_event_time_seconds.
 *
 * Owns:    nothing; the counters live as long as the process.
 * Thread:  one worker's.
 * Fails:   never.
 */
#ifndef SEINPOST_STAGE_DIALS_H
#define SEINPOST_STAGE_DIALS_H

#include "seinpost/base/instant.h"
#include "seinpost/base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct counter;

struct dials {
    struct counter *signals;
    struct counter *time;
    struct counter *quiet;
};

struct dials dials_of(struct slice source, int32_t partition);

void dials_signal(const struct dials *dials);
void dials_tell(const struct dials *dials, struct instant high, bool quiet);

/* The partition went to another worker, which tells of it from now on. */
void dials_clear(const struct dials *dials);

#endif
