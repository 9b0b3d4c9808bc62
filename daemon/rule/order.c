#include "seinpost/rule/order.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"

enum {
    NAMES_MAX = 8 /* of one circle that are told */
};

/* One rule that reads the alerts of another. */
struct reader {
    struct build *build;
    const struct reader *next; /* who reads the same */
};

struct sorter {
    struct arena *arena;
    const struct reader **readers; /* by index of the rule that is read */
    size_t *waits;                 /* by index: for so many entries' rules */
    struct order order;
};

static void add_readers(struct sorter *sorter, struct build *build)
{
    const struct rule *rule = build->rule;

    for (size_t i = 0; i < rule->entries_count; i++) {
        const struct rule *made_by = build->entries[i].made_by;
        if (made_by == NULL) {
            continue;
        }
        struct reader *reader = arena_alloc(sorter->arena, sizeof *reader);
        *reader = (struct reader){build, sorter->readers[made_by->index]};
        sorter->readers[made_by->index] = reader;
        sorter->waits[rule->index]++;
    }
}

/* What is settled lets those go on that read it. */
static void release(struct sorter *sorter, const struct build *settled)
{
    const struct rule *rule = settled->rule;

    for (const struct reader *reader = sorter->readers[rule->index]; reader != NULL;
         reader = reader->next) {
        struct rule *reading = reader->build->rule;
        reading->depth = rule->depth + 1 > reading->depth ? rule->depth + 1 : reading->depth;
        if (--sorter->waits[reading->index] == 0) {
            sorter->order.builds[sorter->order.count++] = reader->build;
        }
    }
}

struct order order_make(struct arena *arena, struct build *const *builds, size_t count)
{
    struct sorter sorter = {
        .arena = arena,
        .readers = arena_alloc(arena, count * sizeof(const struct reader *)),
        .waits = arena_alloc(arena, count * sizeof(size_t)),
        .order = {.builds = arena_alloc(arena, count * sizeof(struct build *))},
    };

    for (size_t i = 0; i < count; i++) {
        add_readers(&sorter, builds[i]);
    }
    for (size_t i = 0; i < count; i++) {
        if (sorter.waits[i] == 0) {
            sorter.order.builds[sorter.order.count++] = builds[i];
        }
    }
    for (size_t i = 0; i < sorter.order.count; i++) {
        release(&sorter, sorter.order.builds[i]);
    }
    size_t last = sorter.order.count;
    for (size_t i = 0; i < count; i++) {
        if (sorter.waits[i] > 0) {
            sorter.order.builds[last++] = builds[i];
        }
    }
    return sorter.order;
}

/* The first entry of a rule in or behind a circle that leads on into it. */
static size_t entry_on(const struct build *build, struct build *const *by_index)
{
    size_t i = 0;

    while (i < build->rule->entries_count &&
           (build->entries[i].made_by == NULL ||
            by_index[build->entries[i].made_by->index] == NULL)) {
        i++;
    }
    return i;
}

static void tell(const struct build *start, struct build *const *by_index)
{
    const struct build *build = start;
    struct text chain = {0};
    size_t names = 0;

    do {
        build = by_index[build->entries[entry_on(build, by_index)].made_by->index];
        names++;
        if (names <= NAMES_MAX) {
            text_format(&chain, "%s'%.*s'", names == 1 ? "" : ", which reads ",
                        SLICE_ARGS(build->rule->name));
        }
    } while (build != start);
    const struct rule_entry *entry = &start->entries[entry_on(start, by_index)];
    tree_part_fault(start->compile.diag, entry->node, entry->name, "E307",
                    "rules read each other's alerts in a circle: this one reads %.*s%s",
                    SLICE_ARGS(text_slice(&chain)), names > NAMES_MAX ? " ..." : "");
    text_free(&chain);
}

void order_report(struct arena *arena, const struct order *order, size_t count)
{
    struct build **by_index = arena_alloc(arena, count * sizeof(struct build *));
    size_t *visits = arena_alloc(arena, count * sizeof(size_t)); /* in which walk */

    for (size_t i = order->count; i < count; i++) {
        by_index[order->builds[i]->rule->index] = order->builds[i];
    }
    for (size_t i = order->count; i < count; i++) {
        const struct build *build = order->builds[i];
        while (visits[build->rule->index] == 0) {
            visits[build->rule->index] = i + 1;
            build = by_index[build->entries[entry_on(build, by_index)].made_by->index];
        }
        if (visits[build->rule->index] == i + 1) { /* this walk closed a circle */
            tell(build, by_index);
        }
    }
}
