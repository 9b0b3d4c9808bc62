/* condition: what a rule asks of one event, in words: from the compiled predicates, so that
 * what is read is what runs.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_PLAIN_CONDITION_H
#define SEINPOST_PLAIN_CONDITION_H

#include "seinpost/plain/spell.h"
#include "seinpost/rule/program.h"

/* Who tells it: in which language, and with which lists. */
struct condition_teller {
    enum language language;
    const struct list_set *lists;
    const struct rule *rule;       /* whose events a residual names */
    const struct event_type *type; /* of the event that is asked */
};

/* Appends one predicate: `amount is at least 50.00 EUR`. */
void condition_predicate(const struct condition_teller *teller,
                         const struct predicate *predicate, struct text *text);

/* Appends a search: its predicates joined by `and`, its maps by `or`. */
void condition_search(const struct condition_teller *teller, const struct search *search,
                      struct text *text);

/* Appends the whole condition of a detection, with what it asks of earlier events. */
void condition_detection(const struct condition_teller *teller,
                         const struct detection *detection, struct text *text);

/* Appends a path: the fields that it stands for. */
void condition_path(const struct condition_teller *teller, const struct path *path,
                    struct text *text);

#endif
