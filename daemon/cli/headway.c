#include "seinpost/cli/headway.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"
#include "seinpost/correlate/partial.h"
#include "seinpost/correlate/sequence.h"

/* The furthest that a partial came. */
struct headway {
    const struct rule *rule;
    struct instant watermark;
    size_t found;       /* matches that were complete */
    size_t step;        /* that it waited at; the number of steps: for a proof only */
    size_t gathered;    /* of the events that this step asks for */
    struct instant end; /* until when it could wait */
    bool alive;         /* it still waits */
    const struct held *broken_by;
    const struct held *first;
    const struct held **events; /* of the steps that were met */
    size_t *steps;
    size_t count;
};

static void on_found(void *context, const struct finding *finding)
{
    struct headway *headway = context;

    (void)finding;
    headway->found++;
}

static void keep(struct arena *arena, struct headway *headway, const struct partial *partial,
                 bool pending)
{
    headway->step = pending ? headway->rule->steps_count : partial->step;
    headway->gathered = partial->gathered.count;
    headway->end = pending ? partial->proven : partial_deadline(headway->rule, partial);
    headway->alive = true;
    headway->broken_by = NULL;
    headway->first = partial_first(partial);
    headway->count = partial->events.count;
    headway->events = arena_copy(arena, partial->events.items,
                                 partial->events.count * sizeof(const struct held *));
    headway->steps =
        arena_copy(arena, partial->steps.items, partial->steps.count * sizeof(size_t));
}

/* The later of equals counts, as with the rule. */
static bool is_further(const struct headway *headway, const struct partial *partial,
                       bool pending)
{
    const size_t step = pending ? headway->rule->steps_count : partial->step;

    if (headway->first == NULL || step != headway->step) {
        return headway->first == NULL || step > headway->step;
    }
    return partial->gathered.count >= headway->gathered;
}

static bool is_there(const struct headway *headway, const struct sequence *sequence)
{
    for (size_t i = 0; i < sequence->waiting.count; i++) {
        if (partial_first(sequence->waiting.items[i]) == headway->first) {
            return true;
        }
    }
    for (size_t i = 0; i < sequence->pending.count; i++) {
        if (partial_first(sequence->pending.items[i]) == headway->first) {
            return true;
        }
    }
    return false;
}

/* Is the event what the partial could not stand? */
static bool breaks(const struct headway *headway, const struct held *event)
{
    const struct rule *rule = headway->rule;
    const size_t step = headway->step;

    return held_meets(event, rule->until) || (step > 0 && rule->steps[step - 1].absent &&
                                              held_meets(event, rule->steps[step - 1].entry));
}

static void look(struct arena *arena, struct headway *headway, const struct sequence *sequence,
                 const struct held *event)
{
    if (headway->alive && !is_there(headway, sequence)) {
        headway->alive = false;
        headway->broken_by = breaks(headway, event) ? event : NULL;
    }
    for (size_t i = 0; i < sequence->waiting.count; i++) {
        if (is_further(headway, sequence->waiting.items[i], false)) {
            keep(arena, headway, sequence->waiting.items[i], false);
        }
    }
    for (size_t i = 0; i < sequence->pending.count; i++) {
        if (is_further(headway, sequence->pending.items[i], true)) {
            keep(arena, headway, sequence->pending.items[i], true);
        }
    }
}

struct headway *headway_find(struct arena *arena, const struct gathering_group *group,
                             struct instant watermark)
{
    struct headway *headway = arena_alloc(arena, sizeof *headway);
    struct sequence sequence = {0};

    headway->rule = group->rule;
    headway->watermark = watermark;
    for (size_t i = 0; i < group->events.count; i++) {
        const struct held *event = group->events.items[i];
        if ((event->entries & group->rule->counted) == 0) {
            continue;
        }
        sequence_conclude(&sequence, group->rule, watermark, event->is.time, on_found, headway);
        sequence_feed(&sequence, group->rule, event, watermark, on_found, headway);
        look(arena, headway, &sequence, event);
    }
    sequence_conclude(&sequence, group->rule, watermark, INSTANT_MAX, on_found, headway);
    headway->alive = headway->alive && is_there(headway, &sequence);
    sequence_free(&sequence);
    return headway;
}

void headway_wait(struct text *seen, struct instant watermark, struct instant until)
{
    char now[INSTANT_TEXT_SIZE];
    char then[INSTANT_TEXT_SIZE];

    text_format(seen, "waits until %s; the watermark is at %s", instant_format(until, then),
                watermark.ms == INSTANT_MIN.ms ? "no time yet"
                                               : instant_format(watermark, now));
}

static void add_events(const struct headway *headway, size_t step, struct text *seen)
{
    char at[INSTANT_TEXT_SIZE];
    const char *before = "";

    for (size_t i = 0; i < headway->count; i++) {
        if (headway->steps[i] == step) {
            text_format(seen, "%s%.*s at %s", before, SLICE_ARGS(headway->events[i]->is.id),
                        instant_format(headway->events[i]->is.time, at));
            before = ", ";
        }
    }
}

/* The step that nobody came beyond. */
static enum nearmiss_state stopped(const struct headway *headway, struct text *seen)
{
    const bool passed = !instant_before(headway->watermark, headway->end);
    char at[INSTANT_TEXT_SIZE];

    if (headway->gathered > 0) {
        text_format(seen, "%zu so far; ", headway->gathered);
    }
    if (headway->broken_by != NULL) {
        text_format(seen, "%.*s at %s ended it", SLICE_ARGS(headway->broken_by->is.id),
                    instant_format(headway->broken_by->is.time, at));
        return NEARMISS_UNMET;
    }
    if (headway->alive && !passed) {
        headway_wait(seen, headway->watermark, headway->end);
        return NEARMISS_WAITING;
    }
    text_format(seen, "none until %s", instant_format(headway->end, at));
    return NEARMISS_UNMET;
}

/* What must not be: it has its answer when the step after it is met, or by the watermark. */
static enum nearmiss_state absent(const struct headway *headway, size_t step, struct text *seen)
{
    if (headway->found > 0 || step + 1 < headway->step) {
        text_add(seen, SLICE("none"));
        return NEARMISS_MET;
    }
    if (step + 1 == headway->step && headway->step < headway->rule->steps_count) {
        text_add(seen, headway->broken_by != NULL ? SLICE("there was one") : SLICE("none yet"));
        return headway->broken_by != NULL ? NEARMISS_UNMET : NEARMISS_WAITING;
    }
    if (headway->step == headway->rule->steps_count) {
        return stopped(headway, seen);
    }
    text_add(seen, SLICE("it did not come to this"));
    return NEARMISS_UNMET;
}

enum nearmiss_state headway_step(const struct headway *headway, size_t step, struct text *seen)
{
    if (headway->first == NULL && headway->found == 0) {
        text_add(seen, step == 0 ? SLICE("none") : SLICE("it did not come to this"));
        return NEARMISS_UNMET;
    }
    if (headway->rule->steps[step].absent) {
        return absent(headway, step, seen);
    }
    if (headway->found > 0 && headway->first == NULL) {
        text_add(seen, SLICE("met"));
        return NEARMISS_MET;
    }
    if (step < headway->step || headway->found > 0) {
        add_events(headway, step, seen);
        text_add(seen, seen->size == 0 ? SLICE("met") : SLICE(""));
        return NEARMISS_MET;
    }
    if (step == headway->step) {
        return stopped(headway, seen);
    }
    text_add(seen, SLICE("it did not come to this"));
    return NEARMISS_UNMET;
}
