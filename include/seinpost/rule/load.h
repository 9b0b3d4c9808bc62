/* load: reads all rule files and makes a program of them.
 *
 * Owns:    nothing; the program lives in the arena given.
 * Thread:  the thread that loads.
 * Fails:   by faults in the diag; a program is returned all the same, with the rules that have
 * no fault of their own.
 */
#ifndef SEINPOST_RULE_LOAD_H
#define SEINPOST_RULE_LOAD_H

#include "seinpost/rule/program.h"
#include "seinpost/yaml/bind.h"

struct load_options {
    struct source_list sources;       /* none: purposes, bases and retention are not checked */
    const struct place_lists *places; /* NULL: none */
    const struct approver_list *approvers; /* NULL or none: approval is not asked for */
    struct instant today;
    int64_t matches_retention_ms; /* how long topics.matches keeps; 0: not known */
    int64_t lateness_ms;          /* where there are no sources: of the one file that is read */
    bool never_late;              /* no event is too late: `test`, and `replay` of a file */
    bool drafts;                  /* load drafts as if they were under test */
    bool told; /* for people to read: what is asked of events is kept of rules
                  that do not run as well */
};

/* The keys that are read here; the editors' schema is made of them. */
extern const struct bind_table load_entry_table;

/* Reads the files, and those below the folders, that `paths` name. */
struct program *load_program(struct arena *arena, struct diag *diag,
                             const struct catalogue *catalogue, const char *const *paths,
                             size_t paths_count, const struct load_options *options);

#endif
