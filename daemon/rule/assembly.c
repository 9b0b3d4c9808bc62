#include "seinpost/rule/assembly.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/table.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/rule/alerting.h"
#include "seinpost/rule/approval.h"
#include "seinpost/rule/correlation.h"
#include "seinpost/rule/entries.h"
#include "seinpost/rule/grouping.h"
#include "seinpost/rule/index.h"
#include "seinpost/rule/law.h"
#include "seinpost/rule/lint.h"
#include "seinpost/rule/meaning.h"
#include "seinpost/rule/order.h"
#include "seinpost/rule/references.h"

#include <string.h>

static void copy_texts(struct arena *arena, const struct bind_list *list,
                       const struct slice **texts, size_t *count)
{
    struct slice *copies = arena_alloc(arena, list->count * sizeof *copies);

    for (size_t i = 0; i < list->count; i++) {
        copies[i] = list->nodes[i]->text;
    }
    *texts = copies;
    *count = list->count;
}

static void name_exonerations(struct build *build)
{
    const struct tree *unless = build->document->unless;
    struct slice *names =
        arena_alloc(build->compile.arena, (unless == NULL ? 1 : unless->count) * sizeof *names);

    build->rule->exonerations = names;
    for (const struct tree *node = unless == NULL ? NULL : unless->first; node != NULL;
         node = node->next) {
        if (document_is_fact(unless, node)) {
            (void)bind_name(build->compile.diag, node, node->key);
            names[build->rule->exonerations_count++] = node->key;
        }
    }
}

static void compile_meaning(struct build *build)
{
    build->rule->is_compiled = true;
    if (build->document->correlation == NULL) {
        build->rule->class = RULE_SINGLE;
        build->rule->counted = 1;
    } else {
        grouping_read(build);
        correlation_compile(build);
    }
    alerting_read(build);
    build->rule->hash = meaning_of_rule(build);
    if (build->rule->is_read) {
        alerting_make_type(build);
    }
}

/* A rule whose kind is unknown has its events and its law checked all the same. */
static void compile_rule(struct assembly *assembly, struct build *build)
{
    const size_t faults = diag_errors(assembly->diag);

    struct probes_result probes = {0};

    copy_texts(assembly->arena, &build->document->measures, &build->rule->measures,
               &build->rule->measures_count);
    name_exonerations(build);
    entries_compile(build);
    if (build->runs) {
        compile_meaning(build);
        probes = probes_make(build, assembly->exceptions.items, assembly->exceptions.count);
        lint_rule(build);
    }
    law_rule(build, assembly->options->today);
    if (!build->runs || diag_errors(assembly->diag) > faults) {
        build->rule->status = RULE_DEPRECATED; /* it has faults: it must not run */
    } else if (program_runs(build->rule) || assembly->options->told) {
        VECTOR_PUSH(&assembly->probes, probes);
    }
}

/* Compiles the rules, those that are read before those that read them. */
static void compile_all(struct assembly *assembly)
{
    const size_t count = assembly->builds.count;

    for (size_t i = 0; i < count; i++) {
        struct build *build = assembly->builds.items[i];
        build->runs = correlation_check(build);
        entries_gather(build);
    }
    const struct order order = order_make(assembly->arena, assembly->builds.items, count);
    for (size_t i = 0; i < order.count; i++) {
        compile_rule(assembly, order.builds[i]);
    }
    for (size_t i = order.count; i < count; i++) {
        order.builds[i]->rule->status = RULE_DEPRECATED;
    }
    order_report(assembly->arena, &order, count);
}

struct probe_vector {
    VECTOR(struct probe) items;
};

/* Sorts the probes by what they ask. */
static void index_probes(struct assembly *assembly)
{
    struct program *program = assembly->program;
    const size_t types = catalogue_count(program->catalogue);
    const size_t count = types + program->rules_count;
    struct probe_vector *sorted = arena_alloc(assembly->arena, count * sizeof *sorted);
    struct probe_list *lists = arena_alloc(assembly->arena, count * sizeof *lists);

    for (size_t i = 0; i < assembly->probes.count; i++) {
        for (size_t j = 0; j < assembly->probes.items[i].count; j++) {
            const struct probe *probe = &assembly->probes.items[i].items[j];
            const struct rule *maker = probe->rule->entries[probe->entry].made_by;
            const size_t at = maker == NULL ? probe->type->index : types + maker->index;
            VECTOR_PUSH(&sorted[at].items, *probe);
        }
    }
    for (size_t i = 0; i < count; i++) {
        lists[i].count = sorted[i].items.count;
        lists[i].items = arena_copy(assembly->arena, sorted[i].items.items,
                                    lists[i].count * sizeof lists[i].items[0]);
        VECTOR_FREE(&sorted[i].items);
        lists[i].index = index_make(assembly->arena, &lists[i]);
    }
    program->probes = lists;
    program->alert_probes = lists + types;
}

/* What the table holds; its first member is what others see. */
struct growing_uses {
    struct use_list list;
    struct program_use *items;
    size_t room;
};

/* One use more of a step. Room doubles, so that many rules may share one. */
static void add_use(struct assembly *assembly, struct table *uses, const struct rule *rule,
                    int entry)
{
    const uint64_t *step = &rule->entries[entry].step;
    const struct slice key = {(const char *)step, sizeof *step};
    struct growing_uses *list = table_get(uses, key);

    if (list == NULL) {
        list = arena_alloc(assembly->arena, sizeof *list);
        table_put(uses, key, list);
    }
    if (list->list.count == list->room) {
        const size_t room = list->room == 0 ? 1 : list->room * 2;
        struct program_use *items = arena_alloc(assembly->arena, room * sizeof *items);
        if (list->list.count > 0) {
            memcpy(items, list->items, list->list.count * sizeof *items);
        }
        list->list.items = list->items = items;
        list->room = room;
    }
    list->items[list->list.count++] = (struct program_use){rule, entry};
}

static void free_table(void *table)
{
    table_free(table);
}

static void index_uses(struct assembly *assembly)
{
    struct table *uses = table_new();

    arena_at_end(assembly->arena, free_table, uses);
    for (size_t i = 0; i < assembly->program->rules_count; i++) {
        const struct rule *rule = assembly->program->rules[i];
        for (size_t j = 0; program_runs(rule) && j < rule->entries_count; j++) {
            add_use(assembly, uses, rule, (int)j);
        }
    }
    assembly->program->uses = uses;
}

static void hash_rule(const struct rule *rule, struct text *text)
{
    digest_field(text, (struct slice){(const char *)rule->hash.bytes, DIGEST_SIZE});
    text_format(text, "%lld;%d;%d;%lld;", (long long)rule->lateness_ms, rule->is_read ? 1 : 0,
                rule->status, (long long)rule->expires.ms);
    for (size_t i = 0; i < rule->entries_count; i++) {
        text_format(text, "%llx;", (unsigned long long)rule->entries[i].step);
    }
    for (size_t i = 0; i < rule->sources_count; i++) {
        digest_field(text, rule->sources[i]);
    }
}

/* All that makes a rule's state what it is, with the log: see succession.h. */
static void hash_program(struct program *program)
{
    struct text text = {0};

    for (size_t i = 0; i < program->rules_count; i++) {
        const struct rule *rule = program->rules[i];
        if (program_runs(rule)) {
            hash_rule(rule, &text);
        }
    }
    program->hash = digest_of(text_slice(&text));
    text_free(&text);
}

static bool may_send(const struct source *source, const struct rule *rule)
{
    for (size_t i = 0; i < rule->entries_count; i++) {
        const struct rule_entry *entry = &rule->entries[i];
        for (size_t j = 0; entry->made_by == NULL && j < entry->types_count; j++) {
            if (source_may_send(source, entry->types[j]->name)) {
                return true;
            }
        }
    }
    return false;
}

static struct slice alerts_source(struct arena *arena, const struct rule *made_by)
{
    struct text text = {0};

    text_format(&text, "rule:%.*s", SLICE_ARGS(made_by->name));
    const struct slice name = slice_copy(arena, text_slice(&text));
    text_free(&text);
    return name;
}

/* Whose watermarks a rule waits for, and by how much an event may be late: the rule's own
 * `lateness`, else the largest of its sources. */
static void settle_sources(struct assembly *assembly, struct rule *rule)
{
    const struct source_list *sources = &assembly->options->sources;
    struct slice *names = arena_alloc(
        assembly->arena, (sources->count + 1 + rule->entries_count) * sizeof *names);
    int64_t lateness_ms = sources->count == 0 ? assembly->options->lateness_ms : 0;
    bool reads_events = false;

    rule->sources = names;
    for (size_t i = 0; i < sources->count; i++) {
        if (may_send(&sources->items[i], rule)) {
            names[rule->sources_count++] = sources->items[i].name;
            if (sources->items[i].lateness_ms > lateness_ms) {
                lateness_ms = sources->items[i].lateness_ms;
            }
        }
    }
    for (size_t i = 0; i < rule->entries_count; i++) {
        const struct rule *made_by = rule->entries[i].made_by;
        reads_events = reads_events || made_by == NULL;
        if (made_by != NULL) {
            names[rule->sources_count++] = alerts_source(assembly->arena, made_by);
        }
    }
    if (sources->count == 0 && reads_events) {
        names[rule->sources_count++] = PROGRAM_FILE_SOURCE;
    }
    if (rule->lateness_ms < 0) {
        rule->lateness_ms = lateness_ms;
    }
    rule->retold_ms = assembly->options->never_late ? INT64_MAX : rule_horizon_ms(rule);
}

static void finish(struct assembly *assembly)
{
    struct program *program = assembly->program;

    references_check(assembly);
    for (size_t i = 0; i < program->rules_count; i++) {
        settle_sources(assembly, program->rules[i]);
        lint_reach(assembly->builds.items[i], assembly->options);
    }
    approval_apply(assembly->diag, assembly->arena, program, assembly->options->approvers);
    index_probes(assembly);
    index_uses(assembly);
    hash_program(program);
    program->lists = assembly->lists;
    program->tests = arena_copy(assembly->arena, assembly->tests.items,
                                assembly->tests.count * sizeof(const struct tree *));
    program->tests_count = assembly->tests.count;
}

void assembly_compile(struct assembly *assembly)
{
    compile_all(assembly);
    finish(assembly);
}
