#include "seinpost/correlate/joining.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/network/keystone.h"
#include "seinpost/rule/linking.h"

enum {
    REMARK_NAMES_MAX = 8 /* identities that hold a case together, by name */
};

/* What is being judged: a link of the graph, whose oldest link is the event `first`. */
struct judgement {
    const struct rule *rule;
    struct graph *graph;
    struct component component;
    struct measure measures[RULE_METRICS_MAX];
};

static struct component_bounds bounds_of(const struct rule *rule)
{
    return (struct component_bounds){(size_t)rule->hub_limit, (size_t)rule->members_max};
}

static struct measure whole(size_t number)
{
    return (struct measure){(int64_t)number, 1};
}

static void measure(const struct component_figures *figures, struct measure *measures)
{
    measures[LINKING_ENTITIES] = whole(figures->members);
    measures[LINKING_SECTORS] = whole((size_t)__builtin_popcount(figures->traits.sectors));
    measures[LINKING_STAGES] = whole((size_t)__builtin_popcount(figures->traits.stages));
    measures[LINKING_INDICATORS] =
        whole((size_t)__builtin_popcountll(figures->traits.indicators));
}

static bool is_enough(void *context, const struct component_figures *figures)
{
    const struct rule *rule = context;
    struct measure measures[RULE_METRICS_MAX];

    measure(figures, measures);
    return measure_conditions_met(rule, measures);
}

/* Finds the component of a link. Returns whether it suffices. */
static bool judge(struct judgement *judgement, size_t link)
{
    struct component *component = &judgement->component;

    component_find(component, judgement->graph, link, bounds_of(judgement->rule));
    const struct component_figures figures = component_figures(component, judgement->graph);
    measure(&figures, judgement->measures);
    judgement->measures[LINKING_LINKS] = whole(figures.links);
    judgement->measures[LINKING_HUBS] = whole(component->hubs);
    judgement->measures[LINKING_KEYSTONES] = whole(0);
    return measure_conditions_met(judgement->rule, judgement->measures);
}

/* The place of the oldest link without which the component that suffices would not. */
static size_t needed(const struct judgement *judgement)
{
    void *rule = (void *)(uintptr_t)judgement->rule;
    const size_t spare =
        component_spare(&judgement->component, judgement->graph, is_enough, rule);

    ENSURE(spare < judgement->component.links.count);
    return judgement->component.links.items[spare];
}

static uint64_t indicators_of(const struct rule *rule, const struct held *event)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < rule->entries_count; i++) {
        if (rule->entries[i].made_by != NULL && held_meets(event, (int)i)) {
            mask |= UINT64_C(1) << i;
        }
    }
    return mask;
}

struct identities {
    struct text bytes;
    VECTOR(size_t) ends;
    VECTOR(struct slice) items;
};

/* `phone ph:1:...`: the kind too, so that no two kinds are one. */
static void gather(const struct rule *rule, const struct held *event,
                   struct identities *identities)
{
    for (size_t i = 0; i < rule->operands_count; i++) {
        const struct value *value = &event->values[i];
        for (size_t j = 0; (rule->via >> i & 1) != 0 && j < value_count(value); j++) {
            text_add(&identities->bytes, rule->operands[i].name);
            text_add_byte(&identities->bytes, ' ');
            value_format(&identities->bytes, value_item(value, j));
            VECTOR_PUSH(&identities->ends, identities->bytes.size);
        }
    }
    size_t from = 0;
    for (size_t i = 0; i < identities->ends.count; i++) {
        const size_t end = identities->ends.items[i];
        VECTOR_PUSH(&identities->items,
                    (struct slice){identities->bytes.data + from, end - from});
        from = end;
    }
}

static void add_link(struct graph *graph, const struct rule *rule, const struct held *event,
                     void (*add)(struct graph *graph, const struct graph_link *link))
{
    struct identities identities = {0};

    gather(rule, event, &identities);
    const struct graph_link link = {
        .identities = identities.items.items,
        .identities_count = identities.items.count,
        .traits = {event->sectors, event->stages, indicators_of(rule, event)},
    };
    add(graph, &link);
    text_free(&identities.bytes);
    VECTOR_FREE(&identities.ends);
    VECTOR_FREE(&identities.items);
}

static void clear(struct joining *joining, size_t first)
{
    while (graph_count(joining->graph) > 0) {
        graph_pop(joining->graph);
    }
    joining->first = first;
}

/* The graph goes over to the events from `first` on. */
static void move(struct joining *joining, const struct joining_feed *feed, size_t first)
{
    struct graph *graph = joining->graph;

    if (first >= joining->first + graph_count(graph) || feed->fed <= joining->first) {
        clear(joining, first);
    }
    while (joining->first + graph_count(graph) > feed->fed) {
        graph_pop(graph);
    }
    while (joining->first < first) {
        graph_shift(graph);
        joining->first++;
    }
    while (joining->first > first) {
        joining->first--;
        add_link(graph, feed->rule, feed->events[joining->first], graph_unshift);
    }
    while (joining->first + graph_count(graph) < feed->fed) {
        add_link(graph, feed->rule, feed->events[joining->first + graph_count(graph)],
                 graph_push);
    }
}

static void follow(struct joining *joining, const struct joining_feed *feed)
{
    if (joining->graph == NULL) {
        joining->graph = graph_new();
    }
    const struct window window =
        window_after(feed->rule, NULL, feed->events, feed->fed, joining->first);
    move(joining, feed, feed->fed - window.count);
}

/* Of the cases that are open for links of the component, the one that opened first. */
static size_t oldest_case(const struct joining *joining, const struct joining_feed *feed,
                          const struct component *component)
{
    const struct instant at = feed->events[feed->fed - 1]->is.time;
    const struct episode *oldest = NULL;
    size_t found = JOINING_NONE;

    for (size_t i = 0; i < component->links.count; i++) {
        const size_t group = joining->cases.items[joining->first + component->links.items[i]];
        const struct episode *episode = group == JOINING_NONE || group == found
                                            ? NULL
                                            : course_open(feed->course, group, at);
        if (episode != NULL &&
            (oldest == NULL || course_is_before(feed->course, episode, oldest))) {
            oldest = episode;
            found = group;
        }
    }
    return found;
}

/* A new case. What was of the one that had its place before is of none any more. */
static size_t new_case(struct joining *joining, const struct joining_feed *feed)
{
    const size_t group = course_vacancy(feed->course);

    for (size_t i = 0; i < joining->cases.count; i++) {
        if (joining->cases.items[i] == group) {
            joining->cases.items[i] = JOINING_NONE;
        }
    }
    return group;
}

/* All links of the component are of the case now; other cases that they were of end. */
static void join(struct joining *joining, const struct joining_feed *feed,
                 const struct component *component, size_t group)
{
    const struct instant at = feed->events[feed->fed - 1]->is.time;

    for (size_t i = 0; i < component->links.count; i++) {
        size_t *is = &joining->cases.items[joining->first + component->links.items[i]];
        if (*is != JOINING_NONE && *is != group && course_open(feed->course, *is, at) != NULL) {
            course_merge(feed->course, *is, group, at);
        }
        *is = group;
    }
}

static void name_keystones(const struct component *component, struct text *text)
{
    const size_t count = component->keystones.count;

    for (size_t i = 0; i < count && i < REMARK_NAMES_MAX; i++) {
        text_format(text, "%s%.*s", i > 0 ? ", " : "it would fall apart without ",
                    SLICE_ARGS(graph_identity(component->keystones.items[i])));
    }
    if (count > REMARK_NAMES_MAX) {
        text_format(text, " and %zu more", count - REMARK_NAMES_MAX);
    }
}

/* An event opens one case at most: it tells one from others that began with the same link. */
static void name_case(const struct held *event, struct text *text)
{
    episode_digest(text, &event->is);
}

static void tell(struct joining *joining, const struct joining_feed *feed,
                 struct judgement *judgement)
{
    struct component *component = &judgement->component;
    const struct held *newest = feed->events[feed->fed - 1];
    const size_t oldest = joining->first + needed(judgement);
    VECTOR(const struct held *) evidence = {0};
    struct text remark = {0};
    struct text name = {0};

    keystone_find(component, judgement->graph);
    judgement->measures[LINKING_KEYSTONES] = whole(component->keystones.count);
    name_keystones(component, &remark);
    name_case(newest, &name);
    for (size_t i = 0; i < component->links.count; i++) {
        VECTOR_PUSH(&evidence, feed->events[joining->first + component->links.items[i]]);
    }
    const struct finding finding = {
        .at = newest->is.time,
        .holds_until = instant_add(feed->events[oldest]->is.time, feed->rule->timespan_ms),
        .evidence = evidence.items,
        .evidence_count = evidence.count,
        .measures = judgement->measures,
        .capped = component->capped,
        .remark = text_slice(&remark),
    };
    size_t group = oldest_case(joining, feed, component);
    group = group == JOINING_NONE ? new_case(joining, feed) : group;
    course_find(feed->course, feed->rule, group, text_slice(&name), &finding);
    join(joining, feed, component, group);
    VECTOR_FREE(&evidence);
    text_free(&remark);
    text_free(&name);
}

/* A case that an identity may have held together which is a hub now: it holds as long as any
 * of its parts does. */
static void judge_case(struct joining *joining, const struct joining_feed *feed,
                       struct judgement *judgement, size_t group)
{
    const struct instant at = feed->events[feed->fed - 1]->is.time;
    const size_t count = graph_count(joining->graph);
    bool *judged = calloc(count, sizeof *judged);
    struct instant until = INSTANT_MIN;

    ENSURE_MEMORY(judged != NULL);
    for (size_t i = 0; i < count; i++) {
        if (judged[i] || joining->cases.items[joining->first + i] != group) {
            continue;
        }
        if (judge(judgement, i)) {
            const struct held *oldest = feed->events[joining->first + needed(judgement)];
            until =
                instant_latest(until, instant_add(oldest->is.time, feed->rule->timespan_ms));
        }
        for (size_t j = 0; j < judgement->component.links.count; j++) {
            judged[judgement->component.links.items[j]] = true;
        }
    }
    course_break(feed->course, feed->rule, group, instant_latest(until, at));
    free(judged);
}

/* The cases of the links that had the identity before it became a hub. */
static void judge_cut(struct joining *joining, const struct joining_feed *feed,
                      struct judgement *judgement, const struct graph_node *hub)
{
    const struct instant at = feed->events[feed->fed - 1]->is.time;
    VECTOR(size_t) groups = {0};

    for (size_t i = 0; i < graph_links(hub); i++) {
        const size_t link = graph_link_at(joining->graph, hub, i);
        const size_t group = joining->cases.items[joining->first + link];
        bool known = group == JOINING_NONE || course_open(feed->course, group, at) == NULL;
        for (size_t j = 0; j < groups.count; j++) {
            known = known || groups.items[j] == group;
        }
        if (!known) {
            VECTOR_PUSH(&groups, group);
        }
    }
    for (size_t i = 0; i < groups.count; i++) {
        judge_case(joining, feed, judgement, groups.items[i]);
    }
    VECTOR_FREE(&groups);
}

void joining_take(struct joining *joining, const struct joining_feed *feed)
{
    const size_t limit = (size_t)feed->rule->hub_limit;
    struct judgement judgement = {.rule = feed->rule};
    size_t count = 0;

    ENSURE(joining->cases.count + 1 == feed->fed);
    VECTOR_PUSH(&joining->cases, JOINING_NONE);
    follow(joining, feed);
    judgement.graph = joining->graph;
    const size_t newest = graph_count(joining->graph) - 1;
    if (judge(&judgement, newest)) {
        tell(joining, feed, &judgement);
    }
    struct graph_node *const *nodes = graph_nodes(joining->graph, newest, &count);
    for (size_t i = 0; i < count; i++) {
        if (graph_links(nodes[i]) == limit + 1) {
            judge_cut(joining, feed, &judgement, nodes[i]);
        }
    }
    component_free(&judgement.component);
}

void joining_cut(struct joining *joining, size_t index)
{
    if (joining->cases.count > index) {
        joining->cases.count = index;
    }
    if (joining->graph == NULL) {
        return;
    }
    if (index < joining->first) {
        clear(joining, index);
    }
    while (graph_count(joining->graph) > 0 &&
           joining->first + graph_count(joining->graph) > index) {
        graph_pop(joining->graph);
    }
}

void joining_forget(struct joining *joining, size_t count)
{
    const size_t known = count < joining->cases.count ? count : joining->cases.count;

    VECTOR_REMOVE(&joining->cases, 0, known);
    while (joining->graph != NULL && joining->first < count &&
           graph_count(joining->graph) > 0) {
        graph_shift(joining->graph);
        joining->first++;
    }
    joining->first -= count < joining->first ? count : joining->first;
}

void joining_restart(struct joining *joining, const struct joining *from)
{
    joining->cases.count = 0;
    for (size_t i = 0; i < from->cases.count; i++) {
        VECTOR_PUSH(&joining->cases, from->cases.items[i]);
    }
}

void joining_free(struct joining *joining)
{
    VECTOR_FREE(&joining->cases);
    graph_free(joining->graph);
    joining->graph = NULL;
}

void joining_measure(struct joining *joining, const struct joining_feed *feed,
                     struct measure *measures)
{
    struct judgement judgement = {.rule = feed->rule};

    follow(joining, feed);
    judgement.graph = joining->graph;
    (void)judge(&judgement, graph_count(joining->graph) - 1);
    memcpy(measures, judgement.measures, feed->rule->metrics_count * sizeof measures[0]);
    component_free(&judgement.component);
}
