/* lexeme: a YAML text cut into what it is written of: brackets, dashes, keys, scalars as they
 * stand there, and the comments between them, which libyaml passes over.
 *
 * Owns:    nothing; the list is made in the arena, the texts are the file's.
 * Thread:  the thread that loads.
 * Fails:   never; behind a syntax error there are no more.
 * Bounded: by the text.
 */
#ifndef SEINPOST_YAML_LEXEME_H
#define SEINPOST_YAML_LEXEME_H

#include "seinpost/base/slice.h"

struct arena;

enum lexeme_kind {
    LEXEME_DOCUMENT, /* `---` */
    LEXEME_MAP,      /* a map of lines begins; no text */
    LEXEME_LIST,     /* a list of lines begins, deeper than what it is in; no text */
    LEXEME_END,      /* one of these two ends; no text */
    LEXEME_DASH,
    LEXEME_OPEN,  /* `{` or `[` */
    LEXEME_CLOSE, /* `}` or `]` */
    LEXEME_COMMA,
    LEXEME_KEY,   /* a key follows; no text, or `?` */
    LEXEME_VALUE, /* `:` */
    LEXEME_SCALAR,
    LEXEME_COMMENT,
    LEXEME_OTHER, /* what rule files may not have: anchors, tags, directives */
};

struct lexeme {
    enum lexeme_kind kind;
    struct slice text;
    unsigned line;     /* from 1 */
    unsigned column;   /* in characters, from 1 */
    unsigned newlines; /* between it and what is before it */
    bool alone;        /* nothing stands before it in its line */
};

struct lexeme_list {
    const struct lexeme *items;
    size_t count;
    bool whole; /* it ended without a syntax error */
};

/* Cuts a text that characters_read() has found readable. */
struct lexeme_list lexeme_cut(struct arena *arena, struct slice text);

#endif
