/* build: one rule between its document and its compiled form.
 *
 * Owns:    nothing; all lives in the arena of the program.
 * Thread:  the thread that loads.
 * Fails:   by faults in the diag; a rule with one is not loaded.
 */
#ifndef SEINPOST_RULE_BUILD_H
#define SEINPOST_RULE_BUILD_H

#include "seinpost/rule/document.h"
#include "seinpost/rule/program.h"

/* What an entry is made from. */
struct build_entry {
    const struct tree *source;
    const struct tree *detection;
    const struct tree *by; /* paths of its own for group-by: of a step, or a side of a ratio */
    bool taken;            /* a step or a side means it, with this `by` or without one */
    int like;              /* the entry that it repeats under another `by`; RULE_NONE: none */
    struct slice source_glob;
    const struct detection *detections; /* one for each of the entry's types */
};

struct build {
    struct compile compile;
    struct program *program;
    const struct document_rule *document;
    struct rule *rule;
    bool runs;                  /* its kind is known, and runs */
    struct rule_entry *entries; /* with room for RULE_ENTRIES_MAX until they are gathered */
    struct build_entry *sources;
    struct slice *names;
    bool gathered;
    struct rule_operand operands[RULE_OPERANDS_MAX];
    struct rule_group group[RULE_GROUP_MAX];
    struct slice *group_paths[RULE_GROUP_MAX]; /* after aliases, by entry */
};

#endif
