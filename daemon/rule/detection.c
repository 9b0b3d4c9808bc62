#include "seinpost/rule/detection.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/vector.h"
#include "seinpost/rule/answer.h"
#include "seinpost/yaml/bind.h"

#include <string.h>

/* What one detection gathers while it is read. */
struct reader {
    const struct compile *compile;
    const struct event_type *type;
    VECTOR(struct predicate_residual) residuals;
    bool residuals_allowed;
};

static bool is_condition(const struct tree *node)
{
    return slice_is(node->key, "condition");
}

static bool read_key(struct reader *reader, const struct tree *node,
                     struct predicate *predicates, size_t *count)
{
    struct predicate_residual residual;

    switch (
        predicate_read(reader->compile, reader->type, node, &predicates[*count], &residual)) {
    case PREDICATE_READ:
        ++*count;
        return true;
    case PREDICATE_RESIDUAL:
        if (!reader->residuals_allowed) {
            tree_key_fault(reader->compile->diag, node, "E208",
                           "an earlier event's field is asked in one map, joined by 'and'");
            return false;
        }
        VECTOR_PUSH(&reader->residuals, residual);
        return true;
    case PREDICATE_FAULTY:
        break;
    }
    return false;
}

/* Conditions are compiled for each event type, so that a small file may ask for many. */
static bool reserve(const struct compile *compile, const struct tree *map)
{
    if (compile->conditions == NULL) {
        return true;
    }
    if (map->count > COMPILE_CONDITIONS_MAX - *compile->conditions) {
        tree_key_fault(compile->diag, map, "E204",
                       "too many conditions: with all event types more than %d",
                       COMPILE_CONDITIONS_MAX);
        return false;
    }
    *compile->conditions += map->count;
    return true;
}

static bool read_map(struct reader *reader, const struct tree *node, struct search_map *map)
{
    bool good = true;

    if (node->kind != TREE_MAP) {
        tree_fault(reader->compile->diag, node, "E204", "a map of fields expected, this is %s",
                   tree_kind_name(node));
        return false;
    }
    if (node->count == 0) {
        tree_fault(reader->compile->diag, node, "E204", "an empty search is met by everything");
        return false;
    }
    if (!reserve(reader->compile, node)) {
        return false;
    }
    struct predicate *predicates =
        arena_alloc(reader->compile->arena, node->count * sizeof *predicates);
    map->predicates = predicates;
    for (const struct tree *key = node->first; key != NULL; key = key->next) {
        good = read_key(reader, key, predicates, &map->count) && good;
    }
    return good;
}

static bool read_search(struct reader *reader, const struct tree *node, struct search *search)
{
    const bool list = node->kind == TREE_LIST && node->count > 0;
    const size_t count = list ? node->count : 1;
    struct search_map *maps = arena_alloc(reader->compile->arena, count * sizeof *maps);
    bool good = true;

    search->name = node->key;
    search->maps = maps;
    search->maps_count = count;
    if (!list) {
        return read_map(reader, node, &maps[0]);
    }
    size_t i = 0;
    for (const struct tree *item = node->first; item != NULL; item = item->next) {
        good = read_map(reader, item, &maps[i++]) && good;
    }
    return good;
}

/* Searches that the condition cannot do without may ask earlier events' fields. */
static bool read_searches(struct reader *reader, const struct tree *node,
                          struct detection *detection)
{
    struct search *searches =
        arena_alloc(reader->compile->arena, node->count * sizeof *searches);
    bool good = true;

    detection->searches = searches;
    for (const struct tree *child = node->first; child != NULL; child = child->next) {
        if (is_condition(child)) {
            continue;
        }
        const size_t index = detection->searches_count++;
        reader->residuals_allowed = child->kind == TREE_MAP &&
                                    detection->expression.count > 0 &&
                                    expression_needs(&detection->expression, index);
        good = read_search(reader, child, &searches[index]) && good;
    }
    return good;
}

/* A search that the condition does not name decides nothing: often a filter that was forgotten.
 */
static void check_names(const struct compile *compile, const struct tree *node,
                        const struct expression *expression)
{
    const uint64_t named = expression_names(expression);
    size_t index = 0;

    for (const struct tree *child = node->first; child != NULL; child = child->next) {
        if (is_condition(child)) {
            continue;
        }
        if ((named >> index & 1) == 0) {
            tree_key_fault(compile->diag, child, "W705",
                           "'%.*s' is not in the condition: it decides nothing",
                           SLICE_ARGS(child->key));
        }
        index++;
    }
}

/* A word of the condition cannot name a search. */
static void check_name(const struct compile *compile, const struct tree *search)
{
    static const char *const words[] = {"and", "or", "not", "of", "any", "all", "them"};
    long long number = 0;
    bool is_word = slice_number(search->key, &number);

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        is_word = is_word || slice_is(search->key, words[i]);
    }
    if (is_word) {
        tree_key_fault(compile->diag, search, "E218",
                       "'%.*s' is a word of the condition: it names no search",
                       SLICE_ARGS(search->key));
    } else {
        (void)bind_name(compile->diag, search, search->key);
    }
}

static bool read_anew(const struct compile *compile, const struct tree *node,
                      struct expression *expression)
{
    struct slice names[EXPRESSION_SEARCHES_MAX];
    size_t count = 0;

    for (const struct tree *child = node->first; child != NULL; child = child->next) {
        if (is_condition(child)) {
            continue;
        }
        if (count == EXPRESSION_SEARCHES_MAX) {
            tree_key_fault(compile->diag, child, "E209", "more than %d searches",
                           EXPRESSION_SEARCHES_MAX);
            return false;
        }
        check_name(compile, child);
        names[count++] = child->key;
    }
    const struct tree *condition = tree_get(node, "condition");
    if (condition == NULL) {
        tree_key_fault(compile->diag, node, "E202", "key 'condition' is missing");
        return false;
    }
    if (count == 0) {
        tree_key_fault(compile->diag, node, "E202", "a search is missing");
        diag_hint(compile->diag, "as big: {amount|gte: 2000.00 EUR}, and condition: big");
        return false;
    }
    if (!expression_read(compile, condition, names, count, expression)) {
        return false;
    }
    check_names(compile, node, expression);
    return true;
}

static bool read_expression(const struct compile *compile, const struct tree *node,
                            struct expression *expression)
{
    struct expression_memory *memory = compile->memory;

    if (memory == NULL) {
        return read_anew(compile, node, expression);
    }
    if (memory->node != node) {
        *memory = (struct expression_memory){.node = node};
        memory->good = read_anew(compile, node, &memory->expression);
    }
    *expression = memory->expression;
    return memory->good;
}

bool detection_read(const struct compile *compile, const struct event_type *type,
                    const struct tree *node, struct detection *detection)
{
    struct reader reader = {.compile = compile, .type = type};

    if (node->kind != TREE_MAP) {
        tree_fault(compile->diag, node, "E204", "a map of searches expected, this is %s",
                   tree_kind_name(node));
        return false;
    }
    *detection = (struct detection){0};
    bool good = read_expression(compile, node, &detection->expression);
    good = read_searches(&reader, node, detection) && good;
    detection->residuals_count = reader.residuals.count;
    detection->residuals =
        arena_copy(compile->arena, reader.residuals.items,
                   reader.residuals.count * sizeof reader.residuals.items[0]);
    VECTOR_FREE(&reader.residuals);
    return good;
}

bool detection_read_search(const struct compile *compile, const struct event_type *type,
                           const struct tree *node, struct search *search)
{
    struct reader reader = {.compile = compile, .type = type};

    *search = (struct search){0};
    return read_search(&reader, node, search);
}

static void visit_map(const struct tree *map,
                      void (*visit)(const struct tree *key, void *context), void *context)
{
    for (const struct tree *key = map->first; map->kind == TREE_MAP && key != NULL;
         key = key->next) {
        visit(key, context);
    }
}

static void visit_search(const struct tree *search,
                         void (*visit)(const struct tree *key, void *context), void *context)
{
    if (search->kind != TREE_LIST) {
        visit_map(search, visit, context);
        return;
    }
    for (const struct tree *item = search->first; item != NULL; item = item->next) {
        visit_map(item, visit, context);
    }
}

void detection_each_key(const struct tree *node,
                        void (*visit)(const struct tree *key, void *context), void *context)
{
    for (const struct tree *child = node->first; node->kind == TREE_MAP && child != NULL;
         child = child->next) {
        if (!is_condition(child)) {
            visit_search(child, visit, context);
        }
    }
}

struct fitting {
    const struct compile *compile;
    const struct event_type *type;
    size_t lacking;
};

static void try_key(const struct tree *key, void *context)
{
    struct fitting *fitting = context;

    fitting->lacking += predicate_fits(fitting->compile, fitting->type, key) ? 0U : 1U;
}

size_t detection_lacking(const struct compile *compile, const struct event_type *type,
                         const struct tree *node)
{
    struct fitting fitting = {compile, type, 0};

    detection_each_key(node, try_key, &fitting);
    return fitting.lacking;
}

bool detection_search_fits(const struct compile *compile, const struct event_type *type,
                           const struct tree *node)
{
    struct fitting fitting = {compile, type, 0};

    visit_search(node, try_key, &fitting);
    return fitting.lacking == 0;
}

static bool map_true(const struct search_map *map, const struct event *event,
                     const struct list_set *lists)
{
    for (size_t i = 0; i < map->count; i++) {
        if (!answer_predicate(&map->predicates[i], event, lists)) {
            return false;
        }
    }
    return true;
}

bool detection_search_true(const struct search *search, const struct event *event,
                           const struct list_set *lists)
{
    for (size_t i = 0; i < search->maps_count; i++) {
        if (map_true(&search->maps[i], event, lists)) {
            return true;
        }
    }
    return false;
}

bool detection_true(const struct detection *detection, const struct event *event,
                    const struct list_set *lists)
{
    uint64_t truths = 0;

    for (size_t i = 0; i < detection->searches_count; i++) {
        if (detection_search_true(&detection->searches[i], event, lists)) {
            truths |= UINT64_C(1) << i;
        }
    }
    return expression_true(&detection->expression, truths);
}
