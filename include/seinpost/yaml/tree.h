/* tree: a YAML file as nodes that know their line and column.
 *
 * Nothing is typed here: every scalar is text. Anchors, aliases, merge keys, explicit tags,
 * tabs, duplicate keys and deep nesting are faults (deploy/rules/LANGUAGE.md).
 *
 * Owns:    nothing; nodes live in the arena given, scalars too.
 * Thread:  the thread that loads.
 * Fails:   by faults E1xx in the diag; what could be read is returned.
 * Bounded: files of 1 MiB, 16 levels.
 */
#ifndef SEINPOST_YAML_TREE_H
#define SEINPOST_YAML_TREE_H

#include "seinpost/base/diag.h"

enum {
    TREE_FILE_MAX = 1024 * 1024, /* bytes */
    TREE_DEPTH_MAX = 16,
};

enum tree_kind {
    TREE_SCALAR,
    TREE_LIST,
    TREE_MAP,
};

struct tree {
    enum tree_kind kind;
    bool plain;  /* a scalar without quotes */
    bool broken; /* told already: a value that is not there, a map that lacks keys */
    bool cut;    /* a document that could be read in part only: no fault of it counts */
    struct diag_place place; /* of the value */
    struct diag_place key_place;
    struct slice key;  /* in a map; data NULL elsewhere */
    struct slice text; /* of a scalar */
    struct tree *parent;
    struct tree *next; /* in the same map or list; of a document: the next one of the file */
    struct tree *first;
    size_t count; /* of children */
};

/* Reads a file's text. Returns its first document, or NULL; `file` and `text` must outlive the
 * diag. */
struct tree *tree_read(struct diag *diag, struct arena *arena, const char *file,
                       struct slice text);

/* Returns the value under `key`, or NULL; NULL too when `map` is no map. */
const struct tree *tree_get(const struct tree *map, const char *key);

/* Returns the node behind `node` in the order of the file, children first, or NULL at the end
 * of `root`. */
const struct tree *tree_next(const struct tree *root, const struct tree *node);

/* Tells whether a node is a scalar without quotes that means nothing: empty, `null` or `~`. */
bool tree_is_null(const struct tree *node);

/* Returns what a node is, for messages: "a map", "a list", "text". */
const char *tree_kind_name(const struct tree *node);

/* Adds a fault at a node's value, with the chain of what it is a part of; nothing at one that
 * is broken. */
void tree_fault(struct diag *diag, const struct tree *node, const char *code,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same at its key. */
void tree_key_fault(struct diag *diag, const struct tree *node, const char *code,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same at a part of its key's text or of its own: `part` points into one of them. Of a text
 * that stands in the file otherwise (escapes, several lines) the whole is underlined. */
void tree_part_fault(struct diag *diag, const struct tree *node, struct slice part,
                     const char *code, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Gives a node the key that was meant; that its own is misspelt was told. */
void tree_mend_key(const struct tree *node, struct slice key);

/* Says of the last fault what a node is part of. */
void tree_context(struct diag *diag, const struct tree *node);

struct text;

/* Appends where a node stands in its document: `tests[1].given[2].at`. Nothing for NULL. */
void tree_path(struct text *path, const struct tree *node);

/* Appends a node in a form that depends on its content alone: for semantic hashes. */
void tree_digest(struct text *text, const struct tree *node);

#endif
