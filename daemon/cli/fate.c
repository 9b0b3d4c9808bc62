#include "seinpost/cli/fate.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/cli/probing.h"
#include "seinpost/schema/binary.h"

#include <stdlib.h>

enum {
    ALL_BYTES_MAX = 256 * 1024 * 1024,
    RECORD_BYTES_MAX = 256 * 1024 * 1024,
};

const char *fate_name(enum fate fate)
{
    static const char *const names[FATES_COUNT] = {"kept", "pseudonymised", "compared",
                                                   "dropped", "refused"};

    return names[fate];
}

struct fates *fate_new(const struct fate_options *options)
{
    struct fates *fates = calloc(1, sizeof *fates);

    ENSURE_MEMORY(fates != NULL);
    fates->options = *options;
    fates->arena = arena_new(ALL_BYTES_MAX);
    fates->record = arena_new(RECORD_BYTES_MAX);
    fates->intake = intake_new(options->edition.program->catalogue, options->key);
    fates->as_sample = *options->source;
    fates->as_sample.wire = SOURCE_SINGLE_OBJECT;
    fates->as_lines = *options->source;
    fates->as_lines.wire = SOURCE_NDJSON;
    fates->high = INSTANT_MIN;
    return fates;
}

void fate_free(struct fates *fates)
{
    if (fates == NULL) {
        return;
    }
    intake_free(fates->intake);
    arena_free(fates->record);
    arena_free(fates->arena);
    VECTOR_FREE(&fates->fields);
    free(fates);
}

/* Intake knows a schema by its id, which containers of a sample share; and what a framed record
 * offers stands in the schema that intake asks for only once. */
static void renew(struct fates *fates, const struct sample_record *record)
{
    if (record->kind == SAMPLE_FRAMED || !slice_equal(fates->known, record->schema)) {
        intake_free(fates->intake);
        fates->intake =
            intake_new(fates->options.edition.program->catalogue, fates->options.key);
        fates->known = slice_copy(fates->arena, record->schema);
    }
}

/* Gives the schema that intake asks for. Returns it; empty: there is none. */
static struct slice give_schema(struct fates *fates, const struct sample_record *record,
                                const struct stage_wanted *wanted)
{
    struct text found = {0};
    struct slice schema = record->schema.size > 0 ? record->schema : fates->options.schema;

    if (schema.size == 0) {
        const struct library *library = &fates->options.library;
        const enum outcome outcome =
            library->find(library->self, wanted->source->name, wanted->schema, &found);
        fates->unreachable = fates->unreachable || outcome != OUTCOME_OK;
        schema = slice_copy(fates->record, text_slice(&found));
        text_free(&found);
    }
    intake_schema(fates->intake, wanted, schema);
    return schema;
}

/* The record as the topic would have it, and its writer's schema. */
static struct intake_result take(struct fates *fates, const struct sample_record *record,
                                 struct slice *schema)
{
    const bool framed = record->kind == SAMPLE_FRAMED;
    const struct source *source = !record->encoded ? &fates->as_lines
                                  : framed         ? fates->options.source
                                                   : &fates->as_sample;
    const struct record as = {.from = {"sample", 0},
                              .offset = (int64_t)fates->records,
                              .timestamp_ms = fates->options.now_ms,
                              .value = record->value};

    renew(fates, record);
    struct intake_result result = intake_take(fates->intake, fates->record, source, &as);
    *schema = fates->options.schema;
    if (result.wants_schema) {
        *schema = give_schema(fates, record, &result.wanted);
        result = intake_take(fates->intake, fates->record, source, &as);
    }
    if (!record->encoded && result.verdict == VERDICT_GOOD) {
        result.verdict = VERDICT_DECODE; /* what no schema of the catalogue can hold */
    }
    return result;
}

static struct fate_field *sum_of(struct fates *fates, const struct event_type *type,
                                 struct slice name)
{
    for (size_t i = 0; i < fates->fields.count; i++) {
        struct fate_field *sum = &fates->fields.items[i];
        if (sum->type == type && slice_equal(sum->name, name)) {
            return sum;
        }
    }
    const struct field *field = type == NULL ? NULL : catalogue_field(type, name);
    VECTOR_PUSH(&fates->fields, (struct fate_field){.type = type,
                                                    .name = slice_copy(fates->arena, name),
                                                    .field = field});
    return &fates->fields.items[fates->fields.count - 1];
}

static bool serves(const struct matching *found, const struct probe *probe)
{
    const uint64_t step = probe->rule->entries[probe->entry].step;

    for (size_t i = 0; i < found->count; i++) {
        for (size_t j = 0; j < found->matches[i].steps_count; j++) {
            if (found->matches[i].steps[j] == step) {
                return true;
            }
        }
    }
    return false;
}

static void find_rules(struct fates *fates, const struct probe_list *probes,
                       const struct matching *found, struct fate_record *record)
{
    record->rules = arena_alloc(fates->record, (probes->count + 1) * sizeof *record->rules);
    for (size_t i = 0; i < probes->count; i++) {
        const struct rule *rule = probes->items[i].rule;
        const size_t count = record->rules_count; /* probes of one rule stand together */
        if (serves(found, &probes->items[i]) &&
            (count == 0 || record->rules[count - 1] != rule)) {
            record->rules[record->rules_count++] = rule;
        }
    }
}

/* Of a good record's field. */
static enum fate judge(const struct fates *fates, const struct probe_list *probes,
                       const struct matching *found, const struct fate_field *sum)
{
    enum fate fate = FATE_DROPPED;

    if (sum->field == NULL) {
        return FATE_DROPPED;
    }
    for (size_t i = 0; i < probes->count; i++) {
        const struct probe *probe = &probes->items[i];
        if (serves(found, probe) && probing_keeps(probe, sum->field)) {
            return sum->field->personal ? FATE_PSEUDONYMISED : FATE_KEPT;
        }
        if (probing_may_ask(probe, fates->options.source) &&
            probing_compares(probe, sum->field)) {
            fate = FATE_COMPARED;
        }
    }
    return fate;
}

/* A field that this record leaves empty has no fate in it. */
static bool is_there(const struct intake_result *result, const struct field *field)
{
    return result->verdict != VERDICT_GOOD || field == NULL ||
           result->event.values[field - result->type->fields].type != VALUE_NONE;
}

static void judge_fields(struct fates *fates, struct offer offer, const struct matching *found,
                         struct fate_record *record)
{
    const struct event_type *type = record->result.type;
    const bool good = record->result.verdict == VERDICT_GOOD;
    const struct probe_list none = {0};
    const struct probe_list *probes =
        good ? program_probes(fates->options.edition.program, type) : &none;
    struct fate_of_field *fields = arena_alloc(fates->record, offer.count * sizeof *fields);

    if (good) {
        find_rules(fates, probes, found, record);
    }
    for (size_t i = 0; i < offer.count; i++) {
        struct fate_field *sum = sum_of(fates, type, offer.names[i]);
        if (is_there(&record->result, sum->field)) {
            const enum fate fate = good ? judge(fates, probes, found, sum) : FATE_REFUSED;
            fields[record->fields_count++] = (struct fate_of_field){sum->name, fate};
            sum->counts[fate]++;
        }
    }
    record->fields = fields;
}

void fate_take(void *context, const struct sample_record *sample)
{
    struct fates *fates = context;
    const struct stage_edition *edition = &fates->options.edition;
    struct fate_record record = {.is = sample};
    struct matching found = {0};
    struct slice schema = {0};

    arena_reset(fates->record);
    record.result = take(fates, sample, &schema);
    if (record.result.verdict == VERDICT_GOOD) {
        const struct event *event = &record.result.event;
        fates->high = instant_latest(fates->high, event->is.time);
        found =
            matching_find(edition->program, edition->lists, event, fates->high, fates->record);
        if (found.late.size > 0) {
            record.result.verdict = VERDICT_LATE;
            record.result.detail = found.late;
        }
    }
    judge_fields(fates,
                 sample->kind == SAMPLE_LINE ? offer_of_line(fates->record, sample->line)
                 : sample->schema.size > 0   ? offer_of_schema(fates->record, sample->schema)
                                             : offer_of_schema(fates->record, schema),
                 &found, &record);
    fates->records++;
    fates->verdicts[record.result.verdict]++;
    fates->unasked +=
        record.result.verdict == VERDICT_GOOD && record.rules_count == 0 ? 1U : 0U;
    fates->options.listener(fates->options.context, &record);
}

bool fate_rule_asks(const struct fates *fates, const struct fate_field *field,
                    const struct rule *rule, bool *keeps)
{
    bool asks = false;

    *keeps = false;
    if (field->type == NULL || field->field == NULL) {
        return false;
    }
    const struct probe_list *probes =
        program_probes(fates->options.edition.program, field->type);
    for (size_t i = 0; i < probes->count; i++) {
        const struct probe *probe = &probes->items[i];
        if (probe->rule == rule && probing_may_ask(probe, fates->options.source)) {
            const bool kept = probing_keeps(probe, field->field);
            *keeps = *keeps || kept;
            asks = asks || kept || probing_compares(probe, field->field);
        }
    }
    return asks;
}
