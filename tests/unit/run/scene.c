#include "scene.h"

#include "seinpost/alert/alert_avro.h"
#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/file/memory.h"
#include "seinpost/rule/load.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/pack.h"
#include "seinpost/stage/correlator.h"
#include "seinpost/stage/ingest.h"

#include <unistd.h>

#include "unit.h"

enum {
    INGEST,
    CORRELATE,
    WORKERS,
    TURNS_MAX = 100000,
    PARTITIONS_MAX = 4
};

static const struct slice all_types[] = {{"*", 1}};

static const struct source file_source = {
    .name = {"file", 4},
    .topic = {"file", 4},
    .types = all_types,
    .types_count = 1,
    .wire = SOURCE_NDJSON,
    .purposes = ~0U,
    .legal_bases = ~0U,
};

struct edition {
    const struct program *program;
    struct arena *arena; /* NULL: of another edition, or freed */
};

struct scene {
    struct scene_options options;
    struct arena *arena;
    const struct catalogue *catalogue;
    struct formats formats;
    VECTOR(struct edition) loaded; /* by number, from 1 */
    uint64_t editions[WORKERS];    /* that the workers were given last */
    uint64_t freed;                /* all editions to this one */
    struct memory *log;
    size_t events;
    size_t topics[OUTBOX_TOPICS_COUNT];
    struct stage stages[WORKERS];
    struct worker_ports ports[WORKERS];
    struct worker *workers[WORKERS];
    struct producer inner; /* of the correlator */
    struct rereader again;
    unsigned polls;
    struct text snapshots[PARTITIONS_MAX];
    size_t snapshots_used;
    enum scene_fault fault;
};

static int64_t no_time(void *self)
{
    (void)self;
    return 0;
}

static enum outcome no_schema(void *self, struct slice source, uint64_t id, struct text *schema)
{
    (void)self;
    (void)source;
    (void)id;
    (void)schema;
    return OUTCOME_OK;
}

struct scene *scene_new(const struct scene_options *options)
{
    static const char *const names[OUTBOX_TOPICS_COUNT] = {
        "matches", "derived", "alerts", "alerts.current", "shadow", "rejects"};
    struct scene *scene = calloc(1, sizeof *scene);

    ENSURE_MEMORY(scene != NULL);
    scene->options = *options;
    scene->arena = arena_new(512 << 20);
    struct diag *diag = diag_new(scene->arena);
    scene->catalogue = catalogue_load(scene->arena, diag, UNIT_SCHEMAS "/signals");
    formats_load(scene->arena, diag, UNIT_SCHEMAS, &scene->formats);
    scene->log = memory_new();
    scene->events = memory_topic(scene->log, "file", 1);
    for (size_t i = 0; i < OUTBOX_TOPICS_COUNT; i++) {
        const int32_t partitions = i == OUTBOX_MATCHES          ? options->match_partitions
                                   : i == OUTBOX_ALERTS_CURRENT ? 2
                                                                : 1;
        scene->topics[i] = memory_topic(scene->log, names[i], partitions);
    }
    return scene;
}

uint64_t scene_load(struct scene *scene, const char *rules)
{
    struct diag *diag = diag_new(scene->arena);
    char path[] = "/tmp/seinpost-unit-XXXXXX";
    const char *paths[] = {path};
    const struct load_options options = {.today = INSTANT_MIN, .lateness_ms = 600 * 1000};

    const int file = mkstemp(path);
    ENSURE(file >= 0 && write(file, rules, strlen(rules)) == (ssize_t)strlen(rules));
    (void)close(file);
    struct arena *arena = arena_new(64 << 20);
    const struct program *program =
        load_program(arena, diag, scene->catalogue, paths, 1, &options);
    if (diag_errors(diag) > 0) {
        diag_print(diag, stderr, DIAG_TEXT);
    }
    ck_assert_uint_eq(diag_errors(diag), 0);
    (void)unlink(path);
    VECTOR_PUSH(&scene->loaded, (struct edition){program, arena});
    return scene->loaded.count;
}

uint64_t scene_again(struct scene *scene, const struct program *program)
{
    VECTOR_PUSH(&scene->loaded, (struct edition){program, NULL});
    return scene->loaded.count;
}

const struct program *scene_program(const struct scene *scene, uint64_t edition)
{
    return scene->loaded.items[edition - 1].program;
}

static enum outcome begin(void *self)
{
    struct scene *scene = self;

    return scene->inner.begin(scene->inner.self);
}

static enum outcome send_record(void *self, const struct producer_record *record)
{
    struct scene *scene = self;

    return scene->inner.send(scene->inner.self, record);
}

static enum outcome commit(void *self, const struct producer_offset *offsets, size_t count)
{
    struct scene *scene = self;
    const enum scene_fault fault = scene->fault;

    scene->fault = SCENE_NONE;
    switch (fault) {
    case SCENE_ABORTED:
        return OUTCOME_ABORT;
    case SCENE_LOST:
        return OUTCOME_STOP;
    case SCENE_UNCLEAR:
        (void)scene->inner.commit(scene->inner.self, offsets, count);
        return OUTCOME_STOP;
    case SCENE_NONE:
        break;
    }
    return scene->inner.commit(scene->inner.self, offsets, count);
}

static enum outcome abort_pending(void *self)
{
    struct scene *scene = self;

    return scene->inner.abort(scene->inner.self);
}

static void free_producer(void *self)
{
    struct scene *scene = self;

    scene->inner.free(scene->inner.self);
}

static enum outcome open_again(void *self, struct record_partition partition)
{
    struct scene *scene = self;

    return scene->again.open(scene->again.self, partition);
}

/* A lazy one gives three records a turn: then it has none. */
static enum outcome poll_again(void *self, int64_t below, int64_t timeout_ms,
                               struct rereader_batch *batch)
{
    struct scene *scene = self;

    if (scene->options.lazy && ++scene->polls % 4 == 0) {
        *batch = (struct rereader_batch){.next = -1};
        return OUTCOME_OK;
    }
    return scene->again.poll(scene->again.self, below, timeout_ms, batch);
}

static void close_again(void *self)
{
    struct scene *scene = self;

    scene->again.close(scene->again.self);
}

static void free_again(void *self)
{
    struct scene *scene = self;

    scene->again.free(scene->again.self);
}

static bool ready(void *self)
{
    return self != NULL;
}

static bool store(void *self, struct record_partition partition, struct text *bytes)
{
    struct scene *scene = self;

    text_free(&scene->snapshots[partition.partition]);
    scene->snapshots[partition.partition] = *bytes;
    *bytes = (struct text){0};
    return true;
}

static void find(void *self, struct record_partition partition, struct text *bytes)
{
    struct scene *scene = self;

    text_add(bytes, text_slice(&scene->snapshots[partition.partition]));
    scene->snapshots_used += bytes->size > 0 ? 1 : 0;
}

static void forget(void *self, struct record_partition partition)
{
    struct scene *scene = self;

    text_clear(&scene->snapshots[partition.partition]);
    scene->snapshots_used--;
}

size_t scene_snapshots_used(const struct scene *scene)
{
    return scene->snapshots_used;
}

static void make_ingest(struct scene *scene, struct stage_edition edition)
{
    scene->stages[INGEST] = ingest_stage(&(struct ingest_options){
        .program = edition.program,
        .edition = edition.number,
        .formats = &scene->formats,
        .file = &file_source,
        .derived_topic = "derived",
        .match_partitions = scene->options.match_partitions,
    });
    scene->ports[INGEST].consumer = memory_consumer(
        scene->log,
        &(struct memory_reading){.topics = {scene->events, scene->topics[OUTBOX_DERIVED]},
                                 .topics_count = 2,
                                 .batch_max = 1});
    scene->ports[INGEST].producer =
        memory_producer(scene->log, scene->topics, OUTBOX_TOPICS_COUNT);
    scene->ports[INGEST].rereader = memory_rereader(scene->log, 1);
}

static void make_correlator(struct scene *scene, struct stage_edition edition)
{
    scene->stages[CORRELATE] = correlator_stage(&(struct correlator_options){
        .program = edition.program,
        .edition = edition.number,
        .formats = &scene->formats,
        .alert_wire = SOURCE_SINGLE_OBJECT,
        .alert_schema = scene->formats.alert.fingerprint,
        .match_partitions = scene->options.match_partitions,
        .derived_partitions = 1,
        .current_topic = "alerts.current",
        .current_partitions = 2,
    });
    scene->ports[CORRELATE].consumer = memory_consumer(
        scene->log, &(struct memory_reading){.topics = {scene->topics[OUTBOX_MATCHES]},
                                             .topics_count = 1,
                                             .batch_max = 1,
                                             .whole = true});
    if (scene->options.snapshots) {
        ck_assert_int_le(scene->options.match_partitions, PARTITIONS_MAX);
        scene->ports[CORRELATE].snapshots =
            (struct snapshots_plan){{scene, ready, store, find, forget, NULL, NULL},
                                    0,
                                    SIZE_MAX / 2,
                                    scene->options.pieces ? 1 : SIZE_MAX};
    }
    scene->inner = memory_producer(scene->log, scene->topics, OUTBOX_TOPICS_COUNT);
    scene->ports[CORRELATE].producer =
        (struct producer){scene, begin, send_record, commit, abort_pending, free_producer};
    scene->again = memory_rereader(scene->log, scene->options.lazy ? 1 : 100);
    scene->ports[CORRELATE].rereader =
        (struct rereader){scene, open_again, poll_again, close_again, free_again};
}

static void stop(struct scene *scene, size_t index)
{
    if (scene->workers[index] != NULL) {
        struct worker_ports *ports = &scene->ports[index];
        worker_free(scene->workers[index]);
        scene->stages[index].free(scene->stages[index].self);
        ports->rereader.free(ports->rereader.self);
        ports->producer.free(ports->producer.self);
        ports->consumer.free(ports->consumer.self);
        scene->workers[index] = NULL;
    }
}

void scene_free(struct scene *scene)
{
    for (size_t i = 0; i < WORKERS; i++) {
        stop(scene, i);
    }
    memory_free(scene->log);
    for (size_t i = 0; i < PARTITIONS_MAX; i++) {
        text_free(&scene->snapshots[i]);
    }
    for (size_t i = 0; i < scene->loaded.count; i++) {
        arena_free(scene->loaded.items[i].arena);
    }
    VECTOR_FREE(&scene->loaded);
    arena_free(scene->arena);
    free(scene);
}

static struct stage_edition edition_of(const struct scene *scene, uint64_t number)
{
    return (struct stage_edition){number, scene_program(scene, number), NULL};
}

static void start(struct scene *scene, size_t index, uint64_t edition)
{
    stop(scene, index);
    scene->ports[index] =
        (struct worker_ports){.library = {NULL, no_schema}, .clock = {NULL, no_time}};
    if (index == INGEST) {
        make_ingest(scene, edition_of(scene, edition));
    } else {
        make_correlator(scene, edition_of(scene, edition));
    }
    scene->workers[index] = worker_new(&scene->stages[index], &scene->ports[index]);
    scene->editions[index] = edition;
}

void scene_start(struct scene *scene, uint64_t edition)
{
    for (size_t i = 0; i < WORKERS; i++) {
        start(scene, i, edition);
    }
}

void scene_restart_correlator(struct scene *scene, uint64_t edition)
{
    start(scene, CORRELATE, edition);
}

static void adopt(struct scene *scene, size_t index, uint64_t number)
{
    const struct stage_edition edition = edition_of(scene, number);

    worker_adopt(scene->workers[index], &edition);
    scene->editions[index] = number;
}

void scene_adopt_ingest(struct scene *scene, uint64_t edition)
{
    adopt(scene, INGEST, edition);
}

void scene_adopt(struct scene *scene, uint64_t edition)
{
    for (size_t i = 0; i < WORKERS; i++) {
        adopt(scene, i, edition);
    }
}

bool scene_went_over(const struct scene *scene, uint64_t edition)
{
    return worker_edition(scene->workers[CORRELATE]) >= edition;
}

void scene_send(struct scene *scene, const char *line)
{
    memory_append(scene->log, scene->events, 0, SLICE(""), slice_of(line));
}

void scene_watermark_to(struct scene *scene, int32_t partition, struct instant at)
{
    const struct watermark watermark = {
        .source = PROGRAM_FILE_SOURCE, .partitions = 1, .high = at, .exact = true};
    struct pack *pack = pack_new();
    struct text value = {0};

    pack_add_watermark(pack, &watermark);
    frame_put(&value, SOURCE_SINGLE_OBJECT, scene->formats.match.fingerprint);
    pack_finish(pack, &value);
    memory_append(scene->log, scene->topics[OUTBOX_MATCHES], partition, SLICE(""),
                  text_slice(&value));
    text_free(&value);
    pack_free(pack);
}

void scene_watermark(struct scene *scene, struct instant at)
{
    for (int32_t i = 0; i < scene->options.match_partitions; i++) {
        scene_watermark_to(scene, i, at);
    }
}

void scene_fault(struct scene *scene, enum scene_fault fault)
{
    scene->fault = fault;
}

/* Frees what no worker works by any more, so that a sanitizer sees who still does. */
static void tidy(struct scene *scene)
{
    while (!scene->options.keeps && scene->freed + 1 < worker_edition(scene->workers[INGEST]) &&
           scene->freed + 1 < worker_edition(scene->workers[CORRELATE])) {
        struct edition *edition = &scene->loaded.items[scene->freed++];
        arena_free(edition->arena);
        edition->arena = NULL;
    }
}

void scene_turn(struct scene *scene)
{
    for (size_t i = 0; i < WORKERS; i++) {
        if (worker_turn(scene->workers[i], 0) != OUTCOME_OK) {
            start(scene, i, scene->editions[i]);
        }
    }
    tidy(scene);
}

void scene_run_ingest(struct scene *scene)
{
    do {
        ck_assert_int_eq(worker_turn(scene->workers[INGEST], 0), OUTCOME_OK);
    } while (!worker_was_idle(scene->workers[INGEST]));
}

void scene_expire(struct scene *scene, int32_t partition, int64_t offset)
{
    memory_trim(scene->log, scene->topics[OUTBOX_MATCHES], partition, offset);
}

void scene_run(struct scene *scene)
{
    size_t turns = 0;

    do {
        scene_turn(scene);
        ck_assert_uint_lt(++turns, TURNS_MAX);
    } while (!worker_was_idle(scene->workers[INGEST]) ||
             !worker_was_idle(scene->workers[CORRELATE]));
}

size_t scene_alerts(const struct scene *scene, struct arena *arena, struct alert **alerts)
{
    const size_t topic = scene->topics[OUTBOX_ALERTS];
    const int64_t count = memory_end(scene->log, topic, 0);

    *alerts = arena_alloc(arena, (size_t)count * sizeof **alerts);
    for (int64_t i = 0; i < count; i++) {
        struct frame frame;
        ck_assert_int_eq(frame_read(SOURCE_SINGLE_OBJECT,
                                    memory_get(scene->log, topic, 0, i)->value, &frame),
                         VERDICT_GOOD);
        ck_assert(alert_avro_get(arena, frame.body, &(*alerts)[i]));
    }
    return (size_t)count;
}

struct slice scene_bytes(const struct scene *scene, struct arena *arena)
{
    const size_t topic = scene->topics[OUTBOX_ALERTS];
    struct text text = {0};

    for (int64_t i = 0; i < memory_end(scene->log, topic, 0); i++) {
        text_add(&text, memory_get(scene->log, topic, 0, i)->value);
    }
    const struct slice bytes = slice_copy(arena, text_slice(&text));
    text_free(&text);
    return bytes;
}
