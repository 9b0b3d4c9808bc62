/* document: a rule, list, exception or test as it stands in its file: keys bound, nothing
 * compiled yet.
 *
 * Owns:    nothing; it lives in the arena of its program.
 * Thread:  the thread that loads.
 * Fails:   by faults E201 to E206.
 */
#ifndef SEINPOST_RULE_DOCUMENT_H
#define SEINPOST_RULE_DOCUMENT_H

#include "seinpost/base/instant.h"
#include "seinpost/yaml/bind.h"

enum document_kind {
    DOCUMENT_RULE,
    DOCUMENT_LIST,
    DOCUMENT_EXCEPTION,
    DOCUMENT_TEST,
    DOCUMENT_UNKNOWN,
};

/* `correlation.type`, in the order of document_correlations. */
enum correlation_type {
    CORRELATION_EVENT_COUNT,
    CORRELATION_VALUE_COUNT,
    CORRELATION_VALUE_SUM,
    CORRELATION_VALUE_AVG,
    CORRELATION_AGGREGATE,
    CORRELATION_TEMPORAL,
    CORRELATION_TEMPORAL_ORDERED,
    CORRELATION_SEQUENCE,
    CORRELATION_ABSENCE,
    CORRELATION_VELOCITY,
    CORRELATION_RATIO,
    CORRELATION_FIRST_SEEN,
    CORRELATION_CHANGE,
    CORRELATION_LINK,
    CORRELATION_SCORE,
};

extern const char *const document_correlations[];
extern const char *const document_statuses[];

/* The keys of each document and of its parts; the last by enum correlation_type. */
extern const struct bind_table document_rule_table;
extern const struct bind_table document_list_table;
extern const struct bind_table document_exception_table;
extern const struct bind_table document_test_table;
extern const struct bind_table document_alert_table;
extern const struct bind_table document_suppress_table;
extern const struct bind_table document_kind_tables[];

struct document_correlation {
    int type; /* enum correlation_type; -1: none that is known */
    struct bind_list group_by;
    int64_t timespan_ms; /* -1: not said */
    const struct tree *aliases;
    int window;
    int64_t gap_ms;      /* -1: not said */
    int64_t lateness_ms; /* -1: not said */
    int64_t groups_max;
    int64_t close_after_ms;
    bool generate;

    const struct tree *rules; /* names, or a map of them */
    struct slice field;
    const struct tree *condition;
    const struct tree *metrics;
    const struct tree *min_count;
    const struct tree *steps;
    struct slice until;
    int overlap;
    struct slice after;
    struct slice missing;
    int64_t lookback_ms;
    const struct tree *numerator;
    const struct tree *denominator;
    const struct tree *min_denominator;
    struct bind_list places;
    const struct tree *min_distance;
    int64_t history_ms;
    bool ignore_null;
    const struct tree *decay;
    int64_t per_rule_max;
    const struct tree *via;
    int64_t hub_limit;
    int64_t size_max;
};

struct document_rule {
    struct slice schema;
    struct slice title;
    struct slice name;
    struct slice id;
    struct slice owner;
    struct slice author;
    struct slice handling;
    struct slice description;
    int64_t version;
    int64_t score;
    int status;
    int level;
    int stage;
    int track;
    unsigned purposes;
    unsigned legal_bases;
    struct bind_list approved_by;
    struct instant date;
    struct instant modified;
    struct instant review_by;
    struct instant expires;
    struct bind_list measures;
    struct bind_list falsepositives;
    struct bind_list references;
    struct bind_list tags;
    struct bind_list related;
    const struct tree *unless;
    const struct tree *events;
    const struct tree *source;
    const struct tree *detection;
    const struct tree *correlation;
    const struct tree *alert;
    const struct tree *tests;
    struct document_correlation joins; /* when `correlation` is there */
};

struct document_list {
    struct slice schema;
    struct slice name;
    struct slice key;
    struct slice title;
    const struct tree *entries;
    struct slice owner;
    struct instant expires;
};

struct document_exception {
    struct slice schema;
    struct slice title;
    struct bind_list rules;
    const struct tree *match;
    struct slice reason;
    struct slice author;
    struct bind_list approved_by;
    struct instant expires;
};

struct document_test {
    struct slice schema;
    struct slice title;
    const struct tree *tests;
};

struct document_alert {
    struct slice summary;
    const struct tree *suppress;
    struct bind_list evidence;
    struct bind_list carry;
    const struct tree *route;
    const struct tree *close_on;
};

struct document_suppress {
    int64_t for_ms;
    struct bind_list by;
    int then;
};

/* Tells by its `schema:` line what a document is; DOCUMENT_UNKNOWN with fault E201. */
enum document_kind document_kind(struct diag *diag, const struct tree *node);

void document_read_rule(struct diag *diag, struct arena *arena, const struct tree *node,
                        struct document_rule *rule);
/* Tells whether an item of `unless` is a fact: it is neither `none`, nor, beside `none`, a key
 * without value: that is the rest of its reason, where a comma in a flow map cut it. */
bool document_is_fact(const struct tree *unless, const struct tree *item);

void document_read_list(struct diag *diag, struct arena *arena, const struct tree *node,
                        struct document_list *list);
void document_read_exception(struct diag *diag, struct arena *arena, const struct tree *node,
                             struct document_exception *exception);
/* Checks the keys of a document of tests; ruletest.h reads them. */
void document_read_test(struct diag *diag, struct arena *arena, const struct tree *node);
void document_read_alert(struct diag *diag, struct arena *arena, const struct tree *node,
                         struct document_alert *alert);
void document_read_suppress(struct diag *diag, struct arena *arena, const struct tree *node,
                            struct document_suppress *suppress);

#endif
