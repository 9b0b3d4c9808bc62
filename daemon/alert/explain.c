#include "seinpost/alert/explain.h"

#include "seinpost/base/duration.h"
#include "seinpost/base/text.h"
#include "seinpost/rule/watching.h"

static void add_duration(struct text *text, const char *before, int64_t ms)
{
    char buffer[INSTANT_TEXT_SIZE];

    text_format(text, "%s%s", before, duration_format(ms, buffer));
}

static int64_t floor_divide(int64_t number, int64_t divisor)
{
    const int64_t quotient = number / divisor;

    return number % divisor != 0 && number < 0 ? quotient - 1 : quotient;
}

void explain_measure(const struct rule_metric *metric, const struct measure *measure,
                     struct text *text)
{
    if (measure->divisor == 0) {
        text_add(text, SLICE("none"));
        return;
    }
    if (metric->type == OPERAND_MONEY) {
        const struct value money = value_of_money(
            floor_divide(measure->number, measure->divisor), slice_of(metric->currency));
        value_format(text, &money);
        return;
    }
    int64_t milli = 0;
    if (__builtin_mul_overflow(measure->number, VALUE_MILLI, &milli)) {
        text_format(text, "%lld", (long long)floor_divide(measure->number, measure->divisor));
        return;
    }
    literal_format_milli(text, floor_divide(milli, measure->divisor));
}

static const char *operator_of(const struct rule_condition *condition)
{
    switch (condition->test) {
    case PREDICATE_LESS:
        return "<";
    case PREDICATE_LESS_EQUAL:
        return "<=";
    case PREDICATE_GREATER:
        return ">";
    case PREDICATE_GREATER_EQUAL:
        return ">=";
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
    return condition->negated ? "!=" : "=";
}

static void add_wanted(const struct value *wanted, struct text *text)
{
    if (wanted->type == VALUE_NUMBER) {
        literal_format_milli(text, wanted->as.number);
    } else {
        value_format(text, wanted);
    }
}

/* Which rules are counted by `temporal`, and in which order. */
static void explain_entries(const struct rule *rule, const struct rule_metric *metric,
                            struct text *text)
{
    const char *before = " of ";

    for (size_t i = 0; i < metric->chain_count; i++) {
        const struct rule_entry *entry = &rule->entries[metric->chain[i].entry];
        text_format(text, "%s%.*s", before, SLICE_ARGS(entry->name));
        before = " then ";
    }
    for (size_t i = 0; metric->function == RULE_COUNT_ENTRIES && i < rule->entries_count; i++) {
        if ((metric->entries >> i & 1) != 0) {
            text_format(text, "%s%.*s", before, SLICE_ARGS(rule->entries[i].name));
            before = ", ";
        }
    }
}

/* Which entries count only when they are there several times. */
static void explain_links(const struct rule *rule, const struct rule_metric *metric,
                          struct text *text)
{
    for (size_t i = 0; i < metric->chain_count; i++) {
        if (metric->chain[i].count > 1) {
            text_format(text, ", %.*s counting from %lld on",
                        SLICE_ARGS(rule->entries[metric->chain[i].entry].name),
                        (long long)metric->chain[i].count);
        }
    }
}

static void explain_conditions(const struct rule *rule, const struct episode *episode,
                               struct text *text)
{
    for (size_t i = 0; i < rule->conditions_count; i++) {
        const struct rule_condition *condition = &rule->conditions[i];
        const struct rule_metric *metric = &rule->metrics[condition->metric];
        text_format(text, "%s%.*s is ", i > 0 ? ", " : "", SLICE_ARGS(metric->name));
        explain_measure(metric, &episode->measures[condition->metric], text);
        text_format(text, " (wanted %s ", operator_of(condition));
        add_wanted(&condition->wanted, text);
        text_add_byte(text, ')');
        explain_entries(rule, metric, text);
        explain_links(rule, metric, text);
    }
}

static void explain_counting(const struct rule *rule, const struct episode *episode,
                             struct text *text)
{
    static const char *const before[] = {
        [RULE_SLIDING] = " within ",
        [RULE_TUMBLING] = " in a bucket of ",
        [RULE_SESSION] = " in a session of at most ",
    };

    explain_conditions(rule, episode, text);
    add_duration(text, before[rule->window], rule->timespan_ms);
    if (rule->window == RULE_SESSION) {
        add_duration(text, ", without a gap above ", rule->gap_ms);
    }
}

static void explain_velocity(const struct rule *rule, const struct episode *episode,
                             struct text *text)
{
    explain_conditions(rule, episode, text);
    text_add(text, SLICE(", over "));
    explain_measure(&rule->metrics[WATCHING_DISTANCE], &episode->measures[WATCHING_DISTANCE],
                    text);
    text_add(text, SLICE(" km (wanted >= "));
    literal_format_milli(text, rule->distance_min_m);
    text_format(text, " km) between two values of %.*s",
                SLICE_ARGS(rule->operands[rule->field].name));
    add_duration(text, " within ", rule->timespan_ms);
}

static void explain_score(const struct rule *rule, const struct episode *episode,
                          struct text *text)
{
    explain_counting(rule, episode, text);
    add_duration(text, "; a weight halves every ", rule->half_life_ms);
    text_add(text, SLICE(", and one rule adds at most "));
    literal_format_milli(text, rule->score_max);
}

static void explain_link(const struct rule *rule, const struct episode *episode,
                         struct text *text)
{
    const char *before = " linked by ";

    explain_conditions(rule, episode, text);
    for (size_t i = 0; i < rule->operands_count; i++) {
        if ((rule->via >> i & 1) != 0) {
            text_format(text, "%s%.*s", before, SLICE_ARGS(rule->operands[i].name));
            before = ", ";
        }
    }
    add_duration(text, " within ", rule->timespan_ms);
    text_format(text, "; an identity with more than %lld links joins nobody",
                (long long)rule->hub_limit);
    if (episode->remark.size > 0) {
        text_format(text, "; %.*s", SLICE_ARGS(episode->remark));
    }
}

static void explain_change(const struct rule *rule, struct text *text)
{
    text_format(text, "%.*s is not what it was one event before",
                SLICE_ARGS(rule->operands[rule->field].name));
    add_duration(text, ", at most ", rule->timespan_ms);
    text_add(text, rule->ignore_null ? SLICE(" ago; events without it are not heeded")
                                     : SLICE(" ago"));
}

static void explain_first_seen(const struct rule *rule, struct text *text)
{
    text_format(text, "a value of %.*s that the group did not have",
                SLICE_ARGS(rule->operands[rule->field].name));
    add_duration(text, " in the ", rule->history_ms);
    text_add(text, SLICE(" before"));
}

static void explain_step(const struct rule *rule, const struct rule_step *step,
                         struct text *text)
{
    text_format(text, "%s%.*s", step->absent ? "no " : "",
                SLICE_ARGS(rule->entries[step->entry].name));
    if (step->distinct != RULE_NONE) {
        text_format(text, " with %lld different %.*s", (long long)step->count,
                    SLICE_ARGS(rule->operands[step->distinct].name));
    } else if (step->count > 1) {
        text_format(text, " %lld times", (long long)step->count);
    }
    if (step->within_ms >= 0) {
        add_duration(text, " within ", step->within_ms);
    }
}

static void explain_sequence(const struct rule *rule, struct text *text)
{
    for (size_t i = 0; i < rule->steps_count; i++) {
        text_add(text, i > 0 ? SLICE(", then ") : SLICE(""));
        explain_step(rule, &rule->steps[i], text);
    }
    add_duration(text, "; all within ", rule->timespan_ms);
}

static void explain_absence(const struct rule *rule, struct text *text)
{
    text_format(text, "no %.*s", SLICE_ARGS(rule->entries[rule->missing].name));
    add_duration(text, " in the ", rule->timespan_ms);
    text_format(text, " after %.*s", SLICE_ARGS(rule->entries[rule->after].name));
    if (rule->lookback_ms > 0) {
        add_duration(text, ", nor in the ", rule->lookback_ms);
        text_add(text, SLICE(" before"));
    }
}

void explain_reason(const struct rule *rule, const struct episode *episode, struct text *text)
{
    switch (rule->class) {
    case RULE_SINGLE:
        text_add(text, SLICE("the event meets the condition"));
        break;
    case RULE_COUNTING:
        explain_counting(rule, episode, text);
        break;
    case RULE_SEQUENCE:
        explain_sequence(rule, text);
        break;
    case RULE_ABSENCE:
        explain_absence(rule, text);
        break;
    case RULE_VELOCITY:
        explain_velocity(rule, episode, text);
        break;
    case RULE_SCORE:
        explain_score(rule, episode, text);
        break;
    case RULE_LINK:
        explain_link(rule, episode, text);
        break;
    case RULE_CHANGE:
        explain_change(rule, text);
        break;
    case RULE_FIRST_SEEN:
        explain_first_seen(rule, text);
        break;
    }
    if (rule->exonerations_count == 0) {
        text_add(text, SLICE("; the rule knows no exonerating facts"));
        return;
    }
    text_add(text, SLICE("; exonerating facts that no event has: "));
    for (size_t i = 0; i < rule->exonerations_count; i++) {
        text_format(text, "%s%.*s", i > 0 ? ", " : "", SLICE_ARGS(rule->exonerations[i]));
    }
}

static void fill_in(const struct rule *rule, const struct episode *episode,
                    const struct value *group, struct slice name, struct text *text)
{
    for (size_t i = 0; i < rule->metrics_count; i++) {
        if (slice_equal(rule->metrics[i].name, name)) {
            explain_measure(&rule->metrics[i], &episode->measures[i], text);
            return;
        }
    }
    for (size_t i = 0; i < rule->group_count; i++) {
        if (slice_equal(rule->group[i].name, name)) {
            value_format(text, &group[i]);
            return;
        }
    }
}

void explain_summary(const struct rule *rule, const struct episode *episode,
                     const struct value *group, struct text *text)
{
    struct slice rest = rule->summary.size > 0 ? rule->summary : rule->title;

    for (;;) {
        text_add(text, slice_cut(&rest, '{'));
        if (rest.data == NULL) {
            return;
        }
        fill_in(rule, episode, group, slice_cut(&rest, '}'), text);
    }
}
