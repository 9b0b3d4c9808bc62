#include "seinpost/rule/literal.h"

#include "seinpost/base/nearest.h"
#include "seinpost/base/text.h"
#include "seinpost/yaml/bind.h"

bool literal_milli(struct slice text, int64_t *milli)
{
    struct slice fraction = text;
    const struct slice whole_text = slice_cut(&fraction, '.');
    const bool negative = text.size > 0 && text.data[0] == '-';
    long long whole = 0;
    long long parts = 0;

    if (!slice_number(whole_text, &whole) || (fraction.data != NULL && fraction.size == 0) ||
        fraction.size > 3) {
        return false;
    }
    if (fraction.data != NULL && fraction.size > 0 &&
        (fraction.data[0] == '-' || !slice_number(fraction, &parts))) {
        return false;
    }
    for (size_t i = fraction.size; i < 3; i++) {
        parts *= 10;
    }
    int64_t thousandths = 0;
    if (__builtin_mul_overflow((int64_t)whole, VALUE_MILLI, &thousandths)) {
        return false;
    }
    return !__builtin_add_overflow(thousandths, negative ? -parts : parts, milli);
}

void literal_format_milli(struct text *text, int64_t milli)
{
    const uint64_t size = milli < 0 ? -(uint64_t)milli : (uint64_t)milli;
    unsigned fraction = (unsigned)(size % VALUE_MILLI);
    int places = 3;

    text_format(text, "%s%llu", milli < 0 ? "-" : "", (unsigned long long)(size / VALUE_MILLI));
    if (fraction == 0) {
        return;
    }
    while (fraction % 10 == 0) {
        fraction /= 10;
        places--;
    }
    text_format(text, ".%0*u", places, fraction);
}

static bool read_number(struct diag *diag, const struct tree *node, const struct field *field,
                        struct value *value)
{
    const struct slice unit = field == NULL ? SLICE("") : field->unit;
    struct slice digits = node->text;
    int64_t milli = 0;

    if (unit.size > 0) {
        if (!slice_ends_with(digits, unit)) {
            tree_fault(diag, node, "E207", "'%.*s' has no unit", SLICE_ARGS(node->text));
            diag_hint(diag, "as 200%.*s", SLICE_ARGS(unit));
            return false;
        }
        digits.size -= unit.size;
    }
    if (!literal_milli(digits, &milli)) {
        tree_fault(diag, node, "E205", "'%.*s' is no number", SLICE_ARGS(node->text));
        return false;
    }
    *value = value_of_number(milli);
    return true;
}

static bool read_money(struct diag *diag, const struct tree *node, struct value *value)
{
    struct money money;

    if (!money_parse(node->text, &money)) {
        tree_fault(diag, node, "E207", "'%.*s' is no amount of money", SLICE_ARGS(node->text));
        diag_hint(diag, "amount and currency, as 2000.00 EUR");
        return false;
    }
    *value = (struct value){.type = VALUE_MONEY, .as.money = money};
    return true;
}

static bool read_time(struct diag *diag, const struct tree *node, struct value *value)
{
    struct instant at;

    if (!instant_parse(node->text, &at)) {
        tree_fault(diag, node, "E205", "'%.*s' is no time", SLICE_ARGS(node->text));
        diag_hint(diag, "as 2026-11-23T00:00:00Z");
        return false;
    }
    *value = value_of_time(at);
    return true;
}

static bool read_duration(struct diag *diag, const struct tree *node, struct value *value)
{
    int64_t ms = 0;
    int64_t milli = 0;

    if (!bind_duration(diag, node, &ms)) {
        return false;
    }
    if (__builtin_mul_overflow(ms, VALUE_MILLI, &milli)) {
        tree_fault(diag, node, "E206", "'%.*s' is too long", SLICE_ARGS(node->text));
        return false;
    }
    *value = value_of_number(milli);
    return true;
}

static bool read_bool(struct diag *diag, const struct tree *node, struct value *value)
{
    if (!slice_is(node->text, "true") && !slice_is(node->text, "false")) {
        tree_fault(diag, node, "E205", "'%.*s' is neither true nor false",
                   SLICE_ARGS(node->text));
        return false;
    }
    *value = value_of_bool(slice_is(node->text, "true"));
    return true;
}

static void check_symbol(struct diag *diag, const struct tree *node, const struct field *field)
{
    struct nearest nearest = {0};

    for (size_t i = 0; i < field->symbols_count; i++) {
        if (slice_equal(node->text, field->symbols[i])) {
            return;
        }
        nearest_try(&nearest, node->text, field->symbols[i]);
    }
    tree_fault(diag, node, "W701", "'%.*s' is not among the known values of %.*s",
               SLICE_ARGS(node->text), SLICE_ARGS(field->name));
    if (nearest_found(&nearest)) {
        diag_hint(diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
}

bool literal_read(struct diag *diag, const struct tree *node, enum operand_type type,
                  const struct field *field, struct value *value)
{
    if (node->kind != TREE_SCALAR) {
        tree_fault(diag, node, "E204", "a value expected, this is %s", tree_kind_name(node));
        return false;
    }
    switch (type) {
    case OPERAND_BOOL:
        return read_bool(diag, node, value);
    case OPERAND_NUMBER:
        return read_number(diag, node, field, value);
    case OPERAND_MONEY:
        return read_money(diag, node, value);
    case OPERAND_TIME:
        return read_time(diag, node, value);
    case OPERAND_DURATION:
        return read_duration(diag, node, value);
    case OPERAND_CODE:
    case OPERAND_TEXT:
        break;
    }
    if (field != NULL && field->symbols_count > 0) {
        check_symbol(diag, node, field);
    }
    *value = value_of_text(node->text);
    return true;
}
