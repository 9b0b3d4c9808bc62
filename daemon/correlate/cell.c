#include "seinpost/correlate/cell.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/correlate/cell_body.h"

#include <string.h>

struct cell *cell_new(const struct rule *rule, struct slice key)
{
    struct cell *cell = calloc(1, sizeof *cell + key.size);

    ENSURE_MEMORY(cell != NULL);
    cell->rule = rule;
    cell->settled_at = INSTANT_MIN;
    cell->key = (struct slice){memcpy(cell + 1, key.data, key.size), key.size};
    return cell;
}

static void free_member(struct cell_member *member)
{
    held_free(member->held);
    free(member->groups);
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
        free_member(&cell->members.items[i]);
    }
    VECTOR_FREE(&cell->members);
    VECTOR_FREE(&cell->groups);
    course_free(&cell->settled);
    course_free(&cell->head);
    free(cell);
}

void cell_rebind(struct cell *cell, const struct rule *rule)
{
    cell->rule = rule;
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

/* The group that has something to conclude first; of several the first by its key. */
static struct instant first_due(const struct cell *cell, bool settled, size_t *first)
{
    struct instant due = INSTANT_MAX;

    for (size_t i = 0; i < cell->groups.count; i++) {
        const struct group *group = cell->groups.items[i];
        const struct instant own = group_due(cell->rule, group, settled);
        const int order = instant_compare(own, due);
        if (order < 0 || (order == 0 && own.ms != INSTANT_MAX.ms &&
                          slice_compare(group->key, cell->groups.items[*first]->key) < 0)) {
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

static void feed(struct cell *cell, struct group_feeding *feeding,
                 const struct cell_member *member)
{
    conclude(cell, feeding, member->held->is.time);
    for (size_t i = 0; i < member->groups_count; i++) {
        turn_to(cell, feeding, member->groups[i]);
        group_feed(feeding, member->held);
    }
}

/* Index of the first event after `instant`. */
static size_t first_after(const struct cell *cell, struct instant instant)
{
    size_t i = cell->members.count;

    while (i > 0 && instant_before(instant, cell->members.items[i - 1].held->is.time)) {
        i--;
    }
    return i;
}

/* Goes from the settled course through all later events once more. */
static void rebuild(struct cell *cell, struct instant watermark)
{
    struct group_feeding feeding = feeding_of(cell, false, watermark);

    cell->head = course_copy(&cell->settled);
    for (size_t i = 0; i < cell->groups.count; i++) {
        group_restart(cell->groups.items[i]);
    }
    for (size_t i = first_after(cell, cell->settled_at); i < cell->members.count; i++) {
        feed(cell, &feeding, &cell->members.items[i]);
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

static size_t insertion_index(const struct cell *cell, const struct event_reference *is)
{
    size_t i = cell->members.count;

    while (i > 0 && event_compare(&cell->members.items[i - 1].held->is, is) > 0) {
        i--;
    }
    return i;
}

static void remove_from_groups(struct cell *cell, const struct cell_member *member)
{
    for (size_t i = 0; i < member->groups_count; i++) {
        group_remove(cell->groups.items[member->groups[i]], cell->rule, member->held);
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
static void sort_groups(const struct cell *cell, struct cell_member *member)
{
    for (size_t i = 1; i < member->groups_count; i++) {
        const size_t group = member->groups[i];
        size_t at = i;
        while (at > 0 &&
               compare_groups(cell->rule, cell->groups.items[member->groups[at - 1]]->values,
                              cell->groups.items[group]->values) > 0) {
            member->groups[at] = member->groups[at - 1];
            at--;
        }
        member->groups[at] = group;
    }
}

static struct cell_member member_new(struct cell *cell, const struct cell_event *event)
{
    struct cell_member member = {.held = event->held, .groups_count = event->groups_count};

    member.groups = calloc(event->groups_count + 1, sizeof *member.groups);
    ENSURE_MEMORY(member.groups != NULL);
    for (size_t i = 0; i < event->groups_count; i++) {
        member.groups[i] = group_of(cell, event->groups + i * cell->rule->group_count);
        group_insert(cell->groups.items[member.groups[i]], cell->rule, event->held);
    }
    sort_groups(cell, &member);
    return member;
}

/* Index of the event of the same source and id, or the count. One that is further away than the
 * rule looks is another event, whether the cell still knows the first or not. */
static size_t find_same(const struct cell *cell, const struct event_reference *is)
{
    size_t i = cell->members.count;

    while (i > 0) {
        const struct event_reference *other = &cell->members.items[--i].held->is;
        if (event_same(other, is) &&
            instant_distance(other->time, is->time) <= cell->rule->retold_ms) {
            return i;
        }
    }
    return cell->members.count;
}

static void remove_member(struct cell *cell, size_t index)
{
    remove_from_groups(cell, &cell->members.items[index]);
    free_member(&cell->members.items[index]);
    VECTOR_REMOVE(&cell->members, index, 1);
}

/* Takes out an event that is told again as standing before where it stood. Returns false when
 * it is to be left as it is: the one that stands first counts. */
static bool give_way(struct cell *cell, size_t same, const struct event_reference *is)
{
    const struct event_reference *other = &cell->members.items[same].held->is;

    if (event_compare(other, is) <= 0 || !instant_before(cell->settled_at, other->time)) {
        return false;
    }
    remove_member(cell, same);
    return true;
}

void cell_add(struct cell *cell, struct cell_event event, struct instant watermark,
              cell_tell *tell_change, void *context)
{
    const struct event_reference *is = &event.held->is;
    const size_t same = find_same(cell, is);
    const bool again = same < cell->members.count;

    if (again && !give_way(cell, same, is)) {
        held_free(event.held);
        return;
    }
    const size_t index = insertion_index(cell, is);
    const bool late = again || index < cell->members.count;
    VECTOR_INSERT(&cell->members, index, member_new(cell, &event));
    struct telling telling = telling_of(cell, tell_change, context);
    telling.watermark = watermark;
    telling.cause = is->time;
    telling.late = late;
    if (late ||
        !instant_before(watermark, is->time)) { /* what is concluded may not follow now */
        rebuild_and_tell(cell, &telling);
        return;
    }
    struct group_feeding feeding = feeding_of(cell, false, watermark);
    feed(cell, &feeding, &cell->members.items[index]);
    telling_course(&telling, &cell->head);
}

void cell_withdraw(struct cell *cell, const struct event_reference *is,
                   struct instant watermark, cell_tell *tell_change, void *context)
{
    const size_t index = find_same(cell, is);
    struct telling telling = telling_of(cell, tell_change, context);

    telling.watermark = watermark;
    telling.cause = is->time;
    telling.late = true;

    if (index == cell->members.count ||
        event_compare(&cell->members.items[index].held->is, is) != 0 ||
        !instant_before(cell->settled_at, is->time)) {
        return;
    }
    /* the head's partials point to it: it goes when the head has been rebuilt without it */
    struct cell_member member = cell->members.items[index];
    remove_from_groups(cell, &member);
    VECTOR_REMOVE(&cell->members, index, 1);
    rebuild_and_tell(cell, &telling);
    free_member(&member);
}

/* Events further back than the longest window cannot matter to any later one. */
static void prune(struct cell *cell)
{
    const struct instant from = instant_add(cell->settled_at, -rule_horizon_ms(cell->rule));
    size_t old = 0;

    while (old < cell->members.count &&
           instant_before(cell->members.items[old].held->is.time, from)) {
        old++;
    }
    for (size_t i = 0; old > 0 && i < cell->groups.count; i++) {
        const struct group *group = cell->groups.items[i];
        size_t count = 0;
        while (count < group->events.count &&
               instant_before(group->events.items[count]->is.time, from)) {
            count++;
        }
        group_forget(cell->groups.items[i], cell->rule, count, cell->settled_at);
    }
    for (size_t i = 0; i < old; i++) {
        free_member(&cell->members.items[i]);
    }
    VECTOR_REMOVE(&cell->members, 0, old);
}

/* Takes the settled course up to the watermark, which no event can come before any more. */
static void settle(struct cell *cell, struct instant watermark)
{
    struct group_feeding feeding = feeding_of(cell, true, watermark);
    const size_t end = first_after(cell, watermark);

    if (!instant_before(cell->settled_at, watermark)) {
        return;
    }
    for (size_t i = first_after(cell, cell->settled_at); i < end; i++) {
        feed(cell, &feeding, &cell->members.items[i]);
    }
    conclude(cell, &feeding, INSTANT_MAX);
    cell->settled_at = watermark;
    course_forget(&cell->settled, cell->rule, watermark, NULL);
    course_forget(&cell->head, cell->rule, watermark, &cell->settled);
    prune(cell);
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
        const struct instant oldest = cell->members.items[0].held->is.time;
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
