#include "seinpost/schema/value.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"

#include <string.h>

struct value value_of_bool(bool truth)
{
    return (struct value){.type = VALUE_BOOL, .as.truth = truth};
}

struct value value_of_number(int64_t number)
{
    return (struct value){.type = VALUE_NUMBER, .as.number = number};
}

struct value value_of_text(struct slice text)
{
    return (struct value){.type = VALUE_TEXT, .as.text = text};
}

struct value value_of_money(int64_t minor, struct slice currency)
{
    struct value value = {.type = VALUE_MONEY, .as.money.minor = minor};

    ENSURE(currency.size == 3);
    memcpy(value.as.money.currency, currency.data, 3);
    return value;
}

struct value value_of_time(struct instant time)
{
    return (struct value){.type = VALUE_TIME, .as.time = time};
}

size_t value_count(const struct value *value)
{
    switch (value->type) {
    case VALUE_NONE:
        return 0;
    case VALUE_LIST:
        return value->as.list.count;
    case VALUE_BOOL:
    case VALUE_NUMBER:
    case VALUE_TEXT:
    case VALUE_MONEY:
    case VALUE_TIME:
        break;
    }
    return 1;
}

const struct value *value_item(const struct value *value, size_t index)
{
    ENSURE(index < value_count(value));
    return value->type == VALUE_LIST ? &value->as.list.items[index] : value;
}

bool value_equal(const struct value *a, const struct value *b)
{
    return value_compare(a, b) == 0;
}

static int compare_numbers(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_lists(const struct value *a, const struct value *b)
{
    for (size_t i = 0; i < a->as.list.count && i < b->as.list.count; i++) {
        const int order =
            slice_compare(a->as.list.items[i].as.text, b->as.list.items[i].as.text);
        if (order != 0) {
            return order;
        }
    }
    return compare_numbers((int64_t)a->as.list.count, (int64_t)b->as.list.count);
}

int value_compare(const struct value *a, const struct value *b)
{
    int order = 0;

    if (a->type != b->type) {
        return a->type < b->type ? -1 : 1;
    }
    switch (a->type) {
    case VALUE_NONE:
        return 0;
    case VALUE_BOOL:
        return (int)a->as.truth - (int)b->as.truth;
    case VALUE_NUMBER:
        return compare_numbers(a->as.number, b->as.number);
    case VALUE_TEXT:
        return slice_compare(a->as.text, b->as.text);
    case VALUE_MONEY:
        order = memcmp(a->as.money.currency, b->as.money.currency, 3);
        return order != 0 ? order : compare_numbers(a->as.money.minor, b->as.money.minor);
    case VALUE_TIME:
        return instant_compare(a->as.time, b->as.time);
    case VALUE_LIST:
        return compare_lists(a, b);
    }
    return 0;
}

void value_format(struct text *text, const struct value *value)
{
    char buffer[INSTANT_TEXT_SIZE];

    switch (value->type) {
    case VALUE_NONE:
        text_add(text, SLICE("null"));
        break;
    case VALUE_BOOL:
        text_add(text, value->as.truth ? SLICE("true") : SLICE("false"));
        break;
    case VALUE_NUMBER:
        text_add_decimal(text, value->as.number);
        break;
    case VALUE_TEXT:
        text_add(text, value->as.text);
        break;
    case VALUE_MONEY:
        money_format(text, &value->as.money);
        break;
    case VALUE_TIME:
        text_add(text, slice_of(instant_format(value->as.time, buffer)));
        break;
    case VALUE_LIST:
        for (size_t i = 0; i < value->as.list.count; i++) {
            text_add(text, i > 0 ? SLICE(", ") : SLICE(""));
            text_add(text, value->as.list.items[i].as.text);
        }
        break;
    }
}

struct value value_copy(struct arena *arena, const struct value *value)
{
    struct value copy = *value;

    if (value->type == VALUE_TEXT) {
        copy.as.text = slice_copy(arena, value->as.text);
    } else if (value->type == VALUE_LIST) {
        struct value *items = arena_alloc(arena, value->as.list.count * sizeof *items);
        for (size_t i = 0; i < value->as.list.count; i++) {
            items[i] = value_of_text(slice_copy(arena, value->as.list.items[i].as.text));
        }
        copy.as.list.items = items;
    }
    return copy;
}
