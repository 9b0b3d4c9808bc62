/* junit: a report in the XML form that JUnit's Ant task began and build servers show: suites of
 * cases, each passed or with a failure.
 *
 * Owns:    its text, until junit_finish().
 * Thread:  the main one.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_JUNIT_H
#define SEINPOST_CLI_JUNIT_H

#include "seinpost/base/diag.h"
#include "seinpost/base/text.h"

/* All zero is an empty report. */
struct junit {
    struct text suites; /* those that are finished */
    struct text cases;  /* of the suite that is open */
    struct slice name;
    struct slice file;
    size_t tests;
    size_t failures;
    size_t all_tests;
    size_t all_failures;
    bool open;
};

/* Begins a suite, and ends the one before. Both texts must live until it ends. */
void junit_suite(struct junit *junit, struct slice name, struct slice file);

/* Adds a case of the suite. Without `failure` it passed. */
void junit_case(struct junit *junit, struct slice name, unsigned line, const char *failure,
                struct slice body);

/* Adds the faults: a suite for each file, a case for each fault of it, a warning as one that
 * passed, and one case for a file of rules without any. */
void junit_faults(struct junit *junit, const struct diag *diag);

/* Prints the report and frees it. */
void junit_finish(struct junit *junit, FILE *out);

#endif
