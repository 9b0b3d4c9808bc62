#include "seinpost/stage/breadth.h"

bool breadth_suspect(const struct event *event)
{
    size_t count = 0;

    for (size_t i = 0; i < event->type->fields_count; i++) {
        if (event->values[i].type == VALUE_LIST) {
            count += event->values[i].as.list.count;
        }
    }
    return count + PATH_FIELDS_MAX > PATH_VALUES_MAX;
}

static bool operand_exceeds(const struct operand *operand, const struct event *event)
{
    return path_overflows(&operand->left, event) ||
           (operand->operator!= 0 && path_overflows(&operand->right, event));
}

static bool map_exceeds(const struct search_map *map, const struct event *event)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct predicate *predicate = &map->predicates[i];
        if (operand_exceeds(&predicate->operand, event) ||
            (predicate->refers && operand_exceeds(&predicate->reference, event))) {
            return true;
        }
    }
    return false;
}

static bool search_exceeds(const struct search *search, const struct event *event)
{
    for (size_t i = 0; i < search->maps_count; i++) {
        if (map_exceeds(&search->maps[i], event)) {
            return true;
        }
    }
    return false;
}

static bool conditions_exceed(const struct probe *probe, const struct event *event)
{
    const size_t searches = probe->detection == NULL ? 0 : probe->detection->searches_count;

    for (size_t i = 0; i < searches; i++) {
        if (search_exceeds(&probe->detection->searches[i], event)) {
            return true;
        }
    }
    for (size_t i = 0; i < probe->exclusions_count; i++) {
        if (search_exceeds(&probe->exclusions[i].search, event)) {
            return true;
        }
    }
    return false;
}

bool breadth_exceeds(const struct probe *probe, const struct event *event)
{
    const bool keyed = probe->rule->class != RULE_SINGLE && probe->rule->key != RULE_NONE;

    if (keyed && path_overflows(&probe->key, event)) {
        return true;
    }
    for (size_t i = 0; i < probe->operands_count; i++) {
        if (path_overflows(&probe->operands[i].path, event)) {
            return true;
        }
    }
    return conditions_exceed(probe, event);
}
