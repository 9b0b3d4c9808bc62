#include "seinpost/correlate/counting.h"

#include "seinpost/base/ensure.h"
#include "seinpost/correlate/totals.h"

/* The window shrinks from its old end as it slides on without another event, so it is built up
 * from its new end: each state that it will have is met on the way. */
struct outlook {
    const struct rule *rule;
    struct window window;
    struct instant until; /* when it first no longer meets the condition */
};

/* With the events from `first` on: has it just lost those before, and does it fail then? */
static void look_at(struct outlook *outlook, const struct totals *totals, size_t first)
{
    const struct held *const *events = outlook->window.events;
    struct measure measures[RULE_METRICS_MAX];

    if (first == 0 ||
        instant_compare(events[first - 1]->is.time, events[first]->is.time) == 0) {
        return;
    }
    totals_measure(totals, measures);
    if (!measure_conditions_met(outlook->rule, measures)) {
        outlook->until = instant_add(events[first - 1]->is.time, outlook->rule->timespan_ms);
    }
}

bool counting_judge(const struct rule *rule, struct window window, struct measure *measures,
                    struct finding *finding)
{
    ENSURE(window.count > 0);
    ENSURE(rule->class == RULE_COUNTING);

    const struct instant newest = window.events[window.count - 1]->is.time;
    const bool slides = rule->window == RULE_SLIDING;
    struct outlook outlook = {rule, window,
                              slides ? instant_add(newest, rule->timespan_ms) : window.ends};
    struct totals *totals = totals_new(rule);

    for (size_t i = window.count; i > 0; i--) {
        totals_add(totals, window.events[i - 1]);
        if (slides) {
            look_at(&outlook, totals, i - 1);
        }
    }
    totals_measure(totals, measures);
    totals_free(totals);
    if (!measure_conditions_met(rule, measures)) {
        return false;
    }
    *finding = (struct finding){
        .at = newest,
        .holds_until = outlook.until,
        .evidence = window.events,
        .evidence_count = window.count,
        .measures = measures,
    };
    return true;
}
