#include "seinpost/model/heading.h"

#include "seinpost/base/nearest.h"
#include "seinpost/schema/kind.h"

#include <stddef.h>

#define KEY(member) offsetof(struct heading, member)

static const struct bind_key keys[] = {
    {"schema", BIND_TEXT, true, KEY(schema), NULL},
    {"model", BIND_TEXT, true, KEY(model), NULL},
    {"version", BIND_INT, true, KEY(version), NULL},
    {"date", BIND_DATE, true, KEY(date), NULL},
    {"source", BIND_TEXT, true, KEY(source), NULL},
    {"unverified", BIND_TEXT, false, KEY(unverified), NULL},
};

const struct bind_table heading_table = {keys, sizeof keys / sizeof keys[0], NULL};

bool heading_fits(const struct heading_reader *reader, const struct tree *root,
                  const struct heading *heading, const char *schema)
{
    const struct tree *node = tree_get(root, "schema");

    if (node == NULL || slice_is(heading->schema, schema)) {
        return node != NULL;
    }
    tree_fault(reader->diag, node, "E201", "unknown schema '%.*s'",
               SLICE_ARGS(heading->schema));
    diag_hint(reader->diag, "as schema: %s", schema);
    return false;
}

bool heading_is_new(const struct heading_reader *reader, const struct tree *node,
                    const char *key)
{
    const struct tree *name = tree_get(node, key);

    if (name == NULL || name->kind != TREE_SCALAR ||
        !bind_name(reader->diag, name, name->text)) {
        return false;
    }
    for (const struct tree *other = node->parent->first; other != node; other = other->next) {
        const struct tree *before = tree_get(other, key);
        if (before != NULL && before->kind == TREE_SCALAR &&
            slice_equal(before->text, name->text)) {
            tree_fault(reader->diag, name, "E308", "there is a '%.*s' already, in line %u",
                       SLICE_ARGS(name->text), before->place.line);
            return false;
        }
    }
    return true;
}

unsigned heading_kinds(const struct heading_reader *reader, const struct bind_list *list)
{
    unsigned mask = 0;

    for (size_t i = 0; i < list->count; i++) {
        const struct tree *node = list->nodes[i];
        const enum kind kind = kind_find(node->text);
        struct nearest nearest = {0};
        if (kind != KIND_NONE) {
            mask |= 1U << (unsigned)kind;
            continue;
        }
        tree_fault(reader->diag, node, "E205", "unknown kind of identity '%.*s'",
                   SLICE_ARGS(node->text));
        for (int j = KIND_NONE + 1; j < KINDS_COUNT; j++) {
            nearest_try(&nearest, node->text, kind_name((enum kind)j));
        }
        if (nearest_found(&nearest)) {
            diag_hint(reader->diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
        }
    }
    return mask;
}
