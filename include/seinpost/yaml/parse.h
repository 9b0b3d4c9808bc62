/* parse: the documents of a YAML file as trees, read by libyaml event by event.
 *
 * A syntax error ends its document, not the file: reading goes on at the next line `---`.
 *
 * Owns:    nothing; nodes and scalars are made in the arena.
 * Thread:  the thread that loads.
 * Fails:   by faults E101 to E106, E109 and E111.
 * Bounded: by the text, TREE_DEPTH_MAX levels and PARSE_ERRORS_MAX documents that end in a
 *          syntax error.
 */
#ifndef SEINPOST_YAML_PARSE_H
#define SEINPOST_YAML_PARSE_H

#include "seinpost/yaml/characters.h"
#include "seinpost/yaml/tree.h"

enum {
    PARSE_ERRORS_MAX = 100
};

/* Returns the first document, the others behind it, or NULL. */
struct tree *parse_documents(struct diag *diag, struct arena *arena, const char *file,
                             const struct characters *characters);

#endif
