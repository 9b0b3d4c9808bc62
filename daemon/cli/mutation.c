#include "seinpost/cli/mutation.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/duration.h"
#include "seinpost/base/text.h"
#include "seinpost/base/utf8.h"
#include "seinpost/base/vector.h"
#include "seinpost/yaml/tree.h"

#include <stdlib.h>

enum {
    SECOND_MS = 1000,
    DIGITS_MAX = 15,
};

/* A key that is true of every event, whatever stands under it, and one that is of none: no
 * event's type is a value that a rule asks for. */
#define ALWAYS SLICE("event.type|neq")
#define NEVER  SLICE("event.type")

struct finder {
    struct arena *arena;
    VECTOR(struct mutation) found;
};

static void add(struct finder *finder, struct diag_place place, struct slice by,
                const struct text *says)
{
    const struct mutation mutation = {place, slice_copy(finder->arena, by),
                                      slice_copy(finder->arena, text_slice(says))};
    VECTOR_PUSH(&finder->found, mutation);
}

/* Replaces a scalar. */
static void add_value(struct finder *finder, const struct tree *node, struct slice by)
{
    struct text says = {0};

    tree_path(&says, node);
    text_format(&says, ": %.*s -> %.*s", SLICE_ARGS(node->text), SLICE_ARGS(by));
    add(finder, node->place, by, &says);
    text_free(&says);
}

/* The number that a text begins with, without its point; how many digits are behind that; and
 * what follows the number. */
static bool read_number(struct slice text, long long *number, size_t *decimals,
                        struct slice *unit)
{
    size_t digits = 0;
    size_t at = 0;
    bool point = false;

    *number = 0;
    *decimals = 0;
    for (; at < text.size && digits < DIGITS_MAX; at++) {
        const char c = text.data[at];
        if (c >= '0' && c <= '9') {
            *number = *number * 10 + (c - '0');
            digits++;
            *decimals += point ? 1U : 0U;
        } else if (c == '.' && !point && digits > 0) {
            point = true;
        } else {
            break;
        }
    }
    *unit = (struct slice){text.data + at, text.size - at};
    return digits > 0 && !slice_contains(*unit, SLICE(":")) &&
           !slice_contains(*unit, SLICE("-"));
}

static void write_number(struct text *text, long long number, size_t decimals)
{
    long long scale = 1;

    for (size_t i = 0; i < decimals; i++) {
        scale *= 10;
    }
    text_format(text, "%lld", number / scale);
    if (decimals > 0) {
        text_format(text, ".%0*lld", (int)decimals, number % scale);
    }
}

/* A number off by one in its last place, a duration by a second. */
static void shift(struct finder *finder, const struct tree *node)
{
    int64_t ms = 0;
    long long number = 0;
    size_t decimals = 0;
    struct slice unit = {0};
    char buffer[DURATION_TEXT_SIZE];

    if (node->kind != TREE_SCALAR || !node->plain) {
        return;
    }
    const bool is_duration = duration_parse(node->text, &ms) == DURATION_OK;
    const bool is_number = read_number(node->text, &number, &decimals, &unit);
    for (int64_t sign = -1; sign <= 1; sign += 2) {
        struct text by = {0};
        if (is_duration && ms + sign * SECOND_MS > 0) {
            text_format(&by, "%s", duration_format(ms + sign * SECOND_MS, buffer));
        } else if (!is_duration && is_number && number + sign >= 0) {
            write_number(&by, number + sign, decimals);
            text_add(&by, unit);
        }
        if (by.size > 0) {
            add_value(finder, node, text_slice(&by));
        }
        text_free(&by);
    }
}

static void replace_key(struct finder *finder, const struct tree *node, struct slice by,
                        const char *what)
{
    struct text says = {0};

    tree_path(&says, node);
    text_format(&says, ": %s", what);
    add(finder, node->key_place, by, &says);
    text_free(&says);
}

static bool is_ordering(struct slice key)
{
    return slice_ends_with(key, SLICE("|lt")) || slice_ends_with(key, SLICE("|lte")) ||
           slice_ends_with(key, SLICE("|gt")) || slice_ends_with(key, SLICE("|gte"));
}

/* The value of a field that a search asks for. `null` has a question of its own. */
static void mutate_field(struct finder *finder, const struct tree *field, bool exonerates)
{
    if (exonerates) {
        replace_key(finder, field, NEVER, "exonerates nobody any more");
    } else if (!tree_is_null(field)) {
        replace_key(finder, field, ALWAYS, "dropped");
    }
    if (is_ordering(field->key)) {
        shift(finder, field);
    }
    if (slice_ends_with(field->key, SLICE("|between"))) {
        for (const struct tree *end = field->first; end != NULL; end = end->next) {
            shift(finder, end);
        }
    }
}

/* A search: a map of fields, or a list of them. */
static void mutate_search(struct finder *finder, const struct tree *search, bool exonerates)
{
    for (const struct tree *node = search->first; node != NULL; node = node->next) {
        if (search->kind == TREE_MAP) {
            mutate_field(finder, node, exonerates);
        }
        for (const struct tree *field = search->kind == TREE_LIST ? node->first : NULL;
             field != NULL; field = field->next) {
            mutate_field(finder, field, exonerates);
        }
    }
}

static void replace_word(struct finder *finder, const struct tree *node, struct slice word,
                         struct slice by)
{
    const struct slice text = node->text;

    for (size_t i = 0; i + word.size <= text.size; i++) {
        if (slice_equal((struct slice){text.data + i, word.size}, word)) {
            struct text made = {0};
            text_add(&made, (struct slice){text.data, i});
            text_add(&made, by);
            text_add(&made,
                     (struct slice){text.data + i + word.size, text.size - i - word.size});
            add_value(finder, node, text_slice(&made));
            text_free(&made);
        }
    }
}

static void mutate_expression(struct finder *finder, const struct tree *node)
{
    if (node->kind == TREE_SCALAR && node->plain) {
        replace_word(finder, node, SLICE(" and "), SLICE(" or "));
        replace_word(finder, node, SLICE(" or "), SLICE(" and "));
        replace_word(finder, node, SLICE("not "), SLICE(""));
    }
}

static void mutate_detection(struct finder *finder, const struct tree *detection)
{
    for (const struct tree *node = detection == NULL ? NULL : detection->first; node != NULL;
         node = node->next) {
        if (slice_is(node->key, "condition")) {
            mutate_expression(finder, node);
        } else {
            mutate_search(finder, node, false);
        }
    }
}

static void mutate_unless(struct finder *finder, const struct tree *unless)
{
    for (const struct tree *node = unless == NULL ? NULL : unless->first; node != NULL;
         node = node->next) {
        if (!slice_is(node->key, "none")) {
            mutate_search(finder, node, true);
        }
    }
}

/* All numbers and durations of a correlation; what bounds memory or closes alerts late is no
 * condition. */
static void mutate_correlation(struct finder *finder, const struct tree *correlation)
{
    static const char *const idle[] = {"max-groups", "close-after", "lateness",
                                       "group-by",   "aliases",     "metrics"};

    if (correlation == NULL) {
        return;
    }
    for (const struct tree *node = correlation->first; node != NULL; node = node->next) {
        bool counts = true;
        for (size_t i = 0; i < sizeof idle / sizeof idle[0]; i++) {
            counts = counts && !slice_is(node->key, idle[i]);
        }
        for (const struct tree *leaf = node; counts && leaf != NULL;
             leaf = tree_next(node, leaf)) {
            shift(finder, leaf);
        }
    }
}

struct mutation_list mutation_find(struct arena *arena, const struct rule *rule)
{
    struct finder finder = {.arena = arena};
    const struct tree *events = tree_get(rule->node, "events");

    mutate_detection(&finder, tree_get(rule->node, "detection"));
    for (const struct tree *event = events == NULL ? NULL : events->first; event != NULL;
         event = event->next) {
        mutate_detection(&finder, tree_get(event, "detection"));
    }
    mutate_unless(&finder, tree_get(rule->node, "unless"));
    mutate_correlation(&finder, tree_get(rule->node, "correlation"));
    const struct mutation_list list = {
        arena_copy(arena, finder.found.items, finder.found.count * sizeof(struct mutation)),
        finder.found.count};
    VECTOR_FREE(&finder.found);
    return list;
}

/* The byte at which so many characters of a text have passed. */
static size_t byte_of(struct slice text, size_t from, unsigned characters)
{
    for (; characters > 0 && from < text.size; characters--) {
        const size_t length = utf8_length(text, from);
        from += length == 0 ? 1 : length;
    }
    return from;
}

void mutation_apply(const struct mutation *mutation, struct slice file, struct text *text)
{
    size_t line = 0;
    unsigned number = 1;

    for (size_t i = 0; i < file.size && number < mutation->place.line; i++) {
        if (file.data[i] == '\n') {
            number++;
            line = i + 1;
        }
    }
    const size_t start = byte_of(file, line, mutation->place.column - 1);
    const size_t end = byte_of(file, start, mutation->place.length);
    text_add(text, (struct slice){file.data, start});
    text_add(text, mutation->by);
    text_add(text, (struct slice){file.data + end, file.size - end});
}
