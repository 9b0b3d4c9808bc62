#include "seinpost/rule/alerting.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/nearest.h"
#include "seinpost/rule/entries.h"
#include "seinpost/rule/metric.h"

#include <string.h>

static bool is_placeholder(const struct build *build, struct slice name,
                           struct nearest *nearest)
{
    const struct rule *rule = build->rule;

    if (metric_is_declared(build, name)) {
        return true;
    }
    for (size_t i = 0; i < rule->metrics_count; i++) {
        nearest_try(nearest, name, rule->metrics[i].name);
        if (slice_equal(rule->metrics[i].name, name)) {
            return true;
        }
    }
    for (size_t i = 0; i < rule->group_count; i++) {
        nearest_try(nearest, name, rule->group[i].name);
        if (slice_equal(rule->group[i].name, name)) {
            return true;
        }
    }
    return false;
}

static void check_summary(const struct build *build, const struct tree *node)
{
    struct slice rest = node->text;

    for (;;) {
        (void)slice_cut(&rest, '{');
        if (rest.data == NULL) {
            return;
        }
        struct nearest nearest = {0};
        const struct slice name = slice_cut(&rest, '}');
        if (rest.data == NULL) {
            tree_part_fault(build->compile.diag, node, (struct slice){name.data - 1, 1}, "E310",
                            "'{' without '}'");
            return;
        }
        if (is_placeholder(build, name, &nearest)) {
            continue;
        }
        tree_part_fault(build->compile.diag, node, name, "E310",
                        "'{%.*s}' is neither a metric nor in group-by", SLICE_ARGS(name));
        if (nearest_found(&nearest)) {
            diag_hint(build->compile.diag, "did you mean '{%.*s}'?", SLICE_ARGS(nearest.best));
        }
    }
}

static void read_suppress(struct build *build, const struct tree *node)
{
    struct document_suppress document;
    struct rule *rule = build->rule;
    uint64_t by = 0;
    bool known = true;

    document_read_suppress(build->compile.diag, build->compile.arena, node, &document);
    for (size_t i = 0; i < document.by.count; i++) {
        size_t element = 0;
        while (element < rule->group_count &&
               !slice_equal(rule->group[element].name, document.by.nodes[i]->text)) {
            element++;
        }
        if (element == rule->group_count) {
            tree_fault(build->compile.diag, document.by.nodes[i], "E311",
                       "'%.*s' is not in group-by", SLICE_ARGS(document.by.nodes[i]->text));
            known = false;
        } else {
            by |= UINT64_C(1) << element;
        }
    }
    if (document.by.count == 0) {
        by = rule->group_count == 0 ? 0 : UINT64_MAX >> (64 - rule->group_count);
    } else if (known && rule->key != RULE_NONE && (by >> rule->key & 1) == 0) {
        tree_fault(build->compile.diag, tree_get(node, "by"), "E311", "'by' must name '%.*s'",
                   SLICE_ARGS(rule->group[rule->key].name));
        diag_hint(build->compile.diag, "groups of different keys share nothing");
    }
    rule->suppress =
        (struct rule_suppress){.for_ms = document.for_ms, .drop = document.then == 1, .by = by};
}

/* Takes the name of one of the rule's events off a path. Returns the mask of its entries, or 0.
 */
static uint64_t entries_of(const struct build *build, struct slice *path)
{
    struct slice rest = *path;
    const struct slice head = slice_cut(&rest, '.');
    const uint64_t mask = rest.data == NULL ? 0 : entries_named(build, head);

    *path = mask == 0 ? *path : rest;
    return mask;
}

static void read_carry(struct build *build, const struct tree *node, struct rule_carry *carries)
{
    struct slice path = node->text;
    const uint64_t entries = entries_of(build, &path);

    if (entries == 0) {
        tree_fault(build->compile.diag, node, "E312", "'%.*s' is no event.field of this rule",
                   SLICE_ARGS(node->text));
        diag_hint(
            build->compile.diag, "as %.*s.phone_ref",
            SLICE_ARGS(build->rule->entries_count > 0 ? build->names[0] : SLICE("event")));
        return;
    }
    const int operand = entries_operand(build, node, path, entries);
    if (operand != RULE_NONE) {
        carries[build->rule->carries_count++] = (struct rule_carry){entries, operand};
    }
}

/* A path, or `event.path`. */
static void read_shown(struct build *build, const struct bind_list *evidence)
{
    for (size_t i = 0; i < evidence->count; i++) {
        struct slice path = evidence->nodes[i]->text;
        const uint64_t named = entries_of(build, &path);
        const uint64_t mask = named == 0 ? UINT64_MAX : named;
        const int operand = entries_operand(build, evidence->nodes[i], path, mask);
        if (operand != RULE_NONE) {
            build->rule->shown |= UINT64_C(1) << operand;
        }
    }
}

static void read_close_on(struct build *build, const struct tree *node)
{
    if (build->rule->class == RULE_SINGLE) {
        tree_key_fault(build->compile.diag, node, "E211",
                       "each event is an alert of its own, which is over at once");
        return;
    }

    uint64_t mask = entries_mask(build, node);

    for (size_t i = 0; i < build->rule->entries_count; i++) {
        if (build->sources[i].by != NULL) { /* a step's own: what closes goes by group-by */
            mask &= ~(UINT64_C(1) << i);
        }
    }
    build->rule->close_on = mask;
}

void alerting_read(struct build *build)
{
    struct document_alert document;
    const struct tree *node = build->document->alert;

    if (node == NULL) {
        return;
    }
    document_read_alert(build->compile.diag, build->compile.arena, node, &document);
    if (document.summary.size > 0) {
        check_summary(build, tree_get(node, "summary"));
    }
    build->rule->summary = document.summary;
    if (document.suppress != NULL) {
        read_suppress(build, document.suppress);
    }
    if (document.close_on != NULL) {
        read_close_on(build, document.close_on);
    }
    read_shown(build, &document.evidence);
    struct rule_carry *carries =
        arena_alloc(build->compile.arena, document.carry.count * sizeof *carries);
    build->rule->carries = carries;
    for (size_t i = 0; i < document.carry.count; i++) {
        read_carry(build, document.carry.nodes[i], carries);
    }
}

static struct field group_field(const struct rule *rule, size_t element)
{
    const struct rule_group *group = &rule->group[element];
    struct slice role = group->name;
    (void)slice_cut(&role, '/');

    const bool key = group->operand == RULE_NONE;
    return (struct field){
        .name = group->name,
        .type = group->kind != KIND_NONE ? FIELD_TOKEN
                : key                    ? FIELD_CODE
                                         : rule->operands[group->operand].type,
        .personal = group->kind != KIND_NONE,
        .kind = group->kind,
        .role = role.data == NULL ? SLICE("") : role,
        .unit = SLICE(""),
    };
}

static struct field carried_field(const struct rule *rule, size_t index)
{
    const struct rule_operand *operand = &rule->operands[rule->carries[index].operand];

    return (struct field){
        .name = operand->name,
        .type = operand->type,
        .many = true,
        .personal = operand->kind != KIND_NONE,
        .kind = operand->kind,
        .role = operand->role,
        .unit = SLICE(""),
    };
}

/* Higher rules group by a kind that the alert says nothing of: it is there, and always empty,
 * but for alerts that a test gives. */
static size_t add_asked(const struct rule *rule, struct field *fields, size_t count)
{
    for (int kind = KIND_NONE + 1; kind < KINDS_COUNT; kind++) {
        bool there = (rule->asked >> kind & 1) == 0;
        for (size_t i = 0; i < count; i++) {
            there = there || fields[i].kind == (enum kind)kind;
        }
        if (!there) {
            fields[count++] = (struct field){
                .name = kind_name((enum kind)kind),
                .type = FIELD_TOKEN,
                .many = true,
                .personal = true,
                .kind = (enum kind)kind,
                .role = SLICE(""),
                .unit = SLICE(""),
            };
        }
    }
    return count;
}

void alerting_make_type(struct build *build)
{
    static const char *const own[] = {"rule", "stage", "level", "sector"};
    const struct rule *rule = build->rule;
    struct event_type *type = arena_alloc(build->compile.arena, sizeof *type);
    const size_t own_count = ALERTING_GROUP + rule->group_count + rule->carries_count;
    struct field *fields =
        arena_alloc(build->compile.arena, (own_count + KINDS_COUNT) * sizeof *fields);

    for (size_t i = 0; i < ALERTING_GROUP; i++) {
        fields[i] = (struct field){.name = slice_of(own[i]),
                                   .type = FIELD_CODE,
                                   .many = i == ALERTING_SECTOR,
                                   .role = SLICE(""),
                                   .unit = SLICE("")};
    }
    for (size_t i = 0; i < rule->group_count; i++) {
        fields[ALERTING_GROUP + i] = group_field(rule, i);
    }
    for (size_t i = 0; i < rule->carries_count; i++) {
        fields[ALERTING_GROUP + rule->group_count + i] = carried_field(rule, i);
    }
    const size_t count = add_asked(rule, fields, own_count);
    *type = (struct event_type){
        .name = SLICE("alert"),
        .sector = SLICE(""),
        .fields = fields,
        .fields_count = count,
        .data_count = count,
        .index = SIZE_MAX,
    };
    build->rule->alerts = type;
}
