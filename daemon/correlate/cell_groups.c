#include "seinpost/correlate/cell_groups.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"

#include <stdlib.h>

static void mark_course(const struct course *course, bool *used)
{
    for (size_t i = 0; i < course->episodes.count; i++) {
        used[course->episodes.items[i]->group] = true;
    }
    for (size_t i = 0; i < course->edges.count; i++) {
        const struct edge *edge = &course->edges.items[i];
        used[i] = used[i] || edge->open || edge->episode != NULL;
    }
}

static void mark_groups(const uint32_t *groups, size_t count, bool *used)
{
    for (size_t i = 0; i < count; i++) {
        used[groups[i]] = true;
    }
}

/* Finds the groups that no event, no alert and nothing that may become due knows of. */
static void sweep(struct cell *cell, const struct cell_groups *joined)
{
    const size_t count = cell->groups.count;
    bool *used = calloc(count, sizeof *used);
    const uint32_t *groups = NULL;

    ENSURE_MEMORY(used != NULL);
    for (size_t i = 0; i < cell->members.count; i++) {
        const size_t groups_count = held_groups(timeline_at(&cell->members, i), &groups);
        mark_groups(groups, groups_count, used);
    }
    mark_groups(joined->groups, joined->count, used);
    mark_course(&cell->settled, used);
    mark_course(&cell->head, used);
    cell->spare.count = 0;
    for (size_t i = count; i > 0; i--) {
        const struct group *group = cell->groups.items[i - 1];
        if (!used[i - 1] && group_due(cell->rule, group, true).ms == INSTANT_MAX.ms &&
            group_due(cell->rule, group, false).ms == INSTANT_MAX.ms) {
            VECTOR_PUSH(&cell->spare, (uint32_t)(i - 1));
        }
    }
    free(used);
    cell->swept = true;
}

static void forget_edge(struct course *course, size_t index)
{
    if (index < course->edges.count) {
        course->edges.items[index] = (struct edge){0};
    }
}

/* Returns the index of a group's place, or CELL_GROUPS_MAX: there is none. */
static size_t make_group(struct cell *cell, const struct value *values, struct slice key,
                         const struct cell_groups *joined)
{
    if (cell->groups.count < CELL_GROUPS_MAX) {
        VECTOR_PUSH(&cell->groups, group_new(cell->rule, values, key));
        return cell->groups.count - 1;
    }
    if (cell->spare.count == 0 && !cell->swept) {
        sweep(cell, joined);
    }
    if (cell->spare.count == 0) {
        return CELL_GROUPS_MAX;
    }
    const size_t index = cell->spare.items[--cell->spare.count];
    group_free(cell->groups.items[index]);
    cell->groups.items[index] = group_new(cell->rule, values, key);
    forget_edge(&cell->settled, index);
    forget_edge(&cell->head, index);
    return index;
}

static size_t group_of(struct cell *cell, const struct value *values,
                       const struct cell_groups *joined)
{
    struct text text = {0};
    size_t i = 0;

    group_key(cell->rule, values, &text);
    while (i < cell->groups.count &&
           !slice_equal(cell->groups.items[i]->key, text_slice(&text))) {
        i++;
    }
    if (i == cell->groups.count) {
        i = make_group(cell, values, text_slice(&text), joined);
    }
    text_free(&text);
    return i;
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

struct cell_groups cell_groups_find(struct cell *cell, const struct cell_event *event)
{
    struct cell_groups joined = {.count = 0};

    ENSURE(event->groups_count <= TUPLES_MAX);
    for (size_t i = 0; i < event->groups_count; i++) {
        const size_t group =
            group_of(cell, event->groups + i * cell->rule->group_count, &joined);
        if (group < CELL_GROUPS_MAX) {
            joined.groups[joined.count++] = (uint32_t)group;
        }
    }
    sort_groups(cell, joined.groups, joined.count);
    return joined;
}
