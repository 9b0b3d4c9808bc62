#include "seinpost/rule/linking.h"

#include "seinpost/base/arena.h"
#include "seinpost/rule/entries.h"
#include "seinpost/rule/grouping.h"
#include "seinpost/rule/metric.h"

enum {
    HUB_LIMIT_MAX = 1000,
    MEMBERS_MIN = 2,
    MEMBERS_MAX = 10000
};

static struct diag *diag_of(const struct build *build)
{
    return build->compile.diag;
}

static void refuse(const struct build *build, const struct tree *map, const char *key)
{
    const struct tree *node = map == NULL ? NULL : tree_get(map, key);

    if (node != NULL) {
        tree_key_fault(diag_of(build), node, "E211", "a link has no '%s'", key);
        diag_hint(diag_of(build), "its groups are what hangs together via the identities");
    }
}

static void read_kind(struct build *build, const struct tree *node)
{
    if (kind_find(node->text) == KIND_NONE) {
        tree_fault(diag_of(build), node, "E205", "'%.*s' is no identity kind",
                   SLICE_ARGS(node->text));
        return;
    }
    const int operand = entries_operand(build, node, node->text, build->rule->counted);
    if (operand != RULE_NONE) {
        build->rule->via |= UINT64_C(1) << operand;
    }
}

/* Whether the entry's events have, or its alerts say, an identity that may join them. */
static bool joins_any(const struct build *build, size_t entry)
{
    bool joins = false;

    for (size_t i = 0; i < build->rule->operands_count; i++) {
        const bool has = (build->rule->via & build->entries[entry].operands) >> i & 1;
        joins = joins ||
                (has && !grouping_is_unsaid(&build->entries[entry], build->operands[i].name));
    }
    return joins;
}

static void check_entry(const struct build *build, size_t entry)
{
    const struct rule_entry *is = &build->entries[entry];
    const struct slice name = build->names[entry];

    if (joins_any(build, entry) || is->types_count == 0) {
        return;
    }
    if (is->made_by == NULL) {
        tree_key_fault(diag_of(build), is->node, "E309",
                       "cannot link: events of '%.*s' have no identity of 'via'",
                       SLICE_ARGS(name));
        return;
    }
    tree_fault(diag_of(build), is->node, "W606",
               "alerts of '%.*s' say no identity of 'via': they link nothing",
               SLICE_ARGS(name));
    diag_hint(diag_of(build), "let that rule 'carry' one");
}

static void read_via(struct build *build)
{
    struct bind_list kinds = {0};

    if (build->document->joins.via == NULL ||
        !bind_scalars(diag_of(build), build->compile.arena, build->document->joins.via,
                      &kinds)) {
        return;
    }
    for (size_t i = 0; i < kinds.count; i++) {
        read_kind(build, kinds.nodes[i]);
    }
    for (size_t i = 0; build->rule->via != 0 && i < build->rule->entries_count; i++) {
        if ((build->rule->counted >> i & 1) != 0) {
            check_entry(build, i);
        }
    }
}

static int64_t read_bound(const struct build *build, const char *key, int64_t number,
                          const int64_t range[2])
{
    const struct tree *node = tree_get(build->document->correlation, key);

    if (node != NULL && (number < range[0] || number > range[1])) {
        tree_fault(diag_of(build), node, "E205", "a number from %lld to %lld expected",
                   (long long)range[0], (long long)range[1]);
        return range[1];
    }
    return number;
}

/* What holds of a component must hold of what it grows to. */
static void check_conditions(const struct build *build)
{
    const struct tree *map = build->document->joins.condition;

    for (const struct tree *node = map == NULL ? NULL : map->first; node != NULL;
         node = node->next) {
        if (!slice_ends_with(node->key, SLICE("|gte")) &&
            !slice_ends_with(node->key, SLICE("|gt"))) {
            tree_key_fault(diag_of(build), node, "E208", "a network only grows towards it");
            diag_hint(diag_of(build), "gt or gte");
        }
    }
}

static void add_metrics(struct metric_reader *reader, const char *const *names)
{
    for (; *names != NULL; names++) {
        const struct rule_metric metric = {.name = slice_of(*names),
                                           .type = OPERAND_NUMBER,
                                           .operand = RULE_NONE,
                                           .node = reader->build->document->joins.condition};
        (void)metric_add(reader, metric);
    }
}

void linking_read(struct build *build)
{
    static const char *const bounded[] = {"entities", "sectors", "stages", "indicators", NULL};
    static const char *const shown[] = {"links", "keystones", "hubs", NULL};
    static const int64_t hub_range[2] = {1, HUB_LIMIT_MAX};
    static const int64_t size_range[2] = {MEMBERS_MIN, MEMBERS_MAX};
    const struct document_correlation *joins = &build->document->joins;
    struct metric_reader reader = {.build = build};

    build->rule->class = RULE_LINK;
    build->rule->counted = entries_mask(build, joins->rules);
    refuse(build, build->document->correlation, "group-by");
    refuse(build, build->document->correlation, "max-groups");
    refuse(build, build->document->alert, "suppress");
    refuse(build, build->document->alert, "close-on");
    read_via(build);
    build->rule->hub_limit = read_bound(build, "hub-limit", joins->hub_limit, hub_range);
    build->rule->members_max = read_bound(build, "max-size", joins->size_max, size_range);
    check_conditions(build);
    add_metrics(&reader, bounded);
    metric_named_conditions(&reader, joins->condition);
    add_metrics(&reader, shown);
    metric_finish(&reader);
}
