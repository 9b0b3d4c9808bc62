/* alert: what is published of a change: the whole record of schemas/alert.avsc.
 *
 * It is a proposal with its evidence and its reason; `review` is always `required` (PNR
 * directive art. 6(5), GDPR art. 22). Purpose, legal basis and rule version come from the rule,
 * so an alert without them cannot be built. No clock reading is in it: equal inputs give equal
 * bytes.
 *
 * Owns:    nothing; it lives in the arena it was built or decoded in.
 * Thread:  the caller's.
 * Fails:   never.
 */
#ifndef SEINPOST_ALERT_ALERT_H
#define SEINPOST_ALERT_ALERT_H

#include "seinpost/correlate/cell.h"

struct arena;

struct alert_pair {
    struct slice name;
    struct slice value;
};

struct alert_pairs {
    const struct alert_pair *items;
    size_t count;
};

struct alert_texts {
    const struct slice *items;
    size_t count;
};

struct alert_evidence {
    struct event_reference is;
    struct alert_pairs fields;
};

/* A measure that a competent body may consider. */
struct alert_proposal {
    struct slice measure;
    struct slice track;
    bool transition; /* of another track: an explicit transition comes first */
};

/* What may be done with an alert, and under which model it is so; all empty without one. */
struct alert_standing {
    struct slice model;
    int32_t model_version;
    const struct alert_proposal *proposals; /* best first */
    size_t proposals_count;
    struct slice handling;
    struct slice tlp;
    struct slice eval;
    int64_t retention_ms; /* 0: not known */
    struct slice desk;    /* whose record it is; empty: of nobody in particular */
    bool stub;            /* the desk may know only that there is an alert */
    struct alert_texts withheld;
    struct slice transition; /* by which it came to the desk's track; empty: by none */
};

struct alert {
    struct slice id; /* 32 hex digits */
    struct slice state;
    struct slice rule;
    struct slice indicator; /* the rule's id */
    int32_t version;
    struct slice rule_hash;
    struct slice title;
    struct slice level;
    int32_t score;
    struct slice stage;
    struct slice track;
    struct alert_texts purposes;
    struct alert_texts legal_bases;
    struct slice owner;
    struct instant at;
    struct instant opened_at;
    bool late;
    bool capped;
    struct alert_pairs group;
    struct alert_pairs metrics;
    struct alert_texts sectors;
    const struct alert_evidence *evidence;
    size_t evidence_count;
    int32_t evidence_all; /* as many as there are, named or not */
    struct slice summary;
    struct slice explain;
    struct alert_texts measures;
    struct slice review;
    int32_t partition;
    int64_t sequence;
    struct alert_standing standing;
};

/* Returns the words of a vocabulary's list that a mask stands for. */
struct alert_texts alert_words(struct arena *arena, const char *const *list, unsigned mask);

/* Builds the record of a change, as the `sequence`th of its match partition. */
struct alert alert_build(struct arena *arena, const struct change *change, int32_t partition,
                         int64_t sequence);

#endif
