#include "seinpost/cli/nearmiss.h"

#include "seinpost/alert/explain.h"
#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/headway.h"
#include "seinpost/correlate/absence.h"
#include "seinpost/correlate/counting.h"
#include "seinpost/correlate/joining.h"
#include "seinpost/correlate/score.h"
#include "seinpost/plain/demand.h"
#include "seinpost/rule/watching.h"

enum {
    WHOLE = 1000, /* a clause that is met */
    FAR = 1000000,
};

/* What is being found out. */
struct quest {
    const struct nearmiss_asked *asked;
    const struct gathering_group *group;
    const struct rule *rule;
    struct demand_list demands;
    struct nearmiss found;
};

static void say(struct quest *quest, size_t demand, enum nearmiss_state state,
                struct text *seen)
{
    quest->found.lines[demand].state = state;
    quest->found.lines[demand].seen = slice_copy(quest->asked->arena, text_slice(seen));
    text_clear(seen);
}

static void add_event(struct text *text, const struct held *event)
{
    char at[INSTANT_TEXT_SIZE];

    text_format(text, "%.*s at %s", SLICE_ARGS(event->is.id),
                instant_format(event->is.time, at));
}

/* How much of a bound is reached, in thousandths: to find the moment that came nearest. */
static int64_t closeness(const struct rule *rule, const struct rule_condition *condition,
                         const struct measure *measures)
{
    __extension__ typedef __int128 wide;
    const struct measure *measure = &measures[condition->metric];
    const bool money = condition->wanted.type == VALUE_MONEY;
    const wide wanted =
        money ? (wide)condition->wanted.as.money.minor * WHOLE : condition->wanted.as.number;

    if (measure_condition_met(rule, condition, measures)) {
        return WHOLE;
    }
    if (measure->divisor == 0 || wanted <= 0 || measure->number <= 0) {
        return 0;
    }
    const wide part = (wide)measure->number * WHOLE / measure->divisor * WHOLE / wanted;
    if (part < WHOLE) {
        return (int64_t)part;
    }
    return part > FAR ? 0 : FAR / (int64_t)(part + 1); /* too much of it: the less the nearer */
}

static int64_t closeness_of_all(const struct rule *rule, const struct measure *measures)
{
    int64_t sum = 0;

    for (size_t i = 0; i < rule->conditions_count; i++) {
        const int64_t one = closeness(rule, &rule->conditions[i], measures);
        sum += one + (one == WHOLE ? (int64_t)RULE_METRICS_MAX * WHOLE : 0);
    }
    return sum;
}

/* The best moment so far. */
struct moment {
    int64_t closeness; /* below 0: there was none */
    size_t event;
    size_t first; /* of the window, or the other event of a pair */
    struct measure measures[RULE_METRICS_MAX];
};

static void keep_best(struct moment *best, const struct rule *rule,
                      const struct measure *measures, size_t event, size_t first)
{
    const int64_t close = closeness_of_all(rule, measures);

    if (close >= best->closeness) {
        best->closeness = close;
        best->event = event;
        best->first = first;
        for (size_t i = 0; i < rule->metrics_count; i++) {
            best->measures[i] = measures[i];
        }
    }
}

static void say_conditions(struct quest *quest, const struct moment *best)
{
    const struct rule *rule = quest->rule;
    struct text seen = {0};

    for (size_t i = 0; i < quest->demands.count; i++) {
        const struct demand *demand = &quest->demands.items[i];
        if (demand->kind == DEMAND_CONDITION && best->closeness >= 0) {
            const struct rule_condition *condition = &rule->conditions[demand->index];
            explain_measure(&rule->metrics[condition->metric],
                            &best->measures[condition->metric], &seen);
            say(quest, i,
                measure_condition_met(rule, condition, best->measures) ? NEARMISS_MET
                                                                       : NEARMISS_UNMET,
                &seen);
        } else if (demand->kind == DEMAND_CONDITION) {
            text_add(&seen, SLICE("no event"));
            say(quest, i, NEARMISS_UNMET, &seen);
        } else if (demand->kind == DEMAND_WINDOW && best->closeness >= 0) {
            text_add(&seen, SLICE("nearest from "));
            add_event(&seen, quest->group->events.items[best->first]);
            text_add(&seen, SLICE(" to "));
            add_event(&seen, quest->group->events.items[best->event]);
            say(quest, i, NEARMISS_FRAME, &seen);
        }
    }
    text_free(&seen);
}

static bool is_counted(const struct rule *rule, const struct held *event)
{
    return (event->entries & rule->counted) != 0;
}

/* Each moment that the rule judged, once more. */
static void find_window(struct quest *quest)
{
    const struct rule *rule = quest->rule;
    VECTOR(const struct held *) counted = {0};
    VECTOR(size_t) places = {0};
    struct window_session session = {0};
    struct moment best = {.closeness = -1};

    for (size_t i = 0; i < quest->group->events.count; i++) {
        const struct held *event = quest->group->events.items[i];
        struct measure measures[RULE_METRICS_MAX];
        struct finding finding;
        if (!is_counted(rule, event)) {
            continue;
        }
        VECTOR_PUSH(&counted, event);
        VECTOR_PUSH(&places, i);
        window_session_add(&session, rule, event->is.time);
        const struct window window = window_of(rule, &session, counted.items, counted.count);
        (void)(rule->class == RULE_SCORE ? score_judge(rule, window, measures, &finding)
                                         : counting_judge(rule, window, measures, &finding));
        keep_best(&best, rule, measures, i, places.items[counted.count - window.count]);
    }
    say_conditions(quest, &best);
    VECTOR_FREE(&counted);
    VECTOR_FREE(&places);
}

/* The component of each event. */
static void find_link(struct quest *quest)
{
    VECTOR(const struct held *) counted = {0};
    struct joining joining = {0};
    struct moment best = {.closeness = -1};

    for (size_t i = 0; i < quest->group->events.count; i++) {
        const struct held *event = quest->group->events.items[i];
        struct measure measures[RULE_METRICS_MAX];
        if (!is_counted(quest->rule, event)) {
            continue;
        }
        VECTOR_PUSH(&counted, event);
        const struct joining_feed feed = {
            .rule = quest->rule, .events = counted.items, .fed = counted.count};
        joining_measure(&joining, &feed, measures);
        keep_best(&best, quest->rule, measures, i, i);
    }
    say_conditions(quest, &best);
    joining_free(&joining);
    VECTOR_FREE(&counted);
}

/* Metres and milliseconds as km/h, as the rule measures them. */
static void measure_pair(const struct rule *rule, const struct held *earlier,
                         const struct held *event, struct moment *best, const size_t at[2])
{
    const struct place *there = rule_place(rule, &earlier->values[rule->field]);
    const struct place *here = rule_place(rule, &event->values[rule->field]);
    struct measure measures[RULE_METRICS_MAX] = {{0}};
    const int64_t ms = instant_distance(event->is.time, earlier->is.time);

    if (there == NULL || here == NULL || ms > rule->timespan_ms) {
        return;
    }
    const int64_t metres = sphere_distance_m(&here->at, &there->at);
    measures[WATCHING_SPEED] = (struct measure){metres * 3600, ms > 0 ? ms : 1};
    measures[WATCHING_DISTANCE] = (struct measure){metres, WHOLE};
    keep_best(best, rule, measures, at[1], at[0]);
}

static void find_velocity(struct quest *quest)
{
    struct moment best = {.closeness = -1};
    struct text seen = {0};

    for (size_t i = 0; i < quest->group->events.count; i++) {
        for (size_t j = 0; j < i; j++) {
            const size_t at[2] = {j, i};
            measure_pair(quest->rule, quest->group->events.items[j],
                         quest->group->events.items[i], &best, at);
        }
    }
    say_conditions(quest, &best);
    for (size_t i = 0; best.closeness >= 0 && i < quest->demands.count; i++) {
        if (quest->demands.items[i].kind == DEMAND_FRAME) {
            explain_measure(&quest->rule->metrics[WATCHING_DISTANCE],
                            &best.measures[WATCHING_DISTANCE], &seen);
            text_add(&seen, SLICE(" km"));
            const bool far =
                best.measures[WATCHING_DISTANCE].number >= quest->rule->distance_min_m;
            say(quest, i, far ? NEARMISS_MET : NEARMISS_UNMET, &seen);
        }
    }
    text_free(&seen);
}

static void nobody(void *context, const struct finding *finding)
{
    size_t *found = context;

    (void)finding;
    ++*found;
}

/* Who waits, who was answered, and what was proven. */
static void find_absence(struct quest *quest)
{
    const struct rule *rule = quest->rule;
    struct absence absence = absence_empty();
    const struct held *after = NULL;
    const struct held *answer = NULL;
    size_t proven = 0;
    struct text seen = {0};

    for (size_t i = 0; i < quest->group->events.count; i++) {
        const struct held *event = quest->group->events.items[i];
        absence_conclude(&absence, rule, quest->asked->watermark, event->is.time, nobody,
                         &proven);
        answer = absence_feed(&absence, rule, event) ? event : answer;
        after = held_meets(event, rule->after) ? event : after;
    }
    absence_conclude(&absence, rule, quest->asked->watermark, INSTANT_MAX, nobody, &proven);
    const bool waits = absence.waiting.count > 0;
    if (after != NULL) {
        add_event(&seen, after);
    } else {
        text_add(&seen, SLICE("none"));
    }
    say(quest, 0, after != NULL ? NEARMISS_MET : NEARMISS_UNMET, &seen);
    if (proven > 0) {
        text_add(&seen, SLICE("none, and the watermark has passed"));
        say(quest, 1, NEARMISS_MET, &seen);
    } else if (waits) {
        headway_wait(&seen, quest->asked->watermark,
                     instant_add(absence.waiting.items[0]->is.time, rule->timespan_ms));
        say(quest, 1, NEARMISS_WAITING, &seen);
    } else if (answer != NULL) {
        text_add(&seen, SLICE("answered by "));
        add_event(&seen, answer);
        say(quest, 1, NEARMISS_UNMET, &seen);
    }
    absence_free(&absence);
    text_free(&seen);
}

static void find_watched(struct quest *quest)
{
    struct text seen = {0};

    text_format(&seen, "%zu events", quest->group->events.count);
    text_add(&seen, quest->group->opened > 0 ? SLICE("; it was so")
                                             : SLICE("; it was so at none of them"));
    say(quest, 0, quest->group->opened > 0 ? NEARMISS_MET : NEARMISS_UNMET, &seen);
    text_free(&seen);
}

static void find_sequence(struct quest *quest)
{
    struct headway *headway =
        headway_find(quest->asked->arena, quest->group, quest->asked->watermark);
    struct text seen = {0};

    for (size_t i = 0; i < quest->demands.count; i++) {
        const struct demand *demand = &quest->demands.items[i];
        if (demand->kind == DEMAND_STEP) {
            const enum nearmiss_state state = headway_step(headway, demand->index, &seen);
            say(quest, i, state, &seen);
        }
    }
    text_free(&seen);
}

static void find(struct quest *quest)
{
    switch (quest->rule->class) {
    case RULE_SINGLE:
        break;
    case RULE_COUNTING:
    case RULE_SCORE:
        find_window(quest);
        break;
    case RULE_LINK:
        find_link(quest);
        break;
    case RULE_SEQUENCE:
        find_sequence(quest);
        break;
    case RULE_ABSENCE:
        find_absence(quest);
        break;
    case RULE_VELOCITY:
        find_velocity(quest);
        break;
    case RULE_CHANGE:
    case RULE_FIRST_SEEN:
        find_watched(quest);
        break;
    }
}

struct nearmiss nearmiss_find(const struct nearmiss_asked *asked,
                              const struct gathering_group *group)
{
    struct quest quest = {
        .asked = asked,
        .group = group,
        .rule = group->rule,
        .demands = demand_make(asked->arena, asked->language, group->rule),
    };

    quest.found.count = quest.demands.count;
    quest.found.lines =
        arena_alloc(asked->arena, quest.found.count * sizeof *quest.found.lines);
    for (size_t i = 0; i < quest.demands.count; i++) {
        quest.found.lines[i] = (struct nearmiss_line){.state = NEARMISS_FRAME,
                                                      .wanted = quest.demands.items[i].text};
    }
    find(&quest);
    return quest.found;
}
