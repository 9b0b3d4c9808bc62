#include "seinpost/plain/condition.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"

static void add(const struct condition_teller *teller, struct text *text, enum phrase phrase,
                const struct slice *args)
{
    phrase_add(text, teller->language, phrase, args);
}

/* Puts a phrase around all that stands in the text. */
static void wrap(const struct condition_teller *teller, struct text *text, enum phrase phrase,
                 struct slice second)
{
    struct text whole = {0};

    add(teller, &whole, phrase, PHRASE_ARGS(text_slice(text), second));
    text_free(text);
    *text = whole;
}

static void add_fields(const struct condition_teller *teller, const struct path *path,
                       struct text *text)
{
    struct spell_list list = {text, teller->language, PHRASE_OR, path->indexes_count, 0};

    for (size_t i = 0; i < path->indexes_count; i++) {
        spell_item(&list, teller->type->fields[path->indexes[i]].name);
    }
}

void condition_path(const struct condition_teller *teller, const struct path *path,
                    struct text *text)
{
    struct text fields = {0};

    switch (path->part) {
    case PATH_FIELDS:
        add_fields(teller, path, text);
        break;
    case PATH_COUNTRY:
        add_fields(teller, path, &fields);
        add(teller, text, PHRASE_COUNTRY_OF, PHRASE_ARGS(text_slice(&fields)));
        break;
    case PATH_ID:
        phrase_word(text, teller->language, PHRASE_EVENT_ID);
        break;
    case PATH_SOURCE:
        phrase_word(text, teller->language, PHRASE_EVENT_SOURCE);
        break;
    case PATH_TIME:
        phrase_word(text, teller->language, PHRASE_EVENT_TIME);
        break;
    case PATH_TYPE:
        phrase_word(text, teller->language, PHRASE_EVENT_TYPE);
        break;
    }
    text_free(&fields);
}

static enum phrase joined_by(char operator)
{
    switch (operator) {
    case '+':
        return PHRASE_PLUS;
    case '-':
        return PHRASE_MINUS;
    case '*':
        return PHRASE_TIMES;
    default: /* of a text: there are four */
        return PHRASE_DIVIDED;
    }
}

static void add_operand(const struct condition_teller *teller, const struct operand *operand,
                        struct text *text)
{
    struct text right = {0};

    condition_path(teller, &operand->left, text);
    if (operand->operator!= 0) {
        condition_path(teller, &operand->right, &right);
        wrap(teller, text, joined_by(operand->operator), text_slice(&right));
    }
    text_free(&right);
}

static void add_subject(const struct condition_teller *teller,
                        const struct predicate *predicate, struct text *text)
{
    add_operand(teller, &predicate->operand, text);
    switch (predicate->calendar) {
    case CALENDAR_NONE:
        break;
    case CALENDAR_HOUR:
        wrap(teller, text, PHRASE_HOUR_OF, SLICE(""));
        break;
    case CALENDAR_DAY:
        wrap(teller, text, PHRASE_DAY_OF, SLICE(""));
        break;
    case CALENDAR_WEEK:
        wrap(teller, text, PHRASE_WEEK_OF, SLICE(""));
        break;
    case CALENDAR_MONTH:
        wrap(teller, text, PHRASE_MONTH_OF, SLICE(""));
        break;
    }
}

/* The unit that numbers of the operand bear. */
static struct slice unit_of(const struct predicate *predicate)
{
    const struct field *field = predicate->operand.left.field;
    const bool plain = predicate->operand.operator== 0 && predicate->calendar == CALENDAR_NONE;

    return plain && field != NULL ? field->unit : SLICE("");
}

static void add_value(const struct condition_teller *teller, const struct predicate *predicate,
                      size_t index, struct text *text)
{
    spell_value(text, teller->language, &predicate->values[index], predicate->operand.type,
                unit_of(predicate));
}

static void add_values(const struct condition_teller *teller, const struct predicate *predicate,
                       struct text *text)
{
    const size_t count = predicate->values_count;
    const size_t shown = count > SPELL_VALUES_MAX ? SPELL_VALUES_MAX : count;
    struct spell_list list = {text, teller->language, predicate->all ? PHRASE_AND : PHRASE_OR,
                              count, 0};

    for (size_t i = 0; i < shown; i++) {
        struct text value = {0};
        add_value(teller, predicate, i, &value);
        spell_item(&list, text_slice(&value));
        text_free(&value);
    }
    if (shown < count) {
        struct text more = {0};
        text_format(&more, "%zu", count - shown);
        wrap(teller, text, PHRASE_AND_MORE, text_slice(&more));
        text_free(&more);
    }
}

static enum phrase equality(const struct predicate *predicate)
{
    if (predicate->refers || predicate->values_count < 2) {
        return predicate->negated ? PHRASE_IS_NOT : PHRASE_IS;
    }
    if (predicate->all) {
        return PHRASE_ALL_OF;
    }
    return predicate->negated ? PHRASE_NONE_OF : PHRASE_ONE_OF;
}

/* The phrase of a test; what else is negated is told around it. */
static enum phrase phrase_of(const struct predicate *predicate)
{
    switch (predicate->test) {
    case PREDICATE_EQUAL:
        return equality(predicate);
    case PREDICATE_CONTAINS:
        return PHRASE_CONTAINS;
    case PREDICATE_STARTS:
        return PHRASE_STARTS;
    case PREDICATE_ENDS:
        return PHRASE_ENDS;
    case PREDICATE_MATCHES:
        return PHRASE_MATCHES;
    case PREDICATE_LESS:
        return PHRASE_LESS;
    case PREDICATE_LESS_EQUAL:
        return PHRASE_LESS_EQUAL;
    case PREDICATE_GREATER:
        return PHRASE_GREATER;
    case PREDICATE_GREATER_EQUAL:
        return PHRASE_GREATER_EQUAL;
    case PREDICATE_BETWEEN:
        return PHRASE_BETWEEN;
    case PREDICATE_EXISTS:
        return predicate->negated ? PHRASE_MISSING : PHRASE_EXISTS;
    case PREDICATE_LISTED:
        break;
    }
    return predicate->negated ? PHRASE_NOT_LISTED : PHRASE_LISTED;
}

/* Is the negation in the phrase itself? */
static bool tells_negation(const struct predicate *predicate)
{
    const bool equal =
        predicate->test == PREDICATE_EQUAL && equality(predicate) != PHRASE_ALL_OF;

    return equal || predicate->test == PREDICATE_EXISTS || predicate->test == PREDICATE_LISTED;
}

/* What stands on the right of the test. */
static void add_right(const struct condition_teller *teller, const struct predicate *predicate,
                      struct text *text)
{
    if (predicate->refers) {
        add_operand(teller, &predicate->reference, text);
    } else if (predicate->test == PREDICATE_LISTED) {
        text_add(text, list_set_get(teller->lists, predicate->list)->name);
    } else if (predicate->test == PREDICATE_BETWEEN) {
        add_value(teller, predicate, 0, text);
    } else {
        add_values(teller, predicate, text);
    }
}

/* `field: null` alone. */
static bool asks_missing_only(const struct predicate *predicate)
{
    return predicate->or_missing && predicate->values_count == 0;
}

static void add_test(const struct condition_teller *teller, const struct predicate *predicate,
                     struct slice subject, struct text *text)
{
    struct text right = {0};
    struct text upper = {0};

    add_right(teller, predicate, &right);
    if (predicate->test == PREDICATE_BETWEEN) {
        add_value(teller, predicate, 1, &upper);
    }
    add(teller, text, phrase_of(predicate),
        PHRASE_ARGS(subject, text_slice(&right), text_slice(&upper)));
    text_free(&right);
    text_free(&upper);
    if (predicate->negated && !tells_negation(predicate)) {
        wrap(teller, text, PHRASE_NOT, SLICE(""));
    }
    if (predicate->or_missing) {
        /* with `neq`, `null` among the values asks that there is one, which `neq` does anyway
         */
        wrap(teller, text, predicate->negated ? PHRASE_STEP : PHRASE_OR_MISSING, SLICE(""));
    }
    if (predicate->cased) {
        wrap(teller, text, PHRASE_CASED, SLICE(""));
    }
}

void condition_predicate(const struct condition_teller *teller,
                         const struct predicate *predicate, struct text *text)
{
    struct text subject = {0};
    struct text test = {0};

    add_subject(teller, predicate, &subject);
    if (asks_missing_only(predicate)) {
        add(teller, &test, predicate->negated ? PHRASE_EXISTS : PHRASE_MISSING,
            PHRASE_ARGS(text_slice(&subject)));
    } else {
        add_test(teller, predicate, text_slice(&subject), &test);
    }
    text_add(text, text_slice(&test));
    text_free(&subject);
    text_free(&test);
}

static void add_map(const struct condition_teller *teller, const struct search_map *map,
                    struct text *text)
{
    for (size_t i = 0; i < map->count; i++) {
        if (i > 0) {
            phrase_word(text, teller->language, PHRASE_AND);
        }
        condition_predicate(teller, &map->predicates[i], text);
    }
}

void condition_search(const struct condition_teller *teller, const struct search *search,
                      struct text *text)
{
    for (size_t i = 0; i < search->maps_count; i++) {
        const bool several = search->maps_count > 1 && search->maps[i].count > 1;
        if (i > 0) {
            phrase_word(text, teller->language, PHRASE_OR);
        }
        text_add(text, several ? SLICE("(") : SLICE(""));
        add_map(teller, &search->maps[i], text);
        text_add(text, several ? SLICE(")") : SLICE(""));
    }
}

/* What joins a part of the condition; inside of another it gets parentheses. */
enum binding {
    BINDING_OR,
    BINDING_AND,
    BINDING_LIST, /* so many of several */
    BINDING_ONE,
};

struct part {
    struct text text;
    enum binding binding;
};

struct stack {
    struct part parts[2 * EXPRESSION_DEPTH_MAX];
    size_t count;
};

static enum binding search_binding(const struct search *search)
{
    if (search->maps_count > 1) {
        return BINDING_OR;
    }
    return search->maps[0].count > 1 ? BINDING_AND : BINDING_ONE;
}

/* Nobody who reads should need to know that `and` binds tighter than `or`. */
static void add_part(struct text *text, const struct part *part, enum binding inside)
{
    const bool loose = part->binding != BINDING_ONE && part->binding != inside;

    text_add(text, loose ? SLICE("(") : SLICE(""));
    text_add(text, text_slice(&part->text));
    text_add(text, loose ? SLICE(")") : SLICE(""));
}

static enum phrase joined_by_word(unsigned least, bool all)
{
    if (all) {
        return PHRASE_AND;
    }
    return least > 1 ? PHRASE_SEMICOLON : PHRASE_OR;
}

/* A search, or so many of several. */
static void push_searches(const struct condition_teller *teller,
                          const struct detection *detection,
                          const struct expression_token *token, struct stack *stack)
{
    const unsigned several = (unsigned)__builtin_popcountll(token->mask);
    const bool all = token->least == several;
    struct part *part = &stack->parts[stack->count++];
    struct text joined = {0};
    size_t done = 0;

    ENSURE(stack->count <= sizeof stack->parts / sizeof stack->parts[0]);
    *part = (struct part){.binding = all ? BINDING_AND : BINDING_OR};
    if (!all && token->least > 1) {
        part->binding = BINDING_LIST;
    }
    for (size_t i = 0; i < detection->searches_count; i++) {
        const struct search *search = &detection->searches[i];
        struct part one = {.binding = search_binding(search)};
        if ((token->mask >> i & 1) == 0 || search->maps[0].count == 0) {
            continue; /* one that asks earlier events only is told apart */
        }
        condition_search(teller, search, &one.text);
        if (done++ > 0) {
            phrase_word(&joined, teller->language, joined_by_word(token->least, all));
        }
        add_part(&joined, &one, several == 1 ? one.binding : BINDING_ONE);
        part->binding = several == 1 ? one.binding : part->binding;
        text_free(&one.text);
    }
    if (!all && token->least > 1) {
        struct text least = {0};
        text_format(&least, "%u", token->least);
        add(teller, &part->text, PHRASE_AT_LEAST_OF,
            PHRASE_ARGS(text_slice(&least), text_slice(&joined)));
        text_free(&least);
    } else {
        text_add(&part->text, text_slice(&joined));
    }
    text_free(&joined);
}

static void negate(const struct condition_teller *teller, struct stack *stack)
{
    ENSURE(stack->count >= 1);
    struct part *part = &stack->parts[stack->count - 1];
    struct text inner = {0};

    add(teller, &inner, PHRASE_NOT, PHRASE_ARGS(text_slice(&part->text)));
    text_free(&part->text);
    part->text = inner;
    part->binding = BINDING_ONE;
}

static void join(const struct condition_teller *teller, struct stack *stack, bool both)
{
    const enum binding binding = both ? BINDING_AND : BINDING_OR;

    ENSURE(stack->count >= 2);
    struct part *right = &stack->parts[--stack->count];
    struct part *left = &stack->parts[stack->count - 1];
    struct text whole = {0};
    const bool two = left->text.size > 0 && right->text.size > 0;
    add_part(&whole, left, two ? binding : left->binding);
    if (two) {
        phrase_word(&whole, teller->language, both ? PHRASE_AND : PHRASE_OR);
    }
    add_part(&whole, right, two ? binding : right->binding);
    if (two) {
        left->binding = binding;
    } else if (left->text.size == 0) {
        left->binding = right->binding;
    }
    text_free(&left->text);
    text_free(&right->text);
    left->text = whole;
}

static void add_expression(const struct condition_teller *teller,
                           const struct detection *detection, struct text *text)
{
    struct stack stack = {.count = 0};

    for (size_t i = 0; i < detection->expression.count; i++) {
        const struct expression_token *token = &detection->expression.tokens[i];
        switch (token->kind) {
        case EXPRESSION_AT_LEAST:
            push_searches(teller, detection, token, &stack);
            break;
        case EXPRESSION_NOT:
            negate(teller, &stack);
            break;
        case EXPRESSION_AND:
        case EXPRESSION_OR:
            join(teller, &stack, token->kind == EXPRESSION_AND);
            break;
        }
    }
    ENSURE(stack.count == 1);
    text_add(text, text_slice(&stack.parts[0].text));
    text_free(&stack.parts[0].text);
}

static enum phrase residual_phrase(const struct predicate_residual *residual)
{
    const struct predicate as = {
        .test = residual->test, .negated = residual->negated, .refers = true};

    return phrase_of(&as);
}

static void add_residual(const struct condition_teller *teller,
                         const struct predicate_residual *residual, struct text *text)
{
    struct text reference = {0};
    struct text whole = {0};
    struct text entry = {0};

    text_format(&entry, "'%.*s'", SLICE_ARGS(teller->rule->entries[residual->entry].name));
    add(teller, &reference, PHRASE_OF_ENTRY,
        PHRASE_ARGS(residual->reference, text_slice(&entry)));
    add(teller, &whole, residual_phrase(residual),
        PHRASE_ARGS(residual->field, text_slice(&reference)));
    if (residual->negated && residual->test != PREDICATE_EQUAL) {
        wrap(teller, &whole, PHRASE_NOT, SLICE(""));
    }
    text_add(text, text_slice(&whole));
    text_free(&entry);
    text_free(&reference);
    text_free(&whole);
}

void condition_detection(const struct condition_teller *teller,
                         const struct detection *detection, struct text *text)
{
    const size_t before = text->size;

    add_expression(teller, detection, text);
    for (size_t i = 0; i < detection->residuals_count; i++) {
        if (text->size > before) {
            phrase_word(text, teller->language, PHRASE_AND);
        }
        add_residual(teller, &detection->residuals[i], text);
    }
}
