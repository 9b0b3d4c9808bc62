/* measures: the ids of the menu of measures (deploy/model/measures.yaml), and the rules that
 * name one which is not on it: what no body can take must not be proposed to anybody.
 *
 * Owns:    nothing; the ids live in the arena given.
 * Thread:  the thread that loads.
 * Fails:   by faults E112, E202, E204 and E314.
 */
#ifndef SEINPOST_RULE_MEASURES_H
#define SEINPOST_RULE_MEASURES_H

#include "seinpost/rule/program.h"

struct arena;
struct diag;

struct measures {
    const struct slice *ids;
    size_t count;
};

/* Reads the ids of a menu; of its other keys the checker asks nothing. False with faults. */
bool measures_read(struct diag *diag, struct arena *arena, const char *file,
                   struct measures *measures);

/* Tells of each measure that a rule names and the menu does not have. */
void measures_check(struct diag *diag, const struct program *program,
                    const struct measures *measures);

#endif
