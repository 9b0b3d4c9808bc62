/* episode: one alert as its rule sees it: when it opened, on which evidence, what was measured,
 * and what subscribers were told of it.
 *
 * Owns:    its evidence and carried values.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 * Bounded: EPISODE_EVIDENCE_MAX events are named; of others those are counted that come after
 *          all that were.
 */
#ifndef SEINPOST_CORRELATE_EPISODE_H
#define SEINPOST_CORRELATE_EPISODE_H

#include "seinpost/base/vector.h"
#include "seinpost/correlate/finding.h"

struct text;

enum {
    EPISODE_EVIDENCE_MAX = 100,
    EPISODE_CARRIED_MAX = 16,              /* values of one carried field */
    EPISODE_CARRIED_BYTES_MAX = 64 * 1024, /* of all its carried texts */
    EPISODE_UPDATES_AT_ONCE = 10,
    EPISODE_SHOWN_MAX =
        1024, /* bytes of what is shown of one event: an alert must fit in a record */
};

/* An event that is evidence; its strings are its own. */
struct evidence {
    struct event_reference is;
    struct slice shown; /* what `alert.evidence` names: `name=value` lines */
};

struct carried {
    int carry; /* index in the rule's carries */
    struct value value;
};

struct episode {
    struct digest id;
    size_t group; /* index of the group that opened it */
    struct instant opened_at;
    struct instant at;                  /* of its newest finding */
    struct instant closes_at;           /* INSTANT_MAX: never */
    unsigned updates;                   /* findings after the first */
    VECTOR(struct evidence *) evidence; /* in content order */
    size_t evidence_count;
    struct evidence *newest; /* of all that are counted but not named; NULL: there is none */
    struct measure measures[RULE_METRICS_MAX];
    unsigned sectors;
    unsigned stages; /* of the alerts that are evidence */
    bool capped;
    struct slice remark;   /* of its newest finding, or how it ended */
    struct digest opening; /* of opened_at and the evidence at the opening */
    unsigned opening_sectors;
    VECTOR(struct evidence *) made_of; /* the evidence at the opening, when alerts are read */
    VECTOR(struct carried) carried;

    /* what was told of it */
    bool said; /* subscribers have it: it was told aloud, and not by a muted replay alone */
    bool told;
    bool told_closed;
    bool quiet; /* the course counts it as such */
    struct instant told_closes_at;
    unsigned told_updates;
    unsigned told_sectors;
    unsigned told_stages;
    struct digest told_opening;
    struct digest told_content; /* evidence and measures */
    bool changed;               /* since it was told, perhaps */
};

/* Keeps a copy of what is to be said of it. */
void episode_remark(struct episode *episode, struct slice remark);

/* Makes a piece of evidence, or a value, that owns its texts. */
struct evidence *episode_evidence(const struct event_reference *is, struct slice shown);
struct value episode_value(const struct value *value);

void episode_free(struct episode *episode);
struct episode *episode_copy(const struct episode *from);

/* Takes in a finding: its evidence, but for the first `known`, measures and sectors. */
void episode_add(struct episode *episode, const struct rule *rule,
                 const struct finding *finding, size_t known);

/* Keeps how it opened: what higher rules see of the alert is what was known then. */
void episode_keep_opening(struct episode *episode, const struct rule *rule,
                          const struct finding *finding);

/* Tells whether what there is to say differs enough from what was told to be published: any
 * change of evidence or measures up to 10 updates, then the 20th, 40th, 80th update, and
 * whenever the opening, the sectors or the stages changed. */
bool episode_is_news(const struct episode *episode);

/* What there is to say has been told. */
void episode_note_told(struct episode *episode);

/* What was told of an episode holds for the one of the same id in the rebuilt course. */
void episode_take_over(struct episode *episode, const struct episode *before);

/* Appends what tells an event from all others, for hashes. */
void episode_digest(struct text *text, const struct event_reference *is);

#endif
