/* meaning: hashes of what rules mean, apart from who wrote them and when.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   never.
 */
#ifndef SEINPOST_RULE_MEANING_H
#define SEINPOST_RULE_MEANING_H

#include "seinpost/rule/build.h"

/* Tells whether what stands under this key of a rule is of its meaning. */
bool meaning_has(struct slice key);

/* Returns the semantic hash: of the rule's tree without title, people, dates, notes and tests,
 * of the rules whose alerts it reads, and of the lists of places that it looks into. */
struct digest meaning_of_rule(const struct build *build);

/* Returns the id of an entry's step: of its source, condition, exonerations and exceptions, key
 * and operands. A match written under it says the same under every rule set that has it. */
uint64_t meaning_of_step(const struct build *build, int entry,
                         const struct tree *const *exceptions, size_t exceptions_count);

/* What decides with a rule, and stands in other documents than its own. */
struct meaning_around {
    const struct tree *const *exceptions; /* to it */
    size_t exceptions_count;
    const struct probe *probes; /* their conditions name lists */
    size_t probes_count;
};

/* Sets what the rule knows of it: a hash of the exceptions, whole, and of the lists with their
 * entries. The order of files has no say in it. */
void meaning_set_around(const struct build *build, const struct meaning_around *around);

#endif
