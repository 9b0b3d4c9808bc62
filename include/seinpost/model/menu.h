/* menu: the measures that competent bodies have, and which of them an alert proposes.
 *
 * A proposal decides nothing: people do (PNR directive art. 6(5), GDPR art. 22). Measures of
 * another track than the alert's are proposed only where the rule names them, and say that they
 * need a transition first (Awb 3:3).
 *
 * Owns:    nothing; it lives in the arena.
 * Thread:  any, once it is read.
 * Fails:   reading by faults E2xx and E308.
 * Bounded: MENU_PROPOSALS_MAX proposals.
 */
#ifndef SEINPOST_MODEL_MENU_H
#define SEINPOST_MODEL_MENU_H

#include "seinpost/model/heading.h"

enum {
    MENU_PROPOSALS_MAX = 8
};

struct menu_measure {
    struct slice id;
    struct slice nl;
    struct slice en;
    struct slice authority;
    struct slice basis;
    unsigned stages; /* mask over vocabulary_stages */
    int type;        /* index in menu_types */
    int track;       /* index in vocabulary_tracks */
    unsigned kinds;  /* mask over enum kind; 0: aimed at none in particular */
};

struct menu {
    struct heading head;
    const struct menu_measure *items;
    size_t count;
};

extern const char *const menu_types[];

/* Reads measures.yaml. */
void menu_read(const struct heading_reader *reader, const struct tree *root, struct menu *menu);

/* Returns the measure of this id, or NULL. */
const struct menu_measure *menu_find(const struct menu *menu, struct slice id);

/* What is asked of the menu. */
struct menu_question {
    int stage;
    int track;                 /* -1: none said */
    unsigned kinds;            /* of the group's identities */
    const struct slice *named; /* the measures that the rule names, in its order */
    size_t named_count;
};

struct menu_proposal {
    const struct menu_measure *measure;
    bool transition; /* of another track: an explicit transition comes first */
};

/* Ranks the measures that fit, best first, by nothing but the question and the menu: support
 * that the rule names; the alert's track before others; for the stage before not; aimed at more
 * of the group's kinds; in the rule's order, then in the menu's. Returns how many. */
size_t menu_rank(const struct menu *menu, const struct menu_question *question,
                 struct menu_proposal proposals[MENU_PROPOSALS_MAX]);

/* Tells whether one of the measures named is for support: so a rule says that its alerts may be
 * of a victim. */
bool menu_supports(const struct menu *menu, const struct slice *named, size_t count);

#endif
