#include "seinpost/correlate/group.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/correlate/comparing.h"
#include "seinpost/correlate/counting.h"
#include "seinpost/correlate/score.h"

#include <string.h>

enum {
    LANES_FROM = 16 /* events of a group; fewer are gone through */
};

static void free_progress(enum rule_class class, struct group_progress *progress)
{
    switch (class) {
    case RULE_SEQUENCE:
        sequence_free(&progress->sequence);
        break;
    case RULE_ABSENCE:
        absence_free(&progress->absence);
        break;
    case RULE_COUNTING:
    case RULE_SCORE:
        counting_free(progress->counting);
        VECTOR_FREE(&progress->lanes_fed.counts);
        break;
    case RULE_LINK:
        joining_free(&progress->joining);
        break;
    case RULE_SINGLE:
    case RULE_VELOCITY:
    case RULE_CHANGE:
    case RULE_FIRST_SEEN:
        break;
    }
}

void group_rebind(struct group *group)
{
    if (group->class == RULE_COUNTING) {
        counting_free(group->settled.counting);
        counting_free(group->head.counting);
        group->settled.counting = group->head.counting = NULL;
    }
}

void group_key_value(struct text *text, const struct value *value)
{
    const size_t before = text->size;

    value_format(text, value);
    const size_t size = text->size - before;
    text_add_byte(text, '#');
    text_add_decimal(text, (long long)size);
    text_add_byte(text, ';');
}

void group_key(const struct rule *rule, const struct value *values, struct text *text)
{
    for (size_t i = 0; i < rule->group_count; i++) {
        group_key_value(text, &values[i]);
    }
}

static char *keep(char *at, struct slice *text)
{
    if (text->size > 0) {
        memcpy(at, text->data, text->size);
    }
    text->data = at;
    return at + text->size;
}

/* A group's values outlive the event that brought them. */
struct group *group_new(const struct rule *rule, const struct value *values, struct slice key)
{
    struct group *group = calloc(1, sizeof *group);
    size_t size = key.size;

    ENSURE_MEMORY(group != NULL);
    for (size_t i = 0; i < rule->group_count; i++) {
        size += values[i].type == VALUE_TEXT ? values[i].as.text.size : 0;
    }
    group->values = calloc(rule->group_count + 1, sizeof *group->values);
    group->texts = malloc(size + 1);
    ENSURE_MEMORY(group->values != NULL && group->texts != NULL);
    char *at = group->texts;
    for (size_t i = 0; i < rule->group_count; i++) {
        group->values[i] = values[i];
        if (values[i].type == VALUE_TEXT) {
            at = keep(at, &group->values[i].as.text);
        }
    }
    group->key = key;
    (void)keep(at, &group->key);
    group->class = rule->class;
    if (rule->class == RULE_ABSENCE) {
        group->settled.absence = absence_empty();
        group->head.absence = absence_empty();
    }
    return group;
}

void group_free(struct group *group)
{
    if (group == NULL) {
        return;
    }
    free_progress(group->class, &group->settled);
    free_progress(group->class, &group->head);
    timeline_free(&group->events);
    lanes_free(group->lanes);
    free(group->values);
    free(group->texts);
    free(group);
}

/* What was fed from the index on will be fed again. */
static void cut(struct group *group, size_t index)
{
    if (group->class == RULE_COUNTING) {
        counting_cut(group->settled.counting, timeline_events(&group->events), index);
        counting_cut(group->head.counting, timeline_events(&group->events), index);
    } else if (group->class == RULE_LINK) {
        joining_cut(&group->settled.joining, index);
        joining_cut(&group->head.joining, index);
    }
}

static bool is_counted(const struct rule *rule, const struct held *held)
{
    return (held->entries & rule->counted) != 0;
}

void group_insert(struct group *group, const struct rule *rule, struct held *held)
{
    if (is_counted(rule, held)) {
        const size_t index = timeline_index(&group->events, &held->is);
        cut(group, index);
        timeline_insert(&group->events, index, held);
        if (group->lanes != NULL) {
            lanes_add(group->lanes, held);
        }
    }
}

void group_remove(struct group *group, const struct rule *rule, const struct held *held)
{
    if (is_counted(rule, held)) {
        const size_t index = timeline_index(&group->events, &held->is);
        ENSURE(timeline_at(&group->events, index) == held);
        cut(group, index);
        timeline_remove(&group->events, index);
        if (group->lanes != NULL) {
            lanes_remove(group->lanes, held);
        }
    }
}

static void on_finding(void *context, const struct finding *finding)
{
    struct group_feeding *feeding = context;

    course_find(feeding->course, feeding->rule, feeding->index, feeding->group->key, finding);
}

static struct group_progress *progress_of(const struct group_feeding *feeding)
{
    return feeding->settled ? &feeding->group->settled : &feeding->group->head;
}

static void judge_single(struct group_feeding *feeding, const struct held *event)
{
    const struct finding finding = {
        .at = event->is.time,
        .holds_until = event->is.time,
        .evidence = &event,
        .evidence_count = 1,
    };

    on_finding(feeding, &finding);
    /* the next event is an edge of its own */
    feeding->course->edges.items[feeding->index] = (struct edge){0};
}

static bool judge_counting(const struct rule *rule, struct group_progress *progress,
                           struct window window, struct measure *measures,
                           struct finding *finding)
{
    if (!counting_pays(rule, window)) {
        return counting_judge(rule, window, measures, finding);
    }
    if (progress->counting == NULL) {
        progress->counting = counting_new(rule);
    }
    return counting_move(progress->counting, window, progress->fed - window.count, measures,
                         finding);
}

static void feed_lanes(const struct group *group, struct group_progress *progress)
{
    for (size_t i = 0; i < progress->fed; i++) {
        lanes_feed(group->lanes, &progress->lanes_fed, timeline_at(&group->events, i));
    }
}

/* The lanes are kept once there are many events. `fed` counts them with the event that is fed.
 */
static void keep_lanes(struct group *group, struct group_progress *progress)
{
    if (group->lanes != NULL) {
        lanes_feed(group->lanes, &progress->lanes_fed,
                   timeline_at(&group->events, progress->fed - 1));
    } else if (group->events.count >= LANES_FROM) {
        group->lanes = lanes_new(&group->events);
        feed_lanes(group, &group->settled);
        feed_lanes(group, &group->head);
    }
}

static bool judge_score(struct group_feeding *feeding, struct group_progress *progress,
                        struct window window, struct measure *measures, struct finding *finding)
{
    struct group *group = feeding->group;

    keep_lanes(group, progress);
    if (group->lanes == NULL) {
        return score_judge(feeding->rule, window, measures, finding);
    }
    const struct score_lanes lanes = {group->lanes, &progress->lanes_fed};
    return score_judge_lanes(feeding->rule, window, &lanes, measures, finding);
}

static void judge_window(struct group_feeding *feeding, const struct held *event)
{
    const struct rule *rule = feeding->rule;
    struct group_progress *progress = progress_of(feeding);
    struct measure measures[RULE_METRICS_MAX];
    struct finding finding;

    window_session_add(&progress->session, rule, event->is.time);
    const struct window window = window_of(
        rule, &progress->session, timeline_events(&feeding->group->events), progress->fed);
    const bool found = rule->class == RULE_SCORE
                           ? judge_score(feeding, progress, window, measures, &finding)
                           : judge_counting(rule, progress, window, measures, &finding);
    if (found) {
        finding.runs = true;
        finding.first = feeding->group->forgotten + progress->fed - window.count;
        on_finding(feeding, &finding);
    } else {
        course_break(feeding->course, rule, feeding->index, event->is.time);
    }
}

static void judge_comparing(struct group_feeding *feeding, size_t fed)
{
    struct comparison comparison;

    if (comparing_judge(feeding->rule, timeline_events(&feeding->group->events), fed,
                        &comparison)) {
        on_finding(feeding, &comparison.finding);
    }
}

static void judge_link(struct group_feeding *feeding, struct group_progress *progress)
{
    const struct joining_feed feed = {
        .rule = feeding->rule,
        .course = feeding->course,
        .events = timeline_events(&feeding->group->events),
        .fed = progress->fed,
    };

    joining_take(&progress->joining, &feed);
}

void group_feed(struct group_feeding *feeding, const struct held *event)
{
    const struct rule *rule = feeding->rule;
    struct group_progress *progress = progress_of(feeding);

    if ((event->entries & rule->close_on) != 0) {
        course_end(feeding->course, feeding->index, event->is.time);
    }
    if (!is_counted(rule, event)) {
        return;
    }
    ENSURE(timeline_at(&feeding->group->events, progress->fed) == event);
    progress->fed++;
    switch (rule->class) {
    case RULE_SINGLE:
        judge_single(feeding, event);
        break;
    case RULE_COUNTING:
    case RULE_SCORE:
        judge_window(feeding, event);
        break;
    case RULE_SEQUENCE:
        sequence_feed(&progress->sequence, rule, event, feeding->watermark, on_finding,
                      feeding);
        break;
    case RULE_VELOCITY:
    case RULE_CHANGE:
    case RULE_FIRST_SEEN:
        judge_comparing(feeding, progress->fed);
        break;
    case RULE_LINK:
        judge_link(feeding, progress);
        break;
    case RULE_ABSENCE:
        if (absence_feed(&progress->absence, rule, event)) {
            course_break(feeding->course, rule, feeding->index, event->is.time);
        }
        break;
    }
}

struct instant group_due(const struct rule *rule, const struct group *group, bool settled)
{
    const struct group_progress *progress = settled ? &group->settled : &group->head;

    switch (rule->class) {
    case RULE_SEQUENCE:
        return sequence_due(&progress->sequence);
    case RULE_ABSENCE:
        return absence_due(&progress->absence, rule);
    case RULE_SINGLE:
    case RULE_COUNTING:
    case RULE_VELOCITY:
    case RULE_CHANGE:
    case RULE_FIRST_SEEN:
    case RULE_SCORE:
    case RULE_LINK:
        break;
    }
    return INSTANT_MAX;
}

const struct held *group_due_event(const struct rule *rule, const struct group *group,
                                   bool settled)
{
    const struct group_progress *progress = settled ? &group->settled : &group->head;

    return rule->class == RULE_SEQUENCE ? sequence_due_event(&progress->sequence)
                                        : absence_due_event(&progress->absence);
}

void group_conclude(struct group_feeding *feeding, struct instant due)
{
    struct group_progress *progress = progress_of(feeding);
    const struct instant before = instant_add(due, 1);

    if (feeding->rule->class == RULE_SEQUENCE) {
        sequence_conclude(&progress->sequence, feeding->rule, feeding->watermark, before,
                          on_finding, feeding);
    } else if (feeding->rule->class == RULE_ABSENCE) {
        absence_conclude(&progress->absence, feeding->rule, feeding->watermark, before,
                         on_finding, feeding);
    }
}

void group_restart(struct group *group)
{
    const struct group_progress *from = &group->settled;
    struct group_progress *head = &group->head;

    head->fed = from->fed;
    switch (group->class) {
    case RULE_SEQUENCE:
        sequence_free(&head->sequence);
        head->sequence = sequence_copy(&from->sequence);
        break;
    case RULE_ABSENCE:
        absence_free(&head->absence);
        head->absence = absence_copy(&from->absence);
        break;
    case RULE_COUNTING:
    case RULE_SCORE:
        head->session = from->session;
        lanes_copy_fed(&head->lanes_fed, &from->lanes_fed);
        break;
    case RULE_LINK:
        joining_restart(&head->joining, &from->joining);
        break;
    case RULE_SINGLE:
    case RULE_VELOCITY:
    case RULE_CHANGE:
    case RULE_FIRST_SEEN:
        break;
    }
}

static void forget_lanes(struct group *group, size_t count)
{
    for (size_t i = 0; group->lanes != NULL && i < count; i++) {
        const struct held *held = timeline_at(&group->events, i);
        lanes_unfeed(group->lanes, &group->settled.lanes_fed, held);
        lanes_unfeed(group->lanes, &group->head.lanes_fed, held);
        lanes_forget(group->lanes, held);
    }
}

static void slide(struct group_progress *progress, const struct timeline *events, size_t count)
{
    progress->window_first -= count < progress->window_first ? count : progress->window_first;
    counting_forget(progress->counting, timeline_events(events), count);
}

void group_forget(struct group *group, const struct rule *rule, size_t count,
                  struct instant settled_at)
{
    ENSURE(count <= group->settled.fed && count <= group->head.fed);

    if (rule->class == RULE_SEQUENCE) {
        sequence_expire(&group->settled.sequence, rule, settled_at);
        sequence_expire(&group->head.sequence, rule, settled_at);
    } else if (rule->class == RULE_COUNTING || rule->class == RULE_SCORE) {
        forget_lanes(group, count);
        slide(&group->settled, &group->events, count);
        slide(&group->head, &group->events, count);
    } else if (rule->class == RULE_LINK) {
        joining_forget(&group->settled.joining, count);
        joining_forget(&group->head.joining, count);
    }
    timeline_forget(&group->events, count);
    group->forgotten += count;
    group->settled.fed -= count;
    group->head.fed -= count;
}
