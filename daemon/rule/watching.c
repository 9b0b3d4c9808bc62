#include "seinpost/rule/watching.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/nearest.h"
#include "seinpost/rule/entries.h"
#include "seinpost/rule/metric.h"
#include "seinpost/schema/path.h"

static struct diag *diag_of(const struct build *build)
{
    return build->compile.diag;
}

static const struct tree *node_of(const struct build *build, const char *key)
{
    const struct tree *node = tree_get(build->document->correlation, key);

    return node != NULL ? node : build->document->correlation;
}

/* Finds the list of places of this name. */
static const struct place_list *find_places(const struct build *build, const struct tree *node)
{
    const struct place_lists *lists = build->program->places;
    const struct place_list *found = place_list(lists, node->text);
    struct nearest nearest = {0};

    if (found != NULL) {
        return found;
    }
    for (size_t i = 0; lists != NULL && i < lists->count; i++) {
        nearest_try(&nearest, node->text, lists->items[i].name);
    }
    tree_fault(diag_of(build), node, "E313", "no list of places is named '%.*s'",
               SLICE_ARGS(node->text));
    if (nearest_found(&nearest)) {
        diag_hint(diag_of(build), "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    } else {
        diag_hint(diag_of(build), "they are files: schemas/places/NAME.tsv");
    }
    return NULL;
}

static void read_places(struct build *build)
{
    const struct bind_list *names = &build->document->joins.places;
    const struct place_list **lists =
        arena_alloc(build->compile.arena, names->count * sizeof(const struct place_list *));

    build->rule->places = lists;
    for (size_t i = 0; i < names->count; i++) {
        const struct place_list *list = find_places(build, names->nodes[i]);
        if (list != NULL) {
            lists[build->rule->places_count++] = list;
        }
    }
}

/* `200km`; thousandths of a kilometre are metres. */
static void read_distance(struct build *build)
{
    const struct tree *node = build->document->joins.min_distance;
    const struct slice unit = SLICE("km");
    int64_t metres = 0;

    if (node == NULL) {
        return;
    }
    if (node->kind != TREE_SCALAR || !slice_ends_with(node->text, unit)) {
        tree_fault(diag_of(build), node, "E207", "a distance in km expected");
        diag_hint(diag_of(build), "as 200km");
        return;
    }
    const struct slice number = {node->text.data, node->text.size - unit.size};
    if (!literal_milli(number, &metres) || metres < 0) {
        tree_fault(diag_of(build), node, "E205", "'%.*s' is no distance",
                   SLICE_ARGS(node->text));
        return;
    }
    build->rule->distance_min_m = metres;
}

/* An event is in one place. */
static void check_single(const struct build *build, const struct tree *node)
{
    for (size_t i = 0; i < build->rule->entries_count; i++) {
        const struct rule_entry *entry = &build->entries[i];
        for (size_t j = 0; j < entry->types_count; j++) {
            struct path path;
            if ((build->rule->counted >> i & 1) != 0 &&
                path_resolve(entry->types[j], node->text, &path) == PATH_OK && path.many) {
                tree_fault(diag_of(build), node, "E213", "'%.*s' has several values in %.*s",
                           SLICE_ARGS(node->text), SLICE_ARGS(entry->types[j]->name));
                return;
            }
        }
    }
}

static void read_velocity(struct build *build)
{
    const struct tree *node = node_of(build, "field");
    struct rule *rule = build->rule;
    struct metric_reader reader = {.build = build};
    struct rule_metric metric = {.name = SLICE("speed_kmh"),
                                 .type = OPERAND_NUMBER,
                                 .operand = RULE_NONE,
                                 .node = build->document->joins.condition};

    if (rule->field != RULE_NONE && build->operands[rule->field].type != FIELD_PLACE) {
        tree_fault(diag_of(build), node, "E213", "'%.*s' is %s: it does not lie anywhere",
                   SLICE_ARGS(build->operands[rule->field].name),
                   catalogue_field_type_name(build->operands[rule->field].type));
    } else if (rule->field != RULE_NONE) {
        check_single(build, node);
    }
    read_places(build);
    read_distance(build);
    (void)metric_add(&reader, metric);
    metric.name = SLICE("distance_km");
    (void)metric_add(&reader, metric);
    metric_named_conditions(&reader, build->document->joins.condition);
    metric_finish(&reader);
}

static void read_history(struct build *build)
{
    const int64_t history_ms = build->document->joins.history_ms;

    build->rule->history_ms = history_ms;
    if (history_ms == 0 && tree_get(build->document->correlation, "history") != NULL) {
        tree_fault(diag_of(build), node_of(build, "history"), "E206",
                   "a history is longer than 0");
    }
}

void watching_read(struct build *build)
{
    const struct document_correlation *joins = &build->document->joins;
    struct rule *rule = build->rule;

    rule->counted = entries_mask(build, joins->rules);
    rule->field = RULE_NONE;
    if (joins->field.size > 0) {
        rule->field =
            entries_operand(build, node_of(build, "field"), joins->field, rule->counted);
    }
    if (joins->type == CORRELATION_VELOCITY) {
        rule->class = RULE_VELOCITY;
        read_velocity(build);
    } else if (joins->type == CORRELATION_CHANGE) {
        rule->class = RULE_CHANGE;
        rule->ignore_null = joins->ignore_null;
    } else {
        rule->class = RULE_FIRST_SEEN;
        read_history(build);
    }
}
