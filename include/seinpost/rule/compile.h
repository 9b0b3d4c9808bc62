/* compile: what the parts of the rule reader share while they turn YAML into a program.
 *
 * Owns:    nothing; all that is made lives in the arena.
 * Thread:  the thread that loads.
 * Fails:   by faults in the diag.
 * Bounded: COMPILE_CONDITIONS_MAX conditions.
 */
#ifndef SEINPOST_RULE_COMPILE_H
#define SEINPOST_RULE_COMPILE_H

#include "seinpost/schema/catalogue.h"
#include "seinpost/yaml/tree.h"

struct arena;
struct expression_memory;
struct list_set;
struct pattern_set;

enum {
    COMPILE_CONDITIONS_MAX = 500000 /* of all rules, each once for each event type */
};

struct compile {
    struct arena *arena;
    struct diag *diag;
    const struct catalogue *catalogue;
    struct list_set *lists;
    struct pattern_set *patterns;
    size_t *conditions;               /* so many were compiled; NULL: nobody counts */
    struct expression_memory *memory; /* NULL: none */
    const struct slice *entries; /* names of the rule's events: `fieldref` may begin with one */
    size_t entries_count;
};

#endif
