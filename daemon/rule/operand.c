#include "seinpost/rule/operand.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/nearest.h"
#include "seinpost/rule/criteria.h"

/* Products of two 64-bit numbers. */
__extension__ typedef __int128 wide;

enum operand_type operand_type_of(enum field_type type)
{
    switch (type) {
    case FIELD_BOOL:
        return OPERAND_BOOL;
    case FIELD_INT:
        return OPERAND_NUMBER;
    case FIELD_TEXT:
        return OPERAND_TEXT;
    case FIELD_MONEY:
        return OPERAND_MONEY;
    case FIELD_TIME:
        return OPERAND_TIME;
    case FIELD_CODE:
    case FIELD_TOKEN:
    case FIELD_PLACE:
        break;
    }
    return OPERAND_CODE;
}

bool operand_is_text(enum operand_type type)
{
    return type == OPERAND_CODE || type == OPERAND_TEXT;
}

void operand_unknown(struct diag *diag, const struct tree *node, const struct event_type *type,
                     struct slice name)
{
    struct nearest nearest = {0};
    const struct field *best = NULL;

    if (criteria_is_protected(name)) {
        criteria_protected_fault(diag, node, name);
        return;
    }
    for (size_t i = 0; !diag_is_full(diag) && i < type->fields_count; i++) {
        nearest_try(&nearest, name, type->fields[i].name);
        if (nearest_found(&nearest) && slice_equal(nearest.best, type->fields[i].name)) {
            best = &type->fields[i];
        }
    }
    for (size_t i = 0; !diag_is_full(diag) && i < type->fields_count; i++) {
        nearest_try(&nearest, name, kind_name(type->fields[i].kind));
    }
    tree_part_fault(diag, node, name, "E304", "unknown field '%.*s' in %.*s", SLICE_ARGS(name),
                    SLICE_ARGS(type->name));
    if (best != NULL && slice_equal(nearest.best, best->name)) {
        diag_hint(diag, "did you mean '%.*s'? (%s)", SLICE_ARGS(best->name),
                  catalogue_field_type_name(best->type));
    } else if (nearest_found(&nearest)) {
        diag_hint(diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
}

static bool resolve_path(const struct compile *compile, const struct tree *node,
                         const struct event_type *type, struct slice text, struct path *path)
{
    switch (path_resolve(type, text, path)) {
    case PATH_OK:
        if (node != NULL && criteria_is_protected(text)) {
            criteria_protected_fault(compile->diag, node, text);
        }
        return true;
    case PATH_UNKNOWN:
        if (node != NULL) {
            operand_unknown(compile->diag, node, type, text);
        }
        return false;
    case PATH_NO_PLACE:
        if (node != NULL) {
            tree_part_fault(compile->diag, node, text, "E210",
                            "'%.*s': only a place has a country", SLICE_ARGS(text));
        }
        return false;
    }
    return false;
}

/* Finds " + " and the like. Returns the operator, or 0 and all in `left`. */
static char split(struct slice text, struct slice *left, struct slice *right)
{
    for (size_t i = 1; i + 1 < text.size; i++) {
        const char c = text.data[i];
        if ((c == '+' || c == '-' || c == '*' || c == '/') && text.data[i - 1] == ' ' &&
            text.data[i + 1] == ' ') {
            *left = slice_trim((struct slice){text.data, i});
            *right = slice_trim((struct slice){text.data + i + 1, text.size - i - 1});
            return c;
        }
    }
    *left = text;
    return 0;
}

/* Which types an operator joins, and to what. */
static bool join_types(char operator, enum operand_type left, enum operand_type right,
                       enum operand_type *type)
{
    static const struct {
        enum operand_type left;
        const char *operators;
        enum operand_type right;
        enum operand_type type;
    } joins[] = {
        {OPERAND_NUMBER, "+-*/", OPERAND_NUMBER, OPERAND_NUMBER},
        {OPERAND_MONEY, "+-", OPERAND_MONEY, OPERAND_MONEY},
        {OPERAND_MONEY, "/", OPERAND_MONEY, OPERAND_NUMBER},
        {OPERAND_MONEY, "*/", OPERAND_NUMBER, OPERAND_MONEY},
        {OPERAND_TIME, "-", OPERAND_TIME, OPERAND_DURATION},
    };

    for (size_t i = 0; i < sizeof joins / sizeof joins[0]; i++) {
        if (joins[i].left == left && joins[i].right == right &&
            slice_contains(slice_of(joins[i].operators), (struct slice){&operator, 1})) {
            *type = joins[i].type;
            return true;
        }
    }
    return false;
}

bool operand_resolve(const struct compile *compile, const struct tree *node,
                     const struct event_type *type, struct slice text, struct operand *operand)
{
    struct slice left = {0};
    struct slice right = {0};

    *operand = (struct operand){.operator= split(text, &left, &right)};
    if (!resolve_path(compile, node, type, left, &operand->left)) {
        return false;
    }
    operand->type = operand_type_of(operand->left.type);
    if (operand->operator== 0) {
        return true;
    }
    if (!resolve_path(compile, node, type, right, &operand->right)) {
        return false;
    }
    if (join_types(operand->operator, operand->type, operand_type_of(operand->right.type),
                   &operand->type)) {
        return true;
    }
    if (node != NULL) {
        tree_part_fault(compile->diag, node, text, "E210", "'%.*s' makes no sense: %s %c %s",
                        SLICE_ARGS(text), catalogue_field_type_name(operand->left.type),
                        operand->operator, catalogue_field_type_name(operand->right.type));
    }
    return false;
}

static bool narrow(wide number, int64_t *out)
{
    if (number > INT64_MAX || number < INT64_MIN) {
        return false;
    }
    *out = (int64_t)number;
    return true;
}

static int64_t magnitude(const struct value *value)
{
    switch (value->type) {
    case VALUE_NUMBER:
        return value->as.number;
    case VALUE_MONEY:
        return value->as.money.minor;
    case VALUE_TIME:
        return value->as.time.ms;
    case VALUE_NONE:
    case VALUE_BOOL:
    case VALUE_TEXT:
    case VALUE_LIST:
        break;
    }
    return 0;
}

static bool same_currency(const struct value *a, const struct value *b)
{
    return slice_equal(slice_of(a->as.money.currency), slice_of(b->as.money.currency));
}

/* Joins two values. False: missing, as after a division by zero or beyond 64 bits. */
static bool join(const struct operand *operand, const struct value *left,
                 const struct value *right, struct operand_value *out)
{
    const wide a = magnitude(left);
    const wide b = magnitude(right);
    wide result;

    if (left->type == VALUE_MONEY && right->type == VALUE_MONEY &&
        !same_currency(left, right)) {
        return false;
    }
    out->divisor = 1;
    switch (operand->operator) {
    case '+':
        result = a + b;
        break;
    case '-':
        result = a - b;
        break;
    case '*':
        result = a * b;
        break;
    default:
        if (b == 0 || !narrow(b < 0 ? -b : b, &out->divisor)) {
            return false;
        }
        result = b < 0 ? -a : a;
        break;
    }
    int64_t number = 0;
    if (!narrow(result, &number)) {
        return false;
    }
    out->value = operand->type == OPERAND_MONEY
                     ? value_of_money(number, slice_of(left->as.money.currency))
                     : value_of_number(number);
    return true;
}

size_t operand_values(const struct operand *operand, const struct event *event,
                      struct operand_value values[PATH_VALUES_MAX])
{
    struct value left[PATH_VALUES_MAX];
    struct value right[PATH_VALUES_MAX];
    const size_t count = path_values(&operand->left, event, left);

    if (operand->operator== 0) {
        for (size_t i = 0; i < count; i++) {
            values[i] = (struct operand_value){left[i], 1};
        }
        return count;
    }
    if (count == 0 || path_values(&operand->right, event, right) == 0) {
        return 0;
    }
    return join(operand, &left[0], &right[0], &values[0]) ? 1 : 0;
}

static int order_of(wide a, wide b)
{
    return a < b ? -1 : a > b;
}

bool operand_compare(const struct operand_value *value, const struct value *literal, int *order)
{
    const struct value *own = &value->value;

    ENSURE(value->divisor > 0);
    if (own->type != literal->type) {
        return false;
    }
    switch (own->type) {
    case VALUE_NUMBER:
        *order = order_of((wide)own->as.number * VALUE_MILLI,
                          (wide)literal->as.number * value->divisor);
        return true;
    case VALUE_MONEY:
        *order = order_of(own->as.money.minor, (wide)literal->as.money.minor * value->divisor);
        return same_currency(own, literal);
    case VALUE_NONE:
    case VALUE_BOOL:
    case VALUE_TEXT:
    case VALUE_TIME:
    case VALUE_LIST:
        break;
    }
    *order = value_compare(own, literal);
    return true;
}

bool operand_order(const struct operand_value *a, const struct operand_value *b, int *order)
{
    ENSURE(a->divisor > 0 && b->divisor > 0);
    if (a->value.type != b->value.type) {
        return false;
    }
    switch (a->value.type) {
    case VALUE_NONE:
        return false;
    case VALUE_NUMBER:
    case VALUE_MONEY:
        *order = order_of((wide)magnitude(&a->value) * b->divisor,
                          (wide)magnitude(&b->value) * a->divisor);
        return a->value.type == VALUE_NUMBER || same_currency(&a->value, &b->value);
    case VALUE_BOOL:
    case VALUE_TEXT:
    case VALUE_TIME:
    case VALUE_LIST:
        break;
    }
    *order = value_compare(&a->value, &b->value);
    return true;
}
