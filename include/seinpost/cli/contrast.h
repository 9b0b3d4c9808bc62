/* contrast: what a test expected against what was told, and how they differ, in as few words as
 * say it.
 *
 * Owns:    nothing; the alerts live in the caller's arena.
 * Thread:  one.
 * Fails:   by its result.
 */
#ifndef SEINPOST_CLI_CONTRAST_H
#define SEINPOST_CLI_CONTRAST_H

#include "seinpost/rule/ruletest.h"

struct text;

/* An alert as it was told, with what is compared of it. */
struct contrast_alert {
    struct slice rule;
    struct slice state;
    struct instant at;
    struct ruletest_pair *group;
    size_t group_count;
    struct ruletest_pair *metrics;
    size_t metrics_count;
    struct slice *evidence; /* ids of events */
    size_t evidence_count;
    bool met; /* by an expectation */
};

/* Holds the alerts against the test's expectations. Returns whether they are met and no other
 * alert opened; else appends the difference: `-` was expected and did not come, `+` came, `~`
 * came otherwise than expected, with what is other alone. */
bool contrast_judge(const struct ruletest *test, struct contrast_alert *told, size_t told_count,
                    struct text *why);

#endif
