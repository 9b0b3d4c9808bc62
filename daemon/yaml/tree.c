#include "seinpost/yaml/tree.h"

#include "seinpost/base/digest.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/base/utf8.h"
#include "seinpost/yaml/parse.h"

#include <stdarg.h>
#include <stdint.h>

enum {
    PART_TEXT_MAX = 4096 /* bytes; of a longer text no part is sought */
};

struct tree *tree_read(struct diag *diag, struct arena *arena, const char *file,
                       struct slice text)
{
    struct characters characters;

    if (!characters_read(diag, arena, file, text, &characters)) {
        return NULL;
    }
    return parse_documents(diag, arena, file, &characters);
}

const struct tree *tree_get(const struct tree *map, const char *key)
{
    if (map == NULL || map->kind != TREE_MAP) {
        return NULL;
    }
    for (const struct tree *node = map->first; node != NULL; node = node->next) {
        if (slice_is(node->key, key)) {
            return node;
        }
    }
    return NULL;
}

const struct tree *tree_next(const struct tree *root, const struct tree *node)
{
    if (node->first != NULL) {
        return node->first;
    }
    while (node != root && node->next == NULL) {
        node = node->parent;
    }
    return node == root ? NULL : node->next;
}

void tree_mend_key(const struct tree *node, struct slice key)
{
    struct tree *mended =
        (struct tree *)(uintptr_t)node; /* it is not const, but all who read it */

    mended->key = key;
}

bool tree_is_null(const struct tree *node)
{
    return node->kind == TREE_SCALAR && node->plain &&
           (node->text.size == 0 || slice_is(node->text, "null") || slice_is(node->text, "~"));
}

const char *tree_kind_name(const struct tree *node)
{
    switch (node->kind) {
    case TREE_MAP:
        return "a map";
    case TREE_LIST:
        return "a list";
    case TREE_SCALAR:
        break;
    }
    return node->text.size == 0 || tree_is_null(node) ? "nothing" : "text";
}

void tree_path(struct text *path, const struct tree *node)
{
    const struct tree *chain[TREE_DEPTH_MAX];
    size_t depth = 0;

    for (; node != NULL && node->parent != NULL && depth < TREE_DEPTH_MAX;
         node = node->parent) {
        chain[depth++] = node;
    }
    while (depth > 0) {
        const struct tree *part = chain[--depth];
        if (part->parent->kind == TREE_MAP) {
            text_format(path, "%s%.*s", path->size > 0 ? "." : "", SLICE_ARGS(part->key));
        } else {
            size_t index = 1;
            for (const struct tree *at = part->parent->first; at != part; at = at->next) {
                index++;
            }
            text_format(path, "[%zu]", index);
        }
    }
}

/* "rule air_one_payer_many" from `schema: seinpost/rule/1` and `name:`. */
static void add_document(struct text *text, const struct tree *root)
{
    const struct tree *schema = tree_get(root, "schema");
    const struct tree *name = tree_get(root, "name");
    const struct tree *title = tree_get(root, "title");
    const struct tree *label = name != NULL ? name : title;

    if (schema == NULL || label == NULL || schema->kind != TREE_SCALAR ||
        label->kind != TREE_SCALAR) {
        return;
    }
    struct slice rest = schema->text;
    (void)slice_cut(&rest, '/');
    const struct slice kind = slice_cut(&rest, '/');
    const bool several_lines = label->place.length < utf8_count(label->text);
    struct slice words = label->text; /* of a name, a line that follows is not meant */
    const struct slice first = slice_cut(&words, ' ');
    text_format(text, "in %.*s %.*s", SLICE_ARGS(kind),
                SLICE_ARGS(label == name && several_lines ? first : label->text));
}

void tree_context(struct diag *diag, const struct tree *node)
{
    const struct tree *root = node;
    struct text text = {0};
    struct text path = {0};

    if (!diag_was_kept(diag)) {
        return;
    }
    while (root->parent != NULL) {
        root = root->parent;
    }
    add_document(&text, root);
    tree_path(&path, node->parent);
    if (path.size > 0) {
        text_format(&text, "%s%.*s", text.size > 0 ? ", " : "in ",
                    SLICE_ARGS(text_slice(&path)));
    }
    if (text.size > 0) {
        diag_context(diag, "%.*s", SLICE_ARGS(text_slice(&text)));
    }
    text_free(&text);
    text_free(&path);
}

static void add_fault(struct diag *diag, const struct tree *node, struct diag_place place,
                      const char *code, const char *format, va_list args)
    __attribute__((format(printf, 5, 0)));

static void add_fault(struct diag *diag, const struct tree *node, struct diag_place place,
                      const char *code, const char *format, va_list args)
{
    if (diag_add_list(diag, place, code, format, args)) {
        tree_context(diag, node);
    }
}

void tree_fault(struct diag *diag, const struct tree *node, const char *code,
                const char *format, ...)
{
    if (node->broken) {
        return;
    }
    va_list args;
    va_start(args, format);
    add_fault(diag, node, node->place, code, format, args);
    va_end(args);
}

void tree_key_fault(struct diag *diag, const struct tree *node, const char *code,
                    const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_fault(diag, node, node->key.data != NULL ? node->key_place : node->place, code, format,
              args);
    va_end(args);
}

static bool is_within(struct slice part, struct slice whole)
{
    return part.data >= whole.data && part.data + part.size <= whole.data + whole.size;
}

/* Where a part of a scalar stands, as long as its text is in the file as it is in the tree:
 * in one line, with at most quotes around it. */
static struct diag_place place_of_part(struct diag_place whole, struct slice text,
                                       struct slice part)
{
    if (text.size > PART_TEXT_MAX) {
        return whole;
    }
    const size_t size = utf8_count(text);
    const size_t quotes = whole.length - size;
    const struct slice before = {text.data, (size_t)(part.data - text.data)};

    if (whole.length < size || (quotes != 0 && quotes != 2)) {
        return whole;
    }
    const size_t length = utf8_count(part);
    whole.column += (unsigned)(utf8_count(before) + quotes / 2);
    whole.length = length == 0 ? 1 : (unsigned)length;
    return whole;
}

void tree_part_fault(struct diag *diag, const struct tree *node, struct slice part,
                     const char *code, const char *format, ...)
{
    const bool in_key = node->key.data != NULL && is_within(part, node->key);
    struct diag_place place = in_key ? node->key_place : node->place;

    if (node->broken && !in_key) {
        return;
    }
    if (diag_is_full(diag)) {
        part.size = 0; /* its place is told to nobody */
    } else if (in_key) {
        place = place_of_part(place, node->key, part);
    } else if (node->kind == TREE_SCALAR && is_within(part, node->text)) {
        place = place_of_part(place, node->text, part);
    }
    va_list args;
    va_start(args, format);
    add_fault(diag, node, place, code, format, args);
    va_end(args);
}

/* Follows the nodes in their order, up and down by their links, so that depth costs no stack.
 */
void tree_digest(struct text *text, const struct tree *node)
{
    const struct tree *at = node;

    for (;;) {
        if (at->key.data != NULL && at != node) {
            digest_field(text, at->key);
        }
        if (at->kind != TREE_SCALAR) {
            text_add_byte(text, at->kind == TREE_LIST ? '[' : '{');
        } else if (tree_is_null(at)) {
            text_add_byte(text, '~'); /* `null` is no value, and `'null'` is one */
        } else {
            text_add_byte(text, '=');
            digest_field(text, at->text);
        }
        if (at->first != NULL) {
            at = at->first;
            continue;
        }
        if (at->kind != TREE_SCALAR) {
            text_add_byte(text, ']');
        }
        while (at != node && at->next == NULL) {
            at = at->parent;
            text_add_byte(text, ']');
        }
        if (at == node) {
            return;
        }
        at = at->next;
    }
}
