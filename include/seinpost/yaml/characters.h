/* characters: a YAML file's bytes before it is parsed. What libyaml would pass over, take for
 * the end of a line or report without a place is found here: tabs, bytes that are no UTF-8,
 * control characters and directives.
 *
 * Owns:    nothing; a mended copy of the text is made in the arena.
 * Thread:  the thread that loads.
 * Fails:   by faults E107, E108, E110, E113 and E114.
 * Bounded: by TREE_FILE_MAX.
 */
#ifndef SEINPOST_YAML_CHARACTERS_H
#define SEINPOST_YAML_CHARACTERS_H

#include "seinpost/base/diag.h"

struct arena;

struct characters {
    struct slice text; /* as long in lines and columns, of characters that libyaml reads */
    bool muddled; /* tabs or control characters stood in it: a syntax error may be a consequence
                   */
};

/* Makes the text of a file readable and known to the diag. Returns false when it is not worth
 * reading: too large, or in another encoding. */
bool characters_read(struct diag *diag, struct arena *arena, const char *file,
                     struct slice text, struct characters *characters);

#endif
