/* ruletest: the tests inside rule files: given these events, expect these alerts.
 *
 * Events are turned into the NDJSON form that `replay` reads, or, for `type: alert`, into the
 * values of an alert as an event.
 *
 * Owns:    nothing; it lives in the arena.
 * Thread:  the thread that tests.
 * Fails:   by faults E2xx, E3xx.
 */
#ifndef SEINPOST_RULE_RULETEST_H
#define SEINPOST_RULE_RULETEST_H

#include "seinpost/rule/program.h"
#include "seinpost/schema/match.h"
#include "seinpost/yaml/bind.h"

/* The keys that are read here; the editors' schema is made of them. */
extern const struct bind_table ruletest_test_table;
extern const struct bind_table ruletest_expected_table;

/* 2026-01-01T00:00:00Z: the instant that `at: 0` means. */
#define RULETEST_START ((struct instant){INT64_C(1767225600000)})

struct ruletest_given {
    struct instant at;
    struct slice id;
    struct slice line;                /* NDJSON; empty: an alert */
    const struct rule *maker;         /* of an alert: whose it is */
    const struct match_value *values; /* of an alert: by the fields of the maker's alerts */
    size_t values_count;
    const struct tree *node;
};

struct ruletest_pair {
    struct slice name;
    struct slice value;
};

struct ruletest_expected {
    struct slice rule; /* empty: the rule under test */
    struct slice state;
    bool has_at;
    struct instant at;
    const struct ruletest_pair *group;
    size_t group_count;
    const struct ruletest_pair *metrics;
    size_t metrics_count;
    bool has_evidence;
    const size_t *evidence; /* indexes in `given` */
    size_t evidence_count;
    const struct tree *node;
};

struct ruletest {
    struct slice name;
    const struct ruletest_given *given;
    size_t given_count;
    bool has_watermark;
    struct instant watermark;
    const struct list_set *lists;
    const struct ruletest_expected *expected;
    size_t expected_count;
    const struct tree *node;
};

struct ruletest_list {
    const struct ruletest *items;
    size_t count;
};

/* Reads a `tests:` node. `rule` is the one under test, or NULL in a file of tests. */
struct ruletest_list ruletest_read(struct arena *arena, struct diag *diag,
                                   const struct program *program, const struct rule *rule,
                                   const struct tree *node);

#endif
