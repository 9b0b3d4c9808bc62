/* The suites of the room model, and models made of texts. */
#ifndef SEINPOST_TESTS_UNIT_MODELS_H
#define SEINPOST_TESTS_UNIT_MODELS_H

#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/model/delivery.h"

#include "unit.h"

struct models {
    struct arena *arena;
    struct diag *diag;
    struct model model;
};

/* What stands at the head of each file. */
#define MODELS_HEAD(what)                                                                      \
    "schema: seinpost/" what "/1\nmodel: m\nversion: 1\ndate: 2026-01-01\nsource: s\n"

/* Desks of each track: `admin`, `crime`, `crime2`, `support`, and `alien`, of immigration. */
extern const char models_desks[];

/* Reads measures (or NULL), desks and routes; no fault may be in them. */
struct models *models_make(const char *measures, const char *desks, const char *routes);

/* Reads the model that is deployed. */
struct models *models_deployed(void);
void models_end(struct models *models);

/* Values of labels, as `stage=work,track=admin`; they live in the arena. */
struct routes_values models_values(struct models *models, const char *words);

/* Decides, and says it in words: `desk=told desk=stub`, those of nothing too. */
const char *models_decide(struct models *models, const struct delivery_question *question);

Suite *combination_suite(void);
Suite *delivery_suite(void);
Suite *menu_suite(void);
Suite *model_suite(void);
Suite *routes_suite(void);

#endif
