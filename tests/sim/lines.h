/* lines: what a log says, as lines that can be compared, each under a key. Lines of one key
 * keep their order; keys are sorted.
 *
 * Owns:    the list; the bytes live in the arena.
 * Thread:  one.
 * Fails:   never.
 */
#ifndef SIM_LINES_H
#define SIM_LINES_H

#include "seinpost/base/text.h"

#include <stdint.h>

struct arena;

struct line {
    struct slice key;
    size_t number; /* of its key's lines */
    struct slice text;
};

struct lines {
    struct arena *arena;
    struct line *items;
    size_t count;
    size_t room;
};

void lines_free(struct lines *lines);

/* Adds a line; both texts are copied and emptied. */
void lines_add(struct lines *lines, struct text *key, struct text *text);

void lines_sort(struct lines *lines);

/* Compares sorted lists. Returns false and says how they differ. */
bool lines_same(const struct lines *got, const struct lines *wanted, const char *what,
                struct text *why);

#endif
