/* model: the barrier model of deploy/model: stages, the menu of measures, desks and routes.
 *
 * All four files are of one model and one version, and alerts say which, so that a later model
 * does not rewrite what was said under this one. Codes of stages are those of the vocabulary;
 * labels are the model's.
 *
 * Owns:    nothing; it lives in the arena.
 * Thread:  any, once it is loaded.
 * Fails:   loading by faults E1xx, E2xx, E308 and E330 to E335.
 * Bounded: ROUTES_DESKS_MAX desks.
 */
#ifndef SEINPOST_MODEL_MODEL_H
#define SEINPOST_MODEL_MODEL_H

#include "seinpost/model/menu.h"
#include "seinpost/model/routes.h"

enum {
    MODEL_STAGES_MAX = 32
};

struct model_stage {
    struct slice code;
    struct slice nl;
    struct slice en;
};

struct model {
    struct heading head;
    struct model_stage stages[MODEL_STAGES_MAX]; /* by index in vocabulary_stages */
    struct menu menu;
    struct desks desks;
    struct routes routes;
};

/* Reads stages.yaml, measures.yaml, desks.yaml and routes.yaml in `folder`. */
const struct model *model_load(struct arena *arena, struct diag *diag, const char *folder);

#endif
