#include "seinpost/correlate/measure.h"

static bool order_meets(const struct rule_condition *condition, int order)
{
    switch (condition->test) {
    case PREDICATE_LESS:
        return order < 0;
    case PREDICATE_LESS_EQUAL:
        return order <= 0;
    case PREDICATE_GREATER:
        return order > 0;
    case PREDICATE_GREATER_EQUAL:
        return order >= 0;
    case PREDICATE_EQUAL:
    case PREDICATE_CONTAINS:
    case PREDICATE_STARTS:
    case PREDICATE_ENDS:
    case PREDICATE_MATCHES:
    case PREDICATE_BETWEEN:
    case PREDICATE_EXISTS:
    case PREDICATE_LISTED:
        break;
    }
    return (order == 0) != condition->negated;
}

bool measure_order(const struct rule *rule, const struct rule_condition *condition,
                   const struct measure *measures, int *order)
{
    const struct rule_metric *metric = &rule->metrics[condition->metric];
    const struct measure *measure = &measures[condition->metric];

    if (measure->divisor == 0) {
        return false;
    }
    const bool money = metric->type == OPERAND_MONEY;
    const struct operand_value value = {
        money ? value_of_money(measure->number, slice_of(metric->currency))
              : value_of_number(measure->number),
        measure->divisor};
    return operand_compare(&value, &condition->wanted, order);
}

bool measure_condition_met(const struct rule *rule, const struct rule_condition *condition,
                           const struct measure *measures)
{
    int order = 0;

    return measure_order(rule, condition, measures, &order) && order_meets(condition, order);
}

bool measure_conditions_met(const struct rule *rule, const struct measure *measures)
{
    for (size_t i = 0; i < rule->conditions_count; i++) {
        if (!measure_condition_met(rule, &rule->conditions[i], measures)) {
            return false;
        }
    }
    return true;
}
