#include "seinpost/base/slice.h"

#include "seinpost/base/arena.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

struct slice slice_of(const char *text)
{
    return (struct slice){text, text == NULL ? 0 : strlen(text)};
}

bool slice_equal(struct slice a, struct slice b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool slice_is(struct slice slice, const char *text)
{
    if (slice.size > 0 && slice.data[0] != text[0]) {
        return false; /* nearly always */
    }
    return slice_equal(slice, slice_of(text));
}

int slice_compare(struct slice a, struct slice b)
{
    const size_t shared = a.size < b.size ? a.size : b.size;
    const int order = shared == 0 ? 0 : memcmp(a.data, b.data, shared);

    if (order != 0) {
        return order;
    }
    return a.size < b.size ? -1 : a.size > b.size;
}

bool slice_starts_with(struct slice slice, struct slice prefix)
{
    return slice.size >= prefix.size &&
           slice_equal((struct slice){slice.data, prefix.size}, prefix);
}

bool slice_ends_with(struct slice slice, struct slice suffix)
{
    return slice.size >= suffix.size &&
           slice_equal((struct slice){slice.data + slice.size - suffix.size, suffix.size},
                       suffix);
}

bool slice_contains(struct slice slice, struct slice part)
{
    for (size_t i = 0; i + part.size <= slice.size; i++) {
        if (slice_equal((struct slice){slice.data + i, part.size}, part)) {
            return true;
        }
    }
    return false;
}

struct slice slice_cut(struct slice *rest, char separator)
{
    const char *at = rest->size == 0 ? NULL : memchr(rest->data, separator, rest->size);
    struct slice head = *rest;

    if (at == NULL) {
        *rest = (struct slice){NULL, 0};
        return head;
    }
    head.size = (size_t)(at - rest->data);
    *rest = (struct slice){at + 1, rest->size - head.size - 1};
    return head;
}

struct slice slice_trim(struct slice slice)
{
    while (slice.size > 0 && (slice.data[0] == ' ' || slice.data[0] == '\t')) {
        slice.data++;
        slice.size--;
    }
    while (slice.size > 0 &&
           (slice.data[slice.size - 1] == ' ' || slice.data[slice.size - 1] == '\t')) {
        slice.size--;
    }
    return slice;
}

char *slice_string(struct arena *arena, struct slice slice)
{
    char *copy = arena_alloc(arena, slice.size + 1);

    if (slice.size > 0) {
        memcpy(copy, slice.data, slice.size);
    }
    return copy;
}

struct slice slice_copy(struct arena *arena, struct slice slice)
{
    return (struct slice){slice_string(arena, slice), slice.size};
}

/* Counted below zero, where there is room for one more than above. */
bool slice_number(struct slice slice, long long *number)
{
    const bool negative = slice.size > 0 && slice.data[0] == '-';
    long long value = 0;

    if (slice.size == (negative ? 1U : 0U)) {
        return false;
    }
    for (size_t i = negative ? 1 : 0; i < slice.size; i++) {
        if (slice.data[i] < '0' || slice.data[i] > '9') {
            return false;
        }
        const int digit = slice.data[i] - '0';
        if (value < (LLONG_MIN + digit) / 10) {
            return false;
        }
        value = value * 10 - digit;
    }
    if (!negative && value == LLONG_MIN) {
        return false;
    }
    *number = negative ? value : -value;
    return true;
}

/* Backtracks to the last `*` only, which is enough: linear in practice, never recursive. */
bool slice_glob(struct slice glob, struct slice text)
{
    size_t g = 0;
    size_t t = 0;
    size_t star = SIZE_MAX;
    size_t resume = 0;

    while (t < text.size) {
        if (g < glob.size && glob.data[g] == '*') {
            star = g++;
            resume = t;
        } else if (g < glob.size && (glob.data[g] == '?' || glob.data[g] == text.data[t])) {
            g++;
            t++;
        } else if (star != SIZE_MAX) {
            g = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (g < glob.size && glob.data[g] == '*') {
        g++;
    }
    return g == glob.size;
}

bool slice_is_glob(struct slice slice)
{
    return slice.size > 0 && (memchr(slice.data, '*', slice.size) != NULL ||
                              memchr(slice.data, '?', slice.size) != NULL);
}

static char folded(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool slice_same_person(struct slice a, struct slice b)
{
    a = slice_trim(a);
    b = slice_trim(b);
    for (size_t i = 0; a.size == b.size && i < a.size; i++) {
        if (folded(a.data[i]) != folded(b.data[i])) {
            return false;
        }
    }
    return a.size == b.size && a.size > 0;
}
