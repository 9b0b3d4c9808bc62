/* remark: the comments of a YAML file and where they stand, which libyaml passes over.
 *
 * Owns:    nothing; the list is made in the arena, the texts are the file's.
 * Thread:  the thread that loads.
 * Fails:   never; behind a syntax error there are no more.
 * Bounded: by the text.
 */
#ifndef SEINPOST_YAML_REMARK_H
#define SEINPOST_YAML_REMARK_H

#include "seinpost/base/slice.h"

struct arena;

struct remark {
    unsigned line;     /* from 1 */
    unsigned column;   /* in characters, from 1 */
    struct slice text; /* from the `#` to the end of the line, without blanks behind */
    bool alone;        /* nothing stands before it in its line */
};

struct remark_list {
    const struct remark *items; /* in the order of the file */
    size_t count;
};

/* Finds the comments of a text that characters_read() has found readable. */
struct remark_list remark_find(struct arena *arena, struct slice text);

#endif
