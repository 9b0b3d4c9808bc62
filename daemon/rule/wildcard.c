#include "seinpost/rule/wildcard.h"

#include "seinpost/base/utf8.h"

#include <stdint.h>

static char fold(char c, bool folds)
{
    return folds && c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same(char a, char b, bool folds)
{
    return fold(a, folds) == fold(b, folds);
}

/* What stands at a place of the pattern. */
enum piece {
    PIECE_NONE,
    PIECE_RUN,
    PIECE_ONE,
    PIECE_CHARACTER,
};

static enum piece piece_at(struct slice pattern, size_t *at, char *character)
{
    if (*at >= pattern.size) {
        return PIECE_NONE;
    }
    const char c = pattern.data[*at];
    if (c == '*') {
        return PIECE_RUN;
    }
    if (c == '?') {
        return PIECE_ONE;
    }
    *character = c;
    if (c == '\\' && *at + 1 < pattern.size &&
        (pattern.data[*at + 1] == '*' || pattern.data[*at + 1] == '?' ||
         pattern.data[*at + 1] == '\\')) {
        ++*at;
        *character = pattern.data[*at];
    }
    return PIECE_CHARACTER;
}

/* A byte that begins no character counts as one. */
static size_t character_size(struct slice text, size_t at)
{
    const size_t length = utf8_length(text, at);

    return length == 0 ? 1 : length;
}

bool wildcard_matches(struct slice pattern, struct slice text, bool folds)
{
    size_t p = 0;
    size_t t = 0;
    size_t after_run = SIZE_MAX;
    size_t resume = 0;

    for (;;) {
        char character = 0;
        size_t at = p;
        const enum piece piece = piece_at(pattern, &at, &character);
        if (piece == PIECE_RUN) {
            after_run = ++p;
            resume = t;
        } else if (piece == PIECE_NONE && t == text.size) {
            return true;
        } else if (t < text.size &&
                   (piece == PIECE_ONE ||
                    (piece == PIECE_CHARACTER && same(character, text.data[t], folds)))) {
            p = at + 1;
            t += piece == PIECE_ONE ? character_size(text, t) : 1;
        } else if (after_run != SIZE_MAX && resume < text.size) {
            p = after_run;
            resume += character_size(text, resume);
            t = resume;
        } else {
            return false;
        }
    }
}

static bool stands_at(struct slice part, struct slice text, size_t at, bool folds)
{
    for (size_t i = 0; i < part.size; i++) {
        if (!same(part.data[i], text.data[at + i], folds)) {
            return false;
        }
    }
    return true;
}

bool wildcard_find(struct slice part, struct slice text, bool folds, enum wildcard_where where)
{
    if (part.size > text.size) {
        return false;
    }
    const size_t last = text.size - part.size;
    for (size_t at = where == WILDCARD_END ? last : 0; at <= last; at++) {
        if (stands_at(part, text, at, folds)) {
            return true;
        }
        if (where == WILDCARD_START) {
            return false;
        }
    }
    return false;
}
