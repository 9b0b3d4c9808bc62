#include "seinpost/rule/answer.h"

#include "seinpost/rule/list.h"
#include "seinpost/rule/wildcard.h"

#include <regex.h>

/* Replaces a time by the part of the calendar that is asked for. */
static void take_calendar(enum predicate_calendar part, struct operand_value *value)
{
    const struct instant_calendar calendar = instant_calendar(value->value.as.time);

    switch (part) {
    case CALENDAR_NONE:
        return;
    case CALENDAR_HOUR:
        value->value = value_of_number(calendar.hour);
        return;
    case CALENDAR_DAY:
        value->value = value_of_number(calendar.day);
        return;
    case CALENDAR_WEEK:
        value->value = value_of_number(calendar.week);
        return;
    case CALENDAR_MONTH:
        value->value = value_of_number(calendar.month);
        return;
    }
}

static bool text_meets(const struct predicate *predicate, struct slice text, size_t index)
{
    const struct slice wanted = predicate->values[index].as.text;
    const bool folds = predicate->operand.type == OPERAND_TEXT && !predicate->cased;

    switch (predicate->test) {
    case PREDICATE_EQUAL:
        return predicate->operand.type == OPERAND_TEXT ? wildcard_matches(wanted, text, folds)
                                                       : slice_equal(wanted, text);
    case PREDICATE_CONTAINS:
        return wildcard_find(wanted, text, folds, WILDCARD_ANYWHERE);
    case PREDICATE_STARTS:
        return wildcard_find(wanted, text, folds, WILDCARD_START);
    case PREDICATE_ENDS:
        return wildcard_find(wanted, text, folds, WILDCARD_END);
    case PREDICATE_MATCHES:
    case PREDICATE_LESS:
    case PREDICATE_LESS_EQUAL:
    case PREDICATE_GREATER:
    case PREDICATE_GREATER_EQUAL:
    case PREDICATE_BETWEEN:
    case PREDICATE_EXISTS:
    case PREDICATE_LISTED:
        break;
    }
    return false;
}

static bool order_meets(enum predicate_test test, int order)
{
    switch (test) {
    case PREDICATE_EQUAL:
        return order == 0;
    case PREDICATE_LESS:
        return order < 0;
    case PREDICATE_LESS_EQUAL:
        return order <= 0;
    case PREDICATE_GREATER:
        return order > 0;
    case PREDICATE_GREATER_EQUAL:
        return order >= 0;
    case PREDICATE_CONTAINS:
    case PREDICATE_STARTS:
    case PREDICATE_ENDS:
    case PREDICATE_MATCHES:
    case PREDICATE_BETWEEN:
    case PREDICATE_EXISTS:
    case PREDICATE_LISTED:
        break;
    }
    return false;
}

static bool expression_meets(const struct predicate *predicate, struct slice text, size_t index)
{
    char buffer[1024];

    if (text.size >= sizeof buffer) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        buffer[i] = text.data[i];
    }
    buffer[text.size] = '\0';
    return regexec(predicate->expressions[index], buffer, 0, NULL, 0) == 0;
}

/* Does one value of the event meet one value of the rule? */
static bool value_meets(const struct predicate *predicate, const struct operand_value *value,
                        size_t index)
{
    int order = 0;

    if (value->value.type == VALUE_TEXT) {
        return predicate->test == PREDICATE_MATCHES
                   ? expression_meets(predicate, value->value.as.text, index)
                   : text_meets(predicate, value->value.as.text, index);
    }
    return operand_compare(value, &predicate->values[index], &order) &&
           order_meets(predicate->test, order);
}

static bool between(const struct predicate *predicate, const struct operand_value *value)
{
    int from = 0;
    int to = 0;

    return operand_compare(value, &predicate->values[0], &from) &&
           operand_compare(value, &predicate->values[1], &to) && from >= 0 && to <= 0;
}

/* Does any value of the event meet the rule's value at `index`? */
static bool any_meets(const struct predicate *predicate, const struct operand_value *values,
                      size_t count, size_t index)
{
    for (size_t i = 0; i < count; i++) {
        if (value_meets(predicate, &values[i], index)) {
            return true;
        }
    }
    return false;
}

static bool values_meet(const struct predicate *predicate, const struct operand_value *values,
                        size_t count)
{
    if (predicate->test == PREDICATE_BETWEEN) {
        for (size_t i = 0; i < count; i++) {
            if (between(predicate, &values[i])) {
                return true;
            }
        }
        return false;
    }
    for (size_t i = 0; i < predicate->values_count; i++) {
        if (any_meets(predicate, values, count, i) != predicate->all) {
            return !predicate->all;
        }
    }
    return predicate->all && predicate->values_count > 0;
}

static bool pair_meets(enum predicate_test test, bool negated,
                       const struct operand_value *later, const struct operand_value *earlier)
{
    int order = 0;

    return operand_order(later, earlier, &order) && order_meets(test, order) != negated;
}

bool answer_pair(enum predicate_test test, bool negated, const struct value *later,
                 const struct value *earlier)
{
    const struct operand_value values[] = {{*later, 1}, {*earlier, 1}};

    return pair_meets(test, negated, &values[0], &values[1]);
}

/* `field|fieldref: other`: any value of one against any of the other. */
static bool reference_meets(const struct predicate *predicate, const struct event *event,
                            const struct operand_value *values, size_t count)
{
    struct operand_value others[PATH_VALUES_MAX];
    const size_t others_count = operand_values(&predicate->reference, event, others);
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < others_count; j++) {
            any = any || pair_meets(predicate->test, false, &values[i], &others[j]);
        }
    }
    return count > 0 && others_count > 0 && any != predicate->negated;
}

static bool listed(const struct predicate *predicate, const struct event *event,
                   const struct list_set *lists, const struct operand_value *values,
                   size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (list_set_has(lists, predicate->list, values[i].value.as.text, event->is.time)) {
            return true;
        }
    }
    return false;
}

bool answer_predicate(const struct predicate *predicate, const struct event *event,
                      const struct list_set *lists)
{
    struct operand_value values[PATH_VALUES_MAX];
    const size_t count = operand_values(&predicate->operand, event, values);

    if (predicate->test == PREDICATE_EXISTS) {
        return (count > 0) != predicate->negated;
    }
    if (count == 0) {
        return predicate->or_missing && !predicate->negated;
    }
    for (size_t i = 0; i < count && predicate->calendar != CALENDAR_NONE; i++) {
        take_calendar(predicate->calendar, &values[i]);
    }
    if (predicate->refers) {
        return reference_meets(predicate, event, values, count);
    }
    if (predicate->test == PREDICATE_LISTED) {
        return listed(predicate, event, lists, values, count);
    }
    return values_meet(predicate, values, count) != predicate->negated;
}
