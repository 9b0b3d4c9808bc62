#include "seinpost/rule/grouping.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/nearest.h"
#include "seinpost/rule/alerting.h"
#include "seinpost/rule/criteria.h"
#include "seinpost/rule/entries.h"

static struct slice alias_of(struct build *build, struct slice element, size_t entry)
{
    const struct tree *aliases = build->document->joins.aliases;
    const struct tree *alias = NULL;

    for (const struct tree *node = aliases == NULL ? NULL : aliases->first; node != NULL;
         node = node->next) {
        if (slice_equal(node->key, element)) {
            alias = node;
        }
    }
    if (alias == NULL || alias->kind != TREE_MAP) {
        return element;
    }
    for (const struct tree *node = alias->first; node != NULL; node = node->next) {
        if (slice_equal(node->key, build->names[entry]) && node->kind == TREE_SCALAR) {
            return node->text;
        }
    }
    return element;
}

static void check_aliases(struct build *build)
{
    const struct tree *aliases = build->document->joins.aliases;

    for (const struct tree *alias = aliases == NULL ? NULL : aliases->first; alias != NULL;
         alias = alias->next) {
        bool used = false;
        for (size_t i = 0; i < build->rule->group_count; i++) {
            used = used || slice_equal(build->group[i].name, alias->key);
        }
        if (!used) {
            tree_key_fault(build->compile.diag, alias, "E311", "'%.*s' is not in group-by",
                           SLICE_ARGS(alias->key));
        }
        if (alias->kind != TREE_MAP) {
            tree_fault(build->compile.diag, alias, "E204",
                       "a map of events expected, this is %s", tree_kind_name(alias));
            continue;
        }
        for (const struct tree *event = alias->first; event != NULL; event = event->next) {
            if (entries_named(build, event->key) == 0) {
                (void)entries_find(build, event, event->key); /* says what is wrong */
            }
            if (event->kind != TREE_SCALAR) {
                tree_fault(build->compile.diag, event, "E204", "a field expected, this is %s",
                           tree_kind_name(event));
            }
        }
    }
}

/* Does any type of the entry have the path? What it has none of is in no group. */
static bool entry_has(const struct rule_entry *entry, struct slice path,
                      const struct event_type **lacking)
{
    struct path resolved;

    for (size_t i = 0; i < entry->types_count; i++) {
        if (path_resolve(entry->types[i], path, &resolved) == PATH_OK) {
            return true;
        }
        *lacking = entry->types[i];
    }
    return false;
}

/* Where the path stands by which an entry gives an element: in `by`, in `aliases`, or it is the
 * element itself. */
static const struct tree *path_node(const struct build *build, const struct tree *element,
                                    size_t entry)
{
    const struct tree *by = build->sources[entry].by;
    const struct tree *alias = NULL;

    if (by != NULL) {
        return by;
    }
    for (const struct tree *node = build->document->joins.aliases == NULL
                                       ? NULL
                                       : build->document->joins.aliases->first;
         node != NULL; node = node->next) {
        if (slice_equal(node->key, element->text)) {
            alias = node;
        }
    }
    for (const struct tree *node = alias == NULL ? NULL : alias->first; node != NULL;
         node = node->next) {
        if (slice_equal(node->key, build->names[entry])) {
            return node;
        }
    }
    return element;
}

static void tell_lacking(const struct build *build, const struct tree *node, struct slice path,
                         const struct event_type *lacking)
{
    struct nearest nearest = {0};

    tree_fault(build->compile.diag, node, "E309", "cannot group: %.*s has no '%.*s'",
               SLICE_ARGS(lacking->name), SLICE_ARGS(path));
    for (size_t i = 0; i < lacking->fields_count; i++) {
        nearest_try(&nearest, path, lacking->fields[i].name);
        nearest_try(&nearest, path, kind_name(lacking->fields[i].kind));
    }
    if (nearest_found(&nearest)) {
        diag_hint(build->compile.diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    } else if (node->key.data == NULL) {
        diag_hint(build->compile.diag, "'aliases' says which field stands for it");
    }
}

bool grouping_is_unsaid(const struct rule_entry *entry, struct slice path)
{
    const struct rule *made_by = entry->made_by;
    struct path resolved;

    return made_by != NULL && made_by->alerts != NULL &&
           path_resolve(made_by->alerts, path, &resolved) == PATH_OK &&
           resolved.part == PATH_FIELDS && resolved.indexes_count > 0 &&
           resolved.indexes[0] >=
               ALERTING_GROUP + made_by->group_count + made_by->carries_count;
}

static void warn_unsaid(const struct build *build, size_t entry, struct slice path)
{
    static const char text[] = "alerts of '%.*s' say no '%.*s': they are in no group";
    const struct tree *node = build->entries[entry].node;
    const struct slice name = build->names[entry];

    if (slice_equal(node->key, name)) {
        tree_key_fault(build->compile.diag, node, "W606", text, SLICE_ARGS(name),
                       SLICE_ARGS(path));
    } else {
        tree_part_fault(build->compile.diag, node, name, "W606", text, SLICE_ARGS(name),
                        SLICE_ARGS(path));
    }
    diag_hint(build->compile.diag, "let that rule 'carry' it");
}

static void check_element(struct build *build, const struct tree *node, size_t element)
{
    for (size_t i = 0; i < build->rule->entries_count; i++) {
        const struct event_type *lacking = NULL;
        const struct slice path = build->group_paths[element][i];
        if (criteria_is_protected(path)) {
            criteria_protected_fault(build->compile.diag, path_node(build, node, i), path);
        } else if (!entry_has(&build->entries[i], path, &lacking) && lacking != NULL) {
            tell_lacking(build, path_node(build, node, i), path, lacking);
        } else if (grouping_is_unsaid(&build->entries[i], path)) {
            warn_unsaid(build, i, path);
        }
    }
}

/* May one event meet both entries? */
static bool may_be_one(const struct rule_entry *a, const struct rule_entry *b)
{
    bool shared = false;

    for (size_t i = 0; i < a->types_count; i++) {
        for (size_t j = 0; j < b->types_count; j++) {
            shared = shared || a->types[i] == b->types[j];
        }
    }
    return shared && a->made_by == b->made_by;
}

/* An event travels with one value of each path beside the key. */
static void check_one_path(struct build *build, const struct tree *node, size_t element)
{
    const size_t count = build->rule->entries_count;

    for (size_t i = 0; i < count * count; i++) {
        const size_t a = i / count;
        const size_t b = i % count;
        if (a < b && may_be_one(&build->entries[a], &build->entries[b]) &&
            !slice_equal(build->group_paths[element][a], build->group_paths[element][b])) {
            tree_fault(
                build->compile.diag, path_node(build, node, b), "E311",
                "only the key may differ between '%.*s' and '%.*s': one event may be both",
                SLICE_ARGS(build->names[a]), SLICE_ARGS(build->names[b]));
            return;
        }
    }
}

static const struct field *field_of(const struct build *build, size_t element, size_t entry,
                                    size_t type)
{
    struct path path;

    return path_resolve(build->entries[entry].types[type], build->group_paths[element][entry],
                        &path) == PATH_OK
               ? path.field
               : NULL;
}

/* An element is a kind by its name, or because all its fields are of one. */
static enum kind kind_of_element(const struct build *build, size_t element)
{
    struct slice name = build->group[element].name;
    enum kind kind = kind_find(slice_cut(&name, '/'));

    if (kind != KIND_NONE) {
        return kind;
    }
    for (size_t i = 0; i < build->rule->entries_count; i++) {
        for (size_t j = 0; j < build->entries[i].types_count; j++) {
            const struct field *field = field_of(build, element, i, j);
            if (field == NULL) {
                continue;
            }
            if (field->kind == KIND_NONE || (kind != KIND_NONE && kind != field->kind)) {
                return KIND_NONE;
            }
            kind = field->kind;
        }
    }
    return kind;
}

/* `by` of a step, or `key` of a side: one path for the first identity kind, or one for each
 * element. */
static void apply_by(struct build *build, size_t entry)
{
    const struct tree *by = build->sources[entry].by;
    struct bind_list paths = {0};
    const struct rule *rule = build->rule;

    if (by == NULL || rule->key == RULE_NONE ||
        !bind_scalars(build->compile.diag, build->compile.arena, by, &paths)) {
        return;
    }
    if (by->kind == TREE_LIST && paths.count != rule->group_count) {
        tree_fault(build->compile.diag, by, "E204", "one path for each element of group-by");
        return;
    }
    for (size_t i = 0; i < paths.count; i++) {
        const size_t element = by->kind == TREE_LIST ? i : (size_t)rule->key;
        build->group_paths[element][entry] = paths.nodes[i]->text;
    }
}

static void add_element(struct build *build, const struct tree *node)
{
    struct rule *rule = build->rule;

    if (rule->group_count == RULE_GROUP_MAX) {
        tree_fault(build->compile.diag, node, "E204", "at most %d elements", RULE_GROUP_MAX);
        return;
    }
    const size_t element = rule->group_count++;
    build->group_paths[element] =
        arena_alloc(build->compile.arena, rule->entries_count * sizeof(struct slice));
    build->group[element] = (struct rule_group){.name = node->text, .operand = RULE_NONE};
    for (size_t i = 0; i < rule->entries_count; i++) {
        build->group_paths[element][i] = alias_of(build, node->text, i);
    }
    build->group[element].kind = kind_of_element(build, element);
    if (rule->key == RULE_NONE && build->group[element].kind != KIND_NONE) {
        rule->key = (int)element;
    }
}

static void learn_element(struct build *build, size_t element, struct rule_operand *operand)
{
    const struct tree *node = build->document->joins.group_by.nodes[element];

    for (size_t i = 0; i < build->rule->entries_count; i++) {
        const struct rule_entry *entry = &build->entries[i];
        struct path path;
        for (size_t j = 0; j < entry->types_count; j++) {
            if (path_resolve(entry->types[j], build->group_paths[element][i], &path) ==
                PATH_OK) {
                (void)entries_learn(build, node, operand, &path);
            }
        }
    }
}

static bool goes_by_its_name(const struct build *build, size_t element)
{
    bool does = true;

    for (size_t i = 0; i < build->rule->entries_count; i++) {
        does = does && slice_equal(build->group_paths[element][i], build->group[element].name);
    }
    return does;
}

/* Elements beside the key travel as operands, under the element's name. A field of that name,
 * where an alias says another path, is another operand. */
static void add_group_operands(struct build *build)
{
    for (size_t i = 0; i < build->rule->group_count; i++) {
        if ((int)i == build->rule->key) {
            continue;
        }
        const int index = entries_operand_index(build, build->group[i].name);
        if (index == RULE_NONE) {
            continue; /* faulted where it was too much */
        }
        build->group[i].operand = index;
        build->operands[index].element = !goes_by_its_name(build, i);
        learn_element(build, i, &build->operands[index]);
        for (size_t j = 0; j < build->rule->entries_count; j++) {
            build->entries[j].operands |= UINT64_C(1) << index;
        }
    }
}

void grouping_read(struct build *build)
{
    const struct bind_list *elements = &build->document->joins.group_by;

    build->rule->group = build->group;
    build->rule->key = RULE_NONE;
    for (size_t i = 0; i < elements->count; i++) {
        add_element(build, elements->nodes[i]);
    }
    if (build->rule->key == RULE_NONE && build->rule->group_count > 0) {
        build->rule->key = 0;
    }
    for (size_t i = 0; i < build->rule->entries_count; i++) {
        apply_by(build, i);
    }
    for (size_t i = 0; i < build->rule->group_count; i++) {
        build->group[i].kind = kind_of_element(build, i);
        check_element(build, elements->nodes[i], i);
        if ((int)i != build->rule->key) {
            check_one_path(build, elements->nodes[i], i);
        }
    }
    check_aliases(build);
    add_group_operands(build);
}

struct slice grouping_path(const struct build *build, size_t element, int entry)
{
    ENSURE(element < build->rule->group_count);
    return build->group_paths[element][entry];
}

unsigned grouping_asked(const struct build *build)
{
    const struct bind_list *elements = &build->document->joins.group_by;
    const struct tree *via = build->document->joins.via;
    unsigned mask = 0;

    if (via != NULL) {
        mask |= 1U << (unsigned)kind_find(via->text);
    }
    for (const struct tree *node = via == NULL ? NULL : via->first; node != NULL;
         node = node->next) {
        mask |= 1U << (unsigned)kind_find(node->text);
    }
    for (size_t i = 0; i < elements->count; i++) {
        struct slice name = elements->nodes[i]->text;
        mask |= 1U << (unsigned)kind_find(slice_cut(&name, '/'));
    }
    return mask & ~(1U << KIND_NONE);
}
