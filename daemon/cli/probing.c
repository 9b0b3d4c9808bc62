#include "seinpost/cli/probing.h"

bool probing_may_ask(const struct probe *probe, const struct source *source)
{
    return program_runs(probe->rule) && (probe->rule->purposes & ~source->purposes) == 0 &&
           (probe->source.size == 0 || slice_glob(probe->source, source->name));
}

/* Money stands in two fields on the wire, its amount and its currency. */
static bool names(const struct event_type *type, const struct path *path,
                  const struct field *field)
{
    const size_t wanted = (size_t)(field - type->fields);

    for (size_t i = 0; i < path->indexes_count; i++) {
        const size_t index = path->indexes[i];
        const struct field *named = &type->fields[index];
        if (index == wanted ||
            (index >= type->data_count &&
             (named->minor_index == wanted || named->currency_index == wanted))) {
            return true;
        }
    }
    return false;
}

bool probing_keeps(const struct probe *probe, const struct field *field)
{
    const struct rule *rule = probe->rule;

    if (rule->key != RULE_NONE && rule->class != RULE_SINGLE &&
        names(probe->type, &probe->key, field)) {
        return true;
    }
    for (size_t i = 0; i < probe->operands_count; i++) {
        if (names(probe->type, &probe->operands[i].path, field)) {
            return true;
        }
    }
    return false;
}

static bool operand_names(const struct event_type *type, const struct operand *operand,
                          const struct field *field)
{
    return names(type, &operand->left, field) ||
           (operand->operator!= 0 && names(type, &operand->right, field));
}

static bool map_compares(const struct event_type *type, const struct search_map *map,
                         const struct field *field)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct predicate *predicate = &map->predicates[i];
        if (operand_names(type, &predicate->operand, field) ||
            (predicate->refers && operand_names(type, &predicate->reference, field))) {
            return true;
        }
    }
    return false;
}

static bool search_compares(const struct event_type *type, const struct search *search,
                            const struct field *field)
{
    for (size_t i = 0; i < search->maps_count; i++) {
        if (map_compares(type, &search->maps[i], field)) {
            return true;
        }
    }
    return false;
}

bool probing_compares(const struct probe *probe, const struct field *field)
{
    const struct detection *detection = probe->detection;

    for (size_t i = 0; detection != NULL && i < detection->searches_count; i++) {
        if (search_compares(probe->type, &detection->searches[i], field)) {
            return true;
        }
    }
    for (size_t i = 0; i < probe->exclusions_count; i++) {
        if (search_compares(probe->type, &probe->exclusions[i].search, field)) {
            return true;
        }
    }
    return false;
}
