#include "seinpost/plain/spell.h"

#include "seinpost/base/text.h"
#include "seinpost/rule/literal.h"

enum {
    SECOND_MS = 1000,
    MINUTE_MS = 60 * SECOND_MS,
    HOUR_MS = 60 * MINUTE_MS,
};

static const struct unit {
    int64_t ms;
    enum phrase one;
    enum phrase many;
} units[] = {
    {INSTANT_DAY_MS, PHRASE_DAY, PHRASE_DAYS},
    {HOUR_MS, PHRASE_HOUR, PHRASE_HOURS},
    {MINUTE_MS, PHRASE_MINUTE, PHRASE_MINUTES},
    {SECOND_MS, PHRASE_SECOND, PHRASE_SECONDS},
    {1, PHRASE_MS, PHRASE_MS},
};

enum {
    UNITS_COUNT = sizeof units / sizeof units[0]
};

static void add_number(struct text *text, enum language language, enum phrase phrase,
                       int64_t number)
{
    struct text digits = {0};

    text_format(&digits, "%lld", (long long)number);
    phrase_add(text, language, phrase, PHRASE_ARGS(text_slice(&digits)));
    text_free(&digits);
}

void spell_duration(struct text *text, enum language language, int64_t ms)
{
    size_t parts = 0;
    int64_t rest = ms;
    struct spell_list list = {text, language, PHRASE_AND, 0, 0};

    for (size_t i = 0; i < UNITS_COUNT; i++) {
        parts += rest / units[i].ms != 0 ? 1U : 0U;
        rest %= units[i].ms;
    }
    list.count = parts;
    rest = ms;
    for (size_t i = 0; i < UNITS_COUNT; i++) {
        const int64_t number = rest / units[i].ms;
        struct text part = {0};
        rest %= units[i].ms;
        if (number != 0 || (parts == 0 && i + 1 == UNITS_COUNT)) {
            add_number(&part, language, number == 1 ? units[i].one : units[i].many, number);
            spell_item(&list, text_slice(&part));
        }
        text_free(&part);
    }
}

void spell_value(struct text *text, enum language language, const struct value *value,
                 enum operand_type type, struct slice unit)
{
    switch (value->type) {
    case VALUE_NUMBER:
        if (type == OPERAND_DURATION && value->as.number % VALUE_MILLI == 0) {
            spell_duration(text, language, value->as.number / VALUE_MILLI);
            return;
        }
        literal_format_milli(text, value->as.number);
        if (unit.size > 0) {
            text_format(text, " %.*s", SLICE_ARGS(unit));
        }
        return;
    case VALUE_BOOL:
        phrase_word(text, language, value->as.truth ? PHRASE_TRUE : PHRASE_FALSE);
        return;
    case VALUE_TEXT:
        text_format(text, "'%.*s'", SLICE_ARGS(value->as.text));
        return;
    case VALUE_NONE:
    case VALUE_MONEY:
    case VALUE_TIME:
    case VALUE_LIST:
        break;
    }
    value_format(text, value);
}

void spell_item(struct spell_list *list, struct slice item)
{
    if (list->done > 0) {
        if (list->done + 1 == list->count || list->last == PHRASE_THEN) {
            phrase_word(list->text, list->language, list->last);
        } else {
            text_add(list->text, SLICE(", "));
        }
    }
    text_add(list->text, item);
    list->done++;
}
