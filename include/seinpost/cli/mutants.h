/* mutants: tells which small mistakes in rules none of their tests would notice.
 *
 * Owns:    nothing beyond the call.
 * Thread:  one.
 * Fails:   by its result.
 */
#ifndef SEINPOST_CLI_MUTANTS_H
#define SEINPOST_CLI_MUTANTS_H

#include "seinpost/cli/workbench.h"

struct mutants_count {
    size_t made;      /* mistakes that are still rules */
    size_t unnoticed; /* by any test of the rule, of its readers, or of several rules */
};

/* Makes every mistake in every rule that has tests, one at a time, and runs the tests. What no
 * test notices is printed. `paths` are what the workbench was opened with. */
struct mutants_count mutants_run(const struct workbench *workbench, const char *const *paths,
                                 size_t paths_count);

#endif
