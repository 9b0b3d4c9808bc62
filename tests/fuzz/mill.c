#include "mill.h"

#include "seinpost/base/ensure.h"

static const struct slice all_types[] = {{"*", 1}};

static const struct source file = {
    .name = {"file", 4},
    .topic = {"events", 6},
    .types = all_types,
    .types_count = 1,
    .wire = SOURCE_NDJSON,
    .identities = SOURCE_PSEUDONYM,
    .purposes = 7,
    .legal_bases = 1023,
    .lateness_ms = INT64_C(1000) * 24 * 3600 * 1000,
    .max_skew_ms = 60 * 1000,
    .idle_ms = 5000,
    .retention_ms = INT64_C(400) * 24 * 3600 * 1000,
};

const struct record_partition mill_events = {"events", 0};
const struct record_partition mill_matches = {"matches", 0};

struct mill *mill_get(void)
{
    static struct mill mill;
    const char *const rules[] = {FUZZ_DEPLOY "/rules"};

    if (mill.outbox == NULL) {
        mill.kit = fuzz_kit();
        mill.program = load_program(mill.kit.arena, mill.kit.diag, mill.kit.catalogue, rules, 1,
                                    &mill.kit.options);
        formats_load(mill.kit.arena, mill.kit.diag, FUZZ_SCHEMAS, &mill.formats);
        ENSURE(mill.program->rules_count > 0);
        mill.outbox = outbox_new();
    }
    return &mill;
}

struct stage mill_ingest(const struct mill *mill)
{
    const struct ingest_options options = {.program = mill->program,
                                           .formats = &mill->formats,
                                           .file = &file,
                                           .derived_topic = "derived",
                                           .match_partitions = 1};
    const struct stage_assignment assignment = {.partition = mill_events, .partitions = 1};
    const struct stage stage = ingest_stage(&options);

    stage.assigned(stage.self, &assignment);
    return stage;
}

struct stage mill_correlator(const struct mill *mill, int64_t committed, struct slice metadata)
{
    const struct correlator_options options = {.program = mill->program,
                                               .formats = &mill->formats,
                                               .alert_wire = SOURCE_SINGLE_OBJECT,
                                               .alert_schema = mill->formats.alert.fingerprint,
                                               .match_partitions = 1,
                                               .derived_partitions = 1,
                                               .current_topic = "alerts.current",
                                               .current_partitions = 1};
    const struct stage_assignment assignment = {.partition = mill_matches,
                                                .partitions = 1,
                                                .committed = committed,
                                                .metadata = metadata};
    const struct stage stage = correlator_stage(&options);

    stage.assigned(stage.self, &assignment);
    return stage;
}

void mill_give_lines(struct mill *mill, struct stage *ingest, struct slice lines)
{
    struct record record = {.from = mill_events, .timestamp_ms = -1};

    while (lines.size > 0) {
        record.value = slice_cut(&lines, '\n');
        ENSURE(ingest->record(ingest->self, &record, mill->outbox) == STAGE_DONE);
        record.offset++;
    }
    ingest->flush(ingest->self, 0, mill->outbox);
}
