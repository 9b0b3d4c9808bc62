/* desks: who may be told of alerts, of which, and how much of each.
 *
 * Owns:    nothing; it lives in the arena.
 * Thread:  any, once it is read.
 * Fails:   reading by faults E2xx, E308 and E333.
 */
#ifndef SEINPOST_MODEL_DESKS_H
#define SEINPOST_MODEL_DESKS_H

#include "seinpost/model/heading.h"

/* What a desk may see beyond that which every record says; bits of desks_desk.sees. */
enum desks_part {
    DESKS_RULE, /* its name, id, version, hash, title, score and owner */
    DESKS_GROUP,
    DESKS_METRICS,
    DESKS_SECTORS,
    DESKS_EVIDENCE, /* which events, and where they stand */
    DESKS_FIELDS,   /* what the rule shows of them */
    DESKS_SUMMARY,
    DESKS_EXPLAIN,
    DESKS_MEASURES, /* those that the rule names, and proposals */
};

enum desks_otherwise {
    DESKS_NOTHING,
    DESKS_STUB,
};

struct desks_desk {
    struct slice id;
    struct slice recipient;
    unsigned tracks;   /* mask over vocabulary_tracks; 0: it is told no alerts */
    unsigned purposes; /* mask over vocabulary_purposes */
    int handling_max;  /* index in vocabulary_handlings */
    int tlp_max;       /* index in vocabulary_tlps */
    unsigned sees;     /* mask over enum desks_part */
    unsigned kinds;    /* identities of the group that it may see; 0: all */
    int otherwise;     /* enum desks_otherwise: of an alert that it may not have */
    bool immigration;  /* is told nothing of those who may be victims */
};

struct desks {
    struct heading head;
    const struct desks_desk *items;
    size_t count;
};

extern const char *const desks_parts[];

/* Reads desks.yaml. */
void desks_read(const struct heading_reader *reader, const struct tree *root,
                struct desks *desks);

/* Returns the index of the desk of this id, or -1. */
int desks_find(const struct desks *desks, struct slice id);

bool desks_may_see(const struct desks_desk *desk, enum desks_part part);

#endif
