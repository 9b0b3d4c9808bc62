#include "seinpost/rule/lint.h"

static struct diag *diag_of(const struct build *build)
{
    return build->compile.diag;
}

static void check_time(const struct build *build)
{
    const struct rule *rule = build->rule;

    for (size_t i = 0; i < rule->steps_count; i++) {
        if (rule->steps[i].within_ms > rule->timespan_ms) {
            tree_fault(diag_of(build), build->document->joins.steps, "W501",
                       "'within' is longer than the timespan, which bounds the whole sequence");
        }
    }
    if (rule->suppress.for_ms > 0 && rule->class == RULE_SINGLE) {
        tree_key_fault(diag_of(build), build->document->alert, "W601",
                       "each event is its own alert: nothing is suppressed");
    }
    if (rule->class != RULE_SINGLE && rule->group_count == 0) {
        tree_key_fault(diag_of(build), build->document->correlation, "W602",
                       "without group-by all events are one group");
    }
}

void lint_rule(const struct build *build)
{
    check_time(build);
}
