#include "seinpost/correlate/cell_image.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/correlate/cell_body.h"
#include "seinpost/correlate/course_image.h"
#include "seinpost/correlate/progress_image.h"
#include "seinpost/correlate/tuples.h"

/* The cell's events as its groups point to them. */
struct events {
    VECTOR(const struct held *) items;
    size_t settled; /* the first so many are */
};

static struct events events_of(const struct cell *cell)
{
    struct events events = {.settled = 0};

    for (size_t i = 0; i < cell->members.count; i++) {
        const struct held *held = timeline_at(&cell->members, i);
        VECTOR_PUSH(&events.items, held);
        events.settled += instant_before(cell->settled_at, held->is.time) ? 0 : 1;
    }
    return events;
}

static struct progress_events settled_of(const struct events *events)
{
    return (struct progress_events){events->items.items, events->settled};
}

static struct progress_events all_of(const struct events *events)
{
    return (struct progress_events){events->items.items, events->items.count};
}

static void save_member(const struct held *held, const struct rule *rule, struct image *image)
{
    const uint32_t *groups = NULL;
    const size_t count = held_groups(held, &groups);

    held_save(held, rule, image);
    binary_put_long(image->to, (int64_t)count);
    for (size_t i = 0; i < count; i++) {
        binary_put_long(image->to, groups[i]);
    }
}

static void save_groups(const struct cell *cell, struct image *image)
{
    binary_put_long(image->to, (int64_t)cell->groups.count);
    for (size_t i = 0; i < cell->groups.count; i++) {
        for (size_t j = 0; j < cell->rule->group_count; j++) {
            image_put_value(image, &cell->groups.items[i]->values[j]);
        }
    }
}

void cell_image_save(const struct cell *cell, struct image *image)
{
    struct events events = events_of(cell);
    const struct progress_events settled = settled_of(&events);
    const struct progress_events all = all_of(&events);

    binary_put_text(image->to, cell->key);
    binary_put_long(image->to, cell->settled_at.ms);
    save_groups(cell, image);
    binary_put_long(image->to, (int64_t)cell->members.count);
    for (size_t i = 0; i < cell->members.count; i++) {
        save_member(timeline_at(&cell->members, i), cell->rule, image);
    }
    for (size_t i = 0; i < cell->groups.count; i++) {
        const struct group *group = cell->groups.items[i];
        progress_image_save(&group->settled, cell->rule, &settled, image);
        progress_image_save(&group->head, cell->rule, &all, image);
    }
    course_image_save(&cell->settled, cell->rule, image);
    course_image_save(&cell->head, cell->rule, image);
    VECTOR_FREE(&events.items);
}

static void load_groups(struct cell *cell, struct image_reader *reader)
{
    const struct rule *rule = cell->rule;
    const size_t count = image_get_count(reader);
    struct value values[RULE_GROUP_MAX + 1];

    for (size_t i = 0; i < count && image_is_good(reader); i++) {
        struct text key = {0};
        for (size_t j = 0; j < rule->group_count; j++) {
            values[j] = image_get_value(reader);
            if (values[j].type == VALUE_LIST) { /* a group has one value of each */
                image_spoil(reader);
                return;
            }
        }
        group_key(rule, values, &key);
        VECTOR_PUSH(&cell->groups, group_new(rule, values, text_slice(&key)));
        text_free(&key);
    }
}

/* The groups of an event: they take it in, too. */
static void load_member(struct cell *cell, struct held *held, struct image_reader *reader)
{
    uint32_t groups[TUPLES_MAX];
    const size_t count = image_get_index(reader, TUPLES_MAX + 1);

    timeline_insert(&cell->members, cell->members.count, held);
    for (size_t i = 0; i < count; i++) {
        groups[i] = (uint32_t)image_get_index(reader, cell->groups.count);
        if (!image_is_good(reader)) {
            return;
        }
        group_insert(cell->groups.items[groups[i]], cell->rule, held);
    }
    if (count == 0) {
        image_spoil(reader);
        return;
    }
    held_join(held, groups, count);
}

/* Each event comes after the one before it. */
static void load_members(struct cell *cell, struct image_reader *reader)
{
    const size_t count = image_get_count(reader);
    const struct held *before = NULL;

    for (size_t i = 0; i < count && image_is_good(reader); i++) {
        struct held *held = held_load(cell->rule, reader);
        if (held == NULL) {
            return;
        }
        if (before != NULL && event_compare(&before->is, &held->is) >= 0) {
            held_free(held);
            image_spoil(reader);
            return;
        }
        load_member(cell, held, reader);
        before = held;
    }
}

/* How many of the group's events were fed follows from how far it is settled: all are fed to
 * the head. */
static void load_progress(struct cell *cell, struct image_reader *reader)
{
    struct events events = events_of(cell);
    const struct progress_events settled = settled_of(&events);
    const struct progress_events all = all_of(&events);

    for (size_t i = 0; i < cell->groups.count && image_is_good(reader); i++) {
        struct group *group = cell->groups.items[i];
        progress_image_load(&group->settled, cell->rule, &settled, reader);
        progress_image_load(&group->head, cell->rule, &all, reader);
        group->head.fed = group->settled.fed = group->events.count;
        while (group->settled.fed > 0 &&
               instant_before(cell->settled_at,
                              timeline_at(&group->events, group->settled.fed - 1)->is.time)) {
            group->settled.fed--;
        }
        if (cell->rule->class == RULE_LINK &&
            (group->settled.joining.cases.count != group->settled.fed ||
             group->head.joining.cases.count != group->head.fed)) {
            image_spoil(reader);
        }
    }
    VECTOR_FREE(&events.items);
}

/* How many alerts may have places in a course: a link makes them as they come. */
static size_t places_of(const struct cell *cell)
{
    return cell->rule->class == RULE_LINK ? JOINING_CASES_MAX : cell->groups.count;
}

struct cell *cell_image_load(const struct rule *rule, struct instant settled_max,
                             struct image_reader *reader)
{
    struct cell *cell = cell_new(rule, binary_get_text(&reader->bytes));

    cell->settled_at.ms = binary_get_long(&reader->bytes);
    load_groups(cell, reader);
    load_members(cell, reader);
    load_progress(cell, reader);
    course_image_load(&cell->settled, rule, places_of(cell), reader);
    course_image_load(&cell->head, rule, places_of(cell), reader);
    if (!image_is_good(reader) || instant_before(settled_max, cell->settled_at)) {
        image_spoil(reader);
        cell_free(cell);
        return NULL;
    }
    return cell;
}
