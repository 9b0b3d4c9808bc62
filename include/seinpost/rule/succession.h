/* succession: which rules of a program go on where those of the program before it are, and
 * which must read their history anew.
 *
 * A rule goes on when it means the same and reads the same: equal semantic hash, steps,
 * lateness and sources. A step's id may change though the hash does not: when an exception
 * does.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_RULE_SUCCESSION_H
#define SEINPOST_RULE_SUCCESSION_H

#include "seinpost/rule/program.h"

enum {
    SUCCESSION_NONE = -1
};

/* Sets for each rule of `now`, by its index, that of the rule of `before` whose state is its
 * own, or SUCCESSION_NONE. Returns how many loaded rules have none. */
size_t succession_find(const struct program *before, const struct program *now, int *kept);

/* Tells whether a rule of this name and semantic hash is loaded. */
bool succession_knows(const struct program *program, const struct rule *rule);

/* Tells whether it told the desks what was dated so. */
bool succession_told(const struct program *program, const struct rule *rule, struct instant at);

#endif
