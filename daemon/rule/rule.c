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
