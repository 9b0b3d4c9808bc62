/* entries: which events, or which other rules' alerts, a rule reads, and which of their fields
 * it needs.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults E2xx and E301 to E312.
 */
#ifndef SEINPOST_RULE_ENTRIES_H
#define SEINPOST_RULE_ENTRIES_H

#include "seinpost/rule/build.h"

/* The keys that are read here; the editors' schema is made of them. */
extern const struct bind_table entries_event_table;
extern const struct bind_table entries_source_table;

/* Gathers the rule's own events, and the rules that its correlation names. */
void entries_gather(struct build *build);

/* Returns the entry of this name, or RULE_NONE with fault E302. */
int entries_find(struct build *build, const struct tree *node, struct slice name);

/* Returns the entry of this name that is grouped by the same `by` (NULL: by none of its own),
 * or RULE_NONE with fault E302. */
int entries_find_by(struct build *build, const struct tree *node, struct slice name,
                    const struct tree *by);

/* Returns the mask of the entries of this name: several when `by` repeats it. */
uint64_t entries_named(const struct build *build, struct slice name);

/* Returns the mask of entries that a `rules:` node names: a text, a list or a map. */
uint64_t entries_mask(struct build *build, const struct tree *node);

/* Resolves each entry's event types and compiles its conditions. The rules that it reads have
 * been compiled. */
void entries_compile(struct build *build);

/* Returns the index of an operand that the entries in `mask` carry, or RULE_NONE with a fault
 * at `node`'s key: none of their types has it, or they have it with different types. */
int entries_operand(struct build *build, const struct tree *node, struct slice path,
                    uint64_t mask);

/* Returns the index of the operand of this name, new when there is none, or RULE_NONE when
 * there are too many. */
int entries_operand_index(struct build *build, struct slice path);

/* Takes in what one event type says of an operand. False with fault E212: another type says
 * otherwise. */
bool entries_learn(struct build *build, const struct tree *node, struct rule_operand *operand,
                   const struct path *path);

#endif
