#include "seinpost/rule/program.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/table.h"

static struct slice bytes_of(const uint64_t *step)
{
    return (struct slice){(const char *)step, sizeof *step};
}

struct rule *program_find(const struct program *program, struct slice name)
{
    size_t low = 0;
    size_t high = program->rules_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = slice_compare(program->rules[middle]->name, name);
        if (order == 0) {
            return program->rules[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

bool program_runs(const struct rule *rule)
{
    return rule->status == RULE_TEST || rule->status == RULE_STABLE;
}

const struct rule *program_maker(const struct program *program, const struct event_type *type)
{
    for (size_t i = 0; i < program->rules_count; i++) {
        if (program->rules[i]->alerts == type) {
            return program->rules[i];
        }
    }
    return NULL;
}

bool program_is_unread(const struct program *program, struct slice glob)
{
    const struct program_unread *unread = program->unread;

    while (unread != NULL && !slice_glob(glob, unread->name)) {
        unread = unread->next;
    }
    return unread != NULL;
}

const struct probe_list *program_probes(const struct program *program,
                                        const struct event_type *type)
{
    if (type->index < catalogue_count(program->catalogue) &&
        catalogue_type(program->catalogue, type->index) == type) {
        return &program->probes[type->index];
    }
    const struct rule *maker = program_maker(program, type);
    ENSURE(maker != NULL);
    return &program->alert_probes[maker->index];
}

struct use_list program_uses(const struct program *program, uint64_t step)
{
    const struct use_list *uses = table_get(program->uses, bytes_of(&step));

    return uses == NULL ? (struct use_list){0} : *uses;
}

bool program_probe_true(const struct probe *probe, const struct event *event,
                        const struct list_set *lists)
{
    if ((probe->rule->purposes & ~event->purposes) != 0) {
        return false;
    }
    if (probe->source.size > 0 && !slice_glob(probe->source, event->is.source)) {
        return false;
    }
    if (probe->detection != NULL && !detection_true(probe->detection, event, lists)) {
        return false;
    }
    for (size_t i = 0; i < probe->exclusions_count; i++) {
        const struct exclusion *exclusion = &probe->exclusions[i];
        if (instant_before(event->is.time, exclusion->until) &&
            detection_search_true(&exclusion->search, event, lists)) {
            return false;
        }
    }
    return true;
}
