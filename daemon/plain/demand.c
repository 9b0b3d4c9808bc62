#include "seinpost/plain/demand.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"
#include "seinpost/rule/linking.h"
#include "seinpost/rule/watching.h"
#include "seinpost/rule/weighing.h"

/* What is being told. */
struct teller {
    struct arena *arena;
    enum language language;
    const struct rule *rule;
    struct demand_list *list;
    struct text text; /* of the clause */
};

static void add(struct teller *teller, enum phrase phrase, const struct slice *args)
{
    phrase_add(&teller->text, teller->language, phrase, args);
}

/* Puts a phrase around the clause as it is so far. */
static void wrap(struct teller *teller, enum phrase phrase, struct slice second,
                 struct slice third)
{
    struct text whole = {0};

    phrase_add(&whole, teller->language, phrase,
               PHRASE_ARGS(text_slice(&teller->text), second, third));
    text_free(&teller->text);
    teller->text = whole;
}

static void end(struct teller *teller, enum demand_kind kind, size_t index, uint64_t entries)
{
    teller->list->items[teller->list->count++] = (struct demand){
        kind, index, entries, slice_copy(teller->arena, text_slice(&teller->text))};
    text_clear(&teller->text);
}

static struct slice keep(struct teller *teller, struct text *text)
{
    const struct slice kept = slice_copy(teller->arena, text_slice(text));

    text_free(text);
    return kept;
}

static struct slice number(struct teller *teller, int64_t value)
{
    struct text text = {0};

    text_format(&text, "%lld", (long long)value);
    return keep(teller, &text);
}

static struct slice milli(struct teller *teller, int64_t value)
{
    struct text text = {0};

    literal_format_milli(&text, value);
    return keep(teller, &text);
}

static struct slice duration(struct teller *teller, int64_t ms)
{
    struct text text = {0};

    spell_duration(&text, teller->language, ms);
    return keep(teller, &text);
}

static void add_name(struct text *text, const struct rule_entry *entry)
{
    text_format(text, "'%.*s'", SLICE_ARGS(entry->name));
}

static struct slice entry_name(struct teller *teller, int entry)
{
    struct text text = {0};

    add_name(&text, &teller->rule->entries[entry]);
    return keep(teller, &text);
}

void demand_names(enum language language, const struct rule *rule, uint64_t entries,
                  enum phrase last, struct text *text)
{
    struct spell_list list = {text, language, last, (size_t)__builtin_popcountll(entries), 0};

    for (size_t i = 0; i < rule->entries_count; i++) {
        if ((entries >> i & 1) != 0) {
            struct text name = {0};
            add_name(&name, &rule->entries[i]);
            spell_item(&list, text_slice(&name));
            text_free(&name);
        }
    }
}

static struct slice names(struct teller *teller, uint64_t entries, enum phrase last)
{
    struct text text = {0};

    demand_names(teller->language, teller->rule, entries, last, &text);
    return keep(teller, &text);
}

/* The entries of a temporal rule, in its order, with how often each is asked for. */
static struct slice chain_names(struct teller *teller, const struct rule_metric *metric)
{
    struct text text = {0};
    struct spell_list list = {&text, teller->language,
                              metric->function == RULE_COUNT_ORDERED ? PHRASE_THEN : PHRASE_AND,
                              metric->chain_count, 0};

    if (metric->chain_count == 0) {
        return names(teller, metric->entries, PHRASE_AND);
    }
    for (size_t i = 0; i < metric->chain_count; i++) {
        const struct rule_link *link = &metric->chain[i];
        const struct slice name = entry_name(teller, link->entry);
        struct text item = {0};
        if (link->count > 1) {
            phrase_add(&item, teller->language, PHRASE_COUNTING_FROM,
                       PHRASE_ARGS(name, number(teller, link->count)));
        } else {
            text_add(&item, name);
        }
        spell_item(&list, text_slice(&item));
        text_free(&item);
    }
    return keep(teller, &text);
}

static enum phrase function_phrase(const struct rule_metric *metric)
{
    switch (metric->function) {
    case RULE_COUNT:
        return metric->operand == RULE_NONE ? PHRASE_COUNT : PHRASE_COUNT_HAVING;
    case RULE_COUNT_DISTINCT:
        return PHRASE_DISTINCT;
    case RULE_COUNT_ENTRIES:
        return PHRASE_ENTRIES;
    case RULE_COUNT_ORDERED:
        return PHRASE_ORDERED;
    case RULE_SUM:
        return PHRASE_SUM;
    case RULE_AVERAGE:
        return PHRASE_AVERAGE;
    case RULE_LEAST:
        return PHRASE_LEAST;
    case RULE_MOST:
        return PHRASE_MOST;
    case RULE_RATIO:
        break;
    }
    return PHRASE_RATIO;
}

static enum phrase weighing_phrase(size_t metric)
{
    if (metric == WEIGHING_SCORE) {
        return PHRASE_SCORE;
    }
    return metric == WEIGHING_SECTORS ? PHRASE_SECTORS : PHRASE_STAGES;
}

static enum phrase linking_phrase(size_t metric)
{
    static const enum phrase phrases[] = {
        [LINKING_ENTITIES] = PHRASE_LINK_ENTITIES,
        [LINKING_SECTORS] = PHRASE_LINK_SECTORS,
        [LINKING_STAGES] = PHRASE_LINK_STAGES,
        [LINKING_INDICATORS] = PHRASE_LINK_INDICATORS,
    };

    return phrases[metric];
}

/* What a metric measures. */
static void add_metric(struct teller *teller, size_t index)
{
    const struct rule *rule = teller->rule;
    const struct rule_metric *metric = &rule->metrics[index];
    const enum phrase phrase = function_phrase(metric);

    if (rule->class == RULE_SCORE) {
        add(teller, weighing_phrase(index), PHRASE_ARGS({0}));
    } else if (rule->class == RULE_LINK) {
        add(teller, linking_phrase(index), PHRASE_ARGS({0}));
    } else if (rule->class == RULE_VELOCITY) {
        add(teller, index == WATCHING_SPEED ? PHRASE_SPEED : PHRASE_DISTANCE,
            PHRASE_ARGS(names(teller, rule->counted, PHRASE_OR)));
    } else if (phrase == PHRASE_RATIO) {
        add(teller, phrase,
            PHRASE_ARGS(rule->metrics[metric->left].name, rule->metrics[metric->right].name));
    } else if (phrase == PHRASE_ENTRIES || phrase == PHRASE_ORDERED) {
        add(teller, phrase, PHRASE_ARGS(chain_names(teller, metric)));
    } else {
        add(teller, phrase,
            PHRASE_ARGS(names(teller, metric->entries, PHRASE_AND),
                        metric->operand == RULE_NONE ? SLICE("")
                                                     : rule->operands[metric->operand].name));
    }
}

static enum phrase test_phrase(const struct rule_condition *condition)
{
    switch (condition->test) {
    case PREDICATE_LESS:
        return PHRASE_LESS;
    case PREDICATE_LESS_EQUAL:
        return PHRASE_LESS_EQUAL;
    case PREDICATE_GREATER:
        return PHRASE_GREATER;
    case PREDICATE_GREATER_EQUAL:
        return PHRASE_GREATER_EQUAL;
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
    return condition->negated ? PHRASE_IS_NOT : PHRASE_IS;
}

static void tell_condition(struct teller *teller, size_t index)
{
    const struct rule *rule = teller->rule;
    const struct rule_condition *condition = &rule->conditions[index];
    const struct rule_metric *metric = &rule->metrics[condition->metric];
    struct text wanted = {0};

    add_metric(teller, condition->metric);
    if (rule->class == RULE_COUNTING && rule->metrics_count > 1) { /* others name it */
        struct text named = {0};
        phrase_add(&named, teller->language, PHRASE_NAMED,
                   PHRASE_ARGS(metric->name, text_slice(&teller->text)));
        text_free(&teller->text);
        teller->text = named;
    }
    spell_value(&wanted, teller->language, &condition->wanted, metric->type, SLICE(""));
    wrap(teller, test_phrase(condition), text_slice(&wanted), SLICE(""));
    text_free(&wanted);
    const uint64_t entries = metric->entries != 0 ? metric->entries : rule->counted;
    end(teller, DEMAND_CONDITION, index, entries);
}

/* What the two sides of a ratio are. */
static void tell_sides(struct teller *teller)
{
    const struct rule *rule = teller->rule;

    for (size_t i = 0; i < rule->metrics_count; i++) {
        bool asked = rule->metrics[i].function == RULE_RATIO;
        for (size_t j = 0; j < rule->conditions_count; j++) {
            asked = asked || rule->conditions[j].metric == i;
        }
        if (!asked && rule->class == RULE_COUNTING) {
            add_metric(teller, i);
            struct text named = {0};
            phrase_add(&named, teller->language, PHRASE_IS,
                       PHRASE_ARGS(rule->metrics[i].name, text_slice(&teller->text)));
            text_free(&teller->text);
            teller->text = named;
            end(teller, DEMAND_FRAME, i, 0);
        }
    }
}

static void tell_window(struct teller *teller)
{
    static const enum phrase phrases[] = {[RULE_SLIDING] = PHRASE_WITHIN,
                                          [RULE_TUMBLING] = PHRASE_BUCKET,
                                          [RULE_SESSION] = PHRASE_SESSION};
    const struct rule *rule = teller->rule;

    add(teller, phrases[rule->window],
        PHRASE_ARGS(duration(teller, rule->timespan_ms), duration(teller, rule->gap_ms)));
    end(teller, DEMAND_WINDOW, 0, 0);
}

static void tell_conditions(struct teller *teller)
{
    for (size_t i = 0; i < teller->rule->conditions_count; i++) {
        tell_condition(teller, i);
    }
}

static void tell_score(struct teller *teller)
{
    const struct rule *rule = teller->rule;

    tell_conditions(teller);
    for (size_t i = 0; i < rule->entries_count; i++) {
        if ((rule->counted >> i & 1) != 0) {
            add(teller, PHRASE_WEIGHT,
                PHRASE_ARGS(entry_name(teller, (int)i), milli(teller, rule->weights[i])));
            end(teller, DEMAND_FRAME, i, 0);
        }
    }
    add(teller, PHRASE_DECAY,
        PHRASE_ARGS(duration(teller, rule->half_life_ms), milli(teller, rule->score_max)));
    end(teller, DEMAND_FRAME, 0, 0);
    tell_window(teller);
}

static void tell_link(struct teller *teller)
{
    const struct rule *rule = teller->rule;
    struct text kinds = {0};
    struct spell_list list = {&kinds, teller->language, PHRASE_OR,
                              (size_t)__builtin_popcountll(rule->via), 0};

    tell_conditions(teller);
    for (size_t i = 0; i < rule->operands_count; i++) {
        if ((rule->via >> i & 1) != 0) {
            spell_item(&list, rule->operands[i].name);
        }
    }
    add(teller, PHRASE_LINK_VIA,
        PHRASE_ARGS(text_slice(&kinds), names(teller, rule->counted, PHRASE_AND)));
    text_free(&kinds);
    end(teller, DEMAND_FRAME, 0, 0);
    add(teller, PHRASE_LINK_HUB,
        PHRASE_ARGS(number(teller, rule->hub_limit), number(teller, rule->members_max)));
    end(teller, DEMAND_FRAME, 0, 0);
    tell_window(teller);
}

static void tell_absent_step(struct teller *teller, const struct rule_step *step)
{
    const struct slice name = entry_name(teller, step->entry);

    if (step->within_ms >= 0) {
        add(teller, PHRASE_STEP_ABSENT, PHRASE_ARGS(name, duration(teller, step->within_ms)));
    } else {
        add(teller, PHRASE_STEP_ABSENT_BETWEEN, PHRASE_ARGS(name));
    }
}

static void tell_present_step(struct teller *teller, const struct rule_step *step)
{
    const struct rule *rule = teller->rule;
    const struct slice name = entry_name(teller, step->entry);

    if (step->distinct != RULE_NONE) {
        add(teller, PHRASE_STEP_DISTINCT,
            PHRASE_ARGS(name, number(teller, step->count),
                        rule->operands[step->distinct].name));
    } else if (step->count > 1) {
        add(teller, PHRASE_STEP_TIMES, PHRASE_ARGS(name, number(teller, step->count)));
    } else {
        add(teller, PHRASE_STEP, PHRASE_ARGS(name));
    }
    if (step->count > 1 && step->span_ms >= 0) {
        wrap(teller, PHRASE_STEP_SPAN, duration(teller, step->span_ms), SLICE(""));
    }
    if (step->within_ms >= 0) {
        wrap(teller, PHRASE_STEP_WITHIN, duration(teller, step->within_ms), SLICE(""));
    }
}

static void tell_sequence(struct teller *teller)
{
    const struct rule *rule = teller->rule;

    for (size_t i = 0; i < rule->steps_count; i++) {
        const struct rule_step *step = &rule->steps[i];
        if (step->absent) {
            tell_absent_step(teller, step);
        } else {
            tell_present_step(teller, step);
        }
        end(teller, DEMAND_STEP, i, UINT64_C(1) << step->entry);
    }
    add(teller, PHRASE_SEQUENCE_SPAN, PHRASE_ARGS(duration(teller, rule->timespan_ms)));
    end(teller, DEMAND_WINDOW, 0, 0);
    if (rule->until != RULE_NONE) {
        add(teller, PHRASE_UNTIL, PHRASE_ARGS(entry_name(teller, rule->until)));
        end(teller, DEMAND_FRAME, 0, 0);
    }
    if (rule->overlap_first) {
        add(teller, PHRASE_OVERLAP_FIRST, PHRASE_ARGS({0}));
        end(teller, DEMAND_FRAME, 0, 0);
    }
}

static void tell_absence(struct teller *teller)
{
    const struct rule *rule = teller->rule;
    const struct slice after = entry_name(teller, rule->after);
    const struct slice missing = entry_name(teller, rule->missing);

    add(teller, PHRASE_SINGLE, PHRASE_ARGS(after));
    end(teller, DEMAND_EVENT, 0, UINT64_C(1) << rule->after);
    add(teller, PHRASE_ABSENCE,
        PHRASE_ARGS(after, missing, duration(teller, rule->timespan_ms)));
    if (rule->lookback_ms > 0) {
        text_add(&teller->text, SLICE(", "));
        add(teller, PHRASE_ABSENCE_LOOKBACK, PHRASE_ARGS(duration(teller, rule->lookback_ms)));
    }
    end(teller, DEMAND_MISSING, 0, UINT64_C(1) << rule->missing);
}

static void tell_velocity(struct teller *teller)
{
    const struct rule *rule = teller->rule;
    struct text places = {0};
    struct spell_list list = {&places, teller->language, PHRASE_AND, rule->places_count, 0};

    tell_conditions(teller);
    add(teller, PHRASE_PAIR, PHRASE_ARGS(duration(teller, rule->timespan_ms)));
    end(teller, DEMAND_WINDOW, 0, 0);
    for (size_t i = 0; i < rule->places_count; i++) {
        spell_item(&list, rule->places[i]->name);
    }
    add(teller, PHRASE_PLACES,
        PHRASE_ARGS(text_slice(&places), milli(teller, rule->distance_min_m)));
    text_free(&places);
    end(teller, DEMAND_FRAME, 0, 0);
}

static void tell_watched(struct teller *teller)
{
    const struct rule *rule = teller->rule;
    const bool change = rule->class == RULE_CHANGE;
    const struct slice field = rule->operands[rule->field].name;

    add(teller, change ? PHRASE_CHANGE : PHRASE_FIRST_SEEN,
        PHRASE_ARGS(field, names(teller, rule->counted, PHRASE_OR),
                    duration(teller, change ? rule->timespan_ms : rule->history_ms)));
    end(teller, DEMAND_VALUE, 0, rule->counted);
    if (change && rule->ignore_null) {
        add(teller, PHRASE_IGNORE_NULL, PHRASE_ARGS(field));
        end(teller, DEMAND_FRAME, 0, 0);
    }
}

static void tell(struct teller *teller)
{
    switch (teller->rule->class) {
    case RULE_SINGLE:
        add(teller, PHRASE_SINGLE,
            PHRASE_ARGS(names(teller, teller->rule->counted, PHRASE_OR)));
        end(teller, DEMAND_EVENT, 0, teller->rule->counted);
        break;
    case RULE_COUNTING:
        tell_conditions(teller);
        tell_sides(teller);
        tell_window(teller);
        break;
    case RULE_SEQUENCE:
        tell_sequence(teller);
        break;
    case RULE_ABSENCE:
        tell_absence(teller);
        break;
    case RULE_VELOCITY:
        tell_velocity(teller);
        break;
    case RULE_CHANGE:
    case RULE_FIRST_SEEN:
        tell_watched(teller);
        break;
    case RULE_LINK:
        tell_link(teller);
        break;
    case RULE_SCORE:
        tell_score(teller);
        break;
    }
}

struct demand_list demand_make(struct arena *arena, enum language language,
                               const struct rule *rule)
{
    struct demand_list list = {0};
    struct teller teller = {.arena = arena, .language = language, .rule = rule, .list = &list};
    /* a clause for each condition, metric, step, weight, and at most four more */
    const size_t room = rule->conditions_count + rule->metrics_count + rule->steps_count +
                        rule->entries_count + 4;

    list.items = arena_alloc(arena, room * sizeof *list.items);
    tell(&teller);
    text_free(&teller.text);
    return list;
}
