/* How long a worker is held up when rules are loaded anew under load: the longest of its turns
 * before, while and after it goes over, as one JSON object, in milliseconds of processor time;
 * `all` is by the clock.
 *
 * usage: reload_bench EVENTS.ndjson RULES OTHER_RULES SCHEMAS_FOLDER
 *
 * Half of the events are history; the others come turn by turn.
 */
#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/cli/workbench.h"
#include "seinpost/file/memory.h"
#include "seinpost/run/worker.h"
#include "seinpost/stage/correlator.h"
#include "seinpost/stage/ingest.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    RECORDS_A_TURN = 4, /* of the match log: what comes while rules change */
    QUIET_TURNS = 200,  /* before, and after */
    ONE_DAY_MS = 24 * 60 * 60 * 1000,
};

static const struct slice all_types[] = {{"*", 1}};

static const struct source partner = {
    .name = {"file", 4},
    .topic = {"file", 4},
    .types = all_types,
    .types_count = 1,
    .wire = SOURCE_NDJSON,
    .purposes = ~0U,
    .legal_bases = ~0U,
};

struct bench {
    struct workbench old;
    struct arena *arena;
    const struct program *program;
    double load_ms;
    struct memory *log;
    size_t topics[OUTBOX_TOPICS_COUNT];
    VECTOR(struct slice) packs;
    size_t next; /* of the packs */
    struct worker *worker;
};

static double ms_of(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double now_ms(void)
{
    return ms_of(CLOCK_THREAD_CPUTIME_ID);
}

static int64_t steady_ms(void *self)
{
    (void)self;
    return (int64_t)ms_of(CLOCK_MONOTONIC);
}

/* Rules are read while the worker goes on: by the main thread. */
static bool load(struct bench *bench, char **argv)
{
    const char *const old[] = {argv[2]};
    const char *const other[] = {argv[3]};
    const struct load_options options = {.today = INSTANT_MIN, .lateness_ms = ONE_DAY_MS};

    workbench_open(&bench->old, argv[4], old, 1, &options);
    if (workbench_report(&bench->old, stderr, DIAG_TEXT)) {
        return false;
    }
    const double begun = now_ms();
    bench->arena = arena_new(2000UL * 1000 * 1000);
    struct diag *diag = diag_new(bench->arena);
    bench->program = load_program(bench->arena, diag, bench->old.catalogue, other, 1, &options);
    bench->load_ms = now_ms() - begun;
    diag_print(diag, stderr, DIAG_TEXT);
    return diag_errors(diag) == 0;
}

static void keep_packs(struct bench *bench, struct outbox *outbox)
{
    for (size_t i = 0; i < outbox_count(outbox); i++) {
        const struct outbox_record *record = outbox_get(outbox, i);
        char *copy = malloc(record->value.size + 1);
        ENSURE_MEMORY(copy != NULL);
        memcpy(copy, record->value.data, record->value.size);
        if (record->topic == OUTBOX_MATCHES) {
            VECTOR_PUSH(&bench->packs, (struct slice){copy, record->value.size});
        }
    }
    outbox_clear(outbox);
}

/* Packs of a hundred events, as many transactions of a busy daemon are. */
static bool ingest(struct bench *bench, const char *path)
{
    FILE *file = fopen(path, "rbe");
    struct outbox *outbox = outbox_new();
    struct stage stage = ingest_stage(&(struct ingest_options){
        .program = bench->old.program,
        .formats = &bench->old.formats,
        .file = &partner,
        .derived_topic = "derived",
        .match_partitions = 1,
    });
    char *line = NULL;
    size_t room = 0;
    int64_t offset = 0;

    stage.assigned(stage.self,
                   &(struct stage_assignment){.partition = {"file", 0}, .partitions = 1});
    for (ssize_t size = file == NULL ? 0 : getline(&line, &room, file); size > 0;
         size = getline(&line, &room, file)) {
        const struct record record = {.from = {"file", 0},
                                      .offset = offset++,
                                      .timestamp_ms = -1,
                                      .value = {line, (size_t)size}};
        const enum stage_result result = stage.record(stage.self, &record, outbox);
        ENSURE(result == STAGE_DONE);
        if (offset % 100 == 0) {
            stage.flush(stage.self, 0, outbox);
            keep_packs(bench, outbox);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    free(line);
    stage.free(stage.self);
    outbox_free(outbox);
    return bench->packs.count > 0;
}

static void append(struct bench *bench, size_t count)
{
    for (size_t i = 0; i < count && bench->next < bench->packs.count; i++) {
        memory_append(bench->log, bench->topics[OUTBOX_MATCHES], 0, SLICE(""),
                      bench->packs.items[bench->next++]);
    }
}

static double turn(struct bench *bench)
{
    const double begun = now_ms();
    const enum outcome outcome = worker_turn(bench->worker, 0);

    ENSURE(outcome == OUTCOME_OK);
    return now_ms() - begun;
}

static double longest(struct bench *bench, int turns)
{
    double most = 0;

    for (int i = 0; i < turns; i++) {
        append(bench, RECORDS_A_TURN);
        const double ms = turn(bench);
        most = ms > most ? ms : most;
    }
    return most;
}

static int measure(struct bench *bench)
{
    const struct stage_edition edition = {.number = 2, .program = bench->program};
    double most = 0;
    double last = 0;
    int turns = 0;

    append(bench, bench->packs.count / 2);
    do {
        (void)turn(bench);
    } while (!worker_was_idle(bench->worker));
    const double before = longest(bench, QUIET_TURNS);
    const double at = ms_of(CLOCK_MONOTONIC);
    const double begun = now_ms();
    worker_adopt(bench->worker, &edition);
    const double adopting = now_ms() - begun;
    while (worker_edition(bench->worker) < edition.number) {
        append(bench, RECORDS_A_TURN);
        most = last > most ? last : most;
        last = turn(bench);
        turns++;
    }
    const double all = ms_of(CLOCK_MONOTONIC) - at;
    const bool loaded = bench->next < bench->packs.count;
    const double after = longest(bench, QUIET_TURNS);
    return printf("{\"load\": %.0f, \"turn_before\": %.2f, \"adopting\": %.2f, "
                  "\"turn_meanwhile\": %.2f, \"turn_going_over\": %.2f, \"turn_after\": %.2f, "
                  "\"turns\": %d, \"all\": %.0f, \"under_load\": %s}\n",
                  bench->load_ms, before, adopting, most, last, after, turns, all,
                  loaded ? "true" : "false") < 0;
}

static int run(struct bench *bench)
{
    static const char *const names[OUTBOX_TOPICS_COUNT] = {
        "matches", "derived", "alerts", "alerts.current", "shadow", "rejects"};

    bench->log = memory_new();
    for (size_t i = 0; i < OUTBOX_TOPICS_COUNT; i++) {
        bench->topics[i] = memory_topic(bench->log, names[i], 1);
    }
    struct stage stage = correlator_stage(&(struct correlator_options){
        .program = bench->old.program,
        .edition = 1,
        .formats = &bench->old.formats,
        .alert_wire = SOURCE_SINGLE_OBJECT,
        .match_partitions = 1,
        .derived_partitions = 1,
        .current_topic = "alerts.current",
        .current_partitions = 1,
    });
    struct worker_ports ports = {
        .consumer = memory_consumer(
            bench->log, &(struct memory_reading){.topics = {bench->topics[OUTBOX_MATCHES]},
                                                 .topics_count = 1,
                                                 .batch_max = 1000,
                                                 .whole = true}),
        .producer = memory_producer(bench->log, bench->topics, OUTBOX_TOPICS_COUNT),
        .rereader = memory_rereader(bench->log, 50),
        .clock = {NULL, steady_ms},
    };
    bench->worker = worker_new(&stage, &ports);
    const int code = measure(bench);
    worker_free(bench->worker);
    stage.free(stage.self);
    ports.rereader.free(ports.rereader.self);
    ports.producer.free(ports.producer.self);
    ports.consumer.free(ports.consumer.self);
    memory_free(bench->log);
    return code;
}

int main(int argc, char **argv)
{
    struct bench bench = {0};
    int code = 2;

    (void)mallopt(M_MXFAST, 0); /* as the daemon does */
    if (argc != 5) {
        (void)fputs("usage: reload_bench EVENTS.ndjson RULES OTHER_RULES SCHEMAS_FOLDER\n",
                    stderr);
        return 2;
    }
    if (!load(&bench, argv)) {
        (void)fputs("reload_bench: the rules have faults\n", stderr);
    } else if (!ingest(&bench, argv[1])) {
        (void)fprintf(stderr, "reload_bench: no matches of %s\n", argv[1]);
    } else {
        code = run(&bench);
    }
    for (size_t i = 0; i < bench.packs.count; i++) {
        free((char *)(uintptr_t)bench.packs.items[i].data);
    }
    VECTOR_FREE(&bench.packs);
    arena_free(bench.arena);
    workbench_close(&bench.old);
    return code;
}
