#include "seinpost/rule/probes.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/vector.h"
#include "seinpost/rule/grouping.h"
#include "seinpost/rule/meaning.h"

enum {
    EXCEPTIONS_MAX = 256 /* of one rule */
};

/* What speaks for the person, as it stands in the files. */
struct pleas {
    VECTOR(const struct tree *) nodes;
    VECTOR(struct slice) names;
    VECTOR(struct instant) until;
    VECTOR(const struct tree *) exceptions; /* those whose documents are meant */
};

static bool is_named(const struct document_exception *exception, struct slice rule)
{
    for (size_t i = 0; i < exception->rules.count; i++) {
        if (slice_glob(exception->rules.nodes[i]->text, rule)) {
            return true;
        }
    }
    return false;
}

/* The maps of a list stand for themselves: a type that lacks a field of one of them may be
 * exonerated by another. */
static void add_plea(struct pleas *pleas, const struct tree *node, struct instant until)
{
    const bool maps = node->kind == TREE_LIST && node->count > 0;

    for (const struct tree *map = maps ? node->first : node; map != NULL;
         map = maps ? map->next : NULL) {
        VECTOR_PUSH(&pleas->nodes, map);
        VECTOR_PUSH(&pleas->names, node->key);
        VECTOR_PUSH(&pleas->until, until);
    }
}

static void gather_pleas(const struct build *build, const struct probes_exception *exceptions,
                         size_t exceptions_count, struct pleas *pleas)
{
    const struct tree *unless = build->document->unless;

    for (const struct tree *node = unless == NULL ? NULL : unless->first; node != NULL;
         node = node->next) {
        if (document_is_fact(unless, node)) {
            add_plea(pleas, node, INSTANT_MAX);
        }
    }
    for (size_t i = 0; i < exceptions_count; i++) {
        const struct document_exception *exception = exceptions[i].document;
        if (exception->match == NULL || !is_named(exception, build->rule->name)) {
            continue;
        }
        if (pleas->exceptions.count == EXCEPTIONS_MAX) {
            tree_fault(build->compile.diag, tree_get(exceptions[i].node, "rules"), "E204",
                       "rule %.*s has more than %d exceptions", SLICE_ARGS(build->rule->name),
                       EXCEPTIONS_MAX);
            return;
        }
        add_plea(pleas, exception->match, exception->expires);
        VECTOR_PUSH(&pleas->exceptions, exceptions[i].node);
    }
}

/* A field of what exonerates must exist somewhere in the rule; a type that lacks it is not
 * exonerated by it. */
static void check_pleas(const struct build *build, const struct pleas *pleas)
{
    for (size_t i = 0; i < pleas->nodes.count; i++) {
        const struct event_type *lacking = NULL;
        bool fits = false;
        for (size_t j = 0; j < build->rule->entries_count; j++) {
            const struct rule_entry *entry = &build->entries[j];
            for (size_t k = 0; k < entry->types_count; k++) {
                lacking = entry->types[k];
                fits = fits ||
                       detection_search_fits(&build->compile, lacking, pleas->nodes.items[i]);
            }
        }
        if (!fits && lacking != NULL) {
            struct search search;
            (void)detection_read_search(&build->compile, lacking, pleas->nodes.items[i],
                                        &search);
        }
    }
}

static void add_exclusions(const struct build *build, const struct pleas *pleas,
                           struct probe *probe)
{
    struct exclusion *exclusions =
        arena_alloc(build->compile.arena, pleas->nodes.count * sizeof *exclusions);

    probe->exclusions = exclusions;
    for (size_t i = 0; i < pleas->nodes.count; i++) {
        const struct tree *node = pleas->nodes.items[i];
        if (!detection_search_fits(&build->compile, probe->type, node)) {
            continue;
        }
        struct exclusion *exclusion = &exclusions[probe->exclusions_count];
        if (detection_read_search(&build->compile, probe->type, node, &exclusion->search)) {
            exclusion->search.name = pleas->names.items[i];
            exclusion->until = pleas->until.items[i];
            probe->exclusions_count++;
        }
    }
}

/* Elements of the group beside the key go by their own path (after aliases); all other operands
 * by their name. */
static struct slice operand_path(const struct build *build, int operand, int entry)
{
    for (size_t i = 0; i < build->rule->group_count; i++) {
        if (build->group[i].operand == operand) {
            return grouping_path(build, i, entry);
        }
    }
    return build->operands[operand].name;
}

static void add_operands(const struct build *build, struct probe *probe)
{
    const struct rule_entry *entry = &build->entries[probe->entry];
    struct probe_operand *operands =
        arena_alloc(build->compile.arena, build->rule->operands_count * sizeof *operands);

    probe->operands = operands;
    for (size_t i = 0; i < build->rule->operands_count; i++) {
        struct path path;
        if ((entry->operands >> i & 1) != 0 &&
            path_resolve(probe->type, operand_path(build, (int)i, probe->entry), &path) ==
                PATH_OK) {
            operands[probe->operands_count++] = (struct probe_operand){(int)i, path};
        }
    }
}

static void name_paths(struct build *build, int entry)
{
    struct slice *paths =
        arena_alloc(build->compile.arena, build->rule->operands_count * sizeof *paths);

    for (size_t i = 0; i < build->rule->operands_count; i++) {
        paths[i] = operand_path(build, (int)i, entry);
    }
    build->entries[entry].paths = paths;
}

/* Returns false for a type without the key: its events are in no group. */
static bool set_key(const struct build *build, struct probe *probe)
{
    const int key = build->rule->key;

    return key == RULE_NONE ||
           path_resolve(probe->type, grouping_path(build, (size_t)key, probe->entry),
                        &probe->key) == PATH_OK;
}

struct probe_vector {
    VECTOR(struct probe) items;
};

static void add_probes(struct build *build, const struct pleas *pleas, int entry,
                       struct probe_vector *probes)
{
    const struct rule_entry *read = &build->entries[entry];
    const struct build_entry *source = &build->sources[entry];

    if (((build->rule->counted | build->rule->close_on) >> entry & 1) == 0) {
        return; /* the rule's kind does not ask for it */
    }
    for (size_t i = 0; i < read->types_count; i++) {
        struct probe probe = {
            .rule = build->rule,
            .entry = entry,
            .type = read->types[i],
            .source = source->source_glob,
            .detection = source->detections == NULL ? NULL : &source->detections[i],
        };
        add_exclusions(build, pleas, &probe);
        add_operands(build, &probe);
        if (set_key(build, &probe)) {
            VECTOR_PUSH(&probes->items, probe);
        }
    }
}

struct probes_result probes_make(struct build *build, const struct probes_exception *exceptions,
                                 size_t exceptions_count)
{
    struct pleas pleas = {0};
    struct probe_vector probes = {0};

    gather_pleas(build, exceptions, exceptions_count, &pleas);
    check_pleas(build, &pleas);
    for (size_t i = 0; i < build->rule->entries_count; i++) {
        build->entries[i].step =
            meaning_of_step(build, (int)i, pleas.exceptions.items, pleas.exceptions.count);
        name_paths(build, (int)i);
        add_probes(build, &pleas, (int)i, &probes);
    }
    const struct probes_result result = {
        arena_copy(build->compile.arena, probes.items.items,
                   probes.items.count * sizeof probes.items.items[0]),
        probes.items.count,
    };
    const struct meaning_around around = {pleas.exceptions.items, pleas.exceptions.count,
                                          result.items, result.count};
    meaning_set_around(build, &around);
    VECTOR_FREE(&probes.items);
    VECTOR_FREE(&pleas.nodes);
    VECTOR_FREE(&pleas.names);
    VECTOR_FREE(&pleas.until);
    VECTOR_FREE(&pleas.exceptions);
    return result;
}
