#include "seinpost/rule/references.h"

#include "seinpost/base/nearest.h"

/* Does all run that a rule reads? Of a rule that was to run and has faults these were told. */
static bool check_reader(const struct assembly *assembly, const struct build *build)
{
    bool good = true;

    for (size_t i = 0; i < build->rule->entries_count; i++) {
        const struct rule *made_by = build->entries[i].made_by;
        if (made_by == NULL || program_runs(made_by)) {
            continue;
        }
        good = false;
        const int status = assembly->builds.items[made_by->index]->document->status;
        if (status == RULE_DRAFT || status == RULE_DEPRECATED) {
            tree_part_fault(assembly->diag, build->entries[i].node, made_by->name, "E301",
                            "'%.*s' is %s: its alerts never come", SLICE_ARGS(made_by->name),
                            document_statuses[status]);
        }
    }
    return good;
}

/* What a rule reads must run as well: a rule under test may read stable ones, a stable rule
 * only stable ones. */
static void check_readers(struct assembly *assembly)
{
    bool changed = true;

    while (changed) {
        changed = false;
        for (size_t i = 0; i < assembly->builds.count; i++) {
            const struct build *build = assembly->builds.items[i];
            if (program_runs(build->rule) && !check_reader(assembly, build)) {
                build->rule->status = RULE_DEPRECATED;
                changed = true;
            }
        }
    }
}

static void tell_unheld(const struct assembly *assembly, const struct tree *asked)
{
    struct nearest nearest = {0};

    if (program_is_unread(assembly->program, asked->text)) {
        return;
    }
    for (size_t i = 0; !diag_is_long(assembly->diag) && i < list_set_count(assembly->lists);
         i++) {
        if (list_set_is_filled(assembly->lists, i)) {
            nearest_try(&nearest, asked->text, list_set_get(assembly->lists, i)->name);
        }
    }
    tree_fault(assembly->diag, asked, "W702", "no file holds the list '%.*s': it is empty",
               SLICE_ARGS(asked->text));
    if (nearest_found(&nearest)) {
        diag_hint(assembly->diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
}

/* A list that is asked for, and that no file holds. */
static void check_lists(struct assembly *assembly)
{
    for (size_t i = 0; i < list_set_count(assembly->lists); i++) {
        const struct tree *asked = list_set_asked(assembly->lists, i);
        if (asked != NULL && !list_set_is_filled(assembly->lists, i)) {
            tell_unheld(assembly, asked);
        }
    }
}

/* An exception that means no rule exonerates nobody. */
static void check_exception(const struct assembly *assembly,
                            const struct document_exception *exception)
{
    for (size_t i = 0; i < exception->rules.count; i++) {
        const struct tree *glob = exception->rules.nodes[i];
        struct nearest nearest = {0};
        bool found = program_is_unread(assembly->program, glob->text);
        for (size_t j = 0; !found && j < assembly->program->rules_count; j++) {
            found = slice_glob(glob->text, assembly->program->rules[j]->name);
        }
        if (found) {
            continue;
        }
        for (size_t j = 0; !diag_is_long(assembly->diag) && j < assembly->program->rules_count;
             j++) {
            nearest_try(&nearest, glob->text, assembly->program->rules[j]->name);
        }
        tree_fault(assembly->diag, glob, "E301", "no rule is named '%.*s'",
                   SLICE_ARGS(glob->text));
        if (nearest_found(&nearest)) {
            diag_hint(assembly->diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
        }
    }
}

/* `source:` of an event names a partner of the configuration. */
static bool check_source_name(const struct assembly *assembly, const struct tree *node)
{
    const struct source_list *sources = &assembly->options->sources;
    struct nearest nearest = {0};

    for (size_t i = 0; i < sources->count + sources->off_count; i++) {
        if (slice_glob(node->text, sources->items[i].name)) {
            return true;
        }
        nearest_try(&nearest, node->text, sources->items[i].name);
    }
    tree_fault(assembly->diag, node, "E305", "no source is named '%.*s'",
               SLICE_ARGS(node->text));
    if (nearest_found(&nearest)) {
        diag_hint(assembly->diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
    return false;
}

/* By a source that is read, or by one that is known and off. */
static bool is_sent(const struct source_list *sources, const struct rule_entry *entry,
                    struct slice glob)
{
    for (size_t i = 0; i < sources->count + sources->off_count; i++) {
        for (size_t j = 0; j < entry->types_count; j++) {
            if ((glob.size == 0 || slice_glob(glob, sources->items[i].name)) &&
                source_may_send(&sources->items[i], entry->types[j]->name)) {
                return true;
            }
        }
    }
    return false;
}

static void check_senders(const struct assembly *assembly, const struct build *build)
{
    for (size_t i = 0; i < build->rule->entries_count; i++) {
        const struct build_entry *entry = &build->sources[i];
        const struct tree *source = tree_get(entry->source, "source");
        const struct tree *type = tree_get(entry->source, "type");
        if (source != NULL && source->kind == TREE_SCALAR &&
            !check_source_name(assembly, source)) {
            continue;
        }
        if (type != NULL && build->entries[i].types_count > 0 &&
            !is_sent(&assembly->options->sources, &build->entries[i], entry->source_glob)) {
            tree_fault(assembly->diag, type, "W708",
                       "no source of the configuration sends such events");
        }
    }
}

void references_check(struct assembly *assembly)
{
    check_readers(assembly);
    check_lists(assembly);
    for (size_t i = 0; i < assembly->exceptions.count; i++) {
        check_exception(assembly, assembly->exceptions.items[i].document);
    }
    for (size_t i = 0; assembly->options->sources.count > 0 && i < assembly->builds.count;
         i++) {
        check_senders(assembly, assembly->builds.items[i]);
    }
}
