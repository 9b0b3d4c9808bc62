/* expression: the condition that joins searches: `a and not (b or 1 of c_*)`.
 *
 * Owns:    nothing; it lives in the arena of its program.
 * Thread:  any, once it is compiled.
 * Fails:   by faults E209 and E306.
 * Bounded: 64 searches, EXPRESSION_DEPTH_MAX values waiting at a time.
 */
#ifndef SEINPOST_RULE_EXPRESSION_H
#define SEINPOST_RULE_EXPRESSION_H

#include "seinpost/rule/compile.h"

#include <stdint.h>

enum {
    EXPRESSION_DEPTH_MAX = 32,
    EXPRESSION_SIZE_MAX = 4096, /* bytes */
    EXPRESSION_SEARCHES_MAX = 64,
};

enum expression_kind {
    EXPRESSION_AT_LEAST, /* `least` of the searches in `mask` are true */
    EXPRESSION_NOT,
    EXPRESSION_AND,
    EXPRESSION_OR,
};

/* In postfix order. */
struct expression_token {
    enum expression_kind kind;
    unsigned least;
    uint64_t mask;
};

struct expression {
    const struct expression_token *tokens;
    size_t count;
};

/* The condition that was read last: it is the same for all types of an event. */
struct expression_memory {
    const struct tree *node;
    bool good;
    struct expression expression;
};

/* Reads a condition over searches of these names. */
bool expression_read(const struct compile *compile, const struct tree *node,
                     const struct slice *names, size_t names_count,
                     struct expression *expression);

/* Returns which searches are named: bit i for search i. */
uint64_t expression_names(const struct expression *expression);

/* Bit i of `truths` says whether search i is true. */
bool expression_true(const struct expression *expression, uint64_t truths);

/* Tells whether the condition can only be true when search `index` is: the searches joined by
 * `and` at its top. */
bool expression_needs(const struct expression *expression, size_t index);

#endif
