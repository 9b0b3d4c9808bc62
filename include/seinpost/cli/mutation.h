/* mutation: a rule with one small mistake in it, as its file's text: a condition dropped, a
 * number off by one, a window by a second, a fact that exonerates no more. A rule's tests ought
 * to notice each.
 *
 * Owns:    nothing; it lives in the arena.
 * Thread:  one.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_MUTATION_H
#define SEINPOST_CLI_MUTATION_H

#include "seinpost/rule/rule.h"

struct arena;
struct text;

struct mutation {
    struct diag_place place; /* of what is replaced */
    struct slice by;         /* what stands there instead */
    struct slice says;
};

struct mutation_list {
    const struct mutation *items;
    size_t count;
};

/* Returns all that are made of a rule. */
struct mutation_list mutation_find(struct arena *arena, const struct rule *rule);

/* Appends the file's text with the mistake in it. */
void mutation_apply(const struct mutation *mutation, struct slice file, struct text *text);

#endif
