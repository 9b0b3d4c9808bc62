/* approvers: the `approval:` part of a configuration.
 *
 * Owns:    nothing; it lives in the arena.
 * Thread:  the thread that loads.
 * Fails:   by faults E202 to E205 and E308.
 */
#ifndef SEINPOST_CONFIG_APPROVERS_H
#define SEINPOST_CONFIG_APPROVERS_H

#include "seinpost/schema/approver.h"
#include "seinpost/yaml/bind.h"

/* Reads the map in the configuration `file`. */
void approvers_read(struct diag *diag, struct arena *arena, const struct tree *map,
                    const char *file, struct approver_list *list);

#endif
