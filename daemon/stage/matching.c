#include "seinpost/stage/matching.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/counter.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/rule/index.h"
#include "seinpost/stage/breadth.h"

enum {
    LATE_BYTES_MAX = 1024 /* of the names of rules that an event came too late for */
};

/* A match that grows. */
struct draft {
    struct slice kind;
    struct slice value;
    VECTOR(uint64_t) steps;
    VECTOR(struct match_value) values;
};

struct drafts {
    VECTOR(struct draft) items;
    size_t ungrouped;
    size_t unplaced;
    VECTOR(struct matching_cap) caps;
    struct text late;
    size_t late_more; /* rules that are not named */
    const struct rule *late_last;
};

static struct draft *draft_of(struct drafts *drafts, struct slice kind, struct slice value)
{
    for (size_t i = 0; i < drafts->items.count; i++) {
        struct draft *draft = &drafts->items.items[i];
        if (slice_equal(draft->kind, kind) && slice_equal(draft->value, value)) {
            return draft;
        }
    }
    if (drafts->items.count == MATCHING_MAX) {
        return NULL;
    }
    VECTOR_PUSH(&drafts->items, (struct draft){.kind = kind, .value = value});
    return &drafts->items.items[drafts->items.count - 1];
}

static void add_step(struct draft *draft, uint64_t step)
{
    for (size_t i = 0; i < draft->steps.count; i++) {
        if (draft->steps.items[i] == step) {
            return;
        }
    }
    VECTOR_PUSH(&draft->steps, step);
}

static bool has_name(const struct draft *draft, struct slice name)
{
    for (size_t i = 0; i < draft->values.count; i++) {
        if (slice_equal(draft->values.items[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* A path's values go in once, whoever asks for them. */
static void add_operands(struct draft *draft, const struct probe *probe,
                         const struct event *event)
{
    const struct rule_entry *entry = &probe->rule->entries[probe->entry];

    for (size_t i = 0; i < probe->operands_count; i++) {
        const struct probe_operand *operand = &probe->operands[i];
        const struct slice name = entry->paths[operand->operand];
        struct value values[PATH_VALUES_MAX];
        if (has_name(draft, name)) {
            continue;
        }
        const size_t count = path_values(&operand->path, event, values);
        for (size_t j = 0; j < count; j++) {
            VECTOR_PUSH(&draft->values, (struct match_value){name, values[j]});
        }
    }
}

static struct slice key_text(struct arena *arena, const struct value *value)
{
    struct text text = {0};

    if (value->type == VALUE_TEXT) {
        return value->as.text;
    }
    value_format(&text, value);
    const struct slice kept = slice_copy(arena, text_slice(&text));
    text_free(&text);
    return kept;
}

/* The values by which the probe's rule keys the event. */
static size_t key_values(const struct probe *probe, const struct event *event,
                         struct value values[PATH_VALUES_MAX])
{
    if (probe->rule->class == RULE_SINGLE) {
        values[0] = value_of_text(event->is.id);
        return 1;
    }
    if (probe->rule->key == RULE_NONE) {
        values[0] = value_of_text(SLICE(""));
        return 1;
    }
    return path_values(&probe->key, event, values);
}

/* Is the event, for a velocity rule, in a place that no list has? */
static bool is_unplaced(const struct probe *probe, const struct event *event)
{
    const struct rule *rule = probe->rule;

    for (size_t i = 0; rule->class == RULE_VELOCITY && i < probe->operands_count; i++) {
        struct value values[PATH_VALUES_MAX];
        if (probe->operands[i].operand == rule->field) {
            return path_values(&probe->operands[i].path, event, values) > 0 &&
                   rule_place(rule, &values[0]) == NULL;
        }
    }
    return false;
}

/* Probes of one rule stand together. */
static struct matching_cap *cap_of(struct drafts *drafts, const struct rule *rule)
{
    const size_t count = drafts->caps.count;

    if (count == 0 || drafts->caps.items[count - 1].rule != rule) {
        VECTOR_PUSH(&drafts->caps, (struct matching_cap){.rule = rule});
    }
    return &drafts->caps.items[drafts->caps.count - 1];
}

static void add_probe(struct drafts *drafts, const struct probe *probe,
                      const struct event *event, struct arena *arena)
{
    struct value keys[PATH_VALUES_MAX];
    const size_t count = key_values(probe, event, keys);

    drafts->ungrouped += count == 0 ? 1U : 0U;
    drafts->unplaced += is_unplaced(probe, event) ? 1U : 0U;
    for (size_t i = 0; i < count; i++) {
        struct draft *draft =
            draft_of(drafts, rule_key_name(probe->rule), key_text(arena, &keys[i]));
        if (draft != NULL) {
            add_step(draft, probe->rule->entries[probe->entry].step);
            add_operands(draft, probe, event);
        } else {
            cap_of(drafts, probe->rule)->keys++;
        }
    }
}

static bool is_late(const struct rule *rule, const struct event *event, struct instant high)
{
    return high.ms != INSTANT_MIN.ms &&
           instant_before(event->is.time, instant_add(high, -rule->lateness_ms));
}

/* Probes of one rule stand together. */
static void add_late(struct drafts *drafts, const struct rule *rule)
{
    if (rule == drafts->late_last) {
        return;
    }
    drafts->late_last = rule;
    if (drafts->late.size > LATE_BYTES_MAX) {
        drafts->late_more++;
        return;
    }
    text_format(&drafts->late, "%s%.*s", drafts->late.size > 0 ? ", " : "",
                SLICE_ARGS(rule->name));
}

static struct matching finish(struct drafts *drafts, const struct event *event,
                              struct arena *arena)
{
    struct match *matches = arena_alloc(arena, drafts->items.count * sizeof *matches);

    if (drafts->late_more > 0) {
        text_format(&drafts->late, " and %zu more", drafts->late_more);
    }

    for (size_t i = 0; i < drafts->items.count; i++) {
        struct draft *draft = &drafts->items.items[i];
        matches[i] = (struct match){
            .kind = draft->kind,
            .value = draft->value,
            .is = event->is,
            .withdrawn = event->withdrawn,
            .steps = arena_copy(arena, draft->steps.items,
                                draft->steps.count * sizeof draft->steps.items[0]),
            .steps_count = draft->steps.count,
            .values = arena_copy(arena, draft->values.items,
                                 draft->values.count * sizeof draft->values.items[0]),
            .values_count = draft->values.count,
            .made_of = event->made_of,
            .made_of_count = event->made_of_count,
        };
        VECTOR_FREE(&draft->steps);
        VECTOR_FREE(&draft->values);
    }
    const struct matching matching = {
        .matches = matches,
        .count = drafts->items.count,
        .ungrouped = drafts->ungrouped,
        .unplaced = drafts->unplaced,
        .caps = arena_copy(arena, drafts->caps.items,
                           drafts->caps.count * sizeof drafts->caps.items[0]),
        .caps_count = drafts->caps.count,
        .late = slice_copy(arena, text_slice(&drafts->late)),
    };
    VECTOR_FREE(&drafts->items);
    VECTOR_FREE(&drafts->caps);
    text_free(&drafts->late);
    return matching;
}

static void ask(struct drafts *drafts, const struct probe *probe, const struct event *event,
                struct instant high, struct arena *arena)
{
    if (is_late(probe->rule, event, high)) {
        add_late(drafts, probe->rule);
    } else {
        add_probe(drafts, probe, event, arena);
    }
}

/* Whether a probe opened or not: what it did not see may be why. */
static void find_broad(struct drafts *drafts, const struct probe_list *probes,
                       const struct event *event)
{
    for (size_t i = 0; i < probes->count; i++) {
        if (breadth_exceeds(&probes->items[i], event)) {
            cap_of(drafts, probes->items[i].rule)->values = true;
        }
    }
}

struct matching matching_find(const struct program *program, const struct list_set *lists,
                              const struct event *event, struct instant high,
                              struct arena *arena)
{
    const struct probe_list *probes = program_probes(program, event->type);
    struct drafts drafts = {0};

    if (event->withdrawn) {
        /* it goes wherever the event may have gone: what exonerated then may not do so now */
        for (size_t i = 0; i < probes->count; i++) {
            ask(&drafts, &probes->items[i], event, high, arena);
        }
        return finish(&drafts, event, arena);
    }
    const uint64_t *candidates = index_find(probes->index, event, arena);
    for (size_t i = index_next(candidates, 0, probes->count); i < probes->count;
         i = index_next(candidates, i + 1, probes->count)) {
        if (program_probe_true(&probes->items[i], event, lists)) {
            ask(&drafts, &probes->items[i], event, high, arena);
        }
    }
    if (breadth_suspect(event)) {
        find_broad(&drafts, probes, event);
    }
    return finish(&drafts, event, arena);
}

static void count_cap(const struct rule *rule, const char *bound, size_t count)
{
    struct text labels = {0};

    text_format(&labels, "rule=\"%.*s\",bound=\"%s\"", SLICE_ARGS(rule->name), bound);
    text_add_byte(&labels, '\0');
    counter_add(counter_get(COUNTER_TOTAL, "seinpost_signals_capped_total", labels.data,
                            "What rules did not see of signals: keys, or signals with more "
                            "values than a rule looks at."),
                (int64_t)count);
    text_free(&labels);
}

void matching_count_caps(const struct matching *found)
{
    for (size_t i = 0; i < found->caps_count; i++) {
        const struct matching_cap *cap = &found->caps[i];
        if (cap->keys > 0) {
            count_cap(cap->rule, "keys", cap->keys);
        }
        if (cap->values) {
            count_cap(cap->rule, "values", 1);
        }
    }
}
