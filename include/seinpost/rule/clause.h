/* clause: what a rule's kind asks of a group's events: metrics with their bounds, and steps.
 *
 * Owns:    nothing; all lives in the arena of its program.
 * Thread:  any, once it is compiled.
 * Fails:   never.
 */
#ifndef SEINPOST_RULE_CLAUSE_H
#define SEINPOST_RULE_CLAUSE_H

#include "seinpost/rule/predicate.h"

enum {
    RULE_STEPS_MAX = 16,
    RULE_METRICS_MAX = 32,
    RULE_NONE = -1, /* no entry, no operand */
};

/* Which events are together. */
enum rule_window {
    RULE_SLIDING,  /* those at most `timespan` apart */
    RULE_TUMBLING, /* those of one bucket */
    RULE_SESSION,  /* those with no gap between */
};

enum rule_function {
    RULE_COUNT,          /* events, or events that have the operand */
    RULE_COUNT_DISTINCT, /* different values of the operand */
    RULE_COUNT_ENTRIES,  /* links of `chain` that were met often enough */
    RULE_COUNT_ORDERED,  /* of those the most that were met in their order */
    RULE_SUM,
    RULE_AVERAGE,
    RULE_LEAST,
    RULE_MOST,
    RULE_RATIO, /* of two metrics */
};

/* One entry that a temporal rule looks for. */
struct rule_link {
    int entry;
    int64_t count; /* as many of its events are needed for it to count: `min-count` */
};

struct rule_metric {
    struct slice name;
    enum rule_function function;
    enum operand_type type; /* number or money */
    uint64_t entries;       /* mask: whose events it is of */
    int operand;            /* or RULE_NONE */
    char currency[4];       /* of money: others are left out */
    size_t left;            /* of a ratio: indexes of metrics */
    size_t right;
    const struct rule_link *chain; /* of temporal rules */
    size_t chain_count;
    const struct tree *node;
};

struct rule_condition {
    size_t metric;
    enum predicate_test test;
    bool negated;
    struct value wanted; /* numbers are thousandths */
};

struct rule_residual {
    int operand;
    enum predicate_test test;
    bool negated;
    int step;      /* the earlier step */
    int reference; /* operand of its event */
};

struct rule_step {
    bool absent; /* `not` */
    int entry;
    int64_t within_ms; /* from the step before; -1: no bound of its own */
    int64_t span_ms;
    int64_t count;
    int distinct; /* operand, or RULE_NONE */
    const struct rule_residual *residuals;
    size_t residuals_count;
};

#endif
