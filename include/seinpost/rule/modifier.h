/* modifier: what stands behind the `|` of a key, and whether it makes sense there.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by fault E208.
 */
#ifndef SEINPOST_RULE_MODIFIER_H
#define SEINPOST_RULE_MODIFIER_H

#include "seinpost/rule/predicate.h"

/* What the modifiers of one key said. */
struct modifier_set {
    const char *test_name; /* NULL: none */
    enum predicate_test test;
    const char *calendar_name;
    enum predicate_calendar calendar;
    bool negated;
    bool all;
    bool cased;
    bool refers;
};

/* What all the modifiers of a key ask together. */
struct modifier_question {
    const struct compile *compile;
    const struct tree *node;
    struct slice operand;
    const struct modifier_set *modifiers;
    const char *type; /* of the operand, in words */
    enum operand_type operand_type;
};

/* Reads the modifiers of a node's key, and the operand before them. */
bool modifier_read(const struct compile *compile, const struct tree *node,
                   struct slice *operand, struct modifier_set *modifiers);

/* Do the modifiers go together, and with what they are asked of? */
bool modifier_check(const struct modifier_question *question);

/* Tells whether the test asks for less or more. */
bool modifier_is_ordering(enum predicate_test test);

/* Returns the modifiers that there are, one by one; NULL behind the last. */
const char *modifier_name(size_t index);

#endif
