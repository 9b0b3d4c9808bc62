#include "seinpost/rule/entries.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/nearest.h"
#include "seinpost/base/text.h"
#include "seinpost/rule/criteria.h"
#include "seinpost/rule/grouping.h"
#include "seinpost/rule/types.h"

#include <stddef.h>
#include <string.h>

struct event_document {
    const struct tree *source;
    const struct tree *detection;
};

struct source_document {
    struct bind_list types;
    struct slice source;
};

static const struct bind_key event_keys[] = {
    {"source", BIND_MAP, true, offsetof(struct event_document, source), NULL},
    {"detection", BIND_MAP, true, offsetof(struct event_document, detection), NULL},
};
const struct bind_table entries_event_table = {event_keys, 2, NULL};

static const struct bind_key source_keys[] = {
    {"type", BIND_TEXTS, true, offsetof(struct source_document, types), NULL},
    {"source", BIND_TEXT, false, offsetof(struct source_document, source), NULL},
};
const struct bind_table entries_source_table = {source_keys, 2, NULL};

static int add_entry(struct build *build, const struct tree *node, struct slice name)
{
    struct rule *rule = build->rule;

    ENSURE(!build->gathered);
    if (rule->entries_count == RULE_ENTRIES_MAX) {
        tree_key_fault(build->compile.diag, node, "E204", "more than %d events and rules",
                       RULE_ENTRIES_MAX);
        return RULE_NONE;
    }
    const int index = (int)rule->entries_count++;
    build->entries[index] = (struct rule_entry){.name = name, .node = node};
    build->names[index] = name;
    build->sources[index].like = RULE_NONE;
    if (build->document->joins.type == CORRELATION_SEQUENCE) { /* steps look at earlier ones */
        build->compile.entries_count = rule->entries_count;
    }
    return index;
}

static void gather_event(struct build *build, const struct tree *node, struct slice name)
{
    struct event_document document = {0};
    const int index = add_entry(build, node, name);

    (void)bind_name(build->compile.diag, node, name);
    if (index == RULE_NONE || !bind_map(build->compile.diag, build->compile.arena, node,
                                        &entries_event_table, &document)) {
        return;
    }
    build->sources[index].source = document.source;
    build->sources[index].detection = document.detection;
}

/* Returns the new entry's bit, 0 when there are too many. */
static uint64_t gather_rule(struct build *build, const struct tree *node, struct rule *made_by)
{
    const int index = add_entry(build, node, made_by->name);

    if (index == RULE_NONE) {
        return 0;
    }
    build->entries[index].made_by = made_by;
    made_by->is_read = true;
    made_by->asked |= grouping_asked(build);
    return UINT64_C(1) << index;
}

/* Adds the rules whose names match the glob, and that are not entries yet. Returns their mask.
 */
static uint64_t gather_rules(struct build *build, const struct tree *node, struct slice glob)
{
    uint64_t mask = 0;
    uint64_t bit = 1;

    if (!slice_is_glob(glob)) {
        struct rule *made_by = program_find(build->program, glob);
        return made_by == NULL || made_by == build->rule ? 0
                                                         : gather_rule(build, node, made_by);
    }
    for (size_t i = 0; bit != 0 && i < build->program->rules_count; i++) {
        struct rule *made_by = build->program->rules[i];
        if (made_by != build->rule && slice_glob(glob, made_by->name) &&
            entries_named(build, made_by->name) == 0) {
            bit = gather_rule(build, node, made_by);
            mask |= bit;
        }
    }
    return mask;
}

static void report_unknown(struct build *build, const struct tree *node, struct slice name)
{
    struct nearest nearest = {0};

    if (program_is_unread(build->program, name)) {
        return;
    }
    for (size_t i = 0; i < build->rule->entries_count; i++) {
        nearest_try(&nearest, name, build->names[i]);
    }
    for (size_t i = 0; !diag_is_long(build->compile.diag) && i < build->program->rules_count;
         i++) {
        nearest_try(&nearest, name, build->program->rules[i]->name);
    }
    if (slice_equal(name, build->rule->name)) {
        tree_part_fault(build->compile.diag, node, name, "E301",
                        "a rule cannot read its own alerts");
        return;
    }
    tree_part_fault(build->compile.diag, node, name, "E301",
                    "no event of this rule and no rule is named '%.*s'", SLICE_ARGS(name));
    if (nearest_found(&nearest)) {
        diag_hint(build->compile.diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
}

/* Returns the mask of what a name or glob means, gathering rules that are named for the first
 * time. A glob of the rule's own events means no rules; one that met a rule may mean more. */
static uint64_t gather(struct build *build, const struct tree *node, struct slice name)
{
    uint64_t mask = 0;
    bool own = false;

    for (size_t i = 0; i < build->rule->entries_count; i++) {
        if (slice_glob(name, build->names[i])) {
            mask |= UINT64_C(1) << i;
            own = own || build->entries[i].made_by == NULL;
        }
    }
    if (!own && !build->gathered && (mask == 0 || slice_is_glob(name))) {
        mask |= gather_rules(build, node, name);
    }
    if (mask == 0) {
        report_unknown(build, node, name);
    }
    return mask;
}

uint64_t entries_mask(struct build *build, const struct tree *node)
{
    uint64_t mask = 0;

    if (node == NULL) {
        return 0;
    }
    if (node->kind == TREE_SCALAR) {
        return gather(build, node, node->text);
    }
    for (const struct tree *item = node->first; item != NULL; item = item->next) {
        if (node->kind == TREE_MAP) {
            mask |= gather(build, item, item->key);
        } else if (item->kind == TREE_SCALAR) {
            mask |= gather(build, item, item->text);
        } else {
            tree_fault(build->compile.diag, item, "E204", "a name expected, this is %s",
                       tree_kind_name(item));
        }
    }
    return mask;
}

uint64_t entries_named(const struct build *build, struct slice name)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < build->rule->entries_count; i++) {
        if (slice_equal(build->names[i], name)) {
            mask |= UINT64_C(1) << i;
        }
    }
    return mask;
}

static bool same_paths(const struct tree *a, const struct tree *b)
{
    struct text left = {0};
    struct text right = {0};

    if (a == NULL || b == NULL) {
        return a == b;
    }
    tree_digest(&left, a);
    tree_digest(&right, b);
    const bool same = slice_equal(text_slice(&left), text_slice(&right));
    text_free(&left);
    text_free(&right);
    return same;
}

/* The entry of this name and `by`; one that nothing has taken may still become it. */
static int find_by(const struct build *build, struct slice name, const struct tree *by,
                   bool free_too)
{
    for (size_t i = 0; i < build->rule->entries_count; i++) {
        const struct build_entry *source = &build->sources[i];
        if (slice_equal(build->names[i], name) &&
            ((free_too && !source->taken) || same_paths(source->by, by))) {
            return (int)i;
        }
    }
    return RULE_NONE;
}

int entries_find_by(struct build *build, const struct tree *node, struct slice name,
                    const struct tree *by)
{
    const int entry = find_by(build, name, by, false);

    return entry != RULE_NONE ? entry : entries_find(build, node, name);
}

int entries_find(struct build *build, const struct tree *node, struct slice name)
{
    struct nearest nearest = {0};
    const int entry = find_by(build, name, NULL, false);

    if (entry != RULE_NONE) {
        return entry;
    }
    for (size_t i = 0; i < build->rule->entries_count; i++) {
        nearest_try(&nearest, name, build->names[i]);
    }
    if (program_is_unread(build->program, name)) {
        return RULE_NONE;
    }
    tree_part_fault(build->compile.diag, node, name, "E302", "this rule has no event '%.*s'",
                    SLICE_ARGS(name));
    if (nearest_found(&nearest)) {
        diag_hint(build->compile.diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
    return RULE_NONE;
}

/* Gathers what a step or a side of a ratio means: an event grouped by `by`. Under another `by`
 * it is another entry, so that one event can be two steps of two groups. */
static void gather_by(struct build *build, const struct tree *name, const struct tree *by)
{
    if (name == NULL || name->kind != TREE_SCALAR) {
        return;
    }
    (void)entries_mask(build, name);
    const uint64_t named = entries_named(build, name->text);
    if (named == 0) {
        return; /* faulted, or a glob, which entries_find() faults */
    }
    int index = find_by(build, name->text, by, true);
    if (index == RULE_NONE) {
        const int like = __builtin_ctzll(named);
        index = add_entry(build, build->entries[like].node, name->text);
        if (index == RULE_NONE) {
            return;
        }
        build->entries[index].made_by = build->entries[like].made_by;
        build->sources[index].like = like;
    }
    build->sources[index].by = by;
    build->sources[index].taken = true;
}

static void gather_steps(struct build *build, const struct tree *steps)
{
    for (const struct tree *step = steps->first; step != NULL; step = step->next) {
        gather_by(build, tree_get(step, "rule"), tree_get(step, "by"));
        gather_by(build, tree_get(step, "not"), NULL);
    }
}

static void gather_side(struct build *build, const struct tree *side)
{
    gather_by(build, tree_get(side, "rule"), tree_get(side, "key"));
}

static void gather_named(struct build *build, const struct tree *map, const char *key)
{
    (void)entries_mask(build, tree_get(map, key));
}

static void gather_all(struct build *build)
{
    const struct document_rule *document = build->document;

    if (document->correlation == NULL) {
        (void)add_entry(build, build->rule->node, SLICE("event"));
        build->sources[0].source = document->source;
        build->sources[0].detection = document->detection;
        return;
    }
    for (const struct tree *event = document->events == NULL ? NULL : document->events->first;
         event != NULL; event = event->next) {
        gather_event(build, event, event->key);
    }
    gather_named(build, document->correlation, "rules");
    if (document->joins.steps != NULL) {
        gather_steps(build, document->joins.steps);
    }
    gather_by(build, tree_get(document->correlation, "until"), NULL);
    gather_side(build, document->joins.numerator);
    gather_side(build, document->joins.denominator);
    gather_named(build, document->correlation, "after");
    gather_named(build, document->correlation, "missing");
    if (tree_get(document->alert, "close-on") != NULL) { /* never by what a step goes by */
        gather_by(build, tree_get(document->alert, "close-on"), NULL);
    }
}

/* Rules have few entries: what they need is kept. */
void entries_gather(struct build *build)
{
    struct rule_entry entries[RULE_ENTRIES_MAX] = {0};
    struct build_entry sources[RULE_ENTRIES_MAX] = {0};
    struct slice names[RULE_ENTRIES_MAX] = {0};
    struct arena *arena = build->compile.arena;

    build->entries = entries;
    build->sources = sources;
    build->names = names;
    gather_all(build);
    const size_t count = build->rule->entries_count;
    build->entries = arena_copy(arena, entries, count * sizeof entries[0]);
    build->sources = arena_copy(arena, sources, count * sizeof sources[0]);
    build->names = arena_copy(arena, names, count * sizeof names[0]);
    build->gathered = true;
    build->rule->entries = build->entries;
    build->compile.entries = build->names;
}

static void compile_event(struct build *build, size_t index)
{
    struct build_entry *source = &build->sources[index];
    struct rule_entry *entry = &build->entries[index];
    struct source_document document = {0};
    struct types types;

    if (source->source == NULL || source->detection == NULL) {
        return;
    }
    (void)bind_map(build->compile.diag, build->compile.arena, source->source,
                   &entries_source_table, &document);
    source->source_glob = document.source;
    types_find(&build->compile, &document.types, source->detection, &types);
    struct detection *detections =
        arena_alloc(build->compile.arena, types.count * sizeof *detections);
    for (size_t i = 0; i < types.count; i++) {
        (void)detection_read(&build->compile, types.items[i], source->detection,
                             &detections[i]);
    }
    source->detections = detections;
    entry->types = types.items;
    entry->types_count = types.count;
}

/* An entry under another `by` means the same events. */
static void compile_like(struct build *build, size_t index)
{
    struct build_entry *source = &build->sources[index];
    const struct rule_entry *like = &build->entries[source->like];

    source->source = build->sources[source->like].source;
    source->detection = build->sources[source->like].detection;
    source->source_glob = build->sources[source->like].source_glob;
    source->detections = build->sources[source->like].detections;
    build->entries[index].types = like->types;
    build->entries[index].types_count = like->types_count;
}

/* An alert's sectors and stage decide what a higher alert says, asked for or not. */
static void ask_for_words(struct build *build, size_t index)
{
    const uint64_t mask = UINT64_C(1) << index;
    const struct tree *node = build->entries[index].node;

    build->rule->sector_operand = entries_operand(build, node, SLICE("sector"), mask);
    build->rule->stage_operand = entries_operand(build, node, SLICE("stage"), mask);
}

void entries_compile(struct build *build)
{
    for (size_t i = 0; i < build->rule->entries_count; i++) {
        struct rule_entry *entry = &build->entries[i];
        if (build->sources[i].like != RULE_NONE) {
            compile_like(build, i);
        } else if (entry->made_by == NULL) {
            compile_event(build, i);
        } else if (entry->made_by->alerts != NULL) {
            const struct event_type **types =
                arena_alloc(build->compile.arena, sizeof(const struct event_type *));
            types[0] = entry->made_by->alerts;
            entry->types = types;
            entry->types_count = 1;
            ask_for_words(build, i);
        }
    }
}

int entries_operand_index(struct build *build, struct slice path)
{
    for (size_t i = 0; i < build->rule->operands_count; i++) {
        if (!build->operands[i].element && slice_equal(build->operands[i].name, path)) {
            return (int)i;
        }
    }
    if (build->rule->operands_count == RULE_OPERANDS_MAX) {
        return RULE_NONE;
    }
    const int index = (int)build->rule->operands_count++;
    build->operands[index] = (struct rule_operand){.name = path};
    build->rule->operands = build->operands;
    return index;
}

static bool same_type(const struct rule_operand *operand, const struct path *path)
{
    return operand_type_of(operand->type) == operand_type_of(path->type);
}

bool entries_learn(struct build *build, const struct tree *node, struct rule_operand *operand,
                   const struct path *path)
{
    if (!operand->known) {
        operand->known = true;
        operand->type = path->type;
        operand->kind = path->field == NULL ? KIND_NONE : path->field->kind;
        operand->role = path->field == NULL ? SLICE("") : path->field->role;
        return true;
    }
    if (!same_type(operand, path)) {
        tree_part_fault(build->compile.diag, node, operand->name, "E212",
                        "'%.*s' is %s in one event type and %s in another",
                        SLICE_ARGS(operand->name), catalogue_field_type_name(operand->type),
                        catalogue_field_type_name(path->type));
        return false;
    }
    return true;
}

int entries_operand(struct build *build, const struct tree *node, struct slice path,
                    uint64_t mask)
{
    const struct event_type *lacking = NULL;
    bool found = false;

    if (criteria_is_protected(path)) {
        criteria_protected_fault(build->compile.diag, node, path);
        return RULE_NONE;
    }
    const int index = entries_operand_index(build, path);
    if (index == RULE_NONE) {
        tree_part_fault(build->compile.diag, node, path, "E204",
                        "more than %d fields are needed", RULE_OPERANDS_MAX);
        return RULE_NONE;
    }
    for (size_t i = 0; i < build->rule->entries_count; i++) {
        struct rule_entry *entry = &build->entries[i];
        for (size_t j = 0; (mask >> i & 1) != 0 && j < entry->types_count; j++) {
            struct path resolved;
            if (path_resolve(entry->types[j], path, &resolved) != PATH_OK) {
                lacking = entry->types[j];
            } else if (entries_learn(build, node, &build->operands[index], &resolved)) {
                entry->operands |= UINT64_C(1) << index;
                found = true;
            }
        }
    }
    if (!found && lacking != NULL) {
        operand_unknown(build->compile.diag, node, lacking, path);
    }
    return found ? index : RULE_NONE;
}
