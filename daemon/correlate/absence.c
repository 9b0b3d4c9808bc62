#include "seinpost/correlate/absence.h"

static struct instant end_of(const struct rule *rule, const struct held *event)
{
    return instant_add(event->is.time, rule->timespan_ms);
}

struct absence absence_empty(void)
{
    return (struct absence){.answered = INSTANT_MIN};
}

/* All that still wait began before the answer, in content order; what ended before it is not
 * answered by it. */
static void answer(struct absence *absence, const struct rule *rule, struct instant at)
{
    size_t kept = 0;

    for (size_t i = 0; i < absence->waiting.count; i++) {
        const struct held *event = absence->waiting.items[i];
        if (instant_before(end_of(rule, event), at)) {
            absence->waiting.items[kept++] = event;
        }
    }
    absence->waiting.count = kept;
    absence->answered = at;
}

bool absence_feed(struct absence *absence, const struct rule *rule, const struct held *event)
{
    const bool is_answer = held_meets(event, rule->missing);

    if (is_answer) {
        answer(absence, rule, event->is.time);
    }
    if (held_meets(event, rule->after)) {
        const struct instant from = instant_add(event->is.time, -rule->lookback_ms);
        if (absence->answered.ms == INSTANT_MIN.ms || instant_before(absence->answered, from)) {
            VECTOR_PUSH(&absence->waiting, event);
        }
    }
    return is_answer;
}

void absence_conclude(struct absence *absence, const struct rule *rule,
                      struct instant watermark, struct instant before, sequence_found *found,
                      void *context)
{
    size_t over = 0;

    while (over < absence->waiting.count) {
        const struct held *event = absence->waiting.items[over];
        const struct instant end = end_of(rule, event);
        if (instant_before(watermark, end) || !instant_before(end, before)) {
            break;
        }
        const struct finding finding = {
            .at = end,
            .holds_until = instant_add(end, rule->timespan_ms),
            .evidence = &event,
            .evidence_count = 1,
        };
        found(context, &finding);
        over++;
    }
    VECTOR_REMOVE(&absence->waiting, 0, over);
}

struct instant absence_due(const struct absence *absence, const struct rule *rule)
{
    return absence->waiting.count == 0 ? INSTANT_MAX : end_of(rule, absence->waiting.items[0]);
}

const struct held *absence_due_event(const struct absence *absence)
{
    return absence->waiting.items[0];
}

struct absence absence_copy(const struct absence *absence)
{
    struct absence copy = {.answered = absence->answered};

    for (size_t i = 0; i < absence->waiting.count; i++) {
        VECTOR_PUSH(&copy.waiting, absence->waiting.items[i]);
    }
    return copy;
}

void absence_free(struct absence *absence)
{
    VECTOR_FREE(&absence->waiting);
}
