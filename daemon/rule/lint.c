#include "seinpost/rule/lint.h"

#include "seinpost/base/duration.h"
#include "seinpost/rule/entries.h"

/* What a count may be by the rule's conditions. */
struct bounds {
    int64_t least; /* thousandths */
    int64_t most;
};

static struct diag *diag_of(const struct build *build)
{
    return build->compile.diag;
}

static void check_duration(const struct build *build, const struct tree *step, const char *key)
{
    const struct tree *node = tree_get(step, key);
    int64_t ms = 0;

    if (node != NULL && node->kind == TREE_SCALAR &&
        duration_parse(node->text, &ms) == DURATION_OK && ms > build->rule->timespan_ms) {
        tree_fault(diag_of(build), node, "W501",
                   "'%s' is longer than the timespan, which bounds the whole sequence", key);
    }
}

static void check_steps(const struct build *build)
{
    const struct tree *steps = build->document->joins.steps;

    for (const struct tree *step = steps == NULL ? NULL : steps->first; step != NULL;
         step = step->next) {
        check_duration(build, step, "within");
        check_duration(build, step, "span");
    }
}

static void check_alert(const struct build *build)
{
    const struct tree *suppress = tree_get(build->document->alert, "suppress");

    if (suppress != NULL && build->rule->class == RULE_SINGLE) {
        tree_key_fault(diag_of(build), suppress, "W601",
                       "each event is its own alert: nothing is suppressed");
    }
    if (build->rule->class != RULE_SINGLE && build->rule->class != RULE_LINK &&
        build->document->joins.group_by.count == 0) {
        tree_key_fault(diag_of(build), build->document->correlation, "W602",
                       "without 'group-by' all events are one group");
    }
}

/* Counts are whole numbers; of different entries no more than there are. */
static struct bounds natural_bounds(const struct rule_metric *metric)
{
    struct bounds bounds = {0, INT64_MAX};

    if (metric->function == RULE_COUNT_ENTRIES || metric->function == RULE_COUNT_ORDERED) {
        bounds.most = (int64_t)__builtin_popcountll(metric->entries) * VALUE_MILLI;
    }
    return bounds;
}

static void narrow(struct bounds *bounds, const struct rule_condition *condition)
{
    const int64_t wanted = condition->wanted.as.number;

    switch (condition->test) {
    case PREDICATE_EQUAL:
        if (!condition->negated) {
            bounds->least = wanted > bounds->least ? wanted : bounds->least;
            bounds->most = wanted < bounds->most ? wanted : bounds->most;
        }
        break;
    case PREDICATE_GREATER:
        bounds->least = wanted >= bounds->least ? wanted + 1 : bounds->least;
        break;
    case PREDICATE_GREATER_EQUAL:
        bounds->least = wanted > bounds->least ? wanted : bounds->least;
        break;
    case PREDICATE_LESS:
        bounds->most = wanted <= bounds->most ? wanted - 1 : bounds->most;
        break;
    case PREDICATE_LESS_EQUAL:
        bounds->most = wanted < bounds->most ? wanted : bounds->most;
        break;
    case PREDICATE_CONTAINS:
    case PREDICATE_STARTS:
    case PREDICATE_ENDS:
    case PREDICATE_MATCHES:
    case PREDICATE_BETWEEN:
    case PREDICATE_EXISTS:
    case PREDICATE_LISTED:
        break;
    }
}

static bool counts(const struct rule_metric *metric)
{
    return metric->function == RULE_COUNT || metric->function == RULE_COUNT_DISTINCT ||
           metric->function == RULE_COUNT_ENTRIES || metric->function == RULE_COUNT_ORDERED;
}

static void check_metric(const struct build *build, size_t index)
{
    const struct rule *rule = build->rule;
    const struct rule_metric *metric = &rule->metrics[index];
    struct bounds bounds = natural_bounds(metric);

    for (size_t i = 0; i < rule->conditions_count; i++) {
        if (rule->conditions[i].metric == index) {
            narrow(&bounds, &rule->conditions[i]);
        }
    }
    const int64_t fraction = bounds.least % VALUE_MILLI;
    bounds.least += fraction == 0 ? 0 : VALUE_MILLI - fraction; /* counts are whole numbers */
    bounds.most -= bounds.most % VALUE_MILLI;
    if (bounds.least > bounds.most) {
        tree_key_fault(
            diag_of(build),
            build->document->joins.condition != NULL ? build->document->joins.condition
                                                     : metric->node,
            "W604", "no '%.*s' meets this: the rule never fires", SLICE_ARGS(metric->name));
    }
}

/* A count of one event is met by every event. */
static void check_first(const struct build *build)
{
    const struct rule *rule = build->rule;
    struct bounds bounds = {0, INT64_MAX};

    if (build->document->joins.type != CORRELATION_EVENT_COUNT ||
        build->document->correlation == NULL || rule->conditions_count == 0) {
        return;
    }
    for (size_t i = 0; i < rule->conditions_count; i++) {
        narrow(&bounds, &rule->conditions[i]);
    }
    if (bounds.least <= VALUE_MILLI && bounds.most >= VALUE_MILLI) {
        tree_key_fault(diag_of(build), build->document->joins.condition, "W605",
                       "one event is enough: the rule fires at every first one");
        diag_hint(diag_of(build), "a rule of one event says so: source and detection");
    }
}

static bool is_named(const struct build *build, const struct tree *event)
{
    const struct tree *correlation = build->document->correlation;
    bool named = (entries_named(build, event->key) & build->rule->close_on) != 0;

    for (const struct tree *node = correlation; node != NULL && !named;
         node = tree_next(correlation, node)) {
        named = slice_contains(node->text, event->key) ||
                slice_contains(node->key, event->key) ||
                (slice_is_glob(node->text) && slice_glob(node->text, event->key));
    }
    return named;
}

/* An event that the correlation does not name is read by nobody. When it names none, it is the
 * correlation that is wrong, which was told. */
static void check_events(const struct build *build)
{
    const struct tree *events = build->document->events;
    bool any = false;

    if (events == NULL || events->count > RULE_ENTRIES_MAX) {
        return;
    }
    for (const struct tree *event = events->first; event != NULL; event = event->next) {
        any = any || is_named(build, event);
    }
    for (const struct tree *event = events->first; any && event != NULL; event = event->next) {
        if (!is_named(build, event)) {
            tree_key_fault(diag_of(build), event, "W706",
                           "'%.*s' is not in the correlation: its events are not looked for",
                           SLICE_ARGS(event->key));
        }
    }
}

void lint_rule(const struct build *build)
{
    check_steps(build);
    check_alert(build);
    for (size_t i = 0; i < build->rule->metrics_count; i++) {
        if (counts(&build->rule->metrics[i])) {
            check_metric(build, i);
        }
    }
    check_first(build);
    check_events(build);
}

/* The key that makes the rule reach back. */
static const struct tree *longest(const struct build *build)
{
    const struct tree *correlation = build->document->correlation;
    const struct tree *timespan = tree_get(correlation, "timespan");
    const struct tree *history = tree_get(correlation, "history");
    const struct tree *key =
        history != NULL && build->rule->history_ms > build->rule->timespan_ms ? history
                                                                              : timespan;

    return key != NULL ? key : build->rule->node;
}

static void check_log(const struct build *build, int64_t retention_ms)
{
    const int64_t reach_ms = rule_reach_ms(build->rule);
    char reach[DURATION_TEXT_SIZE];
    char kept[DURATION_TEXT_SIZE];

    if (retention_ms > 0 && reach_ms > retention_ms) {
        tree_fault(diag_of(build), longest(build), "E501",
                   "until its alerts are over, and with late events, the rule reaches back %s: "
                   "topics.matches keeps %s",
                   duration_format(reach_ms, reach), duration_format(retention_ms, kept));
    }
}

static bool is_read(const struct rule *rule, const struct source *source)
{
    for (size_t i = 0; i < rule->sources_count; i++) {
        if (slice_equal(rule->sources[i], source->name)) {
            return true;
        }
    }
    return false;
}

/* What a source may send late is left out by a rule that waits less. */
static void check_lateness(const struct build *build, const struct source_list *sources)
{
    const struct tree *lateness = tree_get(build->document->correlation, "lateness");
    char late[DURATION_TEXT_SIZE];

    for (size_t i = 0; lateness != NULL && i < sources->count; i++) {
        const struct source *source = &sources->items[i];
        if (is_read(build->rule, source) && source->lateness_ms > build->rule->lateness_ms) {
            tree_fault(diag_of(build), lateness, "W502",
                       "events of %.*s may come %s late: this rule leaves them out",
                       SLICE_ARGS(source->name), duration_format(source->lateness_ms, late));
        }
    }
}

void lint_reach(const struct build *build, const struct load_options *options)
{
    if (build->runs) {
        check_log(build, options->matches_retention_ms);
        check_lateness(build, &options->sources);
    }
}
