/* weighing: rules that add up the weights of other rules' alerts: `score`.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults E202 to E206, E208, E310.
 */
#ifndef SEINPOST_RULE_WEIGHING_H
#define SEINPOST_RULE_WEIGHING_H

#include "seinpost/rule/build.h"

/* The keys that are read here; the editors' schema is made of them. */
extern const struct bind_table weighing_decay_table;

/* The metrics of a score, by their indexes. */
enum {
    WEIGHING_SCORE,
    WEIGHING_SECTORS,
    WEIGHING_STAGES,
};

/* Reads a score from its correlation. */
void weighing_read(struct build *build);

#endif
