/* workbench: what verbs that need no broker share: the catalogue, the rules, and what is wrong
 * with them.
 *
 * Owns:    all that was loaded.
 * Thread:  the main one.
 * Fails:   by its diag; workbench_report() prints it.
 */
#ifndef SEINPOST_CLI_WORKBENCH_H
#define SEINPOST_CLI_WORKBENCH_H

#include "seinpost/base/diag.h"
#include "seinpost/rule/load.h"
#include "seinpost/schema/formats.h"

struct workbench {
    struct arena *arena;
    struct diag *diag;
    const struct catalogue *catalogue;
    struct formats formats;
    struct place_lists places;
    const struct program *program;
};

/* Loads schemas (from the usual place with NULL) and rules. Free with workbench_close(). */
void workbench_open(struct workbench *workbench, const char *schemas,
                    const char *const *rule_paths, size_t rule_paths_count,
                    const struct load_options *options);

/* The two halves: one with a diag for what is read before, and one to load. */
void workbench_begin(struct workbench *workbench);
void workbench_load(struct workbench *workbench, const char *schemas,
                    const char *const *rule_paths, size_t rule_paths_count,
                    const struct load_options *options);

/* Loads schemas and places alone. */
void workbench_load_schemas(struct workbench *workbench, const char *schemas);

void workbench_close(struct workbench *workbench);

/* Returns where the schemas are that came with the program: $SEINPOST_SCHEMAS, the source tree
 * that it was built in, or where packages put them. */
const char *workbench_schemas(struct arena *arena);

/* Returns the start of today, in UTC. */
struct instant workbench_today(void);

/* Prints errors, and warnings if asked. Returns whether there are errors. */
bool workbench_report(const struct workbench *workbench, FILE *out, enum diag_format format);

#endif
