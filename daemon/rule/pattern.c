#include "seinpost/rule/pattern.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/table.h"
#include "seinpost/base/text.h"

#include <regex.h>
#include <stdint.h>

enum {
    GROUPS_MAX = 32
};

struct pattern_set {
    struct arena *arena;
    struct table *compiled; /* text, with a mark for `cased`, to regex_t */
    size_t states;
};

/* How many states a pattern has: each repetition stands for its copies. */
struct weight {
    struct slice rest;
    size_t sizes[GROUPS_MAX + 1]; /* of the groups that are open */
    size_t depth;
    size_t last; /* of the newest piece: what a repetition repeats */
};

static void free_table(void *table)
{
    table_free(table);
}

static void free_regex(void *regex)
{
    regfree(regex);
}

struct pattern_set *pattern_set_new(struct arena *arena)
{
    struct pattern_set *set = arena_alloc(arena, sizeof *set);

    set->arena = arena;
    set->compiled = table_new();
    arena_at_end(arena, free_table, set->compiled);
    return set;
}

static void skip(struct weight *weight, size_t size)
{
    size = size < weight->rest.size ? size : weight->rest.size;
    weight->rest.data += size;
    weight->rest.size -= size;
}

static void piece(struct weight *weight, size_t size)
{
    weight->last = size;
    weight->sizes[weight->depth] += size;
}

/* `[...]`: a `]` that comes first is one of its characters. */
static void read_bracket(struct weight *weight)
{
    size_t i = 1;

    i += i < weight->rest.size && weight->rest.data[i] == '^' ? 1U : 0U;
    i += i < weight->rest.size && weight->rest.data[i] == ']' ? 1U : 0U;
    while (i < weight->rest.size && weight->rest.data[i] != ']') {
        i++;
    }
    skip(weight, i + 1);
    piece(weight, 1);
}

static size_t capped(size_t size)
{
    return size <= PATTERN_STATES_MAX ? size : PATTERN_STATES_MAX + 1;
}

/* The newest piece stands `times` times. */
static void repeat(struct weight *weight, size_t times)
{
    const size_t size = capped(weight->last * (times > 0 ? times : 1));

    weight->sizes[weight->depth] += size - weight->last;
    weight->last = size;
}

/* `{2,5}`: the larger number counts. */
static void read_bounds(struct weight *weight)
{
    size_t number = 0;
    size_t most = 0;

    for (skip(weight, 1); weight->rest.size > 0 && weight->rest.data[0] != '}';
         skip(weight, 1)) {
        const char c = weight->rest.data[0];
        const bool digit = c >= '0' && c <= '9';
        number = digit ? capped(number * 10 + (size_t)(c - '0')) : 0;
        most = number > most ? number : most;
    }
    skip(weight, 1);
    repeat(weight, most);
}

static bool read_group(struct weight *weight)
{
    if (weight->depth == GROUPS_MAX) {
        return false;
    }
    weight->sizes[++weight->depth] = 0;
    weight->last = 0;
    skip(weight, 1);
    return true;
}

static void close_group(struct weight *weight)
{
    skip(weight, 1);
    if (weight->depth > 0) {
        const size_t size = weight->sizes[weight->depth--];
        piece(weight, capped(size + 1));
    }
}

/* Returns PATTERN_STATES_MAX + 1 for all that is too much. */
static size_t weigh(struct slice text)
{
    struct weight weight = {.rest = text};
    bool good = true;

    while (good && weight.rest.size > 0 && weight.sizes[0] <= PATTERN_STATES_MAX) {
        switch (weight.rest.data[0]) {
        case '(':
            good = read_group(&weight);
            break;
        case ')':
            close_group(&weight);
            break;
        case '[':
            read_bracket(&weight);
            break;
        case '{':
            read_bounds(&weight);
            break;
        case '+': /* once, and as often as one likes */
            skip(&weight, 1);
            repeat(&weight, 2);
            break;
        case '\\':
            skip(&weight, 2);
            piece(&weight, 1);
            break;
        default:
            skip(&weight, 1);
            piece(&weight, 1);
            break;
        }
    }
    return good && weight.sizes[0] <= PATTERN_STATES_MAX ? weight.sizes[0]
                                                         : PATTERN_STATES_MAX + 1;
}

/* What other dialects know, and this one would take for a plain letter. */
static bool check_dialect(struct diag *diag, const struct tree *node)
{
    const struct slice text = node->text;

    for (size_t i = 0; i + 1 < text.size; i++) {
        const struct slice pair = {text.data + i, 2};
        const char c = pair.data[1];
        if (slice_is(pair, "(?")) {
            tree_part_fault(diag, node, pair, "E205", "'(?' is not known in POSIX expressions");
            diag_hint(diag, "case is folded, unless '|cased' says otherwise");
            return false;
        }
        if (pair.data[0] != '\\') {
            continue;
        }
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (c >= '1' && c <= '9') {
            tree_part_fault(diag, node, pair, "E205", "no back references");
            return false;
        }
        if (letter && !slice_contains(SLICE("wWsSbB"), (struct slice){&c, 1})) {
            tree_part_fault(diag, node, pair, "E205",
                            "'%.*s' is not known in POSIX expressions", SLICE_ARGS(pair));
            diag_hint(diag, c == 'd' ? "a digit is [0-9]" : "escape signs only, as \\.");
            return false;
        }
        i++;
    }
    return true;
}

static bool check_size(struct pattern_set *set, struct diag *diag, const struct tree *node)
{
    const size_t states = node->text.size > PATTERN_SIZE_MAX ? 0 : weigh(node->text);

    if (node->text.size == 0 || node->text.size > PATTERN_SIZE_MAX) {
        tree_fault(diag, node, "E205", "a regular expression has 1 to %d bytes",
                   PATTERN_SIZE_MAX);
        return false;
    }
    if (states > PATTERN_STATES_MAX) {
        tree_fault(diag, node, "E205", "the repetitions make this expression too large");
        diag_hint(diag, "with all repetitions written out: %d characters", PATTERN_STATES_MAX);
        return false;
    }
    set->states += states;
    if (set->states > PATTERN_STATES_ALL) {
        tree_fault(diag, node, "E205", "too many regular expressions");
        diag_hint(diag, "a list is faster: field|list: name");
        return false;
    }
    return true;
}

static const regex_t *compile(struct pattern_set *set, struct diag *diag,
                              const struct tree *node, bool cased)
{
    char message[128];
    regex_t *regex = arena_alloc(set->arena, sizeof *regex);
    const char *text = slice_string(set->arena, node->text);
    const int flags = REG_EXTENDED | REG_NOSUB | (cased ? 0 : REG_ICASE);
    const int failed = regcomp(regex, text, flags);

    if (failed != 0) {
        (void)regerror(failed, regex, message, sizeof message);
        tree_fault(diag, node, "E205", "no regular expression: %s", message);
        return NULL;
    }
    arena_at_end(set->arena, free_regex, regex);
    return regex;
}

const void *pattern_read(struct pattern_set *set, struct diag *diag, const struct tree *node,
                         bool cased)
{
    struct text key = {0};

    text_add_byte(&key, cased ? 'c' : 'f');
    text_add(&key, node->text);
    const regex_t *regex = table_get(set->compiled, text_slice(&key));
    if (regex == NULL && check_dialect(diag, node) && check_size(set, diag, node)) {
        regex = compile(set, diag, node, cased);
        if (regex != NULL) {
            table_put(set->compiled, slice_copy(set->arena, text_slice(&key)),
                      (void *)(uintptr_t)regex);
        }
    }
    text_free(&key);
    return regex;
}
