#include "seinpost/rule/measures.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/base/file.h"
#include "seinpost/base/nearest.h"
#include "seinpost/yaml/tree.h"

#include <errno.h>
#include <string.h>

static void read_ids(struct diag *diag, struct arena *arena, const struct tree *list,
                     struct measures *measures)
{
    struct slice *ids = arena_alloc(arena, list->count * sizeof *ids);

    measures->ids = ids;
    for (const struct tree *item = list->first; item != NULL; item = item->next) {
        const struct tree *id = tree_get(item, "id");
        if (id == NULL || id->kind != TREE_SCALAR) {
            tree_fault(diag, item, "E202", "a measure has an 'id'");
        } else {
            ids[measures->count++] = id->text;
        }
    }
}

bool measures_read(struct diag *diag, struct arena *arena, const char *file,
                   struct measures *measures)
{
    const size_t faults = diag_errors(diag);
    struct slice text = {0};

    *measures = (struct measures){0};
    if (!file_read(arena, file, &text)) {
        diag_add(diag, (struct diag_place){.file = file}, "E112", "unreadable: %s",
                 strerror(errno));
        return false;
    }
    const struct tree *root = tree_read(diag, arena, file, text);
    const struct tree *list = tree_get(root, "measures");
    if (list != NULL && list->kind == TREE_LIST) {
        read_ids(diag, arena, list, measures);
    } else if (diag_errors(diag) == faults) {
        diag_add(diag, (struct diag_place){.file = file}, "E204",
                 "no menu of measures: a list 'measures' expected");
    }
    return diag_errors(diag) == faults;
}

static void check_one(struct diag *diag, const struct tree *node,
                      const struct measures *measures)
{
    struct nearest nearest = {0};

    for (size_t i = 0; i < measures->count; i++) {
        if (slice_equal(measures->ids[i], node->text)) {
            return;
        }
        nearest_try(&nearest, node->text, measures->ids[i]);
    }
    tree_fault(diag, node, "E314", "no measure '%.*s' is on the menu", SLICE_ARGS(node->text));
    if (nearest_found(&nearest)) {
        diag_hint(diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
}

void measures_check(struct diag *diag, const struct program *program,
                    const struct measures *measures)
{
    for (size_t i = 0; i < program->rules_count; i++) {
        const struct tree *named = tree_get(program->rules[i]->node, "measures");
        if (named != NULL && named->kind == TREE_SCALAR) {
            check_one(diag, named, measures);
        }
        for (const struct tree *node = named == NULL ? NULL : named->first; node != NULL;
             node = node->next) {
            if (node->kind == TREE_SCALAR) {
                check_one(diag, node, measures);
            }
        }
    }
}
