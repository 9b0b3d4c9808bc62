/* assembly: from rules as they stand in their files to the program: compiles each after those
 * whose alerts it reads, and indexes what they ask.
 *
 * Owns:    its vectors, until load_program() ends.
 * Thread:  the thread that loads.
 * Fails:   by faults E301, E307, W702 and those of what it calls; a rule with a fault does not
 * run.
 */
#ifndef SEINPOST_RULE_ASSEMBLY_H
#define SEINPOST_RULE_ASSEMBLY_H

#include "seinpost/base/vector.h"
#include "seinpost/rule/load.h"
#include "seinpost/rule/probes.h"

struct assembly {
    struct arena *arena;
    struct diag *diag;
    const struct load_options *options;
    struct program *program;
    struct list_set *lists;
    struct pattern_set *patterns;
    size_t conditions; /* compiled so far */
    struct expression_memory memory;
    VECTOR(struct build *) builds; /* one a rule, by name */
    VECTOR(struct probes_exception) exceptions;
    VECTOR(const struct tree *) tests;
    VECTOR(const struct tree *) list_names; /* where each list is named */
    VECTOR(struct probes_result) probes;
};

/* Compiles all rules and completes the program. */
void assembly_compile(struct assembly *assembly);

#endif
