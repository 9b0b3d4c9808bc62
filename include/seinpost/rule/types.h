/* types: which event types an entry's globs mean.
 *
 * Owns:    nothing; the list is made in the arena.
 * Thread:  the thread that loads.
 * Fails:   by fault E303.
 */
#ifndef SEINPOST_RULE_TYPES_H
#define SEINPOST_RULE_TYPES_H

#include "seinpost/rule/detection.h"
#include "seinpost/yaml/bind.h"

struct types {
    const struct event_type *const *items;
    size_t count;
};

/* Finds them, each once. A type named in full is always meant; of those that a wildcard means
 * only those that have all fields of the detection, and when none has, the one that lacks the
 * fewest: its faults tell what is missing. */
void types_find(const struct compile *compile, const struct bind_list *globs,
                const struct tree *detection, struct types *types);

#endif
