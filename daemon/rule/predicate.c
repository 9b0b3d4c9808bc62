#include "seinpost/rule/predicate.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/nearest.h"
#include "seinpost/rule/list.h"

#include <regex.h>

/* What the modifiers of one key said. */
struct modifiers {
    const char *test_name; /* NULL: none */
    enum predicate_test test;
    enum predicate_calendar calendar;
    bool negated;
    bool all;
    bool cased;
    bool refers;
};

enum modifier_effect {
    EFFECT_TEST,
    EFFECT_CALENDAR,
    EFFECT_ALL,
    EFFECT_CASED,
    EFFECT_REFERS,
    EFFECT_NOT_EQUAL,
};

static const struct {
    const char *name;
    enum modifier_effect effect;
    int argument;
} modifier_table[] = {
    {"contains", EFFECT_TEST, PREDICATE_CONTAINS},
    {"startswith", EFFECT_TEST, PREDICATE_STARTS},
    {"endswith", EFFECT_TEST, PREDICATE_ENDS},
    {"re", EFFECT_TEST, PREDICATE_MATCHES},
    {"lt", EFFECT_TEST, PREDICATE_LESS},
    {"lte", EFFECT_TEST, PREDICATE_LESS_EQUAL},
    {"gt", EFFECT_TEST, PREDICATE_GREATER},
    {"gte", EFFECT_TEST, PREDICATE_GREATER_EQUAL},
    {"between", EFFECT_TEST, PREDICATE_BETWEEN},
    {"exists", EFFECT_TEST, PREDICATE_EXISTS},
    {"list", EFFECT_TEST, PREDICATE_LISTED},
    {"neq", EFFECT_NOT_EQUAL, 0},
    {"all", EFFECT_ALL, 0},
    {"cased", EFFECT_CASED, 0},
    {"fieldref", EFFECT_REFERS, 0},
    {"hour", EFFECT_CALENDAR, CALENDAR_HOUR},
    {"day", EFFECT_CALENDAR, CALENDAR_DAY},
    {"week", EFFECT_CALENDAR, CALENDAR_WEEK},
    {"month", EFFECT_CALENDAR, CALENDAR_MONTH},
};

enum {
    MODIFIERS_COUNT = sizeof modifier_table / sizeof modifier_table[0]
};

static bool set_test(const struct compile *compile, const struct tree *node,
                     struct slice written, struct modifiers *modifiers, size_t index)
{
    const char *name = modifier_table[index].name;

    if (modifiers->test_name != NULL) {
        tree_part_fault(compile->diag, node, written, "E208",
                        "'%s' and '%s' do not go together", modifiers->test_name, name);
        return false;
    }
    modifiers->test_name = name;
    if (modifier_table[index].effect == EFFECT_NOT_EQUAL) {
        modifiers->negated = true;
    } else {
        modifiers->test = (enum predicate_test)modifier_table[index].argument;
    }
    return true;
}

static bool unknown_modifier(const struct compile *compile, const struct tree *node,
                             struct slice name)
{
    struct nearest nearest = {0};

    if (slice_is(name, "cidr")) {
        tree_part_fault(compile->diag, node, name, "E208",
                        "'cidr' needs a field with network addresses; no event type has one");
        return false;
    }
    for (size_t i = 0; i < MODIFIERS_COUNT; i++) {
        nearest_try(&nearest, name, slice_of(modifier_table[i].name));
    }
    tree_part_fault(compile->diag, node, name, "E208", "unknown modifier '%.*s'",
                    SLICE_ARGS(name));
    if (nearest_found(&nearest)) {
        diag_hint(compile->diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
    return false;
}

static bool read_modifier(const struct compile *compile, const struct tree *node,
                          struct slice name, struct modifiers *modifiers)
{
    size_t i = 0;

    while (i < MODIFIERS_COUNT && !slice_is(name, modifier_table[i].name)) {
        i++;
    }
    if (i == MODIFIERS_COUNT) {
        return unknown_modifier(compile, node, name);
    }
    switch (modifier_table[i].effect) {
    case EFFECT_TEST:
    case EFFECT_NOT_EQUAL:
        return set_test(compile, node, name, modifiers, i);
    case EFFECT_CALENDAR:
        modifiers->calendar = (enum predicate_calendar)modifier_table[i].argument;
        break;
    case EFFECT_ALL:
        modifiers->all = true;
        break;
    case EFFECT_CASED:
        modifiers->cased = true;
        break;
    case EFFECT_REFERS:
        modifiers->refers = true;
        break;
    }
    return true;
}

static bool read_modifiers(const struct compile *compile, const struct tree *node,
                           struct slice *operand, struct modifiers *modifiers)
{
    struct slice rest = node->key;

    *operand = slice_trim(slice_cut(&rest, '|'));
    while (rest.data != NULL) {
        if (!read_modifier(compile, node, slice_cut(&rest, '|'), modifiers)) {
            return false;
        }
    }
    return true;
}

static bool is_ordering(enum predicate_test test)
{
    return test == PREDICATE_LESS || test == PREDICATE_LESS_EQUAL ||
           test == PREDICATE_GREATER || test == PREDICATE_GREATER_EQUAL ||
           test == PREDICATE_BETWEEN;
}

static bool is_textual(enum predicate_test test)
{
    return test == PREDICATE_CONTAINS || test == PREDICATE_STARTS || test == PREDICATE_ENDS ||
           test == PREDICATE_MATCHES || test == PREDICATE_LISTED;
}

static bool is_text(enum operand_type type)
{
    return type == OPERAND_CODE || type == OPERAND_TEXT;
}

/* Does the test make sense for what it is asked of? */
static bool check_type(const struct compile *compile, const struct tree *node,
                       const struct predicate *predicate)
{
    const enum operand_type type = predicate->operand.type;

    if (predicate->calendar != CALENDAR_NONE && predicate->operand.type != OPERAND_TIME) {
        tree_key_fault(compile->diag, node, "E208",
                       "hour, day, week and month are asked of a time");
        return false;
    }
    if (is_textual(predicate->test) && !is_text(type)) {
        tree_key_fault(compile->diag, node, "E208", "this modifier is asked of text only");
        return false;
    }
    if (is_ordering(predicate->test) && (is_text(type) || type == OPERAND_BOOL)) {
        tree_key_fault(compile->diag, node, "E208",
                       "text and truth values have no greater and less");
        return false;
    }
    return true;
}

static void free_expression(void *regex)
{
    regfree(regex);
}

static bool compile_expression(const struct compile *compile, const struct tree *node,
                               bool cased, const void **out)
{
    char message[128];
    regex_t *regex = arena_alloc(compile->arena, sizeof *regex);
    const char *pattern = slice_string(compile->arena, node->text);

    if (slice_contains(node->text, SLICE("\\1")) || node->text.size > 256) {
        tree_fault(compile->diag, node, "E205",
                   "a regular expression has at most 256 bytes and no back reference");
        return false;
    }
    const int failed =
        regcomp(regex, pattern, REG_EXTENDED | REG_NOSUB | (cased ? 0 : REG_ICASE));
    if (failed != 0) {
        (void)regerror(failed, regex, message, sizeof message);
        tree_fault(compile->diag, node, "E205", "no regular expression: %s", message);
        return false;
    }
    arena_at_end(compile->arena, free_expression, regex);
    *out = regex;
    return true;
}

static enum operand_type literal_type(const struct predicate *predicate)
{
    return predicate->calendar != CALENDAR_NONE ? OPERAND_NUMBER : predicate->operand.type;
}

/* Reads one value of the key, or of its list. */
static bool read_value(const struct compile *compile, const struct tree *node,
                       struct predicate *predicate, struct value *values,
                       const void **expressions)
{
    const struct field *field =
        predicate->operand.operator== 0 ? predicate->operand.left.field : NULL;
    const size_t index = predicate->values_count;

    if (node->kind == TREE_SCALAR && tree_is_null(node)) {
        if (predicate->test != PREDICATE_EQUAL) {
            tree_fault(compile->diag, node, "E208", "'null' is asked with equality only");
            return false;
        }
        predicate->or_missing = true;
        return true;
    }
    if (!literal_read(compile->diag, node, literal_type(predicate),
                      predicate->test == PREDICATE_EQUAL ? field : NULL, &values[index])) {
        return false;
    }
    if (predicate->test == PREDICATE_MATCHES &&
        !compile_expression(compile, node, predicate->cased, &expressions[index])) {
        return false;
    }
    predicate->values_count++;
    return true;
}

static bool read_values(const struct compile *compile, const struct tree *node,
                        struct predicate *predicate)
{
    const size_t room = node->kind == TREE_LIST ? node->count : 1;
    struct value *values = arena_alloc(compile->arena, room * sizeof *values);
    const void **expressions = arena_alloc(compile->arena, room * sizeof(const void *));
    bool good = true;

    predicate->values = values;
    predicate->expressions = expressions;
    if (node->kind != TREE_LIST) {
        return read_value(compile, node, predicate, values, expressions);
    }
    if (node->count == 0) {
        tree_fault(compile->diag, node, "E204", "an empty list is never met");
        return false;
    }
    for (const struct tree *item = node->first; item != NULL; item = item->next) {
        good = read_value(compile, item, predicate, values, expressions) && good;
    }
    return good;
}

static bool read_between(const struct compile *compile, const struct tree *node,
                         struct predicate *predicate)
{
    if (node->kind != TREE_LIST || node->count != 2) {
        tree_fault(compile->diag, node, "E208", "between needs a list of two: [from, to]");
        return false;
    }
    return read_values(compile, node, predicate);
}

static bool read_exists(const struct compile *compile, const struct tree *node,
                        struct predicate *predicate)
{
    struct value value;

    if (!literal_read(compile->diag, node, OPERAND_BOOL, NULL, &value)) {
        return false;
    }
    predicate->negated = !value.as.truth;
    return true;
}

static bool read_list(const struct compile *compile, const struct tree *node,
                      struct predicate *predicate)
{
    struct value name;

    if (!literal_read(compile->diag, node, OPERAND_CODE, NULL, &name)) {
        return false;
    }
    predicate->list = list_set_ask(compile->lists, name.as.text, node);
    return true;
}

static bool comparable(enum operand_type a, enum operand_type b)
{
    return a == b || (is_text(a) && is_text(b));
}

/* `field|fieldref: other`, of the same event. */
static bool read_reference(const struct compile *compile, const struct event_type *type,
                           const struct tree *node, struct predicate *predicate)
{
    struct value name;

    if (!literal_read(compile->diag, node, OPERAND_CODE, NULL, &name) ||
        !operand_resolve(compile, node, type, name.as.text, &predicate->reference)) {
        return false;
    }
    if (!comparable(predicate->operand.type, predicate->reference.type)) {
        tree_fault(compile->diag, node, "E208", "'%.*s' is of another type",
                   SLICE_ARGS(name.as.text));
        return false;
    }
    return true;
}

/* Does a `fieldref` name an event of the rule before the dot? */
static bool refers_to_entry(const struct compile *compile, const struct tree *node,
                            size_t *entry, struct slice *field)
{
    if (node->kind != TREE_SCALAR) {
        return false;
    }
    *field = node->text;
    const struct slice name = slice_cut(field, '.');
    for (size_t i = 0; field->data != NULL && i < compile->entries_count; i++) {
        if (slice_equal(compile->entries[i], name)) {
            *entry = i;
            return true;
        }
    }
    return false;
}

static bool read_right_side(const struct compile *compile, const struct event_type *type,
                            const struct tree *node, struct predicate *predicate)
{
    if (predicate->refers) {
        return read_reference(compile, type, node, predicate);
    }
    switch (predicate->test) {
    case PREDICATE_BETWEEN:
        return read_between(compile, node, predicate);
    case PREDICATE_EXISTS:
        return read_exists(compile, node, predicate);
    case PREDICATE_LISTED:
        return read_list(compile, node, predicate);
    case PREDICATE_EQUAL:
    case PREDICATE_CONTAINS:
    case PREDICATE_STARTS:
    case PREDICATE_ENDS:
    case PREDICATE_MATCHES:
    case PREDICATE_LESS:
    case PREDICATE_LESS_EQUAL:
    case PREDICATE_GREATER:
    case PREDICATE_GREATER_EQUAL:
        break;
    }
    return read_values(compile, node, predicate);
}

bool predicate_fits(const struct compile *compile, const struct event_type *type,
                    const struct tree *node)
{
    struct slice rest = node->key;
    struct operand operand;

    return operand_resolve(compile, NULL, type, slice_trim(slice_cut(&rest, '|')), &operand);
}

static bool read_residual(const struct compile *compile, const struct tree *node,
                          const struct predicate *predicate,
                          struct predicate_residual *residual)
{
    const bool plain = !predicate->all && !predicate->cased &&
                       predicate->calendar == CALENDAR_NONE && predicate->operand.operator== 0;
    const bool testable = predicate->test == PREDICATE_EQUAL || is_ordering(predicate->test);

    if (!plain || !testable || predicate->test == PREDICATE_BETWEEN) {
        tree_key_fault(
            compile->diag, node, "E208",
            "an earlier event's field is compared with neq, lt, lte, gt, gte or none");
        return false;
    }
    residual->test = predicate->test;
    residual->negated = predicate->negated;
    residual->node = node;
    return true;
}

enum predicate_result predicate_read(const struct compile *compile,
                                     const struct event_type *type, const struct tree *node,
                                     struct predicate *predicate,
                                     struct predicate_residual *residual)
{
    struct modifiers modifiers = {.test = PREDICATE_EQUAL};
    struct slice operand = {0};

    *predicate = (struct predicate){0};
    *residual = (struct predicate_residual){0};
    if (!read_modifiers(compile, node, &operand, &modifiers) ||
        !operand_resolve(compile, node, type, operand, &predicate->operand)) {
        return PREDICATE_FAULTY;
    }
    predicate->test = modifiers.test;
    predicate->calendar = modifiers.calendar;
    predicate->negated = modifiers.negated;
    predicate->all = modifiers.all;
    predicate->cased = modifiers.cased;
    predicate->refers = modifiers.refers;
    if (!check_type(compile, node, predicate)) {
        return PREDICATE_FAULTY;
    }
    if (modifiers.refers &&
        refers_to_entry(compile, node, &residual->entry, &residual->reference)) {
        residual->field = operand;
        return read_residual(compile, node, predicate, residual) ? PREDICATE_RESIDUAL
                                                                 : PREDICATE_FAULTY;
    }
    return read_right_side(compile, type, node, predicate) ? PREDICATE_READ : PREDICATE_FAULTY;
}
