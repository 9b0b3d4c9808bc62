/* typeset: writes a YAML text in one layout: two blanks for each level, lists a level deeper
 * than their key, one blank line at most, brackets closely and within TYPESET_WIDTH columns.
 * What is a block, what is in brackets, quotes and comments stay as the author has them; so
 * does the order.
 *
 * Owns:    nothing.
 * Thread:  the main one.
 * Fails:   by its result: what rule files may not have is not written.
 */
#ifndef SEINPOST_YAML_TYPESET_H
#define SEINPOST_YAML_TYPESET_H

#include "seinpost/base/slice.h"

enum {
    TYPESET_WIDTH = 120
};

struct arena;
struct text;

/* Appends the text in its layout; twice gives the same. False when it cannot be written so. */
bool typeset_write(struct arena *arena, struct slice text, struct text *out);

#endif
