/* ceiling: the `memory:` part of a configuration.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults E202 to E205.
 */
#ifndef SEINPOST_CONFIG_CEILING_H
#define SEINPOST_CONFIG_CEILING_H

#include "seinpost/yaml/bind.h"

enum {
    CEILING_MIB_MIN = 64 /* below it not even the rules have room */
};

/* Reads the map; sets `bytes` when it is good. */
void ceiling_read(struct diag *diag, struct arena *arena, const struct tree *map,
                  int64_t *bytes);

#endif
