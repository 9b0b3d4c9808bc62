/* window: which events of a group are together with its newest: those at most `timespan` older,
 * those of its bucket, or those of its session.
 *
 * Owns:    nothing: a window is a run of the group's events.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_WINDOW_H
#define SEINPOST_CORRELATE_WINDOW_H

#include "seinpost/correlate/held.h"

struct window {
    const struct held *const *events; /* in content order; at least one */
    size_t count;
    struct instant ends; /* the last instant at which all of them are still together */
};

/* How far the session of the newest event reaches. All zero: there was no event yet. */
struct window_session {
    struct instant from;
    struct instant last;
    size_t count;
};

/* Takes in that the next event is dated `at`: it joins the session, or begins one. */
void window_session_add(struct window_session *session, const struct rule *rule,
                        struct instant at);

/* Returns the window of the last of `events`. */
struct window window_of(const struct rule *rule, const struct window_session *session,
                        const struct held *const *events, size_t count);

/* The same, when the window of an earlier event began at index `first`: then it need not be
 * searched for. */
struct window window_after(const struct rule *rule, const struct window_session *session,
                           const struct held *const *events, size_t count, size_t first);

#endif
