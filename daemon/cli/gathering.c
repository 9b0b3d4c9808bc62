#include "seinpost/cli/gathering.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/rule/program.h"
#include "seinpost/signal/pack.h"

enum {
    BATCH_MAX = 64 * 1024 * 1024,
    COMBINATIONS_MAX = 64
};

struct gathering {
    struct arena *arena;
    struct arena *batch;
    struct gathering_wanted wanted;
    VECTOR(struct gathering_group) groups;
};

struct gathering *gathering_new(struct arena *arena, const struct gathering_wanted *wanted)
{
    struct gathering *gathering = arena_alloc(arena, sizeof *gathering);

    gathering->arena = arena;
    gathering->batch = arena_new(BATCH_MAX);
    gathering->wanted = *wanted;
    return gathering;
}

void gathering_free(struct gathering *gathering)
{
    for (size_t i = 0; i < gathering->groups.count; i++) {
        struct gathering_group *group = &gathering->groups.items[i];
        for (size_t j = 0; j < group->events.count; j++) {
            held_free(group->events.items[j]);
        }
        VECTOR_FREE(&group->events);
    }
    VECTOR_FREE(&gathering->groups);
    arena_free(gathering->batch);
}

int gathering_element(const struct rule *rule, struct slice kind)
{
    for (size_t i = 0; i < rule->group_count; i++) {
        if (slice_equal(rule->group[i].name, kind)) {
            return (int)i;
        }
    }
    for (size_t i = 0; i < rule->group_count; i++) {
        if (rule->group[i].kind != KIND_NONE &&
            slice_equal(kind_name(rule->group[i].kind), kind)) {
            return (int)i;
        }
    }
    return RULE_NONE;
}

/* Groups of one rule stand together, in the order in which they came. */
static struct gathering_group *group_of(struct gathering *gathering, const struct rule *rule,
                                        struct slice name)
{
    size_t index = 0;

    while (index < gathering->groups.count &&
           gathering->groups.items[index].rule->index <= rule->index) {
        struct gathering_group *group = &gathering->groups.items[index++];
        if (group->rule == rule && slice_equal(group->name, name)) {
            return group;
        }
    }
    const struct gathering_group group = {.rule = rule,
                                          .name = slice_copy(gathering->arena, name)};
    VECTOR_INSERT(&gathering->groups, index, group);
    return &gathering->groups.items[index];
}

static void drop(struct gathering_group *group, const struct event_reference *is)
{
    for (size_t i = 0; i < group->events.count; i++) {
        if (event_same(&group->events.items[i]->is, is)) {
            held_free(group->events.items[i]);
            VECTOR_REMOVE(&group->events, i, 1);
            return;
        }
    }
}

/* An event told twice is one: the one that stands first. */
static void insert(struct gathering_group *group, struct held *held)
{
    size_t index = group->events.count;

    for (size_t i = 0; i < group->events.count; i++) {
        if (event_same(&group->events.items[i]->is, &held->is)) {
            held_free(held);
            return;
        }
    }
    while (index > 0 && event_compare(&group->events.items[index - 1]->is, &held->is) > 0) {
        index--;
    }
    VECTOR_INSERT(&group->events, index, held);
}

/* One combination of the values that an event has for group-by: the element `i` has item
 * `choice / stride % count`. Returns false when it is not of the value that is wanted. */
static bool name_group(const struct gathering *gathering, const struct rule *rule,
                       const struct value *const *elements, size_t choice, struct text *name)
{
    const int wanted = gathering_element(rule, gathering->wanted.kind);
    bool is_wanted = false;

    for (size_t i = 0; i < rule->group_count; i++) {
        const size_t count = value_count(elements[i]);
        struct text value = {0};
        value_format(&value, value_item(elements[i], choice % count));
        choice /= count;
        text_format(name, "%s%.*s %.*s", i > 0 ? ", " : "", SLICE_ARGS(rule->group[i].name),
                    (int)value.size, value.data);
        if ((int)i == wanted) {
            is_wanted = slice_equal(text_slice(&value), gathering->wanted.value);
        }
        text_free(&value);
    }
    return is_wanted;
}

static void spread(struct gathering *gathering, const struct rule *rule, uint64_t entries,
                   const struct match *match)
{
    struct held *held = held_new(rule, entries, match);
    const struct value key = value_of_text(match->value);
    const struct value *elements[RULE_GROUP_MAX] = {NULL};
    size_t combinations = 1;

    for (size_t i = 0; i < rule->group_count; i++) {
        const int operand = rule->group[i].operand;
        elements[i] = operand == RULE_NONE ? &key : &held->values[operand];
        combinations *= value_count(elements[i]);
    }
    for (size_t i = 0; i < combinations && i < COMBINATIONS_MAX; i++) {
        struct text name = {0};
        if (name_group(gathering, rule, elements, i, &name)) {
            struct gathering_group *group = group_of(gathering, rule, text_slice(&name));
            if (match->withdrawn) {
                drop(group, &match->is);
            } else {
                insert(group, held_new(rule, entries, match));
            }
        }
        text_free(&name);
    }
    held_free(held);
}

/* As which of the rule's events the match's steps mean it. */
static uint64_t entries_of(const struct gathering *gathering, const struct rule *rule,
                           const struct match *match)
{
    uint64_t entries = 0;

    for (size_t i = 0; i < match->steps_count; i++) {
        const struct use_list uses = program_uses(gathering->wanted.program, match->steps[i]);
        for (size_t j = 0; j < uses.count; j++) {
            if (uses.items[j].rule == rule) {
                entries |= UINT64_C(1) << uses.items[j].entry;
            }
        }
    }
    return entries & (rule->counted | rule->close_on);
}

static void on_match(void *context, const struct match *match)
{
    struct gathering *gathering = context;
    const struct program *program = gathering->wanted.program;

    for (size_t i = 0; i < program->rules_count; i++) {
        const struct rule *rule = program->rules[i];
        const uint64_t entries = entries_of(gathering, rule, match);
        if (entries != 0 && rule->group_count > 0 &&
            gathering_element(rule, gathering->wanted.kind) != RULE_NONE &&
            slice_equal(match->kind, rule_key_name(rule))) {
            spread(gathering, rule, entries, match);
        }
    }
}

static void on_watermark(void *context, const struct watermark *watermark)
{
    (void)context;
    (void)watermark;
}

void gathering_take(struct gathering *gathering, struct slice body)
{
    const struct pack_visitor visitor = {gathering, on_match, on_watermark};

    const bool good = pack_read(gathering->batch, body, &visitor);
    ENSURE(good); /* we wrote it */
    arena_reset(gathering->batch);
}

void gathering_alert(struct gathering *gathering, const struct alert *alert)
{
    const struct rule *rule = program_find(gathering->wanted.program, alert->rule);
    struct text name = {0};

    for (size_t i = 0; i < alert->group.count; i++) {
        text_format(&name, "%s%.*s %.*s", i > 0 ? ", " : "",
                    SLICE_ARGS(alert->group.items[i].name),
                    SLICE_ARGS(alert->group.items[i].value));
    }
    for (size_t i = 0; i < gathering->groups.count; i++) {
        struct gathering_group *group = &gathering->groups.items[i];
        if (group->rule == rule && slice_equal(group->name, text_slice(&name))) {
            group->opened += slice_is(alert->state, "opened") ? 1U : 0U;
            group->opened -= slice_is(alert->state, "retracted") && group->opened > 0 ? 1U : 0U;
            group->alert = slice_copy(gathering->arena, alert->id);
        }
    }
    text_free(&name);
}

size_t gathering_count(const struct gathering *gathering)
{
    return gathering->groups.count;
}

const struct gathering_group *gathering_get(const struct gathering *gathering, size_t index)
{
    ENSURE(index < gathering->groups.count);
    return &gathering->groups.items[index];
}
