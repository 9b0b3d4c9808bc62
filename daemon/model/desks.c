#include "seinpost/model/desks.h"

#include "seinpost/base/arena.h"
#include "seinpost/schema/vocabulary.h"

#include <stddef.h>

const char *const desks_parts[] = {"rule",   "group",   "metrics", "sectors",  "evidence",
                                   "fields", "summary", "explain", "measures", NULL};

static const char *const otherwises[] = {"nothing", "stub", NULL};

struct document {
    struct heading head;
    const struct tree *desks;
};

static const struct bind_key keys[] = {
    {"desks", BIND_LIST, true, offsetof(struct document, desks), NULL}};
static const struct bind_table table = {keys, 1, &heading_table};

struct desk_document {
    struct desks_desk desk;
    struct slice gets;
    struct slice limits;
    struct bind_list kinds;
};

#define KEY(member) offsetof(struct desk_document, member)

static const struct bind_key desk_keys[] = {
    {"id", BIND_TEXT, true, KEY(desk.id), NULL},
    {"recipient", BIND_TEXT, true, KEY(desk.recipient), NULL},
    {"gets", BIND_TEXT, false, KEY(gets), NULL},
    {"limits", BIND_TEXT, false, KEY(limits), NULL},
    {"tracks", BIND_CHOICES, false, KEY(desk.tracks), vocabulary_tracks},
    {"purposes", BIND_CHOICES, false, KEY(desk.purposes), vocabulary_purposes},
    {"handling-max", BIND_CHOICE, false, KEY(desk.handling_max), vocabulary_handlings},
    {"tlp-max", BIND_CHOICE, false, KEY(desk.tlp_max), vocabulary_tlps},
    {"sees", BIND_CHOICES, false, KEY(desk.sees), desks_parts},
    {"kinds", BIND_TEXTS, false, KEY(kinds), NULL},
    {"otherwise", BIND_CHOICE, false, KEY(desk.otherwise), otherwises},
    {"immigration", BIND_BOOL, false, KEY(desk.immigration), NULL},
};
static const struct bind_table desk_table = {desk_keys, sizeof desk_keys / sizeof desk_keys[0],
                                             NULL};

bool desks_may_see(const struct desks_desk *desk, enum desks_part part)
{
    return (desk->sees >> (unsigned)part & 1) != 0;
}

/* Summary, explanation and shown fields name identities: who may not see all of the group gets
 * none of them. */
static void check_sees(const struct heading_reader *reader, const struct tree *node,
                       const struct desks_desk *desk)
{
    static const enum desks_part telling[] = {DESKS_SUMMARY, DESKS_EXPLAIN, DESKS_FIELDS};
    const struct tree *sees = tree_get(node, "sees");

    for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++) {
        if (desks_may_see(desk, telling[i]) &&
            (desk->kinds != 0 || !desks_may_see(desk, DESKS_GROUP))) {
            tree_fault(reader->diag, sees, "E333",
                       "'%s' may name identities that this desk may not see",
                       desks_parts[telling[i]]);
            diag_hint(reader->diag, "it sees %s",
                      desk->kinds != 0 ? "some `kinds` of the group only" : "no `group`");
        }
    }
    if (desk->immigration && (desk->tracks >> 2 & 1) != 0) {
        tree_fault(reader->diag, tree_get(node, "immigration"), "E333",
                   "an immigration desk is no desk for support");
    }
}

void desks_read(const struct heading_reader *reader, const struct tree *root,
                struct desks *desks)
{
    struct document document = {0};

    (void)bind_map(reader->diag, reader->arena, root, &table, &document);
    desks->head = document.head;
    if (!heading_fits(reader, root, &document.head, "seinpost/desks/1") ||
        document.desks == NULL) {
        return;
    }
    struct desks_desk *items =
        arena_alloc(reader->arena, document.desks->count * sizeof *items);
    for (const struct tree *node = document.desks->first; node != NULL; node = node->next) {
        struct desk_document one = {0};
        (void)bind_map(reader->diag, reader->arena, node, &desk_table, &one);
        one.desk.kinds = heading_kinds(reader, &one.kinds);
        if (tree_get(node, "kinds") != NULL && one.desk.kinds == 0) {
            tree_fault(reader->diag, tree_get(node, "kinds"), "E333",
                       "no kind is named: leave 'group' out of 'sees' instead");
        }
        check_sees(reader, node, &one.desk);
        if (heading_is_new(reader, node, "id")) {
            items[desks->count++] = one.desk;
        }
    }
    desks->items = items;
}

int desks_find(const struct desks *desks, struct slice id)
{
    for (size_t i = 0; i < desks->count; i++) {
        if (slice_equal(desks->items[i].id, id)) {
            return (int)i;
        }
    }
    return -1;
}
