#include "seinpost/correlate/partial.h"

#include "seinpost/base/ensure.h"
#include "seinpost/rule/answer.h"

struct partial *partial_new(void)
{
    struct partial *partial = calloc(1, sizeof *partial);

    ENSURE_MEMORY(partial != NULL);
    partial->proven = INSTANT_MIN;
    return partial;
}

void partial_free(struct partial *partial)
{
    if (partial == NULL) {
        return;
    }
    VECTOR_FREE(&partial->events);
    VECTOR_FREE(&partial->steps);
    VECTOR_FREE(&partial->gathered);
    free(partial);
}

struct partial *partial_copy(const struct partial *from)
{
    struct partial *copy = partial_new();

    copy->step = from->step;
    copy->proven = from->proven;
    for (size_t i = 0; i < from->events.count; i++) {
        VECTOR_PUSH(&copy->events, from->events.items[i]);
        VECTOR_PUSH(&copy->steps, from->steps.items[i]);
    }
    for (size_t i = 0; i < from->gathered.count; i++) {
        VECTOR_PUSH(&copy->gathered, from->gathered.items[i]);
    }
    return copy;
}

const struct held *partial_first(const struct partial *partial)
{
    return partial->events.items[0];
}

const struct held *partial_last(const struct partial *partial)
{
    return partial->events.items[partial->events.count - 1];
}

/* The next event, from index `*from` on, by which a partial met a step; NULL: no more. */
static const struct held *next_of_step(const struct partial *partial, int step, size_t *from)
{
    while (*from < partial->events.count) {
        const size_t i = (*from)++;
        if (partial->steps.items[i] == (size_t)step) {
            return partial->events.items[i];
        }
    }
    return NULL;
}

/* The last instant at which the step that a partial waits at can be met. */
struct instant partial_deadline(const struct rule *rule, const struct partial *partial)
{
    const struct rule_step *step = &rule->steps[partial->step];
    const struct instant all = instant_add(partial_first(partial)->is.time, rule->timespan_ms);

    if (step->within_ms < 0) {
        return all;
    }
    return instant_least(all, instant_add(partial_last(partial)->is.time, step->within_ms));
}

/* Does the event break a `not` that ends at `within` after the last event? */
bool partial_breaks(const struct rule_step *guard, const struct partial *partial,
                    const struct held *event)
{
    if (!held_meets(event, guard->entry)) {
        return false;
    }
    return guard->within_ms < 0 ||
           !instant_before(instant_add(partial_last(partial)->is.time, guard->within_ms),
                           event->is.time);
}

static bool any_pair(const struct rule_residual *residual, const struct value *left,
                     const struct value *right)
{
    for (size_t i = 0; i < value_count(left); i++) {
        for (size_t j = 0; j < value_count(right); j++) {
            if (answer_pair(residual->test, false, value_item(left, i), value_item(right, j))) {
                return true;
            }
        }
    }
    return false;
}

/* Any value of the event against any of those that met the earlier step; what is missing meets
 * nothing. */
static bool residual_met(const struct rule_residual *residual, const struct partial *partial,
                         const struct held *event)
{
    const struct value *left = &event->values[residual->operand];
    size_t from = 0;
    size_t values = 0;
    bool any = false;

    for (const struct held *earlier = next_of_step(partial, residual->step, &from);
         earlier != NULL; earlier = next_of_step(partial, residual->step, &from)) {
        const struct value *right = &earlier->values[residual->reference];
        values += value_count(right);
        any = any || any_pair(residual, left, right);
    }
    return value_count(left) > 0 && values > 0 && any != residual->negated;
}

bool partial_meets(const struct rule_step *step, const struct partial *partial,
                   const struct held *event)
{
    if (!held_meets(event, step->entry)) {
        return false;
    }
    for (size_t i = 0; i < step->residuals_count; i++) {
        if (!residual_met(&step->residuals[i], partial, event)) {
            return false;
        }
    }
    return true;
}

bool partial_starts_later(const struct partial *a, const struct partial *b)
{
    return event_compare(&partial_first(a)->is, &partial_first(b)->is) > 0;
}

/* Is any value of the event's operand new to those from `from` on? */
static bool is_new_value(const struct held *const *events, size_t from, size_t at, int operand,
                         const struct value *value)
{
    for (size_t i = from; i < at; i++) {
        const struct value *other = &events[i]->values[operand];
        for (size_t j = 0; j < value_count(other); j++) {
            if (value_equal(value_item(other, j), value)) {
                return false;
            }
        }
    }
    return true;
}

static int64_t count_from(const struct rule_step *step, const struct held *const *events,
                          size_t from, size_t count)
{
    int64_t different = 0;

    if (step->distinct == RULE_NONE) {
        return (int64_t)(count - from);
    }
    for (size_t i = from; i < count; i++) {
        const struct value *value = &events[i]->values[step->distinct];
        for (size_t j = 0; j < value_count(value); j++) {
            bool fresh = is_new_value(events, from, i, step->distinct, value_item(value, j));
            for (size_t k = 0; k < j; k++) {
                fresh = fresh && !value_equal(value_item(value, k), value_item(value, j));
            }
            different += fresh ? 1 : 0;
        }
    }
    return different;
}

/* Finds the shortest run of the newest events that suffices: its first index, or `count`. */
size_t partial_run(const struct rule_step *step, const struct held *const *events, size_t count)
{
    const struct instant from = instant_add(events[count - 1]->is.time, -step->span_ms);

    for (size_t first = count; first > 0; first--) {
        if (instant_before(events[first - 1]->is.time, from)) {
            break;
        }
        if (count_from(step, events, first - 1, count) >= step->count) {
            return first - 1;
        }
    }
    return count;
}

void partial_add(struct partial *partial, size_t step, const struct held *event)
{
    VECTOR_PUSH(&partial->events, event);
    VECTOR_PUSH(&partial->steps, step);
}

/* Goes through all single values that the events of a step have of the reference. */
struct reading {
    const struct partial *partial;
    const struct rule_residual *residual;
    const struct held *event;
    size_t from;
    size_t item;
};

static const struct value *next_value(struct reading *reading)
{
    for (;;) {
        if (reading->event != NULL) {
            const struct value *value = &reading->event->values[reading->residual->reference];
            if (reading->item < value_count(value)) {
                return value_item(value, reading->item++);
            }
        }
        reading->event =
            next_of_step(reading->partial, reading->residual->step, &reading->from);
        reading->item = 0;
        if (reading->event == NULL) {
            return NULL;
        }
    }
}

static bool differ_in(const struct rule_residual *residual, const struct partial *a,
                      const struct partial *b)
{
    struct reading of_a = {.partial = a, .residual = residual};
    struct reading of_b = {.partial = b, .residual = residual};

    for (;;) {
        const struct value *left = next_value(&of_a);
        const struct value *right = next_value(&of_b);
        if (left == NULL || right == NULL) {
            return left != right;
        }
        if (!value_equal(left, right)) {
            return true;
        }
    }
}

/* Do two partials at one step differ in a value that this or a later step asks for? */
bool partial_differ(const struct rule *rule, size_t step, const struct partial *a,
                    const struct partial *b)
{
    for (size_t i = step; i < rule->steps_count; i++) {
        for (size_t j = 0; j < rule->steps[i].residuals_count; j++) {
            if (differ_in(&rule->steps[i].residuals[j], a, b)) {
                return true;
            }
        }
    }
    return false;
}
