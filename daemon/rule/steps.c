#include "seinpost/rule/steps.h"

#include "seinpost/base/arena.h"
#include "seinpost/rule/entries.h"

#include <stddef.h>

struct step_document {
    struct slice rule;
    struct slice absent;
    int64_t within_ms;
    int64_t count;
    int64_t span_ms;
    struct slice distinct;
    const struct tree *by;
};

#define STEP(member) offsetof(struct step_document, member)

static const struct bind_key step_keys[] = {
    {"rule", BIND_TEXT, true, STEP(rule), NULL},
    {"within", BIND_DURATION, false, STEP(within_ms), NULL},
    {"count", BIND_INT, false, STEP(count), NULL},
    {"distinct", BIND_TEXT, false, STEP(distinct), NULL},
    {"span", BIND_DURATION, false, STEP(span_ms), NULL},
    {"by", BIND_NODE, false, STEP(by), NULL},
};
const struct bind_table steps_step_table = {step_keys, sizeof step_keys / sizeof step_keys[0],
                                            NULL};

static const struct bind_key absent_keys[] = {
    {"not", BIND_TEXT, true, STEP(absent), NULL},
    {"within", BIND_DURATION, false, STEP(within_ms), NULL},
};
const struct bind_table steps_absent_table = {absent_keys, 2, NULL};

static struct diag *diag_of(const struct build *build)
{
    return build->compile.diag;
}

/* Which earlier step has an event of this name? The nearest one before. */
static int step_of_entry(const struct build *build, const struct rule_step *steps,
                         size_t before, size_t entry)
{
    for (size_t i = before; i > 0; i--) {
        if (!steps[i - 1].absent && steps[i - 1].entry != RULE_NONE &&
            slice_equal(build->names[steps[i - 1].entry], build->names[entry])) {
            return (int)i - 1;
        }
    }
    return RULE_NONE;
}

static void read_residuals(struct build *build, struct rule_step *steps, size_t index)
{
    struct rule_step *step = &steps[index];
    const struct build_entry *source = &build->sources[step->entry];

    if (source->detections == NULL || build->entries[step->entry].types_count == 0) {
        return;
    }
    const struct detection *detection = &source->detections[0];
    struct rule_residual *residuals =
        arena_alloc(build->compile.arena, detection->residuals_count * sizeof *residuals);
    for (size_t i = 0; i < detection->residuals_count; i++) {
        const struct predicate_residual *read = &detection->residuals[i];
        const int earlier = step_of_entry(build, steps, index, read->entry);
        if (earlier == RULE_NONE) {
            struct slice rest = read->node->text;
            tree_part_fault(diag_of(build), read->node, slice_cut(&rest, '.'), "E214",
                            "'%.*s' is not an earlier step than this one",
                            SLICE_ARGS(build->names[read->entry]));
            continue;
        }
        residuals[step->residuals_count++] = (struct rule_residual){
            .operand =
                entries_operand(build, read->node, read->field, UINT64_C(1) << step->entry),
            .test = read->test,
            .negated = read->negated,
            .step = earlier,
            .reference = entries_operand(build, read->node, read->reference,
                                         UINT64_C(1) << steps[earlier].entry),
        };
    }
    step->residuals = residuals;
}

static void read_absent_step(struct build *build, const struct tree *node,
                             struct rule_step *step)
{
    struct step_document document = {.within_ms = -1};

    (void)bind_map(diag_of(build), build->compile.arena, node, &steps_absent_table, &document);
    *step = (struct rule_step){.absent = true,
                               .entry = RULE_NONE,
                               .within_ms = document.within_ms,
                               .distinct = RULE_NONE};
    if (document.absent.size > 0) {
        step->entry = entries_find(build, tree_get(node, "not"), document.absent);
    }
}

static void read_present_step(struct build *build, const struct tree *node,
                              struct rule_step *step)
{
    struct step_document document = {.within_ms = -1, .span_ms = -1, .count = -1};

    (void)bind_map(diag_of(build), build->compile.arena, node, &steps_step_table, &document);
    const int64_t timespan = build->rule->timespan_ms;
    int64_t span = document.span_ms >= 0 ? document.span_ms : document.within_ms;
    span = span >= 0 && span < timespan ? span : timespan;
    *step = (struct rule_step){
        .entry = RULE_NONE,
        .within_ms = document.within_ms,
        .span_ms = span,
        .count = document.count > 0           ? document.count
                 : document.distinct.size > 0 ? 2
                                              : 1,
        .distinct = RULE_NONE,
    };
    if (document.count == 0) {
        tree_fault(diag_of(build), tree_get(node, "count"), "E205", "a count is at least 1");
    }
    if (document.rule.size == 0) {
        return;
    }
    step->entry = entries_find_by(build, tree_get(node, "rule"), document.rule, document.by);
    if (document.distinct.size > 0 && step->entry != RULE_NONE) {
        step->distinct = entries_operand(build, tree_get(node, "distinct"), document.distinct,
                                         UINT64_C(1) << step->entry);
    }
}

/* The part of a step that a fault is about, or all of it. */
static const struct tree *part_of(const struct tree *step, const char *key)
{
    const struct tree *part = tree_get(step, key);

    return part != NULL ? part : step;
}

static void check_first(const struct build *build, const struct tree *node,
                        const struct rule_step *step)
{
    if (step->absent) {
        tree_key_fault(diag_of(build), part_of(node, "not"), "E214",
                       "a sequence begins with an event");
        diag_hint(diag_of(build), "an event that does not come at all is an 'absence'");
    } else if (step->within_ms >= 0) {
        tree_key_fault(diag_of(build), part_of(node, "within"), "E214",
                       "the first step has none before it");
        diag_hint(diag_of(build), "'span' says how close its own events are");
    }
}

static void check_order(struct build *build, const struct tree *list,
                        const struct rule_step *steps, size_t count)
{
    if (count == 0 || (count == 1 && steps[0].count < 2)) {
        tree_key_fault(diag_of(build), list, "E214", "a sequence has at least two steps");
        return;
    }
    size_t i = 0;
    for (const struct tree *node = list->first; node != NULL; node = node->next, i++) {
        if (i == 0) {
            check_first(build, node, &steps[0]);
        } else if (steps[i].absent && steps[i - 1].absent) {
            tree_key_fault(diag_of(build), part_of(node, "not"), "E214",
                           "two steps 'not' in a row");
            diag_hint(diag_of(build), "one event may mean several types");
        }
        if (i + 1 == count && steps[i].absent && steps[i].within_ms < 0) {
            tree_key_fault(diag_of(build), part_of(node, "not"), "E214",
                           "the last 'not' needs 'within': until when?");
        }
    }
}

void steps_read_sequence(struct build *build)
{
    const struct document_correlation *joins = &build->document->joins;
    struct rule *rule = build->rule;

    rule->overlap_first = joins->overlap == 1;
    rule->until = RULE_NONE;
    if (joins->until.size > 0) {
        rule->until =
            entries_find(build, tree_get(build->document->correlation, "until"), joins->until);
    }
    if (joins->steps == NULL) {
        return;
    }
    if (joins->steps->count > RULE_STEPS_MAX) {
        tree_fault(diag_of(build), joins->steps, "E204", "more than %d steps", RULE_STEPS_MAX);
        return;
    }
    struct rule_step *steps =
        arena_alloc(build->compile.arena, joins->steps->count * sizeof *steps);
    size_t count = 0;
    for (const struct tree *node = joins->steps->first; node != NULL; node = node->next) {
        if (tree_get(node, "not") != NULL) {
            read_absent_step(build, node, &steps[count]);
        } else {
            read_present_step(build, node, &steps[count]);
        }
        if (steps[count].entry != RULE_NONE) {
            read_residuals(build, steps, count);
        }
        count++;
    }
    check_order(build, joins->steps, steps, count);
    for (size_t i = 0; i < count; i++) {
        rule->counted |= steps[i].entry == RULE_NONE ? 0 : UINT64_C(1) << steps[i].entry;
    }
    rule->counted |= rule->until == RULE_NONE ? 0 : UINT64_C(1) << rule->until;
    rule->steps = steps;
    rule->steps_count = count;
}

void steps_read_absence(struct build *build)
{
    const struct document_correlation *joins = &build->document->joins;
    const struct tree *node = build->document->correlation;
    struct rule *rule = build->rule;

    rule->after = RULE_NONE;
    rule->missing = RULE_NONE;
    rule->lookback_ms = joins->lookback_ms;
    if (joins->after.size > 0) {
        rule->after = entries_find(build, tree_get(node, "after"), joins->after);
    }
    if (joins->missing.size > 0) {
        rule->missing = entries_find(build, tree_get(node, "missing"), joins->missing);
    }
    rule->counted = (rule->after == RULE_NONE ? 0 : UINT64_C(1) << rule->after) |
                    (rule->missing == RULE_NONE ? 0 : UINT64_C(1) << rule->missing);
}
