#include "seinpost/correlate/telling.h"

static bool tell(const struct telling *telling, enum change_state state,
                 const struct episode *episode, const struct episode *before, struct instant at)
{
    const struct change change = {
        .state = state,
        .rule = telling->rule,
        .group = telling->groups[episode->group]->values,
        .episode = episode,
        .before = before,
        .at = at,
        .late = telling->late,
    };

    return telling->tell(telling->context, &change);
}

static bool same_evidence(const struct episode *a, const struct episode *b)
{
    if (a->evidence_count != b->evidence_count || a->evidence.count != b->evidence.count) {
        return false;
    }
    for (size_t i = 0; i < a->evidence.count; i++) {
        if (event_compare(&a->evidence.items[i]->is, &b->evidence.items[i]->is) != 0) {
            return false;
        }
    }
    return true;
}

static bool same_measures(const struct rule *rule, const struct episode *a,
                          const struct episode *b)
{
    for (size_t i = 0; i < rule->metrics_count; i++) {
        if (a->measures[i].number != b->measures[i].number ||
            a->measures[i].divisor != b->measures[i].divisor) {
            return false;
        }
    }
    return true;
}

/* Does the alert say something else than before, were it only the evidence? */
static bool says_else(const struct telling *telling, const struct episode *episode,
                      const struct episode *before)
{
    return before != NULL && before != episode &&
           (!same_evidence(episode, before) || !same_measures(telling->rule, episode, before));
}

/* Small differences stand in the next record; a closed alert has none. */
static bool is_news(const struct telling *telling, const struct episode *episode,
                    const struct episode *before, bool closed)
{
    const bool at_once = episode->updates <= EPISODE_UPDATES_AT_ONCE || episode->told_closed;

    return episode_is_news(episode) || (episode->told_closed && !closed) ||
           (at_once && says_else(telling, episode, before));
}

static bool closes_else(const struct episode *episode, const struct episode *before)
{
    return before != NULL && instant_compare(episode->closes_at, before->closes_at) != 0;
}

/* Without an event it was a finding that fell due. */
static struct instant cause_of(const struct telling *telling, const struct episode *episode)
{
    return telling->cause.ms == INSTANT_MIN.ms ? episode->at : telling->cause;
}

static void tell_episode(const struct telling *telling, struct episode *episode,
                         const struct episode *before)
{
    const bool closed = !instant_before(telling->watermark, episode->closes_at);
    bool fresh = !episode->told_closed;

    if (!episode->told) {
        episode->said = tell(telling, CHANGE_OPENED, episode, NULL, episode->opened_at);
        episode_note_told(episode);
    } else if (is_news(telling, episode, before, closed)) {
        episode->said =
            tell(telling, CHANGE_UPDATED, episode, before, cause_of(telling, episode));
        episode_note_told(episode);
        fresh = true; /* the last word on it is whether it is closed */
    }
    if (closed && (fresh || closes_else(episode, before))) {
        (void)tell(telling, CHANGE_CLOSED, episode, episode, episode->closes_at);
    }
    episode->told_closed = closed;
}

void telling_course(const struct telling *telling, struct course *head)
{
    for (size_t i = 0; i < head->episodes.count; i++) {
        struct episode *episode = head->episodes.items[i];
        tell_episode(telling, episode, episode);
    }
}

void telling_difference(const struct telling *telling, struct course *head,
                        const struct course *before)
{
    for (size_t i = 0; i < before->episodes.count; i++) {
        const struct episode *old = before->episodes.items[i];
        struct episode *episode = course_episode(head, old->id);
        if (episode != NULL) {
            episode_take_over(episode, old);
        } else if (old->told) {
            (void)tell(telling, CHANGE_RETRACTED, old, old, cause_of(telling, old));
        }
    }
    for (size_t i = 0; i < head->episodes.count; i++) {
        struct episode *episode = head->episodes.items[i];
        tell_episode(telling, episode, course_episode(before, episode->id));
    }
}

void telling_open(const struct telling *telling, struct course *head)
{
    if (telling->rule->class == RULE_SINGLE) {
        return; /* an event has happened: nothing of it is open */
    }
    for (size_t i = 0; i < head->episodes.count; i++) {
        struct episode *episode = head->episodes.items[i];
        if (episode->told && !episode->told_closed) {
            episode->said =
                tell(telling, CHANGE_SUPERSEDED, episode, episode, episode->opened_at);
        }
    }
}
