/* given: the events of a rule's test, typed by the event schema.
 *
 * Owns:    nothing.
 * Thread:  the thread that tests.
 * Fails:   by faults E202 to E207, E215, E301, E303 and E304.
 * Bounded: GIVEN_DEFAULTS_MAX defaults.
 */
#ifndef SEINPOST_RULE_GIVEN_H
#define SEINPOST_RULE_GIVEN_H

#include "seinpost/rule/ruletest.h"

enum {
    GIVEN_DEFAULTS_MAX = 64 /* keys of `with` */
};

struct given_context {
    struct arena *arena;
    struct diag *diag;
    const struct program *program;
    const struct rule *rule; /* NULL: a file of tests */
    const struct tree *with; /* defaults; or NULL */
};

/* Reads a `given:` list. */
const struct ruletest_given *given_read(const struct given_context *context,
                                        const struct tree *list, size_t *count);

#endif
