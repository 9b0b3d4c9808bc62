#include "seinpost/rule/load.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/file.h"
#include "seinpost/base/vector.h"
#include "seinpost/rule/assembly.h"
#include "seinpost/rule/law.h"
#include "seinpost/rule/pattern.h"
#include "seinpost/rule/silence.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static void add_rule(struct assembly *assembly, const struct tree *node)
{
    struct document_rule *document = arena_alloc(assembly->arena, sizeof *document);
    struct rule *rule = arena_alloc(assembly->arena, sizeof *rule);
    struct build *build = arena_alloc(assembly->arena, sizeof *build);

    document_read_rule(assembly->diag, assembly->arena, node, document);
    if (document->name.size > 0) {
        (void)bind_name(assembly->diag, tree_get(node, "name"), document->name);
    }
    *rule = (struct rule){
        .name = document->name,
        .id = document->id.size > 0 ? document->id : document->name,
        .title = document->title,
        .owner = document->owner,
        .version = document->version,
        .score = document->score,
        .status = document->status,
        .level = document->level,
        .stage = document->stage,
        .track = document->track,
        .purposes = document->purposes,
        .legal_bases = document->legal_bases,
        .expires = document->expires,
        .generate = document->correlation == NULL || document->joins.generate,
        .key = RULE_NONE,
        .timespan_ms = document->joins.timespan_ms > 0 ? document->joins.timespan_ms : 0,
        .window = (enum rule_window)document->joins.window,
        .gap_ms = document->joins.gap_ms,
        .close_after_ms = document->joins.close_after_ms,
        .lateness_ms = document->correlation == NULL ? -1 : document->joins.lateness_ms,
        .groups_max = document->joins.groups_max,
        .until = RULE_NONE,
        .after = RULE_NONE,
        .missing = RULE_NONE,
        .field = RULE_NONE,
        .sector_operand = RULE_NONE,
        .stage_operand = RULE_NONE,
        .node = node,
        .index = assembly->builds.count, /* as it is read; by name once all are */
    };
    if (assembly->options->drafts && rule->status == RULE_DRAFT) {
        rule->status = RULE_TEST;
    }
    *build = (struct build){.document = document, .rule = rule, .program = assembly->program};
    build->compile = (struct compile){.arena = assembly->arena,
                                      .diag = assembly->diag,
                                      .catalogue = assembly->program->catalogue,
                                      .lists = assembly->lists,
                                      .patterns = assembly->patterns,
                                      .conditions = &assembly->conditions,
                                      .memory = &assembly->memory};
    VECTOR_PUSH(&assembly->builds, build);
}

struct entry_document {
    struct slice value;
    struct instant expires;
    struct slice basis;
    struct slice note;
};

static const struct bind_key entry_keys[] = {
    {"value", BIND_TEXT, true, offsetof(struct entry_document, value), NULL},
    {"expires", BIND_DATE, false, offsetof(struct entry_document, expires), NULL},
    {"basis", BIND_TEXT, false, offsetof(struct entry_document, basis), NULL},
    {"note", BIND_TEXT, false, offsetof(struct entry_document, note), NULL},
};
const struct bind_table load_entry_table = {entry_keys, 4, NULL};

/* Where the list of this name stands. */
static void hint_list(const struct assembly *assembly, struct slice name)
{
    for (size_t i = 0; i < assembly->list_names.count; i++) {
        const struct tree *node = assembly->list_names.items[i];
        if (slice_equal(node->text, name)) {
            diag_hint(assembly->diag, "in %s:%u", node->place.file, node->place.line);
            return;
        }
    }
}

static void add_list(struct assembly *assembly, const struct tree *node)
{
    struct document_list document;

    document_read_list(assembly->diag, assembly->arena, node, &document);
    if (document.name.size > 0) {
        (void)bind_name(assembly->diag, tree_get(node, "name"), document.name);
    }
    law_list(assembly->diag, &document, node, assembly->options->today);
    if (document.entries == NULL || document.name.size == 0) {
        return;
    }
    struct list list = {.name = document.name, .key = kind_find(document.key)};
    struct list_entry *entries =
        arena_alloc(assembly->arena, document.entries->count * sizeof *entries);
    for (const struct tree *item = document.entries->first; item != NULL; item = item->next) {
        struct entry_document entry = {.expires = document.expires};
        if (bind_map(assembly->diag, assembly->arena, item, &load_entry_table, &entry)) {
            entries[list.entries_count++] = (struct list_entry){
                entry.value, instant_least(entry.expires, document.expires)};
        }
    }
    if (list.key == KIND_NONE && document.key.size > 0 && !slice_is(document.key, "code")) {
        tree_fault(assembly->diag, tree_get(node, "key"), "E205",
                   "'%.*s' is neither an identity kind nor 'code'", SLICE_ARGS(document.key));
    }
    list.entries = entries;
    if (!list_set_fill(assembly->lists, &list)) {
        tree_fault(assembly->diag, tree_get(node, "name"), "E308",
                   "there is a list '%.*s' already", SLICE_ARGS(document.name));
        hint_list(assembly, document.name);
        return;
    }
    VECTOR_PUSH(&assembly->list_names, tree_get(node, "name"));
}

static void add_exception(struct assembly *assembly, const struct tree *node)
{
    struct document_exception *document = arena_alloc(assembly->arena, sizeof *document);

    document_read_exception(assembly->diag, assembly->arena, node, document);
    law_exception(assembly->diag, document, node, assembly->options->today);
    VECTOR_PUSH(&assembly->exceptions, (struct probes_exception){document, node});
}

static void add_document(struct assembly *assembly, const struct tree *node)
{
    switch (document_kind(assembly->diag, node)) {
    case DOCUMENT_RULE:
        add_rule(assembly, node);
        break;
    case DOCUMENT_LIST:
        add_list(assembly, node);
        break;
    case DOCUMENT_EXCEPTION:
        add_exception(assembly, node);
        break;
    case DOCUMENT_TEST:
        document_read_test(assembly->diag, assembly->arena, node);
        VECTOR_PUSH(&assembly->tests, node);
        break;
    case DOCUMENT_UNKNOWN:
        break;
    }
}

/* What a syntax error cut off is there all the same for those that name it: one fault is
 * enough.
 */
static void add_unread(struct assembly *assembly, const struct tree *node)
{
    const struct tree *name = tree_get(node, "name");

    if (name == NULL || name->kind != TREE_SCALAR) {
        return;
    }
    struct program_unread *unread = arena_alloc(assembly->arena, sizeof *unread);
    *unread = (struct program_unread){name->text, assembly->program->unread};
    assembly->program->unread = unread;
}

static void read_file(struct assembly *assembly, const char *path)
{
    struct slice text = {0};

    if (!file_read(assembly->arena, path, &text)) {
        diag_add(assembly->diag, (struct diag_place){.file = path}, "E112", "unreadable: %s",
                 strerror(errno));
        return;
    }
    const struct tree *documents = tree_read(assembly->diag, assembly->arena, path, text);
    silence_read(assembly->diag, assembly->arena, text, documents, assembly->options->today);
    for (const struct tree *node = documents; node != NULL; node = node->next) {
        if (node->cut) {
            add_unread(assembly, node);
        } else if (!tree_is_null(node)) {
            add_document(assembly, node);
        }
    }
}

/* What looks like a rule file below a folder and is none by its name. */
static void tell_left_out(struct assembly *assembly, const char *path)
{
    struct file_list files = {0};

    (void)file_find(assembly->arena, path, SLICE(".yml"), &files);
    for (size_t i = 0; i < files.count; i++) {
        if (strcmp(files.paths[i], path) != 0) {
            diag_add(assembly->diag, (struct diag_place){.file = files.paths[i]}, "W707",
                     "not read: the name of a rule file ends in .yaml");
        }
    }
}

static void read_path(struct assembly *assembly, const char *path)
{
    struct file_list files = {0};

    if (!file_find(assembly->arena, path, SLICE(".yaml"), &files)) {
        diag_add(assembly->diag, (struct diag_place){.file = path}, "E112", "unreadable: %s",
                 strerror(errno));
    }
    for (size_t i = 0; i < files.count; i++) {
        read_file(assembly, files.paths[i]);
    }
    tell_left_out(assembly, path);
}

static int by_name(const void *left, const void *right)
{
    const struct build *const *a = left;
    const struct build *const *b = right;

    const int order = slice_compare((*a)->rule->name, (*b)->rule->name);

    return order != 0 ? order : (*a)->rule->index < (*b)->rule->index ? -1 : 1;
}

/* Orders the rules by name. Of two with one name the first in the files' order stays. */
static void order_rules(struct assembly *assembly)
{
    struct rule **rules =
        arena_alloc(assembly->arena, (assembly->builds.count + 1) * sizeof(struct rule *));
    size_t count = 0;

    if (assembly->builds.count > 0) {
        qsort(assembly->builds.items, assembly->builds.count, sizeof(struct build *), by_name);
    }
    for (size_t i = 0; i < assembly->builds.count; i++) {
        struct build *build = assembly->builds.items[i];
        if (count > 0 && build->rule->name.size > 0 &&
            slice_equal(rules[count - 1]->name, build->rule->name)) {
            const struct diag_place *other = &tree_get(rules[count - 1]->node, "name")->place;
            tree_fault(assembly->diag, tree_get(build->rule->node, "name"), "E308",
                       "there is a rule '%.*s' already", SLICE_ARGS(build->rule->name));
            diag_hint(assembly->diag, "in %s:%u", other->file, other->line);
            continue;
        }
        build->rule->index = count;
        assembly->builds.items[count] = build;
        rules[count++] = build->rule;
    }
    assembly->builds.count = count;
    assembly->program->rules = rules;
    assembly->program->rules_count = count;
}

struct program *load_program(struct arena *arena, struct diag *diag,
                             const struct catalogue *catalogue, const char *const *paths,
                             size_t paths_count, const struct load_options *options)
{
    struct assembly assembly = {.arena = arena, .diag = diag, .options = options};

    assembly.program = arena_alloc(arena, sizeof *assembly.program);
    assembly.program->catalogue = catalogue;
    assembly.program->places = options->places;
    assembly.program->sources = options->sources;
    assembly.program->never_late = options->never_late;
    assembly.lists = list_set_new(arena);
    assembly.patterns = pattern_set_new(arena);
    for (size_t i = 0; i < paths_count; i++) {
        read_path(&assembly, paths[i]);
    }
    order_rules(&assembly);
    assembly_compile(&assembly);
    VECTOR_FREE(&assembly.builds);
    VECTOR_FREE(&assembly.exceptions);
    VECTOR_FREE(&assembly.list_names);
    VECTOR_FREE(&assembly.tests);
    VECTOR_FREE(&assembly.probes);
    return assembly.program;
}
