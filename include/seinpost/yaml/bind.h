/* bind: fills a struct from a YAML map by a table of its keys.
 *
 * The table is the one place that says which keys there are, what they hold and which must be
 * there; unknown, missing and misshapen ones are faults with a place.
 *
 * Owns:    nothing; lists are made in the arena.
 * Thread:  the thread that loads.
 * Fails:   by faults E202 to E206 and E218; the member then keeps its former value.
 */
#ifndef SEINPOST_YAML_BIND_H
#define SEINPOST_YAML_BIND_H

#include "seinpost/yaml/tree.h"

#include <stdint.h>

enum bind_kind {
    BIND_TEXT,     /* struct slice */
    BIND_TEXTS,    /* struct bind_list: one text or a list of them */
    BIND_INT,      /* int64_t, not negative */
    BIND_BOOL,     /* bool */
    BIND_DURATION, /* int64_t, ms */
    BIND_DATE,     /* struct instant */
    BIND_CHOICE,   /* int: the index into `choices` */
    BIND_CHOICES,  /* unsigned: bit i for `choices[i]`; one text or a list of them */
    BIND_NODE,     /* const struct tree *, of any shape */
    BIND_MAP,      /* const struct tree *, a map */
    BIND_LIST,     /* const struct tree *, a list */
};

struct bind_list {
    const struct tree **nodes; /* scalars */
    size_t count;
};

struct bind_key {
    const char *name;
    enum bind_kind kind;
    bool required;
    size_t offset;
    const char *const *choices; /* ends with NULL */
};

struct bind_table {
    const struct bind_key *keys;
    size_t count;
    const struct bind_table *more; /* further keys of the same map */
};

/* Binds a map. Returns false when `map` is no map, which is a fault too. */
bool bind_map(struct diag *diag, struct arena *arena, const struct tree *map,
              const struct bind_table *table, void *out);

/* Returns the index of the scalar's text in `choices`, or -1 with fault E205. */
int bind_choice(struct diag *diag, const struct tree *node, const char *const *choices,
                const char *what);

/* Checks a name that a person made up: `name` is the node's key or text, or a part of them.
 * False with fault E218. */
bool bind_name(struct diag *diag, const struct tree *node, struct slice name);

/* Reads a duration; false with fault E206. */
bool bind_duration(struct diag *diag, const struct tree *node, int64_t *ms);

/* Gathers a scalar, or the scalars of a list; false with fault E204. */
bool bind_scalars(struct diag *diag, struct arena *arena, const struct tree *node,
                  struct bind_list *list);

#endif
