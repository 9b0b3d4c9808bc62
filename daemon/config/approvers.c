#include "seinpost/config/approvers.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/file.h"

#include <stddef.h>
#include <string.h>

enum {
    NEEDED = 2 /* four eyes: the default, and the least */
};

struct document {
    int64_t needed;
    const struct tree *approvers;
    struct slice lock;
};

static const struct bind_key keys[] = {
    {"needed", BIND_INT, false, offsetof(struct document, needed), NULL},
    {"approvers", BIND_LIST, true, offsetof(struct document, approvers), NULL},
    {"lock", BIND_TEXT, true, offsetof(struct document, lock), NULL},
};
static const struct bind_table table = {keys, 3, NULL};

struct approver_document {
    struct slice name;
    struct slice key;
};

static const struct bind_key approver_keys[] = {
    {"name", BIND_TEXT, true, offsetof(struct approver_document, name), NULL},
    {"key", BIND_TEXT, true, offsetof(struct approver_document, key), NULL},
};
static const struct bind_table approver_table = {approver_keys, 2, NULL};

/* Two names with one key, or one name twice, would be one pair of eyes. */
static bool is_new(struct diag *diag, const struct tree *node, const struct approver *items,
                   size_t count, const struct approver *approver)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(items[i].name, approver->name)) {
            tree_fault(diag, tree_get(node, "name"), "E308",
                       "there is an approver '%.*s' already", SLICE_ARGS(approver->name));
            return false;
        }
        if (memcmp(&items[i].key, &approver->key, sizeof approver->key) == 0) {
            tree_fault(diag, tree_get(node, "key"), "E308", "it is the key of '%.*s' already",
                       SLICE_ARGS(items[i].name));
            return false;
        }
    }
    return true;
}

static bool read_one(struct diag *diag, struct arena *arena, const struct tree *node,
                     struct approver *approver)
{
    struct approver_document document = {0};
    const size_t faults = diag_errors(diag);

    (void)bind_map(diag, arena, node, &approver_table, &document);
    if (diag_errors(diag) > faults) {
        return false;
    }
    if (slice_contains(document.name, SLICE(" "))) {
        tree_fault(diag, tree_get(node, "name"), "E205", "a name without blanks, as j.jansen");
        return false;
    }
    approver->name = document.name;
    if (!signature_read(document.key, approver->key.bytes, sizeof approver->key.bytes)) {
        tree_fault(diag, tree_get(node, "key"), "E205", "a public key is %d hex digits",
                   2 * SIGNATURE_KEY_SIZE);
        diag_hint(diag, "`seinpost approve --new-key` prints it");
        return false;
    }
    return true;
}

/* Nobody would stand between a mistake, or a lie, of that one and the desks. */
static void check_needed(struct diag *diag, const struct tree *map,
                         const struct document *document)
{
    const struct tree *node = tree_get(map, "needed");
    const struct tree *place = node != NULL ? node : document->approvers;

    if (document->needed < NEEDED) {
        tree_fault(diag, place, "E221", "four eyes take at least %d approvals, not %lld",
                   NEEDED, (long long)document->needed);
        diag_hint(diag, "two or more sign, and the rule's author is none of them");
    } else if (document->needed > (int64_t)document->approvers->count) {
        tree_fault(diag, place, "E205",
                   "%lld approvals are needed, and there are %zu approvers",
                   (long long)document->needed, document->approvers->count);
    }
}

void approvers_read(struct diag *diag, struct arena *arena, const struct tree *map,
                    const char *file, struct approver_list *list)
{
    struct document document = {.needed = NEEDED};

    if (map == NULL) {
        return;
    }
    (void)bind_map(diag, arena, map, &table, &document);
    const size_t room = document.approvers == NULL ? 0 : document.approvers->count;
    struct approver *items = arena_alloc(arena, room * sizeof *items);
    for (const struct tree *node = room == 0 ? NULL : document.approvers->first; node != NULL;
         node = node->next) {
        if (read_one(diag, arena, node, &items[list->count]) &&
            is_new(diag, node, items, list->count, &items[list->count])) {
            list->count++;
        }
    }
    list->items = items;
    list->needed = document.needed;
    list->lock = document.lock.size == 0 ? NULL : file_beside(arena, file, document.lock);
    if (document.approvers != NULL) {
        check_needed(diag, map, &document);
    }
}
