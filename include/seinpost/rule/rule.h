/* rule: one watch rule, compiled: what it looks for, by what it groups, and what its alerts
 * say.
 *
 * An *entry* is one sort of event that the rule reads: one of its `events:`, or the alerts of
 * another rule. An *operand* is a field that the rule needs of its events beyond the key; a
 * match carries the operands of its entry and nothing else (GDPR art. 5(1)(c)).
 *
 * Owns:    nothing; it lives in the arena of its program.
 * Thread:  any, once it is compiled: it does not change.
 * Fails:   never.
 * Bounded: RULE_ENTRIES_MAX entries, RULE_OPERANDS_MAX operands, RULE_STEPS_MAX steps,
 *          RULE_METRICS_MAX metrics.
 */
#ifndef SEINPOST_RULE_RULE_H
#define SEINPOST_RULE_RULE_H

#include "seinpost/base/digest.h"
#include "seinpost/rule/clause.h"
#include "seinpost/schema/place.h"

enum {
    RULE_ENTRIES_MAX = 64,
    RULE_OPERANDS_MAX = 64,
    RULE_GROUP_MAX = 8,
};

enum rule_status {
    RULE_DRAFT,
    RULE_TEST,
    RULE_STABLE,
    RULE_DEPRECATED,
};

/* How a rule is matched. */
enum rule_class {
    RULE_SINGLE,
    RULE_COUNTING, /* metrics of a window: *_count, value_*, aggregate, ratio, temporal* */
    RULE_SEQUENCE,
    RULE_ABSENCE,
    RULE_VELOCITY,
    RULE_CHANGE,
    RULE_FIRST_SEEN,
    RULE_SCORE,
    RULE_LINK, /* components of events that share identities: no groups by values */
};

struct rule_entry {
    struct slice name;
    const struct rule *made_by; /* NULL: partners' events */
    const struct tree *node;    /* where it stands in the rule */
    uint64_t step;     /* a hash of its meaning: condition, exonerations, key, operands */
    uint64_t operands; /* mask: those its matches carry */
    const struct slice *paths; /* by operand: under which name (after aliases) they do */
    const struct event_type *const *types;
    size_t types_count;
};

struct rule_operand {
    struct slice name; /* a path, as the rule has it */
    enum field_type type;
    enum kind kind;
    struct slice role;
    bool known;   /* resolved for some entry */
    bool element; /* of the group, by another path than its name for some entry */
};

struct rule_group {
    struct slice name; /* as written: `card`, `account/creditor`, `train` */
    enum kind kind;    /* KIND_NONE: a path */
    int operand;       /* RULE_NONE: it is the key */
};

struct rule_carry {
    uint64_t entries; /* mask: of whose events */
    int operand;
};

struct rule_suppress {
    int64_t for_ms; /* 0: none */
    bool drop;
    uint64_t by; /* mask over the group's elements */
};

struct rule {
    struct slice name;
    struct slice id;
    struct slice title;
    struct slice owner;
    int64_t version;
    int64_t score;
    int status; /* enum rule_status */
    int level;  /* index in vocabulary_levels */
    int stage;  /* index in vocabulary_stages */
    int track;  /* index in vocabulary_tracks; -1: none said */
    unsigned purposes;
    unsigned legal_bases;
    struct instant expires; /* INSTANT_MAX: never */
    const struct slice *measures;
    size_t measures_count;
    const struct slice *exonerations; /* names below `unless`; none when it says `none` */
    size_t exonerations_count;

    enum rule_class class;
    bool generate;    /* desks see its alerts */
    bool is_read;     /* other rules read its alerts */
    unsigned asked;   /* mask: the kinds by which those rules group */
    bool is_compiled; /* its kind is known and runs: what is below is there */
    unsigned depth;   /* 0: reads events; else one more than the deepest rule it reads */
    struct rule_entry *entries;
    size_t entries_count;
    struct rule_operand *operands;
    size_t operands_count;
    struct rule_group *group;
    size_t group_count;
    int key; /* index in `group`; RULE_NONE: one group, or each event its own */

    int64_t timespan_ms;
    enum rule_window window;
    int64_t gap_ms; /* of a session */
    int64_t close_after_ms;
    int64_t lateness_ms; /* its own, or the largest of its sources */
    int64_t retold_ms;   /* one (source, id) told twice, no further apart, is one event */
    const struct slice *sources; /* whose watermarks it waits for; `rule:NAME` for alerts */
    size_t sources_count;
    int64_t groups_max; /* 0: no bound of its own */

    uint64_t counted;  /* mask: the entries that the rule's kind names */
    uint64_t close_on; /* mask: those that end an open alert */
    const struct rule_metric *metrics;
    size_t metrics_count;
    const struct rule_condition *conditions;
    size_t conditions_count;
    const struct rule_step *steps;
    size_t steps_count;
    int until; /* entry, or RULE_NONE */
    bool overlap_first;
    int after; /* entries of an absence */
    int missing;
    int64_t lookback_ms;
    int field; /* operand that velocity, change and first_seen watch */
    bool ignore_null;
    int64_t history_ms;
    int64_t distance_min_m;
    const struct place_list *const *places;
    size_t places_count;
    const int64_t *weights; /* of a score: thousandths, by entry */
    int64_t score_max;      /* thousandths that one entry adds at most */
    int64_t half_life_ms;
    uint64_t via;        /* of a link: mask over operands, the identities that join */
    int64_t hub_limit;   /* an identity with more links joins nobody */
    int64_t members_max; /* identities of one component that are looked at */
    int sector_operand;  /* they tell the sectors and the stage of alerts that are read */
    int stage_operand;

    struct slice summary; /* template; empty: made from the condition */
    struct rule_suppress suppress;
    uint64_t shown; /* mask over operands: `alert.evidence` */
    const struct rule_carry *carries;
    size_t carries_count;

    struct digest hash;   /* of its meaning */
    struct digest around; /* of the exceptions to it and the lists that it asks */
    size_t exceptions_count;
    size_t lists_count;
    const struct event_type *alerts; /* its alerts as events, when they are read */
    const struct tree *node;
    size_t index; /* in the program */
};

/* Returns the name under which matches of this rule are keyed: the key's kind or path, `event`
 * for a single-event rule, or an empty slice for a rule with one group. */
struct slice rule_key_name(const struct rule *rule);

/* Returns the place that a value of the watched field names, or NULL: none that is known. */
const struct place *rule_place(const struct rule *rule, const struct value *value);

/* Returns how far back from the watermark an event may still matter to the rule. */
int64_t rule_horizon_ms(const struct rule *rule);

/* Returns how far back from its finding the oldest event lies that it may hang on. */
int64_t rule_looks_ms(const struct rule *rule);

/* Returns how far back from the watermark lie the oldest events on which an alert may hang that
 * is not over, or that still suppresses others; of an alert that new evidence keeps open, as if
 * it were its first. So long the match log must be kept for a restart to know what was. */
int64_t rule_reach_ms(const struct rule *rule);

/* Tells whether alerts dated `at` go to desks; else, if at all, to the shadow topic. */
bool rule_publishes(const struct rule *rule, struct instant at);

#endif
