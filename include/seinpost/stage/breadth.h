/* breadth: whether an event has more values than a rule looks at: PATH_VALUES_MAX of a path.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_STAGE_BREADTH_H
#define SEINPOST_STAGE_BREADTH_H

#include "seinpost/rule/program.h"

/* Tells whether any path may have too many values in the event. Quick: most events have no long
 * list. */
bool breadth_suspect(const struct event *event);

/* Tells whether a path that the probe looks at has too many. */
bool breadth_exceeds(const struct probe *probe, const struct event *event);

#endif
