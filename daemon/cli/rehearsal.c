#include "seinpost/cli/rehearsal.h"

#include "seinpost/alert/alert_avro.h"
#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/file/memory.h"
#include "seinpost/run/worker.h"
#include "seinpost/schema/binary.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/pack.h"
#include "seinpost/stage/correlator.h"
#include "seinpost/stage/ingest.h"

#include <stdlib.h>

enum {
    TURNS_MAX = 1000000, /* for one event: more would be rules that feed each other for ever */
    ARENA_MAX = 256 * 1024 * 1024,
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

struct rehearsal {
    const struct formats *formats;
    struct rehearsal_listener listener;
    struct memory *log;
    size_t events;
    int64_t packs; /* of the match log, so many were told */
    size_t topics[OUTBOX_TOPICS_COUNT];
    struct stage stages[2];
    struct worker *workers[2];
    struct worker_ports ports[2];
    struct arena *arena;
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

static void make_worker(struct rehearsal *rehearsal, size_t index,
                        const struct memory_reading *reading)
{
    rehearsal->ports[index] = (struct worker_ports){
        .consumer = memory_consumer(rehearsal->log, reading),
        .producer = memory_producer(rehearsal->log, rehearsal->topics, OUTBOX_TOPICS_COUNT),
        .library = {NULL, no_schema},
        .clock = {NULL, no_time},
    };
    rehearsal->workers[index] = worker_new(&rehearsal->stages[index], &rehearsal->ports[index]);
}

static void make_topics(struct rehearsal *rehearsal)
{
    static const char *const names[OUTBOX_TOPICS_COUNT] = {
        "matches", "derived", "alerts", "alerts.current", "shadow", "rejects"};

    rehearsal->log = memory_new();
    rehearsal->events = memory_topic(rehearsal->log, "file", 1);
    for (size_t i = 0; i < OUTBOX_TOPICS_COUNT; i++) {
        rehearsal->topics[i] = memory_topic(rehearsal->log, names[i], 1);
    }
}

struct rehearsal *rehearsal_new(const struct rehearsal_options *options,
                                struct rehearsal_listener listener)
{
    struct rehearsal *rehearsal = calloc(1, sizeof *rehearsal);
    const struct formats *formats = options->formats;

    ENSURE_MEMORY(rehearsal != NULL);
    rehearsal->formats = formats;
    rehearsal->listener = listener;
    rehearsal->arena = arena_new(ARENA_MAX);
    make_topics(rehearsal);
    rehearsal->stages[0] = ingest_stage(&(struct ingest_options){
        .program = options->program,
        .lists = options->lists,
        .formats = formats,
        .file = &file_source,
        .derived_topic = "derived",
        .match_partitions = 1,
    });
    rehearsal->stages[1] = correlator_stage(&(struct correlator_options){
        .program = options->program,
        .formats = formats,
        .shows_helpers = options->shows_helpers,
        .alert_wire = SOURCE_SINGLE_OBJECT,
        .alert_schema = formats->alert.fingerprint,
        .match_partitions = 1,
        .derived_partitions = 1,
    });
    make_worker(rehearsal, 0,
                &(struct memory_reading){
                    .topics = {rehearsal->events, rehearsal->topics[OUTBOX_DERIVED]},
                    .topics_count = 2,
                    .batch_max = 1,
                    .trims = true});
    make_worker(rehearsal, 1,
                &(struct memory_reading){.topics = {rehearsal->topics[OUTBOX_MATCHES]},
                                         .topics_count = 1,
                                         .batch_max = 1,
                                         .trims = true});
    return rehearsal;
}

void rehearsal_free(struct rehearsal *rehearsal)
{
    if (rehearsal == NULL) {
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        worker_free(rehearsal->workers[i]);
        rehearsal->ports[i].consumer.free(rehearsal->ports[i].consumer.self);
        rehearsal->ports[i].producer.free(rehearsal->ports[i].producer.self);
        rehearsal->stages[i].free(rehearsal->stages[i].self);
    }
    memory_free(rehearsal->log);
    arena_free(rehearsal->arena);
    free(rehearsal);
}

static void tell_alert(struct rehearsal *rehearsal, struct slice value, bool shadow)
{
    struct frame frame;
    struct alert alert;

    const enum verdict verdict = frame_read(SOURCE_SINGLE_OBJECT, value, &frame);
    ENSURE(verdict == VERDICT_GOOD);
    const bool good = alert_avro_get(rehearsal->arena, frame.body, &alert);
    ENSURE(good);
    rehearsal->listener.alert(rehearsal->listener.context, &alert, shadow);
}

/* What was published to two topics, in the order in which it was. */
static void tell_alerts(struct rehearsal *rehearsal)
{
    struct memory *log = rehearsal->log;
    const size_t topics[2] = {rehearsal->topics[OUTBOX_ALERTS],
                              rehearsal->topics[OUTBOX_SHADOW]};

    for (;;) {
        size_t first = 2;
        uint64_t order = UINT64_MAX;
        for (size_t i = 0; i < 2; i++) {
            const int64_t start = memory_start(log, topics[i], 0);
            if (start < memory_end(log, topics[i], 0) &&
                memory_get(log, topics[i], 0, start)->order < order) {
                order = memory_get(log, topics[i], 0, start)->order;
                first = i;
            }
        }
        if (first == 2) {
            break;
        }
        const int64_t start = memory_start(log, topics[first], 0);
        tell_alert(rehearsal, memory_get(log, topics[first], 0, start)->value, first == 1);
        memory_trim(log, topics[first], 0, start + 1);
    }
    const size_t current = rehearsal->topics[OUTBOX_ALERTS_CURRENT];
    memory_trim(log, current, 0, memory_end(log, current, 0));
}

static void tell_rejects(struct rehearsal *rehearsal)
{
    const size_t topic = rehearsal->topics[OUTBOX_REJECTS];
    struct memory *log = rehearsal->log;

    for (int64_t at = memory_start(log, topic, 0); at < memory_end(log, topic, 0); at++) {
        struct frame frame;
        const enum verdict verdict =
            frame_read(SOURCE_SINGLE_OBJECT, memory_get(log, topic, 0, at)->value, &frame);
        ENSURE(verdict == VERDICT_GOOD);
        struct binary bytes = binary_of(frame.body);
        const struct slice reason = binary_get_text(&bytes);
        const struct slice detail = binary_get_text(&bytes);
        (void)binary_get_text(&bytes); /* source */
        (void)binary_get_text(&bytes); /* topic */
        (void)binary_get_int(&bytes);  /* partition */
        const int64_t event = binary_get_long(&bytes);
        rehearsal->listener.reject(rehearsal->listener.context, reason, detail, event);
    }
    memory_trim(log, topic, 0, memory_end(log, topic, 0));
}

/* What ingest wrote to the match log since the last time. */
static void tell_packs(struct rehearsal *rehearsal)
{
    const size_t topic = rehearsal->topics[OUTBOX_MATCHES];
    const int64_t end = memory_end(rehearsal->log, topic, 0);

    for (; rehearsal->listener.pack != NULL && rehearsal->packs < end; rehearsal->packs++) {
        rehearsal->listener.pack(rehearsal->listener.context,
                                 memory_get(rehearsal->log, topic, 0, rehearsal->packs)->value,
                                 rehearsal->packs);
    }
}

/* Turns both workers until nothing is left to do. */
static void run(struct rehearsal *rehearsal)
{
    size_t turns = 0;

    do {
        for (size_t i = 0; i < 2; i++) {
            tell_packs(rehearsal);
            const enum outcome outcome = worker_turn(rehearsal->workers[i], 0);
            ENSURE(outcome == OUTCOME_OK);
        }
        ENSURE(++turns < TURNS_MAX);
    } while (!worker_was_idle(rehearsal->workers[0]) ||
             !worker_was_idle(rehearsal->workers[1]));
    tell_alerts(rehearsal);
    tell_rejects(rehearsal);
    arena_reset(rehearsal->arena);
}

const struct source *rehearsal_source(void)
{
    return &file_source;
}

void rehearsal_event(struct rehearsal *rehearsal, struct slice line)
{
    memory_append(rehearsal->log, rehearsal->events, 0, SLICE(""), line);
    run(rehearsal);
}

void rehearsal_derived(struct rehearsal *rehearsal, struct slice record)
{
    memory_append(rehearsal->log, rehearsal->topics[OUTBOX_DERIVED], 0, SLICE(""), record);
    run(rehearsal);
}

void rehearsal_watermark(struct rehearsal *rehearsal, struct instant at)
{
    struct pack *pack = pack_new();
    struct text value = {0};
    const struct watermark watermark = {
        .source = PROGRAM_FILE_SOURCE, .partitions = 1, .high = at, .exact = true};

    pack_add_watermark(pack, &watermark);
    frame_put(&value, SOURCE_SINGLE_OBJECT, rehearsal->formats->match.fingerprint);
    pack_finish(pack, &value);
    memory_append(rehearsal->log, rehearsal->topics[OUTBOX_MATCHES], 0, SLICE(""),
                  text_slice(&value));
    text_free(&value);
    pack_free(pack);
    run(rehearsal);
}
