#include "seinpost/correlate/progress_image.h"

#include "seinpost/base/ensure.h"
#include "seinpost/correlate/partial.h"

static size_t index_of(const struct progress_events *events, const struct held *held)
{
    size_t low = 0;
    size_t high = events->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (event_compare(&events->items[middle]->is, &held->is) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    ENSURE(low < events->count && events->items[low] == held);
    return low;
}

static void save_list(const struct held *const *items, size_t count,
                      const struct progress_events *events, struct image *image)
{
    binary_put_long(image->to, (int64_t)count);
    for (size_t i = 0; i < count; i++) {
        binary_put_long(image->to, (int64_t)index_of(events, items[i]));
    }
}

static void save_partials(struct partial *const *items, size_t count,
                          const struct progress_events *events, struct image *image)
{
    binary_put_long(image->to, (int64_t)count);
    for (size_t i = 0; i < count; i++) {
        const struct partial *partial = items[i];
        binary_put_long(image->to, (int64_t)partial->step);
        save_list(partial->events.items, partial->events.count, events, image);
        for (size_t j = 0; j < partial->steps.count; j++) {
            binary_put_long(image->to, (int64_t)partial->steps.items[j]);
        }
        save_list(partial->gathered.items, partial->gathered.count, events, image);
        binary_put_long(image->to, partial->proven.ms);
    }
}

static void save_cases(const struct joining *joining, struct image *image)
{
    binary_put_long(image->to, (int64_t)joining->cases.count);
    for (size_t i = 0; i < joining->cases.count; i++) {
        binary_put_long(image->to, joining->cases.items[i] == JOINING_NONE
                                       ? 0
                                       : (int64_t)joining->cases.items[i] + 1);
    }
}

void progress_image_save(const struct group_progress *progress, const struct rule *rule,
                         const struct progress_events *events, struct image *image)
{
    const struct sequence *sequence = &progress->sequence;

    switch (rule->class) {
    case RULE_SEQUENCE:
        save_partials(sequence->waiting.items, sequence->waiting.count, events, image);
        save_partials(sequence->pending.items, sequence->pending.count, events, image);
        save_list(sequence->starting.items, sequence->starting.count, events, image);
        binary_put_bool(image->to, sequence->capped);
        break;
    case RULE_ABSENCE:
        save_list(progress->absence.waiting.items, progress->absence.waiting.count, events,
                  image);
        binary_put_long(image->to, progress->absence.answered.ms);
        break;
    case RULE_COUNTING:
    case RULE_SCORE:
        binary_put_long(image->to, progress->session.from.ms);
        binary_put_long(image->to, progress->session.last.ms);
        binary_put_long(image->to, (int64_t)progress->session.count);
        break;
    case RULE_LINK:
        save_cases(&progress->joining, image);
        break;
    case RULE_SINGLE:
    case RULE_VELOCITY:
    case RULE_CHANGE:
    case RULE_FIRST_SEEN:
        break;
    }
}

struct held_list {
    VECTOR(const struct held *) items;
};

/* Whoever gets the list owns its memory: the vectors that it goes to have no type of their own.
 */
#define TAKE_OVER(vector, list)                                                                \
    do {                                                                                       \
        (vector)->items = (list).items.items;                                                  \
        (vector)->count = (list).items.count;                                                  \
        (vector)->room = (list).items.room;                                                    \
    } while (0)

/* Reads a list of events, each after the one before it. */
static struct held_list load_list(const struct progress_events *events,
                                  struct image_reader *reader)
{
    struct held_list list = {{0}};
    const size_t count = image_get_index(reader, events->count + 1);
    size_t least = 0;

    for (size_t i = 0; i < count; i++) {
        const size_t index = image_get_index(reader, events->count);
        if (!image_is_good(reader) || index < least) {
            image_spoil(reader);
            break;
        }
        VECTOR_PUSH(&list.items, events->items[index]);
        least = index + 1;
    }
    return list;
}

/* It waits at a step, or has met all of them. */
static struct partial *load_partial(const struct rule *rule,
                                    const struct progress_events *events,
                                    struct image_reader *reader)
{
    struct partial *partial = partial_new();

    partial->step = image_get_index(reader, rule->steps_count + 1);
    const struct held_list met = load_list(events, reader);
    TAKE_OVER(&partial->events, met);
    for (size_t i = 0; i < partial->events.count; i++) {
        VECTOR_PUSH(&partial->steps, image_get_index(reader, rule->steps_count));
    }
    const struct held_list gathered = load_list(events, reader);
    TAKE_OVER(&partial->gathered, gathered);
    partial->proven.ms = binary_get_long(&reader->bytes);
    if (partial->events.count == 0) {
        image_spoil(reader);
    }
    return partial;
}

/* Nothing of it may be forgotten before itself. */
static bool is_held(const struct rule *rule, const struct partial *partial)
{
    const struct held *first = partial_first(partial);
    const struct instant end = instant_add(first->is.time, rule_horizon_ms(rule));

    return (partial->gathered.count == 0 ||
            event_compare(&partial->gathered.items[0]->is, &first->is) >= 0) &&
           !instant_before(end, partial->proven);
}

static void load_sequence(struct sequence *sequence, const struct rule *rule,
                          const struct progress_events *events, struct image_reader *reader)
{
    for (size_t count = image_get_count(reader); count > 0; count--) {
        struct partial *partial = load_partial(rule, events, reader);
        VECTOR_PUSH(&sequence->waiting, partial);
        if (!image_is_good(reader) || partial->step == rule->steps_count ||
            !is_held(rule, partial)) {
            image_spoil(reader);
            return;
        }
    }
    for (size_t count = image_get_count(reader); count > 0; count--) {
        struct partial *partial = load_partial(rule, events, reader);
        VECTOR_PUSH(&sequence->pending, partial);
        if (!image_is_good(reader) || !is_held(rule, partial)) {
            image_spoil(reader);
            return;
        }
    }
    const struct held_list starting = load_list(events, reader);
    TAKE_OVER(&sequence->starting, starting);
    sequence->capped = binary_get_bool(&reader->bytes);
}

static void load_absence(struct absence *absence, const struct progress_events *events,
                         struct image_reader *reader)
{
    const struct held_list waiting = load_list(events, reader);

    TAKE_OVER(&absence->waiting, waiting);
    absence->answered.ms = binary_get_long(&reader->bytes);
}

/* A case has a place for itself; there are no more of them than events and a few that are
 * over. */
static void load_cases(struct joining *joining, size_t events, struct image_reader *reader)
{
    const size_t count = image_get_index(reader, events + 1);

    for (size_t i = 0; i < count && image_is_good(reader); i++) {
        const size_t place = image_get_index(reader, JOINING_CASES_MAX + 1);
        VECTOR_PUSH(&joining->cases, place == 0 ? JOINING_NONE : place - 1);
    }
}

void progress_image_load(struct group_progress *progress, const struct rule *rule,
                         const struct progress_events *events, struct image_reader *reader)
{
    switch (rule->class) {
    case RULE_SEQUENCE:
        load_sequence(&progress->sequence, rule, events, reader);
        break;
    case RULE_ABSENCE:
        load_absence(&progress->absence, events, reader);
        break;
    case RULE_COUNTING:
    case RULE_SCORE:
        progress->session.from.ms = binary_get_long(&reader->bytes);
        progress->session.last.ms = binary_get_long(&reader->bytes);
        progress->session.count = image_get_index(reader, SIZE_MAX);
        break;
    case RULE_LINK:
        load_cases(&progress->joining, events->count, reader);
        break;
    case RULE_SINGLE:
    case RULE_VELOCITY:
    case RULE_CHANGE:
    case RULE_FIRST_SEEN:
        break;
    }
}
