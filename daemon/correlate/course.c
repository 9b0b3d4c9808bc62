#include "seinpost/correlate/course.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"

#include <string.h>

static struct digest first_of(const struct finding *finding)
{
    struct text text = {0};

    episode_digest(&text, &finding->evidence[0]->is);
    return digest_finish(&text);
}

/* Rule, meaning, group, first evidence, and how many alerts began with it before. */
static struct digest id_of(const struct rule *rule, struct slice group_key, struct digest first,
                           unsigned ordinal)
{
    struct text text = {0};

    digest_field(&text, SLICE("alert/1"));
    digest_field(&text, rule->name);
    digest_field(&text, (struct slice){(const char *)rule->hash.bytes, DIGEST_SIZE});
    digest_field(&text, group_key);
    digest_field(&text, (struct slice){(const char *)first.bytes, DIGEST_SIZE});
    text_format(&text, "%u", ordinal);
    return digest_finish(&text);
}

/* Of a run of events the episode has taken in those that were in the finding before: only what
 * is new since is evidence that it lacks. */
static size_t known_of(const struct edge *edge, const struct finding *finding)
{
    if (!finding->runs || edge->taken <= finding->first) {
        return 0;
    }
    const uint64_t known = edge->taken - finding->first;
    return known < finding->evidence_count ? (size_t)known : finding->evidence_count;
}

static void note_taken(struct edge *edge, const struct finding *finding)
{
    edge->taken = finding->runs ? finding->first + finding->evidence_count : 0;
}

static struct episode *open_episode(struct course *course, const struct rule *rule,
                                    size_t group, struct slice group_key,
                                    const struct finding *finding)
{
    struct edge *edge = &course->edges.items[group];
    struct episode *episode = calloc(1, sizeof *episode);
    const struct digest first = first_of(finding);

    ENSURE_MEMORY(episode != NULL);
    edge->ordinal = digest_equal(edge->first, first) ? edge->ordinal + 1 : 0;
    edge->first = first;
    episode->id = id_of(rule, group_key, first, edge->ordinal);
    episode->group = group;
    episode->opened_at = finding->at;
    episode_add(episode, rule, finding, 0);
    note_taken(edge, finding);
    episode_keep_opening(episode, rule, finding);
    VECTOR_PUSH(&course->episodes, episode);
    course->suppressing = episode;
    course->suppress_until = instant_add(finding->at, rule->suppress.for_ms);
    return episode;
}

/* What was quiet is looked at again. */
static void wake(struct course *course, struct episode *episode)
{
    if (episode->quiet) {
        episode->quiet = false;
        course->quiet = 0;
    }
}

void course_note_quiet(struct course *course)
{
    while (course->quiet < course->episodes.count) {
        struct episode *episode = course->episodes.items[course->quiet];
        if (!episode->told_closed || episode->changed) {
            return;
        }
        episode->quiet = true;
        course->quiet++;
    }
}

static void update(struct course *course, struct edge *edge, const struct rule *rule,
                   const struct finding *finding)
{
    if (edge->episode != NULL) {
        wake(course, edge->episode);
        edge->episode->updates++;
        episode_add(edge->episode, rule, finding, known_of(edge, finding));
        note_taken(edge, finding);
    }
}

static bool is_suppressed(const struct course *course, const struct rule *rule,
                          struct instant at)
{
    return rule->suppress.for_ms > 0 && course->suppressing != NULL &&
           !instant_before(course->suppress_until, at);
}

static struct edge *edge_of(struct course *course, size_t group)
{
    while (course->edges.count <= group) {
        VECTOR_PUSH(&course->edges, (struct edge){0});
    }
    return &course->edges.items[group];
}

/* A new edge: an alert of its own, or one that suppresses it, or none. */
static void begin_edge(struct course *course, const struct rule *rule, size_t group,
                       struct slice group_key, const struct finding *finding)
{
    struct edge *edge = &course->edges.items[group];

    edge->open = true;
    if (!is_suppressed(course, rule, finding->at)) {
        edge->episode = open_episode(course, rule, group, group_key, finding);
        return;
    }
    struct episode *episode = rule->suppress.drop ? NULL : course->suppressing;
    edge->taken = edge->episode == episode ? edge->taken : 0;
    edge->episode = episode;
    update(course, edge, rule, finding);
}

/* An episode is open as long as any of its edges, but those that were cut with it. */
static void settle_closing(const struct course *course, struct episode *episode)
{
    struct instant closes = INSTANT_MIN;

    for (size_t i = 0; episode != NULL && i < course->edges.count; i++) {
        if (course->edges.items[i].episode == episode && !course->edges.items[i].cut) {
            closes = instant_latest(closes, course->edges.items[i].ends_at);
        }
    }
    if (episode != NULL) {
        episode->closes_at = closes;
    }
}

/* Does the group's edge go on? It does too when its alert is kept open by another group that
 * was suppressed into it: a group has one open alert at a time. */
static bool goes_on(const struct edge *edge, size_t group, struct instant at)
{
    const struct episode *episode = edge->episode;
    const bool own = episode != NULL && episode->group == group;

    return edge->open && (!instant_before(edge->ends_at, at) ||
                          (own && !instant_before(episode->closes_at, at)));
}

void course_find(struct course *course, const struct rule *rule, size_t group,
                 struct slice group_key, const struct finding *finding)
{
    struct edge *edge = edge_of(course, group);
    const bool fresh = !goes_on(edge, group, finding->at);

    if (fresh) {
        begin_edge(course, rule, group, group_key, finding);
    } else {
        update(course, edge, rule, finding);
    }
    const struct instant ends = instant_add(finding->holds_until, rule->close_after_ms);
    edge->ends_at = rule->class == RULE_COUNTING || rule->class == RULE_SCORE || fresh
                        ? ends
                        : instant_latest(edge->ends_at, ends);
    edge->cut = false;
    settle_closing(course, edge->episode);
    if (rule->class == RULE_SINGLE && edge->episode != NULL) {
        edge->episode->closes_at = INSTANT_MAX;
    }
}

void course_break(struct course *course, const struct rule *rule, size_t group,
                  struct instant at)
{
    struct edge *edge = edge_of(course, group);
    const struct instant ends = instant_add(at, rule->close_after_ms);

    if (edge->open && instant_before(ends, edge->ends_at)) {
        edge->ends_at = ends;
        settle_closing(course, edge->episode);
    }
}

void course_end(struct course *course, size_t group, struct instant at)
{
    struct edge *edge = edge_of(course, group);
    struct episode *episode = edge->episode;

    if (!goes_on(edge, group, at)) {
        return;
    }
    edge->open = false;
    if (episode == NULL || episode->group != group) {
        return; /* what was suppressed into another group's alert has held it open as it has */
    }
    for (size_t i = 0; i < course->edges.count; i++) {
        struct edge *other = &course->edges.items[i];
        other->cut = other->cut || other->episode == episode;
    }
    edge->ends_at = at;
    edge->cut = false;
    settle_closing(course, episode);
}

const struct episode *course_open(const struct course *course, size_t group, struct instant at)
{
    const struct edge *edge = group < course->edges.count ? &course->edges.items[group] : NULL;

    return edge != NULL && edge->open && !instant_before(edge->ends_at, at) ? edge->episode
                                                                            : NULL;
}

bool course_is_before(const struct course *course, const struct episode *episode,
                      const struct episode *other)
{
    size_t i = 0;

    while (course->episodes.items[i] != episode && course->episodes.items[i] != other) {
        i++;
    }
    return episode != other && course->episodes.items[i] == episode;
}

/* A place is taken again once nothing is known of the alert that had it. */
size_t course_vacancy(struct course *course)
{
    size_t group = 0;

    while (group < course->edges.count &&
           (course->edges.items[group].open || course->edges.items[group].episode != NULL)) {
        group++;
    }
    *edge_of(course, group) = (struct edge){0};
    return group;
}

void course_merge(struct course *course, size_t group, size_t into, struct instant at)
{
    struct episode *episode = course->edges.items[group].episode;
    const struct episode *other = course->edges.items[into].episode;
    char id[DIGEST_TEXT_SIZE];
    struct text text = {0};

    ENSURE(episode != NULL && other != NULL && episode != other);
    text_format(&text, "it went on in alert %s", digest_format(other->id, id));
    episode_remark(episode, text_slice(&text));
    text_free(&text);
    wake(course, episode);
    course_end(course, group, at);
}

struct episode *course_episode(const struct course *course, struct digest id)
{
    for (size_t i = 0; i < course->episodes.count; i++) {
        if (digest_equal(course->episodes.items[i]->id, id)) {
            return course->episodes.items[i];
        }
    }
    return NULL;
}

static bool is_over(const struct course *course, const struct rule *rule,
                    const struct episode *episode, struct instant settled)
{
    ENSURE(episode != NULL);
    if (rule->class == RULE_SINGLE) {
        return !instant_before(settled, episode->at);
    }
    const bool suppresses = course->suppressing == episode && rule->suppress.for_ms > 0 &&
                            instant_before(settled, course->suppress_until);
    return !suppresses && !instant_before(settled, episode->closes_at);
}

void course_forget(struct course *course, const struct rule *rule, struct instant settled,
                   const struct course *base)
{
    size_t kept = 0;

    for (size_t i = 0; i < course->episodes.count; i++) {
        struct episode *episode = course->episodes.items[i];
        if (!is_over(course, rule, episode, settled) ||
            (base != NULL && course_episode(base, episode->id) != NULL)) {
            course->episodes.items[kept++] = episode;
            continue;
        }
        for (size_t j = 0; j < course->edges.count; j++) {
            if (course->edges.items[j].episode == episode) {
                course->edges.items[j].episode = NULL;
                course->edges.items[j].open = false;
            }
        }
        course->suppressing = course->suppressing == episode ? NULL : course->suppressing;
        episode_free(episode);
    }
    course->episodes.count = kept;
    course->quiet = 0;
}

struct instant course_due(const struct course *course, struct instant instant)
{
    struct instant due = INSTANT_MAX;

    for (size_t i = course->quiet; i < course->episodes.count; i++) {
        const struct instant closes = course->episodes.items[i]->closes_at;
        if (instant_before(instant, closes)) {
            due = instant_least(due, closes);
        }
    }
    return due;
}

bool course_unsaid(const struct course *course)
{
    for (size_t i = 0; i < course->episodes.count; i++) {
        if (course->episodes.items[i]->told && !course->episodes.items[i]->said) {
            return true;
        }
    }
    return false;
}

static size_t index_of(const struct course *course, const struct episode *episode)
{
    size_t i = 0;

    while (i < course->episodes.count && course->episodes.items[i] != episode) {
        i++;
    }
    return i;
}

static struct episode *twin_of(const struct course *course, const struct course *copy,
                               const struct episode *episode)
{
    if (episode == NULL) {
        return NULL;
    }
    const size_t index = index_of(course, episode);
    ENSURE(index < copy->episodes.count && copy->episodes.items != NULL);
    return copy->episodes.items[index];
}

struct course course_copy(const struct course *course)
{
    struct course copy = {.suppress_until = course->suppress_until};

    for (size_t i = 0; i < course->episodes.count; i++) {
        VECTOR_PUSH(&copy.episodes, episode_copy(course->episodes.items[i]));
    }
    for (size_t i = 0; i < course->edges.count; i++) {
        struct edge edge = course->edges.items[i];
        edge.episode = twin_of(course, &copy, edge.episode);
        VECTOR_PUSH(&copy.edges, edge);
    }
    copy.suppressing = twin_of(course, &copy, course->suppressing);
    return copy;
}

void course_free(struct course *course)
{
    for (size_t i = 0; i < course->episodes.count; i++) {
        episode_free(course->episodes.items[i]);
    }
    VECTOR_FREE(&course->episodes);
    VECTOR_FREE(&course->edges);
    course->suppressing = NULL;
}
