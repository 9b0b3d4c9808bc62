/* steps: the steps of a sequence, and the two sides of an absence.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults E202 to E206, E214.
 */
#ifndef SEINPOST_RULE_STEPS_H
#define SEINPOST_RULE_STEPS_H

#include "seinpost/rule/build.h"

/* The keys that are read here; the editors' schema is made of them. */
extern const struct bind_table steps_step_table;
extern const struct bind_table steps_absent_table;

/* Reads `steps`, `until` and `overlap` of a sequence. */
void steps_read_sequence(struct build *build);

/* Reads `after`, `missing` and `lookback` of an absence. */
void steps_read_absence(struct build *build);

#endif
