/* combination: what may be done with events that are joined: never more than with each of them.
 *
 * Handling codes, TLP and evaluation are those of Europol and FIRST. The law is a lattice:
 * joining is commutative, associative and idempotent, and only ever makes stricter.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_MODEL_COMBINATION_H
#define SEINPOST_MODEL_COMBINATION_H

#include "seinpost/schema/source.h"

struct combination {
    int handling;         /* index in vocabulary_handlings */
    int tlp;              /* index in vocabulary_tlps */
    int reliability;      /* of the source: 0 is A, 3 is X */
    int accuracy;         /* of the information: 0 is 1, 3 is 4 */
    int64_t retention_ms; /* INT64_MAX: no limit known */
    unsigned purposes;    /* mask; none left: not to be joined at all */
    unsigned legal_bases; /* mask: all that were used */
};

/* Returns what joining nothing may be used for: any combination joined to it stays itself. */
struct combination combination_free(void);

/* Returns the strictest codes there are, for what nobody knows the rules of; purposes and
 * retention stay as they are. */
struct combination combination_strictest(void);

struct combination combination_join(struct combination a, struct combination b);

/* Tells whether what was joined may be joined: a purpose is left that all of it serves. */
bool combination_is_lawful(const struct combination *combination);

/* Tells whether `a` is nowhere freer than `b`. */
bool combination_is_stricter(const struct combination *a, const struct combination *b);

/* Returns what may be done with the events of one source. */
struct combination combination_of(const struct source *source);

/* Returns the evaluation as an index in vocabulary_evals. */
int combination_eval(const struct combination *combination);

#endif
