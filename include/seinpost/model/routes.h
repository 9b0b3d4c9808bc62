/* routes: which desks an alert goes to, by Alertmanager's tree, and the records by which one
 * may go from one track to another.
 *
 * Owns:    nothing; it lives in the arena.
 * Thread:  any, once it is read.
 * Fails:   reading by faults E2xx, E308, E332, E334 and E335.
 * Bounded: ROUTES_DEPTH_MAX nodes below each other, ROUTES_DESKS_MAX desks.
 */
#ifndef SEINPOST_MODEL_ROUTES_H
#define SEINPOST_MODEL_ROUTES_H

#include "seinpost/model/desks.h"

enum {
    ROUTES_DEPTH_MAX = 8,
    ROUTES_DESKS_MAX = 64,
    ROUTES_LABELS = 11,
};

/* What a route can ask of an alert; the list ends with NULL. */
extern const char *const routes_labels[];

/* One value of a label; a label may have several. */
struct routes_value {
    struct slice label;
    struct slice value;
};

struct routes_values {
    const struct routes_value *items;
    size_t count;
};

/* All labels that are named must have a value that one of the globs matches. */
struct routes_match {
    struct bind_list globs[ROUTES_LABELS];
};

struct routes_node {
    const struct tree *node;
    struct routes_match match;
    int parent;         /* -1: the root */
    size_t end;         /* behind the last node below it */
    uint64_t receivers; /* mask over desks */
    bool more;          /* `continue` */
};

struct routes_transition {
    struct slice id;
    int from; /* tracks */
    int to;
    struct routes_match match;
    struct slice ground;
    struct slice decided_by;
    struct slice approved_by;
    struct instant date;
    struct instant expires;
};

struct routes {
    struct heading head;
    const struct routes_node *nodes; /* a parent before what is below it */
    size_t count;
    const struct routes_transition *transitions;
    size_t transitions_count;
};

/* Reads routes.yaml; receivers are desks. */
void routes_read(const struct heading_reader *reader, const struct tree *root,
                 const struct desks *desks, struct routes *routes);

/* Tells whether the values match. */
bool routes_fits(const struct routes_match *match, const struct routes_values *values);

/* Returns the mask of the desks to which the tree leads. */
uint64_t routes_find(const struct routes *routes, const struct routes_values *values);

/* Returns the record by which an alert with these values, dated `at`, may go from one track to
 * the other, or NULL. */
const struct routes_transition *routes_cross(const struct routes *routes,
                                             const struct routes_values *values,
                                             struct instant at, int from, int to);

#endif
