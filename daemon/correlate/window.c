#include "seinpost/correlate/window.h"

#include "seinpost/base/ensure.h"

/* `gap` and `timespan` are bounds that count themselves, as every distance does. */
void window_session_add(struct window_session *session, const struct rule *rule,
                        struct instant at)
{
    if (session->count > 0 && instant_distance(at, session->last) <= rule->gap_ms &&
        instant_distance(at, session->from) <= rule->timespan_ms) {
        session->last = at;
        session->count++;
        return;
    }
    *session = (struct window_session){at, at, 1};
}

/* The first instant of the bucket that `at` lies in: buckets are [n*w, (n+1)*w). */
static struct instant bucket_start(const struct rule *rule, struct instant at)
{
    int64_t into = at.ms % rule->timespan_ms;

    into += into < 0 ? rule->timespan_ms : 0;
    return instant_add(at, -into);
}

/* The last event of a run, and where the window before began: it slides on from there. */
struct run {
    const struct held *const *events;
    size_t count;
    size_t first; /* `count`: nothing is known */
};

static bool is_in(const struct run *run, size_t index, struct instant from)
{
    return !instant_before(run->events[index]->is.time, from);
}

/* Most windows are short, so the search widens from the end. */
static size_t search(const struct run *run, struct instant from)
{
    size_t low = run->count - 1;
    size_t high = run->count;

    for (size_t step = 1; low > 0 && is_in(run, low - 1, from); step *= 2) {
        high = low;
        low = low > step ? low - step : 0;
    }
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (is_in(run, middle, from)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* The events from `from` on. */
static struct window events_from(const struct run *run, struct instant from)
{
    size_t first = run->first;

    if (first >= run->count || (first > 0 && is_in(run, first - 1, from))) {
        first = search(run, from);
    }
    while (!is_in(run, first, from)) {
        first++;
    }
    return (struct window){.events = run->events + first, .count = run->count - first};
}

static struct window sliding(const struct rule *rule, const struct run *run)
{
    const struct instant from =
        instant_add(run->events[run->count - 1]->is.time, -rule->timespan_ms);
    struct window window = events_from(run, from);

    window.ends = instant_add(window.events[0]->is.time, rule->timespan_ms);
    return window;
}

static struct window bucket(const struct rule *rule, const struct run *run)
{
    const struct instant from = bucket_start(rule, run->events[run->count - 1]->is.time);
    struct window window = events_from(run, from);

    window.ends = instant_add(from, rule->timespan_ms - 1);
    return window;
}

/* A session's oldest events may have been forgotten, but only when no later event can join. */
static struct window of_session(const struct rule *rule, const struct window_session *session,
                                const struct held *const *events, size_t count)
{
    const size_t held = session->count < count ? session->count : count;

    return (struct window){
        .events = events + (count - held),
        .count = held,
        .ends = instant_least(instant_add(session->last, rule->gap_ms),
                              instant_add(session->from, rule->timespan_ms)),
    };
}

struct window window_of(const struct rule *rule, const struct window_session *session,
                        const struct held *const *events, size_t count)
{
    return window_after(rule, session, events, count, count);
}

struct window window_after(const struct rule *rule, const struct window_session *session,
                           const struct held *const *events, size_t count, size_t first)
{
    const struct run run = {events, count, first};

    ENSURE(count > 0);
    ENSURE(rule->timespan_ms > 0);

    switch (rule->window) {
    case RULE_SLIDING:
        break;
    case RULE_TUMBLING:
        return bucket(rule, &run);
    case RULE_SESSION:
        return of_session(rule, session, events, count);
    }
    return sliding(rule, &run);
}
