/* frontier: how far alerts were told, by what stands in `alerts.current`: for each match
 * partition the newest alert's number, and the offset behind the match that it came from. It is
 * where the group goes on when its own offsets were lost.
 *
 * Owns:    nothing.
 * Thread:  one.
 * Fails:   by its result; the reason is in the log.
 */
#ifndef SEINPOST_CLI_FRONTIER_H
#define SEINPOST_CLI_FRONTIER_H

#include "seinpost/cli/plan.h"

struct frontier {
    int64_t sequence; /* 0: nothing was told */
    int64_t behind;   /* 0: the alert does not say */
};

/* Fills one for each match partition. */
bool frontier_find(const struct config_data *config, const struct plan *plan,
                   struct frontier *frontiers);

#endif
