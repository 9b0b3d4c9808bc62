/* Drives the two stages over events in memory and prints what each cost, in processor time of
 * this thread, as one JSON object. No broker: what librdkafka costs is measured by
 * tests/bench/run.
 *
 * usage: stage_bench EVENTS.ndjson RULES SCHEMAS_FOLDER
 */
#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/cli/workbench.h"
#include "seinpost/schema/avro.h"
#include "seinpost/signal/encoding.h"
#include "seinpost/signal/pack.h"
#include "seinpost/stage/correlator.h"
#include "seinpost/stage/ingest.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    BATCH = 1000, /* records of one transaction */
    ONE_DAY_MS = 24 * 60 * 60 * 1000,
};

static const struct slice all_types[] = {{"*", 1}};

static const struct source partner = {
    .name = {"file", 4},
    .topic = {"file", 4},
    .types = all_types,
    .types_count = 1,
    .wire = SOURCE_SINGLE_OBJECT,
    .purposes = ~0U,
    .legal_bases = ~0U,
    .lateness_ms = ONE_DAY_MS,
};

typedef VECTOR(struct slice) records;

struct bench {
    struct workbench workbench;
    records events;
    records packs;
    size_t matches;
    size_t alerts;
    struct text metadata; /* what the live run would have committed: a replay must come to it */
    struct stage stage;
    struct outbox *outbox;
};

static double cpu_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static struct slice keep(struct slice bytes)
{
    char *copy = malloc(bytes.size + 1);

    ENSURE_MEMORY(copy != NULL);
    memcpy(copy, bytes.data, bytes.size);
    return (struct slice){copy, bytes.size};
}

static bool read_events(struct bench *bench, const char *path)
{
    struct encoding *encoding = encoding_new(bench->workbench.catalogue);
    FILE *file = fopen(path, "rbe");
    struct text record = {0};
    char *line = NULL;
    size_t room = 0;

    for (ssize_t size = file == NULL ? 0 : getline(&line, &room, file); size > 0;
         size = getline(&line, &room, file)) {
        text_clear(&record);
        if (encoding_put(encoding, (struct slice){line, (size_t)size}, &record) != NULL) {
            VECTOR_PUSH(&bench->events, keep(text_slice(&record)));
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    free(line);
    text_free(&record);
    encoding_free(encoding);
    return bench->events.count > 0;
}

/* The schema that a partner of the catalogue's own writes with. */
static void answer_schema(struct bench *bench)
{
    const struct stage_wanted wanted = bench->stage.wanted(bench->stage.self);
    const struct catalogue *catalogue = bench->workbench.catalogue;
    struct slice found = {0};

    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct event_type *type = catalogue_type(catalogue, i);
        struct text canonical = {0};
        const bool good = avro_canonical(type->json, &canonical);
        ENSURE(good);
        found = avro_fingerprint(text_slice(&canonical)) == wanted.schema ? type->json : found;
        text_free(&canonical);
    }
    bench->stage.schema(bench->stage.self, &wanted, found);
}

static void keep_outbox(struct bench *bench, bool packs)
{
    for (size_t i = 0; i < outbox_count(bench->outbox); i++) {
        const struct outbox_record *record = outbox_get(bench->outbox, i);
        bench->alerts +=
            record->topic == OUTBOX_ALERTS || record->topic == OUTBOX_SHADOW ? 1 : 0;
        if (packs && record->topic == OUTBOX_MATCHES) {
            VECTOR_PUSH(&bench->packs, keep(record->value));
        }
    }
    outbox_clear(bench->outbox);
}

/* Gives all records to the stage. Returns nanoseconds of processor time, without what the bench
 * itself does between the batches. */
static double drive(struct bench *bench, const char *topic, const struct slice *items,
                    size_t count, bool packs)
{
    double spent = 0;

    for (size_t start = 0; start < count; start += BATCH) {
        const double begun = cpu_ns();
        for (size_t i = start; i < count && i < start + BATCH; i++) {
            const struct record record = {.from = {topic, 0},
                                          .offset = (int64_t)i,
                                          .timestamp_ms = INT64_MAX / 2,
                                          .value = items[i]};
            enum stage_result result =
                bench->stage.record(bench->stage.self, &record, bench->outbox);
            while (result == STAGE_WANTS_SCHEMA) {
                answer_schema(bench);
                result = bench->stage.record(bench->stage.self, &record, bench->outbox);
            }
            ENSURE(result == STAGE_DONE);
        }
        bench->stage.flush(bench->stage.self, 0, bench->outbox);
        spent += cpu_ns() - begun;
        keep_outbox(bench, packs);
    }
    return spent;
}

static double run_ingest(struct bench *bench)
{
    bench->stage = ingest_stage(&(struct ingest_options){
        .program = bench->workbench.program,
        .formats = &bench->workbench.formats,
        .file = &partner,
        .derived_topic = "derived",
        .match_partitions = 1,
    });
    bench->stage.assigned(bench->stage.self, &(struct stage_assignment){
                                                 .partition = {"file", 0}, .partitions = 1});
    const double spent = drive(bench, "file", bench->events.items, bench->events.count, true);
    bench->stage.free(bench->stage.self);
    return spent;
}

static void count_match(void *context, const struct match *match)
{
    struct bench *bench = context;

    (void)match;
    bench->matches++;
}

static void count_nothing(void *context, const struct watermark *watermark)
{
    (void)context;
    (void)watermark;
}

static void count_matches(struct bench *bench)
{
    struct arena *arena = arena_new(1 << 30);
    const struct pack_visitor visitor = {bench, count_match, count_nothing};

    for (size_t i = 0; i < bench->packs.count; i++) {
        const struct slice value = bench->packs.items[i];
        const bool good =
            pack_read(arena, (struct slice){value.data + 10, value.size - 10}, &visitor);
        ENSURE(good);
        arena_reset(arena);
    }
    arena_free(arena);
}

/* `committed`: all before is muted. Returns the bytes of memory that the state takes. */
static double run_correlate(struct bench *bench, int64_t committed, size_t *bytes)
{
    const size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;

    bench->stage = correlator_stage(&(struct correlator_options){
        .program = bench->workbench.program,
        .formats = &bench->workbench.formats,
        .alert_wire = SOURCE_SINGLE_OBJECT,
        .match_partitions = 1,
        .derived_partitions = 1,
    });
    bench->stage.assigned(bench->stage.self,
                          &(struct stage_assignment){.partition = {"matches", 0},
                                                     .partitions = 1,
                                                     .committed = committed,
                                                     .metadata = text_slice(&bench->metadata)});
    const double spent = drive(bench, "matches", bench->packs.items, bench->packs.count, false);
    text_clear(&bench->metadata);
    bench->stage.metadata(bench->stage.self, (struct record_partition){"matches", 0},
                          &bench->metadata);
    *bytes = mallinfo2().uordblks + mallinfo2().hblkhd - before;
    bench->stage.free(bench->stage.self);
    return spent;
}

static int measure(struct bench *bench)
{
    size_t bytes = 0;

    const double ingest = run_ingest(bench);
    count_matches(bench);
    bench->alerts = 0;
    const double correlate = run_correlate(bench, 0, &bytes);
    const size_t alerts = bench->alerts;
    const double replay = run_correlate(bench, INT64_MAX, &bytes);
    const double events = (double)bench->events.count;
    const double matches = bench->matches == 0 ? 1 : (double)bench->matches;

    return printf("{\"events\": %zu, \"rules\": %zu, \"matches\": %zu, \"alerts\": %zu, "
                  "\"ingest_ns_per_event\": %.0f, \"correlate_ns_per_match\": %.0f, "
                  "\"replay_ns_per_match\": %.0f, \"state_bytes_per_match\": %.0f}\n",
                  bench->events.count, bench->workbench.program->rules_count, bench->matches,
                  alerts, ingest / events, correlate / matches, replay / matches,
                  (double)bytes / matches) < 0;
}

int main(int argc, char **argv)
{
    struct bench bench = {0};
    int code = 2;

    if (argc != 4) {
        (void)fputs("usage: stage_bench EVENTS.ndjson RULES SCHEMAS_FOLDER\n", stderr);
        return 2;
    }
    const char *const rules[] = {argv[2]};
    bench.outbox = outbox_new();
    workbench_open(&bench.workbench, argv[3], rules, 1,
                   &(struct load_options){.today = INSTANT_MIN, .lateness_ms = ONE_DAY_MS});
    if (diag_errors(bench.workbench.diag) > 0) {
        (void)workbench_report(&bench.workbench, stderr, DIAG_TEXT);
    } else if (!read_events(&bench, argv[1])) {
        (void)fprintf(stderr, "stage_bench: no events in %s\n", argv[1]);
    } else {
        code = measure(&bench);
    }
    workbench_close(&bench.workbench);
    outbox_free(bench.outbox);
    text_free(&bench.metadata);
    return code;
}
