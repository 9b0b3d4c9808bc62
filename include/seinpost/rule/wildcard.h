/* wildcard: text as Sigma compares it: `*` any run, `?` one character, `\` before either for
 * itself; with case folded or not.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_RULE_WILDCARD_H
#define SEINPOST_RULE_WILDCARD_H

#include "seinpost/base/slice.h"

enum wildcard_where {
    WILDCARD_ANYWHERE,
    WILDCARD_START,
    WILDCARD_END,
};

/* Tells whether all of `text` matches the pattern. Case is folded in ASCII. */
bool wildcard_matches(struct slice pattern, struct slice text, bool folds);

/* Tells whether `part`, taken literally, stands in `text` there. */
bool wildcard_find(struct slice part, struct slice text, bool folds, enum wildcard_where where);

#endif
