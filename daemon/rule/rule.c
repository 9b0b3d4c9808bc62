#include "seinpost/rule/rule.h"

struct slice rule_key_name(const struct rule *rule)
{
    if (rule->class == RULE_SINGLE) {
        return SLICE("event");
    }
    if (rule->key == RULE_NONE) {
        return SLICE("");
    }
    const struct rule_group *key = &rule->group[rule->key];
    return key->kind == KIND_NONE ? key->name : kind_name(key->kind);
}

const struct place *rule_place(const struct rule *rule, const struct value *value)
{
    const struct place *place = NULL;

    for (size_t i = 0; value->type == VALUE_TEXT && place == NULL && i < rule->places_count;
         i++) {
        place = place_find(rule->places[i], value->as.text);
    }
    return place;
}

bool rule_publishes(const struct rule *rule, struct instant at)
{
    return rule->generate && rule->status == RULE_STABLE && instant_before(at, rule->expires);
}

int64_t rule_horizon_ms(const struct rule *rule)
{
    int64_t horizon = rule->timespan_ms;

    if (rule->class == RULE_SINGLE) {
        return rule->lateness_ms; /* to know it when it is told again */
    }
    if (rule->class == RULE_FIRST_SEEN && rule->history_ms > horizon) {
        return rule->history_ms;
    }
    if (rule->class == RULE_ABSENCE && rule->lookback_ms > horizon) {
        return rule->lookback_ms;
    }
    if (rule->class == RULE_SEQUENCE && rule->steps_count > 0 &&
        rule->steps[rule->steps_count - 1].absent) {
        horizon += rule->steps[rule->steps_count - 1].within_ms;
    }
    return horizon;
}

int64_t rule_looks_ms(const struct rule *rule)
{
    if (rule->class == RULE_SINGLE) {
        return 0;
    }
    return rule->class == RULE_ABSENCE ? rule->timespan_ms + rule->lookback_ms
                                       : rule_horizon_ms(rule);
}

int64_t rule_reach_ms(const struct rule *rule)
{
    const bool holds = rule->class == RULE_ABSENCE || rule->class == RULE_FIRST_SEEN;
    const int64_t stays = rule->close_after_ms > rule->suppress.for_ms ? rule->close_after_ms
                                                                       : rule->suppress.for_ms;

    const int64_t late_ms = rule->lateness_ms > 0 ? rule->lateness_ms : 0; /* -1: never late */

    const int64_t gap_ms = rule->window == RULE_SESSION && rule->gap_ms > 0 ? rule->gap_ms : 0;

    return rule_looks_ms(rule) + (holds ? rule->timespan_ms : 0) + gap_ms + stays + late_ms;
}
