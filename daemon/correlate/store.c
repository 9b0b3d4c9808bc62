#include "seinpost/correlate/store.h"

#include "seinpost/base/ensure.h"
#include "seinpost/correlate/store_body.h"
#include "seinpost/correlate/store_image.h"
#include "seinpost/correlate/tuples.h"
#include "seinpost/rule/succession.h"

#include <string.h>

struct store *store_new(const struct program *program, struct store_listener listener)
{
    return store_new_beside(program, NULL, listener);
}

struct store *store_new_beside(const struct program *program, const int *kept,
                               struct store_listener listener)
{
    struct store *store = calloc(1, sizeof *store);

    ENSURE_MEMORY(store != NULL);
    ENSURE(listener.change != NULL && listener.late != NULL && listener.risen != NULL &&
           listener.capped != NULL);
    store->program = program;
    store->rules_count = program->rules_count;
    store->listener = listener;
    store->clock = clock_new();
    store->rules = calloc(program->rules_count + 1, sizeof *store->rules);
    ENSURE_MEMORY(store->rules != NULL);
    for (size_t i = 0; i < program->rules_count; i++) {
        const bool runs =
            program_runs(program->rules[i]) && (kept == NULL || kept[i] == SUCCESSION_NONE);
        store->rules[i] = (struct store_rule){.runs = runs,
                                              .watermark = INSTANT_MIN,
                                              .capped = INSTANT_MIN,
                                              .first_due = INSTANT_MAX};
    }
    return store;
}

bool store_bury(struct store *store, size_t cells_max)
{
    size_t freed = 0;

    ENSURE(store->saving == NULL);
    for (; store->buried < store->rules_count; store->buried++, store->cursor = 0) {
        struct store_rule *state = &store->rules[store->buried];
        for (struct cell *cell = NULL;
             state->cells != NULL &&
             (cell = table_next(state->cells, &store->cursor)) != NULL;) {
            if (freed++ == cells_max) {
                store->cursor--;
                return false;
            }
            heap_remove(state->due, cell_node(cell));
            cell_free(cell);
        }
        table_free(state->cells);
        heap_free(state->due);
    }
    free(store->rules);
    clock_free(store->clock);
    text_free(&store->key);
    free(store);
    return true;
}

void store_free(struct store *store)
{
    if (store != NULL) {
        const bool all = store_bury(store, SIZE_MAX);
        ENSURE(all);
    }
}

static struct store_rule *state_of(struct store *store, const struct rule *rule)
{
    return &store->rules[rule->index];
}

/* What a rule had no room for may be missing from any of its alerts. */
static bool on_change(void *context, const struct change *change)
{
    const struct store *store = context;
    struct change told = *change;

    told.capped = store_is_capped(store, change->rule);
    return store->listener.change(store->listener.context, &told);
}

void store_reschedule(struct store *store, struct store_rule *state, struct cell *cell)
{
    const bool settles = !store->program->never_late;
    const struct instant due = cell_due(cell, state->watermark, settles);

    if (cell_is_empty(cell)) {
        heap_remove(state->due, cell_node(cell));
        (void)table_remove(state->cells, cell_key(cell));
        cell_free(cell);
    } else if (due.ms == INSTANT_MAX.ms) {
        heap_remove(state->due, cell_node(cell));
    } else {
        heap_put(state->due, cell_node(cell), due);
    }
    const struct heap_node *first = heap_top(state->due);
    state->first_due = first == NULL ? INSTANT_MAX : first->due;
}

/* The bytes by which the rule's cell of a tuple is found: its key, and those values that
 * suppression looks at, if not all groups of the key are apart anyway. */
static struct slice cell_bytes(struct store *store, const struct rule *rule,
                               const struct match *match, const struct value *tuple)
{
    struct text *key = &store->key;
    const uint64_t apart = rule->suppress.for_ms > 0 ? rule->suppress.by : UINT64_MAX;

    text_clear(key);
    digest_field(key, match->value);
    if (rule->class == RULE_SINGLE) { /* the group is the event; ids are their source's own */
        digest_field(key, match->is.source);
    }
    for (size_t i = 0; i < rule->group_count; i++) {
        if ((apart >> i & 1) != 0 && (int)i != rule->key) {
            group_key_value(key, &tuple[i]);
        }
    }
    return text_slice(key);
}

/* What is going to change goes into the image before that. */
static void touch(struct store *store, struct cell *cell)
{
    if (store->saving != NULL) {
        store_image_touch(store->saving, cell);
    }
}

/* A cell that outlived its program may still name the rule of that one: so it is told the rule
 * whenever it is touched. */
static struct cell *known_cell(struct store *store, const struct rule *rule, struct slice key)
{
    const struct table *cells = state_of(store, rule)->cells;
    struct cell *cell = cells == NULL ? NULL : table_get(cells, key);

    if (cell != NULL) {
        touch(store, cell);
        cell_rebind(cell, rule);
    }
    return cell;
}

static struct cell *find_cell(struct store *store, const struct rule *rule, struct slice key)
{
    struct store_rule *state = state_of(store, rule);
    struct cell *cell = known_cell(store, rule, key);

    if (cell != NULL) {
        return cell;
    }
    if (state->cells == NULL) {
        state->cells = table_new();
        state->due = heap_new(cell_first);
    }
    if (rule->groups_max > 0 && table_count(state->cells) >= (size_t)rule->groups_max) {
        return NULL;
    }
    cell = cell_new(rule, key);
    table_put(state->cells, cell_key(cell), cell);
    return cell;
}

static void note_capped(struct store *store, const struct rule *rule, const struct match *match)
{
    struct store_rule *state = state_of(store, rule);

    state->capped = instant_latest(state->capped, match->is.time);
    store->capped++;
    store->listener.capped(store->listener.context, rule);
}

/* A match as one rule sees it. */
struct sighting {
    const struct rule *rule;
    const struct match *match;
    struct held *held; /* NULL once a cell has it */
    struct tuples tuples;
};

/* Most events are in one cell: it takes what is held already. */
static struct held *take_held(struct sighting *sighting, size_t count)
{
    struct held *held = sighting->held;

    if (count < sighting->tuples.count) {
        return held_new(sighting->rule, held->entries, sighting->match);
    }
    sighting->held = NULL;
    return held;
}

/* One cell's share of an event: the tuples that belong to it. */
static void add_to_cell(struct store *store, struct sighting *sighting,
                        const struct value *tuples, size_t count)
{
    const struct rule *rule = sighting->rule;
    struct cell *cell =
        find_cell(store, rule, cell_bytes(store, rule, sighting->match, tuples));
    struct store_rule *state = state_of(store, rule);

    if (cell == NULL) {
        note_capped(store, rule, sighting->match);
        return;
    }
    const struct cell_event event = {take_held(sighting, count), tuples, count,
                                     !store->program->never_late};
    cell_add(cell, event, state->watermark, on_change, store);
    store_reschedule(store, state, cell);
}

static void withdraw_from_cell(struct store *store, const struct rule *rule,
                               const struct match *match, const struct value *tuple)
{
    struct store_rule *state = state_of(store, rule);
    struct cell *cell = known_cell(store, rule, cell_bytes(store, rule, match, tuple));

    if (cell != NULL) {
        cell_withdraw(cell, &match->is, state->watermark, on_change, store);
        store_reschedule(store, state, cell);
    }
}

static bool same_cell(struct store *store, const struct rule *rule, const struct match *match,
                      const struct value *a, const struct value *b)
{
    struct text first = {0};

    text_add(&first, cell_bytes(store, rule, match, a));
    const bool same = slice_equal(text_slice(&first), cell_bytes(store, rule, match, b));
    text_free(&first);
    return same;
}

/* Hands the tuples to their cells, all of one cell together. */
static void spread(struct store *store, struct sighting *sighting)
{
    const struct rule *rule = sighting->rule;
    const struct match *match = sighting->match;
    struct tuples *tuples = &sighting->tuples;

    for (size_t i = 0; i < tuples->count;) {
        const struct value *tuple = &tuples->values[i * tuples->width];
        size_t end = i + 1;
        for (size_t j = end; j < tuples->count; j++) {
            if (same_cell(store, rule, match, tuple, &tuples->values[j * tuples->width])) {
                tuples_swap(tuples, end++, j);
            }
        }
        if (match->withdrawn) {
            withdraw_from_cell(store, rule, match, tuple);
        } else {
            add_to_cell(store, sighting, tuple, end - i);
        }
        i = end;
    }
}

static uint64_t wanted_entries(const struct rule *rule, uint64_t entries)
{
    return entries & (rule->counted | rule->close_on);
}

static void see(struct store *store, const struct rule *rule, uint64_t entries,
                const struct match *match)
{
    const uint64_t wanted = wanted_entries(rule, entries);
    struct sighting sighting; /* of the tuples only those that there are are written */

    if (wanted == 0 || !state_of(store, rule)->runs ||
        !slice_equal(match->kind, rule_key_name(rule))) {
        return;
    }
    if (!store->program->never_late &&
        !instant_before(state_of(store, rule)->watermark, match->is.time)) {
        store->listener.late(store->listener.context, rule, match);
        return;
    }
    sighting.rule = rule;
    sighting.match = match;
    sighting.held = held_new(rule, wanted, match);
    if (tuples_gather(rule, match, sighting.held, &sighting.tuples)) {
        if (sighting.tuples.capped) {
            note_capped(store, rule, match);
        }
        spread(store, &sighting);
    } else {
        store->ungrouped++;
    }
    held_free(sighting.held);
}

/* What the match's steps are to one rule. */
struct sight {
    const struct rule *rule;
    uint64_t entries;
};

static int by_rule(const void *left, const void *right)
{
    const struct sight *a = left;
    const struct sight *b = right;

    return a->rule->index < b->rule->index ? -1 : a->rule->index > b->rule->index;
}

void store_match(struct store *store, const struct match *match)
{
    VECTOR(struct sight) sights = {0};

    for (size_t i = 0; i < match->steps_count; i++) {
        const struct use_list uses = program_uses(store->program, match->steps[i]);
        for (size_t j = 0; j < uses.count; j++) {
            VECTOR_PUSH(&sights,
                        (struct sight){uses.items[j].rule, UINT64_C(1) << uses.items[j].entry});
        }
    }
    if (sights.count > 1) {
        qsort(sights.items, sights.count, sizeof sights.items[0], by_rule);
    }
    for (size_t i = 0; i < sights.count;) {
        struct sight sight = sights.items[i++];
        while (i < sights.count && sights.items[i].rule == sight.rule) {
            sight.entries |= sights.items[i++].entries;
        }
        see(store, sight.rule, sight.entries, match);
    }
    VECTOR_FREE(&sights);
}

static void advance_rule(struct store *store, const struct rule *rule, struct instant watermark)
{
    struct store_rule *state = state_of(store, rule);

    state->watermark = watermark;
    while (state->first_due.ms != INSTANT_MAX.ms &&
           !instant_before(watermark, state->first_due)) {
        struct cell *cell = cell_of_node(heap_top(state->due));
        touch(store, cell);
        cell_rebind(cell, rule);
        cell_advance(cell, watermark, !store->program->never_late, on_change, store);
        store_reschedule(store, state, cell);
    }
    if (rule->is_read) {
        store->listener.risen(store->listener.context, rule, watermark);
    }
}

void store_watermark(struct store *store, const struct watermark *watermark)
{
    if (!clock_report(store->clock, watermark)) {
        return;
    }
    for (size_t i = 0; i < store->program->rules_count; i++) {
        const struct rule *rule = store->program->rules[i];
        if (!store->rules[i].runs) {
            continue;
        }
        const struct instant own = clock_watermark(store->clock, rule);
        if (instant_before(store->rules[i].watermark, own)) {
            advance_rule(store, rule, own);
        }
    }
}

bool store_hears_all(const struct store *store)
{
    for (size_t i = 0; i < store->rules_count; i++) {
        if (store->rules[i].runs && store->program->rules[i]->sources_count > 0 &&
            store->rules[i].watermark.ms == INSTANT_MIN.ms) {
            return false;
        }
    }
    return true;
}

void store_tell_risen(struct store *store)
{
    for (size_t i = 0; i < store->rules_count; i++) {
        const struct rule *rule = store->program->rules[i];
        const struct store_rule *state = &store->rules[i];
        if (state->runs && rule->is_read && state->watermark.ms != INSTANT_MIN.ms) {
            store->listener.risen(store->listener.context, rule, state->watermark);
        }
    }
}

void store_each_open(struct store *store, size_t rule, cell_tell *tell, void *context)
{
    struct store_rule *state = &store->rules[rule];
    size_t cursor = 0;

    for (struct cell *cell = NULL;
         state->cells != NULL && (cell = table_next(state->cells, &cursor)) != NULL;) {
        cell_rebind(cell, store->program->rules[rule]);
        cell_each_open(cell, tell, context);
    }
}

bool store_has_unsaid(const struct store *store)
{
    for (size_t i = 0; i < store->rules_count; i++) {
        const struct rule *rule = store->program->rules[i];
        const struct table *cells = store->rules[i].cells;
        size_t cursor = 0;
        if (cells == NULL || !rule->generate || rule->status != RULE_STABLE) {
            continue;
        }
        for (const struct cell *cell = table_next(cells, &cursor); cell != NULL;
             cell = table_next(cells, &cursor)) {
            if (cell_unsaid(cell)) {
                return true;
            }
        }
    }
    return false;
}

/* All moves by pointers: the pause does not grow with the cells. */
void store_go_over(struct store *store, struct store *beside, const int *kept)
{
    struct store_rule *rules = store->rules;
    const size_t rules_count = store->rules_count;

    ENSURE(store->saving == NULL);
    for (size_t i = 0; i < beside->rules_count; i++) {
        if (kept[i] != SUCCESSION_NONE) {
            beside->rules[i] = rules[kept[i]];
            rules[kept[i]] = (struct store_rule){0};
        }
    }
    store->program = beside->program;
    store->rules = beside->rules;
    store->rules_count = beside->rules_count;
    beside->program = NULL; /* it may be freed before what is left here */
    beside->rules = rules;
    beside->rules_count = rules_count;
}

bool store_is_capped(const struct store *store, const struct rule *rule)
{
    const struct store_rule *state = &store->rules[rule->index];
    const struct instant matters = instant_add(state->watermark, -rule_horizon_ms(rule));

    return state->capped.ms != INSTANT_MIN.ms && !instant_before(state->capped, matters);
}

static void count_events(void *value, void *context)
{
    size_t *events = context;

    *events += cell_events_count(value);
}

struct store_size store_size(const struct store *store)
{
    struct store_size size = {.ungrouped = store->ungrouped, .capped = store->capped};

    for (size_t i = 0; i < store->rules_count; i++) {
        const struct table *cells = store->rules[i].cells;
        if (cells != NULL) {
            size.cells += table_count(cells);
            table_each(cells, count_events, &size.events);
        }
    }
    return size;
}
