#include "seinpost/rule/weighing.h"

#include "seinpost/base/arena.h"
#include "seinpost/rule/entries.h"
#include "seinpost/rule/metric.h"

#include <stddef.h>

enum {
    WEIGHT_MAX = 1000000
};

struct decay_document {
    int64_t half_life_ms;
};

static const struct bind_key decay_keys[] = {
    {"half-life", BIND_DURATION, true, offsetof(struct decay_document, half_life_ms), NULL},
};
const struct bind_table weighing_decay_table = {decay_keys, 1, NULL};

static struct diag *diag_of(const struct build *build)
{
    return build->compile.diag;
}

static bool read_weight(const struct build *build, const struct tree *node, int64_t *weight)
{
    const bool good = node->kind == TREE_SCALAR && literal_milli(node->text, weight) &&
                      *weight > 0 && *weight <= (int64_t)WEIGHT_MAX * VALUE_MILLI;

    if (!good) {
        tree_fault(diag_of(build), node, "E205", "a weight above 0, up to %d, expected",
                   WEIGHT_MAX);
    }
    return good;
}

/* A name goes before a glob, and of two globs the first. */
static void set_weight(struct build *build, const struct tree *node, bool names,
                       int64_t *weights)
{
    int64_t weight = 0;

    if ((entries_named(build, node->key) != 0) != names || !read_weight(build, node, &weight)) {
        return;
    }
    for (size_t i = 0; i < build->rule->entries_count; i++) {
        if (weights[i] == 0 && slice_glob(node->key, build->names[i])) {
            weights[i] = weight;
        }
    }
}

static void read_weights(struct build *build, const struct tree *rules)
{
    int64_t *weights = arena_alloc(build->compile.arena, RULE_ENTRIES_MAX * sizeof *weights);

    build->rule->weights = weights;
    for (int pass = 0; pass < 2; pass++) {
        for (const struct tree *node = rules->first; node != NULL; node = node->next) {
            set_weight(build, node, pass == 0, weights);
        }
    }
}

static void read_decay(struct build *build, const struct tree *map)
{
    struct decay_document decay = {0};

    if (map == NULL ||
        !bind_map(diag_of(build), build->compile.arena, map, &weighing_decay_table, &decay)) {
        return;
    }
    if (decay.half_life_ms == 0 && tree_get(map, "half-life") != NULL) {
        tree_fault(diag_of(build), tree_get(map, "half-life"), "E206",
                   "a half-life is longer than 0");
    }
    build->rule->half_life_ms = decay.half_life_ms;
}

static void read_cap(struct build *build)
{
    const int64_t most = build->document->joins.per_rule_max;
    const struct tree *node = tree_get(build->document->correlation, "max-per-rule");

    build->rule->score_max = most * VALUE_MILLI;
    if (node != NULL && (most < 1 || most > WEIGHT_MAX)) {
        tree_fault(diag_of(build), node, "E205", "a number from 1 to %d expected", WEIGHT_MAX);
        build->rule->score_max = 0;
    }
}

/* `neq` could hold, fail and hold again while the score falls: no alert means that. */
static void check_conditions(const struct build *build)
{
    const struct tree *map = build->document->joins.condition;

    for (const struct tree *node = map == NULL ? NULL : map->first; node != NULL;
         node = node->next) {
        if (slice_ends_with(node->key, SLICE("|neq"))) {
            tree_key_fault(diag_of(build), node, "E208", "'neq' is no bound for what fades");
            diag_hint(diag_of(build), "gt, gte, lt, lte or eq");
        }
    }
}

void weighing_read(struct build *build)
{
    const struct document_correlation *joins = &build->document->joins;
    static const char *const names[] = {
        [WEIGHING_SCORE] = "score",
        [WEIGHING_SECTORS] = "sectors",
        [WEIGHING_STAGES] = "stages",
    };
    struct metric_reader reader = {.build = build};

    build->rule->class = RULE_SCORE;
    build->rule->counted = entries_mask(build, joins->rules);
    if (joins->rules != NULL) {
        read_weights(build, joins->rules);
    }
    read_decay(build, joins->decay);
    read_cap(build);
    check_conditions(build);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct rule_metric metric = {.name = slice_of(names[i]),
                                           .type = OPERAND_NUMBER,
                                           .operand = RULE_NONE,
                                           .node = joins->condition};
        (void)metric_add(&reader, metric);
    }
    metric_named_conditions(&reader, joins->condition);
    metric_finish(&reader);
}
