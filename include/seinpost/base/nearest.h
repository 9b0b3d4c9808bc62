/* nearest: the known name that a person most likely meant.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_BASE_NEAREST_H
#define SEINPOST_BASE_NEAREST_H

#include "seinpost/base/slice.h"

/* All zero is a search without candidates yet. */
struct nearest {
    struct slice best;
    unsigned distance; /* of `best`; meaningless while that is empty */
};

/* Looks at one more candidate. */
void nearest_try(struct nearest *nearest, struct slice name, struct slice candidate);

/* Tells whether a candidate was near enough to be named: at most a third of the shorter one's
 * letters differ, rounded up (swapped neighbours count once, all that differ in
 * case only count once together), or one of four letters or more begins the other. */
bool nearest_found(const struct nearest *nearest);

#endif
