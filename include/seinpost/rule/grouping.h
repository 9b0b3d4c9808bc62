/* grouping: `group-by` and `aliases`: by which identities a rule's events belong together, and
 * by which field each sort of event tells them.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults E204, E309, E311.
 */
#ifndef SEINPOST_RULE_GROUPING_H
#define SEINPOST_RULE_GROUPING_H

#include "seinpost/rule/build.h"

/* Reads `group-by` and `aliases`. */
void grouping_read(struct build *build);

/* Returns the path by which an entry's event gives the element of `group-by`. */
struct slice grouping_path(const struct build *build, size_t element, int entry);

/* Returns the mask of the kinds by which the rule groups, or that link. */
unsigned grouping_asked(const struct build *build);

/* Tells whether the path is a field of alerts that the entry reads which nothing fills. */
bool grouping_is_unsaid(const struct rule_entry *entry, struct slice path);

#endif
