#include "seinpost/cli/asked_plan.h"

#include "seinpost/base/text.h"
#include "seinpost/cli/verb.h"
#include "seinpost/rule/index.h"

#include <stdio.h>

/* One event type, or one rule's alerts, and what is said of it. */
struct told {
    const struct probe_list *probes;
    bool json;
    size_t gates;
    struct text text;
};

static const char *way_of(const struct index_gate *gate)
{
    if (gate->always) {
        return "lazy";
    }
    switch (gate->kind) {
    case GATE_EQUAL:
        return "hashed";
    case GATE_PREFIX:
        return "prefix";
    case GATE_RANGE:
        break;
    }
    return "range";
}

static void add_bound(struct text *text, const struct index_gate *gate, int64_t bound)
{
    if (gate->currency[0] != '\0') {
        const struct value money = value_of_money(bound, slice_of(gate->currency));
        value_format(text, &money);
    } else {
        literal_format_milli(text, bound);
    }
}

/* `>= 50.00 EUR`, `from 1 to 4`. */
static void add_range(struct text *text, const struct index_gate *gate)
{
    if (gate->from == gate->to) {
        text_add(text, SLICE("= "));
        add_bound(text, gate, gate->from);
    } else if (gate->to == INT64_MAX) {
        text_add(text, SLICE(">= "));
        add_bound(text, gate, gate->from);
    } else if (gate->from == INT64_MIN) {
        text_add(text, SLICE("<= "));
        add_bound(text, gate, gate->to);
    } else {
        add_bound(text, gate, gate->from);
        text_add(text, SLICE(" to "));
        add_bound(text, gate, gate->to);
    }
}

static void add_wanted(struct text *text, const struct index_gate *gate)
{
    if (gate->always) {
        return;
    }
    switch (gate->kind) {
    case GATE_EQUAL:
        text_format(text, "= %.*s", SLICE_ARGS(gate->text));
        break;
    case GATE_PREFIX:
        text_format(text, "= %.*s*", SLICE_ARGS(gate->text));
        break;
    case GATE_RANGE:
        add_range(text, gate);
        break;
    }
}

static void add_probe(struct text *text, const struct probe *probe)
{
    text_format(text, "%.*s.%.*s", SLICE_ARGS(probe->rule->name),
                SLICE_ARGS(probe->rule->entries[probe->entry].name));
}

static void tell_text(struct told *told, const struct index_gate *gate)
{
    struct text *text = &told->text;

    text_format(text, "  %-7s", way_of(gate));
    if (!gate->always) {
        text_format(text, "%.*s ", SLICE_ARGS(gate->field));
        add_wanted(text, gate);
        text_add(text, SLICE(": "));
    }
    for (size_t i = 0; i < gate->probes_count; i++) {
        text_add(text, i > 0 ? SLICE(", ") : SLICE(""));
        add_probe(text, &told->probes->items[gate->probes[i]]);
    }
    text_add_byte(text, '\n');
}

static void tell_json(struct told *told, const struct index_gate *gate)
{
    struct text *text = &told->text;
    struct text part = {0};

    text_format(text, "%s{\"way\":\"%s\"", told->gates > 0 ? "," : "", way_of(gate));
    if (!gate->always) {
        text_add(text, SLICE(",\"field\":"));
        text_add_json(text, gate->field);
        add_wanted(&part, gate);
        text_add(text, SLICE(",\"wanted\":"));
        text_add_json(text, text_slice(&part));
    }
    text_add(text, SLICE(",\"probes\":["));
    for (size_t i = 0; i < gate->probes_count; i++) {
        text_clear(&part);
        add_probe(&part, &told->probes->items[gate->probes[i]]);
        text_add(text, i > 0 ? SLICE(",") : SLICE(""));
        text_add_json(text, text_slice(&part));
    }
    text_add(text, SLICE("]}"));
    text_free(&part);
}

static void on_gate(void *context, const struct index_gate *gate)
{
    struct told *told = context;

    if (told->json) {
        tell_json(told, gate);
    } else {
        tell_text(told, gate);
    }
    told->gates++;
}

static void tell_list(const struct inquiry *inquiry, struct slice name,
                      const struct probe_list *probes)
{
    struct told told = {.probes = probes, .json = inquiry->json};

    if (probes->count == 0) {
        return;
    }
    if (inquiry->json) {
        text_add(&told.text, SLICE("{\"events\":"));
        text_add_json(&told.text, name);
        text_format(&told.text, ",\"probes\":%zu,\"gates\":[", probes->count);
    } else {
        text_format(&told.text, "%.*s: %zu probe%s\n", SLICE_ARGS(name), probes->count,
                    probes->count == 1 ? "" : "s");
    }
    index_each(probes->index, on_gate, &told);
    text_add(&told.text, inquiry->json ? SLICE("]}\n") : SLICE(""));
    (void)fwrite(told.text.data, 1, told.text.size, stdout);
    text_free(&told.text);
}

int asked_plan(const struct inquiry *inquiry, const struct workbench *workbench)
{
    const struct program *program = workbench->program;
    const size_t types = catalogue_count(program->catalogue);
    size_t silent = 0;

    for (size_t i = 0; i < types; i++) {
        tell_list(inquiry, catalogue_type(program->catalogue, i)->name, &program->probes[i]);
        silent += program->probes[i].count == 0 ? 1U : 0U;
    }
    for (size_t i = 0; i < program->rules_count; i++) {
        struct text name = {0};
        text_format(&name, "alerts of %.*s", SLICE_ARGS(program->rules[i]->name));
        tell_list(inquiry, text_slice(&name), &program->alert_probes[i]);
        text_free(&name);
    }
    if (!inquiry->json) {
        (void)printf("%zu of %zu event types are asked for by no rule: they are counted and "
                     "forgotten\n",
                     silent, types);
    }
    return fflush(stdout) == 0 ? VERB_GOOD : VERB_USAGE;
}
