#include "seinpost/correlate/sequence.h"

#include "seinpost/base/ensure.h"
#include "seinpost/correlate/partial.h"

#include <string.h>

/* The `not` right before a step, or NULL. */
static const struct rule_step *guard_before(const struct rule *rule, size_t step)
{
    return step > 0 && rule->steps[step - 1].absent ? &rule->steps[step - 1] : NULL;
}

static bool ends_in_not(const struct rule *rule)
{
    return rule->steps[rule->steps_count - 1].absent;
}

static size_t next_present(const struct rule *rule, size_t step)
{
    while (step < rule->steps_count && rule->steps[step].absent) {
        step++;
    }
    return step;
}

static void remove_waiting(struct sequence *sequence, size_t index)
{
    VECTOR_REMOVE(&sequence->waiting, index, 1);
}

void sequence_expire(struct sequence *sequence, const struct rule *rule, struct instant instant)
{
    for (size_t i = 0; i < sequence->waiting.count;) {
        struct partial *partial = sequence->waiting.items[i];
        if (instant_before(partial_deadline(rule, partial), instant)) {
            remove_waiting(sequence, i);
            partial_free(partial);
        } else {
            i++;
        }
    }
    size_t old = 0;
    const struct instant from = instant_add(instant, -rule->steps[0].span_ms);
    while (old < sequence->starting.count &&
           instant_before(sequence->starting.items[old]->is.time, from)) {
        old++;
    }
    VECTOR_REMOVE(&sequence->starting, 0, old);
}

static void free_waiting(struct sequence *sequence)
{
    for (size_t i = 0; i < sequence->waiting.count; i++) {
        partial_free(sequence->waiting.items[i]);
    }
    sequence->waiting.count = sequence->starting.count = 0;
}

/* `until` clears what is not complete yet. A partial that was complete before, and only waits
 * for the watermark to prove it, is no concern of a later event. */
static void throw_away(struct sequence *sequence, const struct rule *rule, struct instant now)
{
    size_t kept = 0;

    free_waiting(sequence);
    for (size_t i = 0; i < sequence->pending.count; i++) {
        struct partial *partial = sequence->pending.items[i];
        if (ends_in_not(rule) && !instant_before(partial->proven, now)) {
            partial_free(partial);
        } else {
            sequence->pending.items[kept++] = partial;
        }
    }
    sequence->pending.count = kept;
}

/* Throws out what the event may not follow: but not the partials that it has just taken on, for
 * a `not` reaches up to, and without, the next step. */
static void break_guards(struct sequence *sequence, const struct rule *rule,
                         const struct held *event)
{
    for (size_t i = 0; i < sequence->waiting.count;) {
        struct partial *partial = sequence->waiting.items[i];
        const struct rule_step *guard = guard_before(rule, partial->step);
        if (guard != NULL && partial_last(partial) != event &&
            partial_breaks(guard, partial, event)) {
            remove_waiting(sequence, i);
            partial_free(partial);
        } else {
            i++;
        }
    }
    for (size_t i = 0; ends_in_not(rule) && i < sequence->pending.count;) {
        struct partial *partial = sequence->pending.items[i];
        if (partial_last(partial) != event &&
            partial_breaks(&rule->steps[rule->steps_count - 1], partial, event)) {
            VECTOR_REMOVE(&sequence->pending, i, 1);
            partial_free(partial);
        } else {
            i++;
        }
    }
}

/* Keeps the event with those that the partial has gathered for its step. Returns whether they
 * are enough. */
static bool gather(const struct rule_step *step, struct partial *partial,
                   const struct held *event)
{
    const struct instant from = instant_add(event->is.time, -step->span_ms);
    size_t old = 0;

    while (old < partial->gathered.count &&
           instant_before(partial->gathered.items[old]->is.time, from)) {
        old++;
    }
    VECTOR_REMOVE(&partial->gathered, 0, old);
    VECTOR_PUSH(&partial->gathered, event);
    return partial_run(step, partial->gathered.items, partial->gathered.count) <
           partial->gathered.count;
}

/* Partials may share an event: each that waits at the step and that the event meets gathers it.
 * Of those that have enough the one to be taken on is returned, or SIZE_MAX. */
static size_t choose(const struct sequence *sequence, const struct rule *rule, size_t step,
                     const struct held *event)
{
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < sequence->waiting.count; i++) {
        struct partial *partial = sequence->waiting.items[i];
        if (partial->step != step || !partial_meets(&rule->steps[step], partial, event) ||
            !gather(&rule->steps[step], partial, event)) {
            continue;
        }
        if (best == SIZE_MAX || partial_starts_later(partial, sequence->waiting.items[best]) !=
                                    rule->overlap_first) {
            best = i;
        }
    }
    return best;
}

/* The partial at the step that competes with this one, or SIZE_MAX. */
static size_t rival(const struct sequence *sequence, const struct rule *rule,
                    const struct partial *partial)
{
    for (size_t i = 0; i < sequence->waiting.count; i++) {
        const struct partial *other = sequence->waiting.items[i];
        if (other->step == partial->step &&
            !partial_differ(rule, partial->step, partial, other)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* With too many partials at one step the one that would be taken on last goes. */
static void enforce_cap(struct sequence *sequence, const struct rule *rule, size_t step)
{
    size_t count = 0;
    size_t last = SIZE_MAX;

    for (size_t i = 0; i < sequence->waiting.count; i++) {
        if (sequence->waiting.items[i]->step != step) {
            continue;
        }
        count++;
        if (last == SIZE_MAX ||
            partial_starts_later(sequence->waiting.items[last], sequence->waiting.items[i]) !=
                rule->overlap_first) {
            last = i;
        }
    }
    if (count > SEQUENCE_PARTIALS_MAX) {
        partial_free(sequence->waiting.items[last]);
        remove_waiting(sequence, last);
        sequence->capped = true;
    }
}

static void wait_at(struct sequence *sequence, const struct rule *rule, struct partial *partial)
{
    const size_t other = rival(sequence, rule, partial);

    if (other != SIZE_MAX) {
        const bool later = !partial_starts_later(sequence->waiting.items[other], partial);
        if (later == rule->overlap_first) {
            partial_free(partial);
            return;
        }
        partial_free(sequence->waiting.items[other]);
        remove_waiting(sequence, other);
    }
    VECTOR_PUSH(&sequence->waiting, partial);
    enforce_cap(sequence, rule, partial->step);
}

struct report {
    const struct rule *rule;
    struct instant watermark;
    sequence_found *found;
    void *context;
};

static void tell(const struct sequence *sequence, const struct report *report,
                 const struct partial *partial)
{
    const struct instant last = partial_last(partial)->is.time;
    const struct instant at =
        ends_in_not(report->rule) ? instant_latest(last, partial->proven) : last;
    const struct instant holds =
        instant_add(partial_first(partial)->is.time, report->rule->timespan_ms);
    const struct finding finding = {
        .at = at,
        .holds_until = instant_latest(at, holds),
        .evidence = partial->events.items,
        .evidence_count = partial->events.count,
        .capped = sequence->capped,
    };

    report->found(report->context, &finding);
}

/* All events are there. It is told, or waits for the proof of what must not have been. */
static void complete(struct sequence *sequence, const struct report *report,
                     struct partial *partial)
{
    const struct rule *rule = report->rule;

    if (ends_in_not(rule)) {
        const int64_t within_ms = rule->steps[rule->steps_count - 1].within_ms;
        partial->proven = instant_add(partial_last(partial)->is.time, within_ms);
    }
    const bool over = !ends_in_not(rule) && !instant_before(report->watermark, partial->proven);
    if (over) {
        tell(sequence, report, partial);
        partial_free(partial);
    } else {
        VECTOR_PUSH(&sequence->pending, partial);
    }
}

/* The step that the partial waited at is met: on to the next, or the end. */
static void move_on(struct sequence *sequence, const struct report *report,
                    struct partial *partial)
{
    const struct rule *rule = report->rule;
    const size_t next = next_present(rule, partial->step + 1);

    partial->step = next;
    partial->gathered.count = 0;
    if (next == rule->steps_count) {
        complete(sequence, report, partial);
    } else {
        wait_at(sequence, rule, partial);
    }
}

/* A `not` between two steps must be proven up to its end or to the event that met the next. */
static void note_proof(const struct rule *rule, struct partial *partial, struct instant met)
{
    const struct rule_step *guard = guard_before(rule, partial->step);

    if (guard == NULL) {
        return;
    }
    const struct instant end =
        guard->within_ms < 0
            ? met
            : instant_least(met, instant_add(partial_last(partial)->is.time, guard->within_ms));
    partial->proven = instant_latest(partial->proven, end);
}

static void take_on(struct sequence *sequence, const struct report *report, size_t index,
                    const struct held *event)
{
    struct partial *partial = sequence->waiting.items[index];
    const size_t step_index = partial->step;
    const struct rule_step *step = &report->rule->steps[step_index];

    const size_t run = partial_run(step, partial->gathered.items, partial->gathered.count);
    ENSURE(run < partial->gathered.count); /* as choose() found */
    note_proof(report->rule, partial, event->is.time);
    for (size_t i = run; i < partial->gathered.count; i++) {
        partial_add(partial, step_index, partial->gathered.items[i]);
    }
    remove_waiting(sequence, index);
    move_on(sequence, report, partial);
}

static void start(struct sequence *sequence, const struct report *report,
                  const struct held *event)
{
    const struct rule_step *step = &report->rule->steps[0];

    if (!held_meets(event, step->entry)) {
        return;
    }
    VECTOR_PUSH(&sequence->starting, event);
    const size_t count = sequence->starting.count;
    const size_t run = partial_run(step, sequence->starting.items, count);
    if (run == count) {
        return;
    }
    struct partial *partial = partial_new();
    for (size_t i = run; i < count; i++) {
        partial_add(partial, 0, sequence->starting.items[i]);
    }
    if (step->count == 1) {
        sequence->starting.count = 0; /* none is asked for again */
    }
    move_on(sequence, report, partial);
}

void sequence_feed(struct sequence *sequence, const struct rule *rule, const struct held *event,
                   struct instant watermark, sequence_found *found, void *context)
{
    const struct report report = {rule, watermark, found, context};

    if (held_meets(event, rule->until)) {
        throw_away(sequence, rule, event->is.time);
    }
    sequence_expire(sequence, rule, event->is.time);
    for (size_t step = rule->steps_count - 1; step > 0; step--) {
        const size_t index =
            rule->steps[step].absent ? SIZE_MAX : choose(sequence, rule, step, event);
        if (index != SIZE_MAX) {
            take_on(sequence, &report, index, event);
        }
    }
    start(sequence, &report, event);
    break_guards(sequence, rule, event);
}

static size_t first_due(const struct sequence *sequence)
{
    size_t first = SIZE_MAX;

    for (size_t i = 0; i < sequence->pending.count; i++) {
        const struct partial *partial = sequence->pending.items[i];
        if (first == SIZE_MAX) {
            first = i;
            continue;
        }
        const struct partial *best = sequence->pending.items[first];
        const int order = instant_compare(partial->proven, best->proven);
        if (order < 0 || (order == 0 && partial_starts_later(best, partial))) {
            first = i;
        }
    }
    return first;
}

void sequence_conclude(struct sequence *sequence, const struct rule *rule,
                       struct instant watermark, struct instant before, sequence_found *found,
                       void *context)
{
    const struct report report = {rule, watermark, found, context};

    for (size_t i = first_due(sequence); i != SIZE_MAX; i = first_due(sequence)) {
        struct partial *partial = sequence->pending.items[i];
        if (instant_before(watermark, partial->proven) ||
            !instant_before(partial->proven, before)) {
            return;
        }
        VECTOR_REMOVE(&sequence->pending, i, 1);
        tell(sequence, &report, partial);
        partial_free(partial);
    }
}

struct instant sequence_due(const struct sequence *sequence)
{
    const size_t first = first_due(sequence);

    return first == SIZE_MAX ? INSTANT_MAX : sequence->pending.items[first]->proven;
}

const struct held *sequence_due_event(const struct sequence *sequence)
{
    return partial_last(sequence->pending.items[first_due(sequence)]);
}

bool sequence_is_empty(const struct sequence *sequence)
{
    return sequence->waiting.count == 0 && sequence->pending.count == 0 &&
           sequence->starting.count == 0;
}

struct sequence sequence_copy(const struct sequence *sequence)
{
    struct sequence copy = {.capped = sequence->capped};

    for (size_t i = 0; i < sequence->waiting.count; i++) {
        VECTOR_PUSH(&copy.waiting, partial_copy(sequence->waiting.items[i]));
    }
    for (size_t i = 0; i < sequence->pending.count; i++) {
        VECTOR_PUSH(&copy.pending, partial_copy(sequence->pending.items[i]));
    }
    for (size_t i = 0; i < sequence->starting.count; i++) {
        VECTOR_PUSH(&copy.starting, sequence->starting.items[i]);
    }
    return copy;
}

void sequence_free(struct sequence *sequence)
{
    free_waiting(sequence);
    for (size_t i = 0; i < sequence->pending.count; i++) {
        partial_free(sequence->pending.items[i]);
    }
    VECTOR_FREE(&sequence->waiting);
    VECTOR_FREE(&sequence->pending);
    VECTOR_FREE(&sequence->starting);
}
