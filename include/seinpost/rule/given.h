/* given: the events of a rule's test, typed by the event schema.
 *
 * Owns:    nothing.
 * Thread:  the thread that tests.
 * Fails:   by faults E202 to E207, E301, E303, E304, and W502: an `at` before the one above it.
 */
#ifndef SEINPOST_RULE_GIVEN_H
#define SEINPOST_RULE_GIVEN_H

#include "seinpost/rule/ruletest.h"

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
