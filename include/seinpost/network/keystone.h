/* keystone: the members of a component without which those that remain would not hang together.
 *
 * Owns:    nothing.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_NETWORK_KEYSTONE_H
#define SEINPOST_NETWORK_KEYSTONE_H

#include "seinpost/network/component.h"

/* Finds them: component.keystones. No other component may have been found in the graph since.
 */
void keystone_find(struct component *component, const struct graph *graph);

#endif
