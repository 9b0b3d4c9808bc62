#include "seinpost/rule/types.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/nearest.h"

struct finder {
    const struct compile *compile;
    const struct tree *detection;
    const struct event_type **items; /* room for all of the catalogue */
    size_t count;
};

static void add(struct finder *finder, const struct event_type *type)
{
    for (size_t i = 0; i < finder->count; i++) {
        if (finder->items[i] == type) {
            return;
        }
    }
    finder->items[finder->count++] = type;
}

static void report_unknown(const struct finder *finder, const struct tree *node)
{
    const struct catalogue *catalogue = finder->compile->catalogue;
    struct nearest nearest = {0};

    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        nearest_try(&nearest, node->text, catalogue_type(catalogue, i)->name);
    }
    tree_fault(finder->compile->diag, node, "E303", "unknown event type '%.*s'",
               SLICE_ARGS(node->text));
    if (nearest_found(&nearest)) {
        diag_hint(finder->compile->diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
}

static void add_meant(struct finder *finder, const struct tree *glob)
{
    const struct catalogue *catalogue = finder->compile->catalogue;
    const bool wild = slice_is_glob(glob->text);
    const struct event_type *best = NULL;
    size_t least = 0;
    bool found = false;

    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct event_type *type = catalogue_type(catalogue, i);
        if (!slice_glob(glob->text, type->name)) {
            continue;
        }
        const size_t lacking =
            wild ? detection_lacking(finder->compile, type, finder->detection) : 0;
        if (lacking == 0) {
            add(finder, type);
            found = true;
        }
        if (best == NULL || lacking < least) {
            best = type;
            least = lacking;
        }
    }
    if (best == NULL && catalogue_count(catalogue) > 0) {
        report_unknown(finder, glob);
    } else if (best != NULL && !found) {
        add(finder, best);
    }
}

void types_find(const struct compile *compile, const struct bind_list *globs,
                const struct tree *detection, struct types *types)
{
    const size_t room = catalogue_count(compile->catalogue);
    struct finder finder = {
        .compile = compile,
        .detection = detection,
        .items = arena_alloc(compile->arena, room * sizeof(const struct event_type *)),
    };

    for (size_t i = 0; i < globs->count; i++) {
        add_meant(&finder, globs->nodes[i]);
    }
    *types = (struct types){finder.items, finder.count};
}
