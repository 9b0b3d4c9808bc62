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
    for (size_t i = 0; i < list_set_count(assembly->lists); i++) {
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

void references_check(struct assembly *assembly)
{
    check_readers(assembly);
    check_lists(assembly);
}
