/* pattern: regular expressions (POSIX extended), each compiled once however many event types
 * ask it.
 *
 * Owns:    nothing; what is compiled lives in the arena of its program.
 * Thread:  the thread that loads.
 * Fails:   by fault E205.
 * Bounded: PATTERN_SIZE_MAX bytes each, PATTERN_STATES_MAX states when its repetitions are
 * written out, PATTERN_STATES_ALL for all together: the C library's memory grows with them.
 */
#ifndef SEINPOST_RULE_PATTERN_H
#define SEINPOST_RULE_PATTERN_H

#include "seinpost/yaml/tree.h"

struct arena;
struct pattern_set;

enum {
    PATTERN_SIZE_MAX = 256,
    PATTERN_STATES_MAX = 1000,
    PATTERN_STATES_ALL = 200000,
};

struct pattern_set *pattern_set_new(struct arena *arena);

/* Returns the regex_t of a scalar, or NULL with a fault. */
const void *pattern_read(struct pattern_set *set, struct diag *diag, const struct tree *node,
                         bool cased);

#endif
