#include "seinpost/rule/predicate.h"

#include "seinpost/base/arena.h"
#include "seinpost/rule/list.h"
#include "seinpost/rule/modifier.h"
#include "seinpost/rule/pattern.h"

#include <string.h>

static enum operand_type literal_type(const struct predicate *predicate)
{
    return predicate->calendar != CALENDAR_NONE ? OPERAND_NUMBER : predicate->operand.type;
}

/* Is the number one that the calendar has? */
static bool check_calendar(const struct compile *compile, const struct tree *node,
                           enum predicate_calendar part, const struct value *value)
{
    static const struct {
        const char *name;
        int64_t least;
        int64_t most;
    } parts[] = {
        [CALENDAR_HOUR] = {"hour", 0, 23},
        [CALENDAR_DAY] = {"day of a month", 1, 31},
        [CALENDAR_WEEK] = {"week", 1, 53},
        [CALENDAR_MONTH] = {"month", 1, 12},
    };
    const int64_t number = value->as.number / VALUE_MILLI;

    if (part == CALENDAR_NONE || (value->as.number % VALUE_MILLI == 0 &&
                                  number >= parts[part].least && number <= parts[part].most)) {
        return true;
    }
    tree_fault(compile->diag, node, "E205", "'%.*s' is no %s", SLICE_ARGS(node->text),
               parts[part].name);
    diag_hint(compile->diag, "%lld to %lld", (long long)parts[part].least,
              (long long)parts[part].most);
    return false;
}

/* Codes are compared byte by byte, and an empty text is missing. */
static void check_met(const struct compile *compile, const struct tree *node,
                      const struct predicate *predicate, const struct field *field)
{
    const bool listed = field != NULL && field->symbols_count > 0;

    if (!operand_is_text(predicate->operand.type) || predicate->test != PREDICATE_EQUAL) {
        return;
    }
    if (node->text.size == 0) {
        tree_fault(compile->diag, node, "W603",
                   "an empty text is never there: the value is "
                   "missing then");
        diag_hint(compile->diag, "null asks for a missing value");
    } else if (predicate->operand.type == OPERAND_CODE && !listed &&
               slice_is_glob(node->text)) {
        tree_fault(compile->diag, node, "W603",
                   "a code is compared letter by letter: no wildcard is meant here");
        diag_hint(compile->diag, "startswith, endswith, contains or re");
    }
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
    const enum operand_type type = literal_type(predicate);
    const bool typed = predicate->test == PREDICATE_EQUAL || type == OPERAND_NUMBER;
    if (!literal_read(compile->diag, node, type, typed ? field : NULL, &values[index]) ||
        !check_calendar(compile, node, predicate->calendar, &values[index])) {
        return false;
    }
    check_met(compile, node, predicate, field);
    if (predicate->test == PREDICATE_MATCHES) {
        expressions[index] = pattern_read(compile->patterns, compile->diag, node,
                                          predicate->cased || type == OPERAND_CODE);
        if (expressions[index] == NULL) {
            return false;
        }
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
        tree_fault(compile->diag, node, "E208", "'between' needs a list of two: [from, to]");
        return false;
    }
    if (!read_values(compile, node, predicate)) {
        return false;
    }
    const struct value *values = predicate->values;
    if (values[0].type == VALUE_MONEY &&
        memcmp(values[0].as.money.currency, values[1].as.money.currency, 3) != 0) {
        tree_fault(compile->diag, node, "E207", "two currencies cannot be compared");
        return false;
    }
    if (value_compare(&values[0], &values[1]) > 0) {
        tree_fault(compile->diag, node, "E208",
                   "'between' from the greater to the less: nothing lies there");
        return false;
    }
    return true;
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

static const char *kind_or_code(enum kind kind)
{
    return kind == KIND_NONE ? "code" : kind_name(kind).data;
}

/* A list holds values of one kind; of another kind none is ever on it. */
static bool check_list(const struct compile *compile, const struct tree *node,
                       const struct predicate *predicate)
{
    const struct field *field = predicate->operand.left.field;
    const enum kind kind = field == NULL ? KIND_NONE : field->kind;

    if (!list_set_is_filled(compile->lists, predicate->list)) {
        return true;
    }
    const enum kind key = list_set_get(compile->lists, predicate->list)->key;
    if (key != kind) {
        tree_fault(compile->diag, node, "E217", "the list '%.*s' is of kind %s: '%.*s' is %s",
                   SLICE_ARGS(node->text), kind_or_code(key),
                   SLICE_ARGS(field == NULL ? SLICE("this") : field->name), kind_or_code(kind));
    }
    return key == kind;
}

static bool read_list(const struct compile *compile, const struct tree *node,
                      struct predicate *predicate)
{
    struct value name;

    if (!literal_read(compile->diag, node, OPERAND_CODE, NULL, &name)) {
        return false;
    }
    predicate->list = list_set_ask(compile->lists, name.as.text, node);
    return check_list(compile, node, predicate);
}

static bool comparable(enum operand_type a, enum operand_type b)
{
    return a == b || (operand_is_text(a) && operand_is_text(b));
}

/* `field|fieldref: other`, of the same event. */
static bool read_reference(const struct compile *compile, const struct event_type *type,
                           const struct tree *node, struct predicate *predicate)
{
    struct value name;

    if (!literal_read(compile->diag, node, OPERAND_CODE, NULL, &name) ||
        !operand_resolve(compile, node, type, node->text, &predicate->reference)) {
        return false;
    }
    if (!comparable(predicate->operand.type, predicate->reference.type)) {
        tree_fault(compile->diag, node, "E208", "'%.*s' is %s, the field before it %s",
                   SLICE_ARGS(node->text),
                   catalogue_field_type_name(predicate->reference.left.type),
                   catalogue_field_type_name(predicate->operand.left.type));
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

/* Does the key say `fieldref`? */
static bool says_reference(struct slice modifiers)
{
    while (modifiers.data != NULL) {
        if (slice_is(slice_cut(&modifiers, '|'), "fieldref")) {
            return true;
        }
    }
    return false;
}

bool predicate_fits(const struct compile *compile, const struct event_type *type,
                    const struct tree *node)
{
    struct slice rest = node->key;
    struct operand operand;
    struct slice field = {0};
    size_t entry = 0;

    if (!operand_resolve(compile, NULL, type, slice_trim(slice_cut(&rest, '|')), &operand)) {
        return false;
    }
    return !says_reference(rest) || node->kind != TREE_SCALAR ||
           refers_to_entry(compile, node, &entry, &field) ||
           operand_resolve(compile, NULL, type, node->text, &operand);
}

static bool read_residual(const struct compile *compile, const struct tree *node,
                          const struct predicate *predicate,
                          struct predicate_residual *residual)
{
    const bool plain = !predicate->all && !predicate->cased &&
                       predicate->calendar == CALENDAR_NONE && predicate->operand.operator== 0;
    const bool testable =
        predicate->test == PREDICATE_EQUAL || modifier_is_ordering(predicate->test);

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
    struct modifier_set modifiers = {.test = PREDICATE_EQUAL};
    struct slice operand = {0};

    *predicate = (struct predicate){0};
    *residual = (struct predicate_residual){0};
    if (!modifier_read(compile, node, &operand, &modifiers) ||
        !operand_resolve(compile, node, type, operand, &predicate->operand)) {
        return PREDICATE_FAULTY;
    }
    predicate->test = modifiers.test;
    predicate->calendar = modifiers.calendar;
    predicate->negated = modifiers.negated;
    predicate->all = modifiers.all;
    predicate->cased = modifiers.cased;
    predicate->refers = modifiers.refers;
    const struct modifier_question question = {
        .compile = compile,
        .node = node,
        .operand = operand,
        .modifiers = &modifiers,
        .type = predicate->operand.operator== 0
                    ? catalogue_field_type_name(predicate->operand.left.type)
                    : "a number, an amount or a duration",
        .operand_type = predicate->operand.type,
    };
    if (!modifier_check(&question)) {
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
