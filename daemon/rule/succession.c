#include "seinpost/rule/succession.h"

/* What decides whether a match is seen: the ids of the steps, which hold condition, exceptions,
 * key and operands. */
static bool reads_same(const struct rule *a, const struct rule *b)
{
    if (a->entries_count != b->entries_count || a->sources_count != b->sources_count ||
        a->lateness_ms != b->lateness_ms) {
        return false;
    }
    for (size_t i = 0; i < a->entries_count; i++) {
        if (a->entries[i].step != b->entries[i].step) {
            return false;
        }
    }
    for (size_t i = 0; i < a->sources_count; i++) {
        if (!slice_equal(a->sources[i], b->sources[i])) {
            return false;
        }
    }
    return true;
}

/* Its alerts go where they went: a rule that was approved meanwhile means the same, and speaks
 * to others. Alerts remember what they are made of only while other rules read them. */
static bool goes_on(const struct rule *before, const struct rule *now)
{
    return program_runs(before) && program_runs(now) && digest_equal(before->hash, now->hash) &&
           before->status == now->status && reads_same(before, now) &&
           (before->is_read || !now->is_read);
}

/* Both are ordered by name. */
size_t succession_find(const struct program *before, const struct program *now, int *kept)
{
    size_t fresh = 0;
    size_t old = 0;

    for (size_t i = 0; i < now->rules_count; i++) {
        const struct rule *rule = now->rules[i];
        while (old < before->rules_count &&
               slice_compare(before->rules[old]->name, rule->name) < 0) {
            old++;
        }
        const bool found = old < before->rules_count &&
                           slice_equal(before->rules[old]->name, rule->name) &&
                           goes_on(before->rules[old], rule);
        kept[i] = found ? (int)old : SUCCESSION_NONE;
        fresh += !found && program_runs(rule) ? 1U : 0U;
    }
    return fresh;
}

static const struct rule *same_rule(const struct program *program, const struct rule *rule)
{
    const struct rule *other = program_find(program, rule->name);
    const bool same = other != NULL && program_runs(other) &&
                      digest_equal(other->hash, rule->hash) && other->status == rule->status;

    return same ? other : NULL;
}

bool succession_knows(const struct program *program, const struct rule *rule)
{
    return same_rule(program, rule) != NULL;
}

bool succession_told(const struct program *program, const struct rule *rule, struct instant at)
{
    const struct rule *other = same_rule(program, rule);

    return other != NULL && rule_publishes(other, at);
}
