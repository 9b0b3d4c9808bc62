/* metric: what a counting rule measures in a window, and the bounds that make it fire.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults E204 to E208, E213, E310.
 */
#ifndef SEINPOST_RULE_METRIC_H
#define SEINPOST_RULE_METRIC_H

#include "seinpost/rule/build.h"

/* Reads the metrics and conditions of a counting rule from its correlation. */
void metric_read(struct build *build);

#endif
