/* score: weights of the alerts in a window, which fade, summed up rule by rule.
 *
 * Owns:    nothing: the window is a run of the group's events.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_SCORE_H
#define SEINPOST_CORRELATE_SCORE_H

#include "seinpost/correlate/finding.h"
#include "seinpost/correlate/lanes.h"
#include "seinpost/correlate/window.h"

/* Judges the condition at the last event of the window, as counting_judge() does. */
bool score_judge(const struct rule *rule, struct window window, struct measure *measures,
                 struct finding *finding);

/* The same, without going through the window: by the lanes of the group, as far as `fed`. */
struct score_lanes {
    const struct lanes *lanes;
    const struct lanes_fed *fed;
};
bool score_judge_lanes(const struct rule *rule, struct window window,
                       const struct score_lanes *lanes, struct measure *measures,
                       struct finding *finding);

#endif
