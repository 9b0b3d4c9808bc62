#include "seinpost/rule/expression.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/nearest.h"
#include "seinpost/base/vector.h"

/* What waits on the operator stack; higher binds tighter. */
enum waiting {
    WAITING_PARENTHESIS,
    WAITING_OR,
    WAITING_AND,
    WAITING_NOT,
};

struct reader {
    const struct compile *compile;
    const struct tree *node;
    struct slice rest;
    const struct slice *names;
    size_t names_count;
    VECTOR(struct expression_token) tokens;
    enum waiting waiting[EXPRESSION_DEPTH_MAX];
    size_t waiting_count;
    bool operand_next; /* a name, `not` or `(` must come */
    bool faulty;       /* a name was unknown; reading went on to find the next */
};

static bool fault(const struct reader *reader, const char *what, struct slice word)
{
    tree_part_fault(reader->compile->diag, reader->node, word, "E209", "%s%s%.*s%s", what,
                    word.size > 0 ? " '" : "", SLICE_ARGS(word), word.size > 0 ? "'" : "");
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n';
}

static struct slice next_word(struct reader *reader)
{
    struct slice *rest = &reader->rest;

    while (rest->size > 0 && is_blank(rest->data[0])) {
        rest->data++;
        rest->size--;
    }
    struct slice word = {rest->data, 0};
    while (word.size < rest->size && !is_blank(rest->data[word.size])) {
        const char c = rest->data[word.size];
        if (c == '(' || c == ')') {
            word.size += word.size == 0 ? 1U : 0U;
            break;
        }
        word.size++;
    }
    rest->data += word.size;
    rest->size -= word.size;
    return word;
}

static void emit(struct reader *reader, struct expression_token token)
{
    VECTOR_PUSH(&reader->tokens, token);
}

static void emit_waiting(struct reader *reader)
{
    switch (reader->waiting[--reader->waiting_count]) {
    case WAITING_NOT:
        emit(reader, (struct expression_token){.kind = EXPRESSION_NOT});
        break;
    case WAITING_AND:
        emit(reader, (struct expression_token){.kind = EXPRESSION_AND});
        break;
    case WAITING_OR:
        emit(reader, (struct expression_token){.kind = EXPRESSION_OR});
        break;
    case WAITING_PARENTHESIS:
        ENSURE(false);
    }
}

static bool push(struct reader *reader, enum waiting waiting, struct slice word)
{
    if (reader->waiting_count == EXPRESSION_DEPTH_MAX) {
        return fault(reader, "the condition is nested too deeply at", word);
    }
    reader->waiting[reader->waiting_count++] = waiting;
    return true;
}

static uint64_t all_of(const struct reader *reader, struct slice glob)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < reader->names_count; i++) {
        if (slice_is(glob, "them") || slice_glob(glob, reader->names[i])) {
            mask |= UINT64_C(1) << i;
        }
    }
    return mask;
}

/* The condition is read on, so that all its unknown names are told. */
static bool unknown_name(struct reader *reader, struct slice name)
{
    struct nearest nearest = {0};

    for (size_t i = 0; i < reader->names_count; i++) {
        nearest_try(&nearest, name, reader->names[i]);
    }
    tree_part_fault(reader->compile->diag, reader->node, name, "E306",
                    "no search is named '%.*s'", SLICE_ARGS(name));
    if (nearest_found(&nearest)) {
        diag_hint(reader->compile->diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
    reader->operand_next = false;
    reader->faulty = true;
    return true;
}

/* `1 of sel_*`, `all of them`: the number is read, `of` and the glob are next. */
static bool read_quantifier(struct reader *reader, struct slice number)
{
    long long least = 1;

    if (!slice_is(next_word(reader), "of")) {
        return fault(reader, "'of' must follow", number);
    }
    const struct slice glob = next_word(reader);
    const uint64_t mask = all_of(reader, glob);
    const int found = __builtin_popcountll(mask);
    if (mask == 0) {
        return unknown_name(reader, glob);
    }
    if (slice_is(number, "all")) {
        least = found;
    } else if (!slice_is(number, "any")) {
        (void)slice_number(number, &least);
    }
    if (least < 1 || least > found) {
        return fault(reader, "there are not so many searches:", number);
    }
    emit(reader, (struct expression_token){EXPRESSION_AT_LEAST, (unsigned)least, mask});
    reader->operand_next = false;
    return true;
}

static bool read_name(struct reader *reader, struct slice name)
{
    for (size_t i = 0; i < reader->names_count; i++) {
        if (slice_equal(reader->names[i], name)) {
            emit(reader, (struct expression_token){EXPRESSION_AT_LEAST, 1, UINT64_C(1) << i});
            reader->operand_next = false;
            return true;
        }
    }
    return unknown_name(reader, name);
}

static bool read_operand(struct reader *reader, struct slice word)
{
    long long number = 0;

    if (slice_is(word, "not")) {
        return push(reader, WAITING_NOT, word);
    }
    if (slice_is(word, "(")) {
        return push(reader, WAITING_PARENTHESIS, word);
    }
    if (slice_is(word, ")") || slice_is(word, "and") || slice_is(word, "or")) {
        return fault(reader, "the name of a search must come before", word);
    }
    if (slice_is(word, "any") || slice_is(word, "all") || slice_number(word, &number)) {
        return read_quantifier(reader, word);
    }
    return read_name(reader, word);
}

static bool close_parenthesis(struct reader *reader, struct slice word)
{
    while (reader->waiting_count > 0 &&
           reader->waiting[reader->waiting_count - 1] != WAITING_PARENTHESIS) {
        emit_waiting(reader);
    }
    if (reader->waiting_count == 0) {
        return fault(reader, "nothing is open before", word);
    }
    reader->waiting_count--;
    return true;
}

static bool read_operator(struct reader *reader, struct slice word)
{
    if (slice_is(word, ")")) {
        return close_parenthesis(reader, word);
    }
    if (!slice_is(word, "and") && !slice_is(word, "or")) {
        return fault(reader, "'and' or 'or' must come before", word);
    }
    const enum waiting binds = slice_is(word, "and") ? WAITING_AND : WAITING_OR;
    while (reader->waiting_count > 0 && reader->waiting[reader->waiting_count - 1] >= binds) {
        emit_waiting(reader);
    }
    reader->operand_next = true;
    return push(reader, binds, word);
}

static bool finish(struct reader *reader)
{
    const struct slice text = reader->node->text;
    const struct slice end = {text.data + text.size, 0};

    if (reader->operand_next) {
        return fault(reader, "the name of a search must come at the end", end);
    }
    while (reader->waiting_count > 0) {
        if (reader->waiting[reader->waiting_count - 1] == WAITING_PARENTHESIS) {
            return fault(reader, "')' is missing", end);
        }
        emit_waiting(reader);
    }
    return true;
}

/* Dijkstra's shunting yard. */
static bool read_words(struct reader *reader)
{
    for (struct slice word = next_word(reader); word.size > 0; word = next_word(reader)) {
        if (!(reader->operand_next ? read_operand(reader, word)
                                   : read_operator(reader, word))) {
            return false;
        }
    }
    return true;
}

bool expression_read(const struct compile *compile, const struct tree *node,
                     const struct slice *names, size_t names_count,
                     struct expression *expression)
{
    struct reader reader = {
        .compile = compile,
        .node = node,
        .names = names,
        .names_count = names_count,
        .operand_next = true,
    };

    if (node->kind != TREE_SCALAR || tree_is_null(node)) {
        tree_fault(compile->diag, node, "E204", "a condition expected, this is %s",
                   tree_kind_name(node));
        return false;
    }
    if (node->text.size > EXPRESSION_SIZE_MAX) {
        tree_fault(compile->diag, node, "E209", "a condition has at most %d bytes",
                   EXPRESSION_SIZE_MAX);
        return false;
    }
    reader.rest = node->text;
    const bool good = read_words(&reader) && finish(&reader) && !reader.faulty;
    if (good) {
        *expression = (struct expression){
            arena_copy(compile->arena, reader.tokens.items,
                       reader.tokens.count * sizeof reader.tokens.items[0]),
            reader.tokens.count,
        };
    }
    VECTOR_FREE(&reader.tokens);
    return good;
}

uint64_t expression_names(const struct expression *expression)
{
    uint64_t names = 0;

    for (size_t i = 0; i < expression->count; i++) {
        names |= expression->tokens[i].mask;
    }
    return names;
}

static bool at_least(const struct expression_token *token, uint64_t truths)
{
    return (unsigned)__builtin_popcountll(truths & token->mask) >= token->least;
}

bool expression_true(const struct expression *expression, uint64_t truths)
{
    /* bit 0 is the top of the stack */
    uint64_t stack = 0;

    for (size_t i = 0; i < expression->count; i++) {
        const struct expression_token *token = &expression->tokens[i];
        const uint64_t top = stack & 1;
        switch (token->kind) {
        case EXPRESSION_AT_LEAST:
            stack = stack << 1 | (at_least(token, truths) ? 1U : 0U);
            break;
        case EXPRESSION_NOT:
            stack ^= 1;
            break;
        case EXPRESSION_AND:
            stack = stack >> 1;
            stack = (stack & ~UINT64_C(1)) | (stack & top);
            break;
        case EXPRESSION_OR:
            stack = stack >> 1;
            stack |= top;
            break;
        }
    }
    return (stack & 1) != 0;
}

/* Each value on the stack is the set of searches without which its part cannot be true. */
bool expression_needs(const struct expression *expression, size_t index)
{
    uint64_t stack[2 * EXPRESSION_DEPTH_MAX] = {0};
    size_t depth = 0;

    for (size_t i = 0; i < expression->count; i++) {
        const struct expression_token *token = &expression->tokens[i];
        switch (token->kind) {
        case EXPRESSION_AT_LEAST:
            ENSURE(depth < sizeof stack / sizeof stack[0]);
            stack[depth++] =
                token->least == (unsigned)__builtin_popcountll(token->mask) ? token->mask : 0;
            break;
        case EXPRESSION_NOT:
            ENSURE(depth >= 1);
            stack[depth - 1] = 0;
            break;
        case EXPRESSION_AND:
            ENSURE(depth >= 2);
            depth--;
            stack[depth - 1] |= stack[depth];
            break;
        case EXPRESSION_OR:
            ENSURE(depth >= 2);
            depth--;
            stack[depth - 1] &= stack[depth];
            break;
        }
    }
    return depth == 1 && (stack[0] >> index & 1) != 0;
}
