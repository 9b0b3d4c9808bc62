#include "seinpost/correlate/cell.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/correlate/cell_body.h"
#include "seinpost/correlate/tuples.h"

#include <string.h>

enum {
    ROSTER_FROM = 24, /* events; fewer are looked through */
    SETTLE_FROM = 64  /* events that could be settled, before a late one has them fed again */
};

struct cell *cell_new(const struct rule *rule, struct slice key)
{
    struct cell *cell = calloc(1, sizeof *cell + key.size);

    ENSURE_MEMORY(cell != NULL);
    cell->rule = rule;
    cell->settled_at = INSTANT_MIN;
    cell->key = (struct slice){memcpy(cell + 1, key.data, key.size), key.size};
    return cell;
}

void cell_free(struct cell *cell)
{
    if (cell == NULL) {
        return;
    }
    ENSURE(cell->node.position == 0);
    for (size_t i = 0; i < cell->groups.count; i++) {
        group_free(cell->groups.items[i]);
    }
    for (size_t i = 0; i < cell->members.count; i++) {
        held_free(timeline_at(&cell->members, i));
    }
    timeline_free(&cell->members);
    roster_free(cell->roster);
    VECTOR_FREE(&cell->groups);
    course_free(&cell->settled);
    course_free(&cell->head);
    free(cell);
}

void cell_rebind(struct cell *cell, const struct rule *rule)
{
    if (cell->rule == rule) {
        return;
    }
    cell->rule = rule;
    for (size_t i = 0; i < cell->groups.count; i++) {
        group_rebind(cell->groups.items[i]);
    }
}

struct slice cell_key(const struct cell *cell)
{
    return cell->key;
}

struct heap_node *cell_node(struct cell *cell)
{
    return &cell->node;
}

struct cell *cell_of_node(struct heap_node *node)
{
    return (struct cell *)(void *)node;
}

bool cell_first(const struct heap_node *a, const struct heap_node *b)
{
    const struct cell *left = (const struct cell *)(const void *)a;
    const struct cell *right = (const struct cell *)(const void *)b;

    return slice_compare(left->key, right->key) < 0;
}

size_t cell_events_count(const struct cell *cell)
{
    return cell->members.count;
}

static size_t group_of(struct cell *cell, const struct value *values)
{
    struct text text = {0};
    size_t i = 0;

    group_key(cell->rule, values, &text);
    while (i < cell->groups.count &&
           !slice_equal(cell->groups.items[i]->key, text_slice(&text))) {
        i++;
    }
    if (i == cell->groups.count) {
        VECTOR_PUSH(&cell->groups, group_new(cell->rule, values, text_slice(&text)));
    }
    text_free(&text);
    return i;
}

static struct group_feeding feeding_of(struct cell *cell, bool settled,
                                       struct instant watermark)
{
    return (struct group_feeding){
        .rule = cell->rule,
        .course = settled ? &cell->settled : &cell->head,
        .settled = settled,
        .watermark = watermark,
    };
}

static void turn_to(struct cell *cell, struct group_feeding *feeding, size_t index)
{
    feeding->group = cell->groups.items[index];
    feeding->index = index;
}

/* Of two groups that have something to conclude at one instant the one whose event comes first
 * in content order, then the lesser by its key. */
static bool is_due_first(const struct cell *cell, bool settled, const struct group *group,
                         const struct group *other)
{
    const struct held *event = group_due_event(cell->rule, group, settled);
    const struct held *others = group_due_event(cell->rule, other, settled);
    const int order = event_compare(&event->is, &others->is);

    return order < 0 || (order == 0 && slice_compare(group->key, other->key) < 0);
}

/* The group that has something to conclude first. */
static struct instant first_due(const struct cell *cell, bool settled, size_t *first)
{
    struct instant due = INSTANT_MAX;

    for (size_t i = 0; i < cell->groups.count; i++) {
        const struct group *group = cell->groups.items[i];
        const struct instant own = group_due(cell->rule, group, settled);
        const int order = instant_compare(own, due);
        if (order < 0 || (order == 0 && own.ms != INSTANT_MAX.ms &&
                          is_due_first(cell, settled, group, cell->groups.items[*first]))) {
            due = own;
            *first = i;
        }
    }
    return due;
}

/* Concludes what is over before `before`, and proven, in the order of its time. */
static void conclude(struct cell *cell, struct group_feeding *feeding, struct instant before)
{
    for (;;) {
        size_t group = 0;
        const struct instant due = first_due(cell, feeding->settled, &group);
        if (!instant_before(due, before) || instant_before(feeding->watermark, due)) {
            return;
        }
        turn_to(cell, feeding, group);
        group_conclude(feeding, due);
    }
}

static void feed(struct cell *cell, struct group_feeding *feeding, const struct held *held)
{
    const uint32_t *groups = NULL;
    const size_t count = held_groups(held, &groups);

    conclude(cell, feeding, held->is.time);
    for (size_t i = 0; i < count; i++) {
        turn_to(cell, feeding, groups[i]);
        group_feed(feeding, held);
    }
}

/* Goes from the settled course through all later events once more. */
static void rebuild(struct cell *cell, struct instant watermark)
{
    struct group_feeding feeding = feeding_of(cell, false, watermark);

    cell->head = course_copy(&cell->settled);
    for (size_t i = 0; i < cell->groups.count; i++) {
        group_restart(cell->groups.items[i]);
    }
    for (size_t i = timeline_after(&cell->members, cell->settled_at); i < cell->members.count;
         i++) {
        feed(cell, &feeding, timeline_at(&cell->members, i));
    }
    conclude(cell, &feeding, INSTANT_MAX);
}

static struct telling telling_of(const struct cell *cell, cell_tell *tell, void *context)
{
    return (struct telling){.rule = cell->rule,
                            .groups = cell->groups.items,
                            .tell = tell,
                            .context = context,
                            .cause = INSTANT_MIN};
}

static void rebuild_and_tell(struct cell *cell, struct telling *telling)
{
    struct course before = cell->head;

    rebuild(cell, telling->watermark);
    telling_difference(telling, &cell->head, &before);
    course_free(&before);
}

void cell_each_open(struct cell *cell, cell_tell *tell_change, void *context)
{
    const struct telling telling = telling_of(cell, tell_change, context);

    telling_open(&telling, &cell->head);
}

bool cell_unsaid(const struct cell *cell)
{
    return course_unsaid(&cell->head);
}

static void remove_from_groups(struct cell *cell, const struct held *held)
{
    const uint32_t *groups = NULL;
    const size_t count = held_groups(held, &groups);

    for (size_t i = 0; i < count; i++) {
        group_remove(cell->groups.items[groups[i]], cell->rule, held);
    }
}

static int compare_groups(const struct rule *rule, const struct value *a, const struct value *b)
{
    int order = 0;

    for (size_t i = 0; order == 0 && i < rule->group_count; i++) {
        order = value_compare(&a[i], &b[i]);
    }
    return order;
}

/* Of an event's groups the smallest comes first: which of them opens and which is suppressed is
 * not to hang on how the partner ordered a list. */
static void sort_groups(const struct cell *cell, uint32_t *groups, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const uint32_t group = groups[i];
        size_t at = i;
        while (at > 0 && compare_groups(cell->rule, cell->groups.items[groups[at - 1]]->values,
                                        cell->groups.items[group]->values) > 0) {
            groups[at] = groups[at - 1];
            at--;
        }
        groups[at] = group;
    }
}

static void join_groups(struct cell *cell, const struct cell_event *event)
{
    uint32_t groups[TUPLES_MAX];

    ENSURE(event->groups_count <= TUPLES_MAX);
    for (size_t i = 0; i < event->groups_count; i++) {
        groups[i] = (uint32_t)group_of(cell, event->groups + i * cell->rule->group_count);
        group_insert(cell->groups.items[groups[i]], cell->rule, event->held);
    }
    sort_groups(cell, groups, event->groups_count);
    held_join(event->held, groups, event->groups_count);
}

/* The event of the same source and id, or NULL. One that is further away than the rule looks is
 * another event, whether the cell still knows the first or not. */
static struct held *find_same(const struct cell *cell, const struct event_reference *is)
{
    if (cell->roster != NULL) {
        return roster_find(cell->roster, is, cell->rule->retold_ms);
    }
    const size_t index = timeline_find(&cell->members, is, cell->rule->retold_ms);
    return index < cell->members.count ? timeline_at(&cell->members, index) : NULL;
}

static void enter(struct cell *cell, size_t index, struct held *held)
{
    timeline_insert(&cell->members, index, held);
    if (cell->roster != NULL) {
        roster_add(cell->roster, held);
    } else if (cell->members.count >= ROSTER_FROM) {
        cell->roster = roster_new(&cell->members);
    }
}

/* Of the cell only: the groups may know it still. */
static void leave(struct cell *cell, struct held *held)
{
    const size_t index = timeline_index(&cell->members, &held->is);

    ENSURE(timeline_at(&cell->members, index) == held);
    timeline_remove(&cell->members, index);
    if (cell->roster != NULL) {
        roster_remove(cell->roster, held);
    }
}

/* Is an event that is told again, as standing before where it stood, to give way? The one that
 * stands first counts. */
static bool gives_way(const struct cell *cell, const struct held *same,
                      const struct event_reference *is)
{
    return event_compare(&same->is, is) > 0 && instant_before(cell->settled_at, same->is.time);
}

/* Takes an event out. The head's partials still point to it: it is freed when the head has been
 * rebuilt without it. */
static void take_out(struct cell *cell, struct held *held)
{
    remove_from_groups(cell, held);
    leave(cell, held);
}

/* Events further back than the longest window cannot matter to any later one. */
static void prune(struct cell *cell)
{
    const struct instant from = instant_add(cell->settled_at, -rule_horizon_ms(cell->rule));
    const size_t old = timeline_after(&cell->members, instant_add(from, -1));

    for (size_t i = 0; old > 0 && i < cell->groups.count; i++) {
        struct group *group = cell->groups.items[i];
        group_forget(group, cell->rule, timeline_after(&group->events, instant_add(from, -1)),
                     cell->settled_at);
    }
    for (size_t i = 0; i < old; i++) {
        struct held *held = timeline_at(&cell->members, i);
        if (cell->roster != NULL) {
            roster_remove(cell->roster, held);
        }
        held_free(held);
    }
    timeline_forget(&cell->members, old);
}

/* Takes the settled course up to the watermark, which no event can come before any more. */
static void settle(struct cell *cell, struct instant watermark)
{
    struct group_feeding feeding = feeding_of(cell, true, watermark);
    const size_t end = timeline_after(&cell->members, watermark);

    if (!instant_before(cell->settled_at, watermark)) {
        return;
    }
    for (size_t i = timeline_after(&cell->members, cell->settled_at); i < end; i++) {
        feed(cell, &feeding, timeline_at(&cell->members, i));
    }
    conclude(cell, &feeding, INSTANT_MAX);
    cell->settled_at = watermark;
    course_forget(&cell->settled, cell->rule, watermark, NULL);
    course_forget(&cell->head, cell->rule, watermark, &cell->settled);
    prune(cell);
}

/* Before the head goes through all that is not settled: much of it may be. */
static void settle_much(struct cell *cell, struct instant watermark)
{
    const size_t from = timeline_after(&cell->members, cell->settled_at);

    if (timeline_after(&cell->members, watermark) >= from + SETTLE_FROM) {
        settle(cell, watermark);
    }
}

static void put_in(struct cell *cell, const struct cell_event *event)
{
    join_groups(cell, event);
    enter(cell, timeline_index(&cell->members, &event->held->is), event->held);
}

void cell_add(struct cell *cell, struct cell_event event, struct instant watermark,
              cell_tell *tell_change, void *context)
{
    const struct event_reference *is = &event.held->is;
    struct held *same = find_same(cell, is);

    if (same != NULL && !gives_way(cell, same, is)) {
        held_free(event.held);
        return;
    }
    const bool late = same != NULL || timeline_index(&cell->members, is) < cell->members.count;
    /* what is concluded may not follow now */
    const bool rebuilds = late || !instant_before(watermark, is->time);
    if (rebuilds && event.settles) { /* while the head is of the very events that there are */
        settle_much(cell, watermark);
    }
    if (same != NULL) {
        take_out(cell, same);
    }
    put_in(cell, &event);
    struct telling telling = telling_of(cell, tell_change, context);
    telling.watermark = watermark;
    telling.cause = is->time;
    telling.late = late;
    if (rebuilds) {
        rebuild_and_tell(cell, &telling);
        held_free(same);
        return;
    }
    struct group_feeding feeding = feeding_of(cell, false, watermark);
    feed(cell, &feeding, event.held);
    telling_course(&telling, &cell->head);
}

void cell_withdraw(struct cell *cell, const struct event_reference *is,
                   struct instant watermark, cell_tell *tell_change, void *context)
{
    struct held *held = find_same(cell, is);
    struct telling telling = telling_of(cell, tell_change, context);

    telling.watermark = watermark;
    telling.cause = is->time;
    telling.late = true;

    if (held == NULL || event_compare(&held->is, is) != 0 ||
        !instant_before(cell->settled_at, is->time)) {
        return;
    }
    take_out(cell, held);
    rebuild_and_tell(cell, &telling);
    held_free(held);
}

void cell_advance(struct cell *cell, struct instant watermark, bool settles,
                  cell_tell *tell_change, void *context)
{
    size_t group = 0;
    const struct instant due = first_due(cell, false, &group);
    struct telling telling = telling_of(cell, tell_change, context);

    telling.watermark = watermark;
    telling.cause = INSTANT_MIN;
    if (instant_before(watermark, due)) {
        telling_course(&telling, &cell->head); /* closings */
    } else {
        rebuild_and_tell(cell, &telling);
    }
    if (settles) {
        settle(cell, watermark);
    }
}

struct instant cell_due(const struct cell *cell, struct instant watermark, bool settles)
{
    size_t group = 0;
    struct instant due = first_due(cell, false, &group);

    due = instant_least(due, course_due(&cell->head, watermark));
    if (!settles) {
        return due;
    }
    if (cell->members.count > 0) {
        const struct instant oldest = timeline_at(&cell->members, 0)->is.time;
        due = instant_least(due, instant_add(oldest, rule_horizon_ms(cell->rule) + 1));
    }
    if (cell->head.suppressing != NULL &&
        instant_before(watermark, cell->head.suppress_until)) {
        due = instant_least(due, cell->head.suppress_until);
    }
    return instant_latest(due, instant_add(watermark, 1));
}

bool cell_is_empty(const struct cell *cell)
{
    size_t group = 0;

    return cell->members.count == 0 && cell->head.episodes.count == 0 &&
           cell->settled.episodes.count == 0 &&
           first_due(cell, false, &group).ms == INSTANT_MAX.ms;
}
