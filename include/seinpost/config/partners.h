/* partners: the `sources:` part of a configuration.
 *
 * Owns:    nothing; it lives in the arena.
 * Thread:  the thread that loads.
 * Fails:   by faults E202 to E206.
 */
#ifndef SEINPOST_CONFIG_PARTNERS_H
#define SEINPOST_CONFIG_PARTNERS_H

#include "seinpost/schema/source.h"
#include "seinpost/yaml/bind.h"

/* Reads the list in the configuration `file`. */
void partners_read(struct diag *diag, struct arena *arena, const struct tree *list,
                   const char *file, struct source_list *sources);

#endif
