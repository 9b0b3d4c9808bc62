/* heading: the keys at the head of each file of the model: of which model and version it is,
 * from where, and what is unverified.
 *
 * Owns:    nothing; it lives in the arena.
 * Thread:  the thread that loads.
 * Fails:   by faults E201 to E205, E308 and E330.
 */
#ifndef SEINPOST_MODEL_HEADING_H
#define SEINPOST_MODEL_HEADING_H

#include "seinpost/base/instant.h"
#include "seinpost/yaml/bind.h"

/* What loading shares. */
struct heading_reader {
    struct arena *arena;
    struct diag *diag;
};

/* The first member of what each file is bound to. */
struct heading {
    struct slice schema;
    struct slice model;
    int64_t version;
    struct instant date;
    struct slice source;
    struct slice unverified;
};

extern const struct bind_table heading_table;

/* Tells whether the schema is the one that this file must have. */
bool heading_fits(const struct heading_reader *reader, const struct tree *root,
                  const struct heading *heading, const char *schema);

/* Checks a code that must be well formed and no earlier item's. `items` are the list's nodes up
 * to `node`, which bear theirs under `key`. */
bool heading_is_new(const struct heading_reader *reader, const struct tree *node,
                    const char *key);

/* Returns the mask over enum kind that a list of kinds means; faults E205. */
unsigned heading_kinds(const struct heading_reader *reader, const struct bind_list *list);

#endif
