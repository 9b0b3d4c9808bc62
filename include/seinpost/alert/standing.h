/* standing: what may be done with an alert: the law of the sources that it rests on, the
 * measures that it proposes, and which desks are told of it.
 *
 * Owns:    nothing; what is made lives in the arena.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_ALERT_STANDING_H
#define SEINPOST_ALERT_STANDING_H

#include "seinpost/alert/alert.h"
#include "seinpost/model/delivery.h"

struct standing_basis {
    const struct model *model; /* NULL: none */
    struct source_list sources;
};

/* Sets an alert's standing, and narrows its purposes to those that all its sources serve.
 * Returns false when none is left: then its events may not be joined, and it must not be told.
 * Where more evidence counts than the alert names, all sources are joined. */
bool standing_set(struct arena *arena, const struct standing_basis *basis, struct alert *alert);

/* Decides which desks are told of an alert that has its standing. */
size_t standing_deliver(struct arena *arena, const struct model *model,
                        const struct alert *alert,
                        struct delivery deliveries[ROUTES_DESKS_MAX]);

/* Returns what a desk is told: of the whole what it may see, or a stub. Not of a delivery of
 * nothing. */
struct alert standing_project(struct arena *arena, const struct alert *alert,
                              const struct delivery *delivery);

#endif
