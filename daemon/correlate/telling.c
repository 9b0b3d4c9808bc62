#include "seinpost/correlate/telling.h"

/* Cases of a link have no values: its one group stands for all of them. */
static const struct group *group_of(const struct telling *telling,
                                    const struct episode *episode)
{
    return telling->groups[telling->rule->class == RULE_LINK ? 0 : episode->group];
}

static bool tell(const struct telling *telling, enum change_state state,
                 const struct episode *episode, const struct episode *before, struct instant at)
{
    const struct change change = {
        .state = state,
        .rule = telling->rule,
        .group = group_of(telling, episode)->values,
        .episode = episode,
        .before = before,
        .at = at,
        .late = telling->late,
    };

    return telling->tell(telling->context, &change);
}

static struct instant cause_of(const struct telling *telling, const struct episode *episode)
{
    return telling->cause.ms == INSTANT_MIN.ms ? episode->at : telling->cause;
}

/* An alert that is over and then changes all the same is told to be over again: the last word
 * on it is whether it is closed. */
static void tell_episode(const struct telling *telling, struct episode *episode,
                         const struct episode *before)
{
    const bool closed = !instant_before(telling->watermark, episode->closes_at);
    bool news = true;

    if (!episode->told) {
        episode->said = tell(telling, CHANGE_OPENED, episode, NULL, episode->opened_at);
    } else if (episode_is_news(episode) || (episode->told_closed && !closed)) {
        episode->said =
            tell(telling, CHANGE_UPDATED, episode, before, cause_of(telling, episode));
    } else {
        news = false;
    }
    const bool moved = instant_compare(episode->closes_at, episode->told_closes_at) != 0;
    const bool ends = closed && (news || moved || !episode->told_closed);
    if (ends) {
        (void)tell(telling, CHANGE_CLOSED, episode, episode, episode->closes_at);
    }
    if (news || ends) {
        episode_note_told(episode);
    }
    episode->told_closed = closed;
    episode->told_closes_at = episode->closes_at;
}

void telling_course(const struct telling *telling, struct course *head)
{
    for (size_t i = head->quiet; i < head->episodes.count; i++) {
        struct episode *episode = head->episodes.items[i];
        tell_episode(telling, episode, episode);
    }
    course_note_quiet(head);
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
