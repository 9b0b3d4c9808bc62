/* detection: which events of a type a rule means: named searches and the condition that joins
 * them. `unless` and exceptions are searches too.
 *
 * Owns:    nothing; it lives in the arena of its program.
 * Thread:  any, once it is compiled.
 * Fails:   by faults E202, E204, E209 and those of its predicates.
 */
#ifndef SEINPOST_RULE_DETECTION_H
#define SEINPOST_RULE_DETECTION_H

#include "seinpost/rule/expression.h"
#include "seinpost/rule/predicate.h"

/* Predicates of one map: all must be true. */
struct search_map {
    const struct predicate *predicates;
    size_t count;
};

/* Maps of one search: one must be true. */
struct search {
    struct slice name;
    const struct search_map *maps;
    size_t maps_count;
};

struct detection {
    const struct search *searches;
    size_t searches_count;
    struct expression expression;
    const struct predicate_residual *residuals; /* asked when a sequence is put together */
    size_t residuals_count;
};

/* Compiles `detection:` for one event type. */
bool detection_read(const struct compile *compile, const struct event_type *type,
                    const struct tree *node, struct detection *detection);

/* Compiles one search (a map or a list of maps) for one event type; no residuals allowed. */
bool detection_read_search(const struct compile *compile, const struct event_type *type,
                           const struct tree *node, struct search *search);

/* Returns how many fields of a detection the type lacks. */
size_t detection_lacking(const struct compile *compile, const struct event_type *type,
                         const struct tree *node);

/* Tells whether all fields of one search exist in the type. */
bool detection_search_fits(const struct compile *compile, const struct event_type *type,
                           const struct tree *node);

bool detection_true(const struct detection *detection, const struct event *event,
                    const struct list_set *lists);
bool detection_search_true(const struct search *search, const struct event *event,
                           const struct list_set *lists);

/* Calls `visit` for each key of the searches in `node`: operands with their modifiers. */
void detection_each_key(const struct tree *node,
                        void (*visit)(const struct tree *key, void *context), void *context);

#endif
