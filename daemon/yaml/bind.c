#include "seinpost/yaml/bind.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/duration.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/instant.h"
#include "seinpost/base/nearest.h"
#include "seinpost/base/text.h"

#include <string.h>

enum {
    NAME_SIZE_MAX = 64,
    KEYS_SHOWN_MAX = 8
};

static const struct bind_key *find_key(const struct bind_table *table, struct slice name)
{
    for (; table != NULL; table = table->more) {
        for (size_t i = 0; i < table->count; i++) {
            if (slice_is(name, table->keys[i].name)) {
                return &table->keys[i];
            }
        }
    }
    return NULL;
}

/* Names the keys of a small table. */
static void hint_keys(struct diag *diag, const struct bind_table *table)
{
    struct text all = {0};

    if (table->more != NULL || table->count > KEYS_SHOWN_MAX) {
        return;
    }
    for (size_t i = 0; i < table->count; i++) {
        text_format(&all, "%s%s", i > 0 ? ", " : "", table->keys[i].name);
    }
    diag_hint(diag, "%.*s", SLICE_ARGS(text_slice(&all)));
    text_free(&all);
}

/* Returns the key that was meant: the node is then read under it, so that one misspelt key is
 * one fault. */
static const struct bind_key *report_unknown(struct diag *diag, const struct tree *map,
                                             const struct tree *node,
                                             const struct bind_table *table)
{
    const struct bind_table *first = table;
    struct nearest nearest = {0};

    for (; table != NULL && !diag_is_full(diag); table = table->more) {
        for (size_t i = 0; i < table->count; i++) {
            nearest_try(&nearest, node->key, slice_of(table->keys[i].name));
        }
    }
    tree_key_fault(diag, node, "E203", "unknown key '%.*s'", SLICE_ARGS(node->key));
    if (!nearest_found(&nearest)) {
        hint_keys(diag, first);
        return NULL;
    }
    diag_hint(diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    const struct bind_key *meant = find_key(first, nearest.best);
    if (tree_get(map, meant->name) != NULL) {
        return NULL;
    }
    tree_mend_key(node, nearest.best);
    return meant;
}

/* All that a map lacks is one fault. */
static void report_missing(struct diag *diag, const struct tree *map,
                           const struct bind_table *table)
{
    struct text names = {0};
    size_t count = 0;

    for (; table != NULL; table = table->more) {
        for (size_t i = 0; i < table->count; i++) {
            if (table->keys[i].required && tree_get(map, table->keys[i].name) == NULL) {
                text_format(&names, "%s'%s'", count++ > 0 ? ", " : "", table->keys[i].name);
            }
        }
    }
    if (count > 0) {
        tree_key_fault(diag, map, "E202",
                       count == 1 ? "key %.*s is missing" : "keys %.*s are missing",
                       SLICE_ARGS(text_slice(&names)));
    }
    text_free(&names);
}

static bool expect(struct diag *diag, const struct tree *node, enum tree_kind kind,
                   const char *what)
{
    if (node->kind == kind &&
        !(kind == TREE_SCALAR && (tree_is_null(node) || node->text.size == 0))) {
        return true;
    }
    tree_fault(diag, node, "E204", "%s expected, this is %s", what, tree_kind_name(node));
    return false;
}

/* Names the choice that was meant, else all there are. */
static void hint_choice(struct diag *diag, struct slice written, const char *const *choices)
{
    struct nearest nearest = {0};
    struct text all = {0};

    for (int i = 0; choices[i] != NULL; i++) {
        nearest_try(&nearest, written, slice_of(choices[i]));
        const char *before = i == 0 ? "" : choices[i + 1] == NULL ? " or " : ", ";
        text_format(&all, "%s%s", before, choices[i]);
    }
    if (nearest_found(&nearest)) {
        diag_hint(diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    } else {
        diag_hint(diag, "%.*s", SLICE_ARGS(text_slice(&all)));
    }
    text_free(&all);
}

int bind_choice(struct diag *diag, const struct tree *node, const char *const *choices,
                const char *what)
{
    if (!expect(diag, node, TREE_SCALAR, what)) {
        return -1;
    }
    for (int i = 0; choices[i] != NULL; i++) {
        if (slice_is(node->text, choices[i])) {
            return i;
        }
    }
    tree_fault(diag, node, "E205", "'%.*s' is no %s", SLICE_ARGS(node->text), what);
    hint_choice(diag, node->text, choices);
    return -1;
}

bool bind_name(struct diag *diag, const struct tree *node, struct slice name)
{
    bool good = name.size > 0 && name.size <= NAME_SIZE_MAX;

    for (size_t i = 0; good && i < name.size; i++) {
        const char c = name.data[i];
        good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    }
    if (!good) {
        tree_part_fault(diag, node, name, "E218", "'%.*s' is no name", SLICE_ARGS(name));
        diag_hint(diag, "1 to %d letters, digits, '_' and '-'", NAME_SIZE_MAX);
    }
    return good;
}

bool bind_duration(struct diag *diag, const struct tree *node, int64_t *ms)
{
    if (!expect(diag, node, TREE_SCALAR, "a duration")) {
        return false;
    }
    if (slice_is(node->text, "0")) {
        *ms = 0;
        return true;
    }
    switch (duration_parse(node->text, ms)) {
    case DURATION_OK:
        return true;
    case DURATION_MALFORMED:
        tree_fault(diag, node, "E206", "'%.*s' is no duration", SLICE_ARGS(node->text));
        diag_hint(diag, "as 90s, 48h, 14d or 1d12h");
        break;
    case DURATION_UNIT:
        tree_fault(diag, node, "E206", "'%.*s' has an unknown unit", SLICE_ARGS(node->text));
        diag_hint(diag, "ms, s, m (minutes), h, d or w; a month or a year is no duration");
        break;
    case DURATION_RANGE:
        tree_fault(diag, node, "E206", "'%.*s' is too long", SLICE_ARGS(node->text));
        break;
    }
    return false;
}

bool bind_scalars(struct diag *diag, struct arena *arena, const struct tree *node,
                  struct bind_list *list)
{
    if (node->kind == TREE_SCALAR) {
        if (!expect(diag, node, TREE_SCALAR, "text or a list of texts")) {
            return false;
        }
        list->nodes = arena_alloc(arena, sizeof(const struct tree *));
        list->nodes[0] = node;
        list->count = 1;
        return true;
    }
    if (!expect(diag, node, TREE_LIST, "text or a list of texts")) {
        return false;
    }
    list->nodes = arena_alloc(arena, node->count * sizeof(const struct tree *));
    list->count = 0;
    for (const struct tree *item = node->first; item != NULL; item = item->next) {
        if (expect(diag, item, TREE_SCALAR, "text")) {
            list->nodes[list->count++] = item;
        }
    }
    return true;
}

static void bind_int(struct diag *diag, const struct tree *node, int64_t *out)
{
    long long number = 0;

    if (!expect(diag, node, TREE_SCALAR, "a whole number")) {
        return;
    }
    if (!slice_number(node->text, &number) || number < 0) {
        tree_fault(diag, node, "E205", "'%.*s' is no whole number from 0 on",
                   SLICE_ARGS(node->text));
        return;
    }
    *out = number;
}

static void bind_bool(struct diag *diag, const struct tree *node, bool *out)
{
    static const char *const choices[] = {"false", "true", NULL};
    const int index = bind_choice(diag, node, choices, "truth value");

    if (index >= 0) {
        *out = index == 1;
    }
}

static void bind_date(struct diag *diag, const struct tree *node, struct instant *out)
{
    if (!expect(diag, node, TREE_SCALAR, "a date")) {
        return;
    }
    if (!instant_parse(node->text, out)) {
        tree_fault(diag, node, "E205", "'%.*s' is no date", SLICE_ARGS(node->text));
        diag_hint(diag, "as 2026-09-01");
    }
}

static void bind_choices(struct diag *diag, struct arena *arena, const struct tree *node,
                         const struct bind_key *key, unsigned *out)
{
    struct bind_list list = {0};

    if (!bind_scalars(diag, arena, node, &list)) {
        return;
    }
    for (size_t i = 0; i < list.count; i++) {
        const int index = bind_choice(diag, list.nodes[i], key->choices, key->name);
        if (index >= 0) {
            *out |= 1U << (unsigned)index;
        }
    }
}

static void bind_choice_member(struct diag *diag, const struct tree *node,
                               const struct bind_key *key, int *out)
{
    const int index = bind_choice(diag, node, key->choices, key->name);

    if (index >= 0) {
        *out = index;
    }
}

static void bind_shape(struct diag *diag, const struct tree *node, enum bind_kind kind,
                       const struct tree **out)
{
    if ((kind == BIND_MAP && !expect(diag, node, TREE_MAP, "a map")) ||
        (kind == BIND_LIST && !expect(diag, node, TREE_LIST, "a list"))) {
        return;
    }
    *out = node;
}

static void bind_value(struct diag *diag, struct arena *arena, const struct tree *node,
                       const struct bind_key *key, void *member)
{
    switch (key->kind) {
    case BIND_TEXT:
        if (expect(diag, node, TREE_SCALAR, "text")) {
            *(struct slice *)member = node->text;
        }
        break;
    case BIND_TEXTS:
        (void)bind_scalars(diag, arena, node, member);
        break;
    case BIND_INT:
        bind_int(diag, node, member);
        break;
    case BIND_BOOL:
        bind_bool(diag, node, member);
        break;
    case BIND_DURATION:
        (void)bind_duration(diag, node, member);
        break;
    case BIND_DATE:
        bind_date(diag, node, member);
        break;
    case BIND_CHOICE:
        bind_choice_member(diag, node, key, member);
        break;
    case BIND_CHOICES:
        bind_choices(diag, arena, node, key, member);
        break;
    case BIND_NODE:
    case BIND_MAP:
    case BIND_LIST:
        bind_shape(diag, node, key->kind, member);
        break;
    }
}

bool bind_map(struct diag *diag, struct arena *arena, const struct tree *map,
              const struct bind_table *table, void *out)
{
    ENSURE(out != NULL);

    if (!expect(diag, map, TREE_MAP, "a map")) {
        return false;
    }
    for (const struct tree *node = map->first; node != NULL; node = node->next) {
        const struct bind_key *key = find_key(table, node->key);
        if (key == NULL) {
            key = report_unknown(diag, map, node, table);
        }
        if (key != NULL) {
            bind_value(diag, arena, node, key, (char *)out + key->offset);
        }
    }
    if (!map->broken) {
        report_missing(diag, map, table);
    }
    return true;
}
