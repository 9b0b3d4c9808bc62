/* score: weights of the alerts in a window, which fade, summed up rule by rule.
 *
 * Owns:    nothing: the window is a run of the group's events.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_SCORE_H
#define SEINPOST_CORRELATE_SCORE_H

#include "seinpost/correlate/finding.h"
#include "seinpost/correlate/window.h"

/* Judges the condition at the last event of the window. When it holds, fills the finding;
 * `measures` has room for the rule's metrics. */
bool score_judge(const struct rule *rule, struct window window, struct measure *measures,
                 struct finding *finding);

#endif
