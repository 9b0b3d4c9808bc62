/* demand: what a rule's kind asks of the events of one group, clause by clause, in words.
 *
 * Owns:    nothing; clauses live in the arena given.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_PLAIN_DEMAND_H
#define SEINPOST_PLAIN_DEMAND_H

#include "seinpost/plain/spell.h"
#include "seinpost/rule/rule.h"

struct arena;

enum demand_kind {
    DEMAND_CONDITION, /* `index`th condition on a metric */
    DEMAND_STEP,      /* `index`th step of a sequence */
    DEMAND_EVENT,     /* there is such an event */
    DEMAND_MISSING,   /* there is none */
    DEMAND_VALUE,     /* of the field that is watched */
    DEMAND_WINDOW,    /* how close together they are */
    DEMAND_FRAME,     /* else about the whole: a weight, a list of places */
};

struct demand {
    enum demand_kind kind;
    size_t index;
    uint64_t entries; /* mask: whose events meet it */
    struct slice text;
};

struct demand_list {
    struct demand *items;
    size_t count;
};

/* Returns the clauses of a compiled rule, in its order. */
struct demand_list demand_make(struct arena *arena, enum language language,
                               const struct rule *rule);

/* Appends the names of the entries in a mask, joined by `last`. */
void demand_names(enum language language, const struct rule *rule, uint64_t entries,
                  enum phrase last, struct text *text);

#endif
