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
    SITE_BATCH = 1000,
    SETTLING = 3, /* a partition is asked whether it is at its end, says so, and is quiet */
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
    int64_t packs;  /* of the match log, so many were told */
    int64_t now_ms; /* of a site: as its brokers have it */
    const struct rehearsal_site *site;
    const struct program *program;
    size_t *partners; /* topics of the log */
    size_t topics[OUTBOX_TOPICS_COUNT];
    struct stage stages[2];
    struct worker *workers[2];
    struct worker_ports ports[2];
    struct arena *arena;
};

static int64_t now_ms(void *self)
{
    const struct rehearsal *rehearsal = self;

    return rehearsal->now_ms;
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
        .library = rehearsal->site == NULL ? (struct library){NULL, no_schema}
                                           : rehearsal->site->library,
        .clock = {rehearsal, now_ms},
    };
    rehearsal->workers[index] = worker_new(&rehearsal->stages[index], &rehearsal->ports[index]);
}

static int32_t match_partitions(const struct rehearsal *rehearsal)
{
    return rehearsal->site == NULL ? 1 : rehearsal->site->match_partitions;
}

static int32_t derived_partitions(const struct rehearsal *rehearsal)
{
    return rehearsal->site == NULL ? 1 : rehearsal->site->derived_partitions;
}

static void make_partners(struct rehearsal *rehearsal)
{
    const struct rehearsal_site *site = rehearsal->site;

    if (site == NULL) {
        rehearsal->events = memory_topic(rehearsal->log, "file", 1);
        return;
    }
    rehearsal->partners = calloc(site->topics_count + 1, sizeof(size_t));
    ENSURE_MEMORY(rehearsal->partners != NULL);
    for (size_t i = 0; i < site->topics_count; i++) {
        rehearsal->partners[i] =
            memory_topic(rehearsal->log, site->topics[i], site->partitions[i]);
    }
}

static void make_topics(struct rehearsal *rehearsal)
{
    static const char *const names[OUTBOX_TOPICS_COUNT] = {
        "matches", "derived", "alerts", "alerts.current", "shadow", "rejects"};

    rehearsal->log = memory_new();
    make_partners(rehearsal);
    for (size_t i = 0; i < OUTBOX_TOPICS_COUNT; i++) {
        const int32_t partitions = i == OUTBOX_MATCHES   ? match_partitions(rehearsal)
                                   : i == OUTBOX_DERIVED ? derived_partitions(rehearsal)
                                                         : 1;
        rehearsal->topics[i] = memory_topic(rehearsal->log, names[i], partitions);
    }
}

static void make_stages(struct rehearsal *rehearsal, const struct rehearsal_options *options)
{
    rehearsal->stages[0] = ingest_stage(&(struct ingest_options){
        .program = options->program,
        .lists = options->lists,
        .formats = options->formats,
        .key = options->site == NULL ? NULL : options->site->key,
        .file = options->site == NULL ? &file_source : NULL,
        .derived_topic = "derived",
        .match_partitions = match_partitions(rehearsal),
    });
    rehearsal->stages[1] = correlator_stage(&(struct correlator_options){
        .program = options->program,
        .formats = options->formats,
        .shows_helpers = options->shows_helpers,
        .alert_wire = SOURCE_SINGLE_OBJECT,
        .alert_schema = options->formats->alert.fingerprint,
        .match_partitions = match_partitions(rehearsal),
        .derived_partitions = derived_partitions(rehearsal),
    });
}

static void make_workers(struct rehearsal *rehearsal)
{
    const size_t batch_max = rehearsal->site == NULL ? 1 : SITE_BATCH;
    struct memory_reading inputs = {
        .batch_max = batch_max, .trims = true, .in_order = rehearsal->site != NULL};

    if (rehearsal->site == NULL) {
        inputs.topics[inputs.topics_count++] = rehearsal->events;
    }
    for (size_t i = 0; rehearsal->site != NULL && i < rehearsal->site->topics_count; i++) {
        inputs.topics[inputs.topics_count++] = rehearsal->partners[i];
    }
    inputs.topics[inputs.topics_count++] = rehearsal->topics[OUTBOX_DERIVED];
    make_worker(rehearsal, 0, &inputs);
    make_worker(rehearsal, 1,
                &(struct memory_reading){.topics = {rehearsal->topics[OUTBOX_MATCHES]},
                                         .topics_count = 1,
                                         .batch_max = batch_max,
                                         .trims = true});
}

struct rehearsal *rehearsal_new(const struct rehearsal_options *options,
                                struct rehearsal_listener listener)
{
    struct rehearsal *rehearsal = calloc(1, sizeof *rehearsal);

    ENSURE_MEMORY(rehearsal != NULL);
    rehearsal->formats = options->formats;
    rehearsal->program = options->program;
    rehearsal->site = options->site;
    rehearsal->listener = listener;
    rehearsal->arena = arena_new(ARENA_MAX);
    make_topics(rehearsal);
    make_stages(rehearsal, options);
    make_workers(rehearsal);
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
    free(rehearsal->partners);
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
        struct event_place place = {.topic = binary_get_text(&bytes)};
        place.partition = binary_get_int(&bytes);
        place.offset = binary_get_long(&bytes);
        rehearsal->listener.reject(rehearsal->listener.context, reason, detail, &place);
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
static enum outcome turn(struct rehearsal *rehearsal)
{
    enum outcome outcome = OUTCOME_OK;
    size_t turns = 0;

    do {
        for (size_t i = 0; i < 2 && outcome == OUTCOME_OK; i++) {
            tell_packs(rehearsal);
            outcome = worker_turn(rehearsal->workers[i], 0);
        }
        ENSURE(++turns < TURNS_MAX);
    } while (outcome == OUTCOME_OK && (!worker_was_idle(rehearsal->workers[0]) ||
                                       !worker_was_idle(rehearsal->workers[1])));
    tell_alerts(rehearsal);
    tell_rejects(rehearsal);
    arena_reset(rehearsal->arena);
    return outcome;
}

static void run(struct rehearsal *rehearsal)
{
    const enum outcome outcome = turn(rehearsal);

    ENSURE(outcome == OUTCOME_OK); /* nothing here can fail */
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

void rehearsal_record(struct rehearsal *rehearsal, size_t topic, const struct record *record)
{
    ENSURE(rehearsal->site != NULL && topic < rehearsal->site->topics_count);
    memory_append_at(rehearsal->log, rehearsal->partners[topic], record);
}

enum outcome rehearsal_turn(struct rehearsal *rehearsal, int64_t at_ms)
{
    enum outcome outcome = OUTCOME_OK;

    ENSURE(at_ms >= rehearsal->now_ms);
    rehearsal->now_ms = at_ms;
    for (int i = 0; i < SETTLING && outcome == OUTCOME_OK; i++) {
        outcome = turn(rehearsal);
    }
    return outcome;
}

void rehearsal_derived(struct rehearsal *rehearsal, struct slice record)
{
    memory_append(rehearsal->log, rehearsal->topics[OUTBOX_DERIVED], 0, SLICE(""), record);
    run(rehearsal);
}

/* Every match partition hears it. */
static void state(struct rehearsal *rehearsal, struct pack *pack)
{
    struct text value = {0};

    frame_put(&value, SOURCE_SINGLE_OBJECT, rehearsal->formats->match.fingerprint);
    pack_finish(pack, &value);
    for (int32_t i = 0; i < match_partitions(rehearsal); i++) {
        memory_append(rehearsal->log, rehearsal->topics[OUTBOX_MATCHES], i, SLICE(""),
                      text_slice(&value));
    }
    text_free(&value);
}

/* A source whose topic is left out speaks as if it had one partition. */
static int32_t partitions_of(const struct rehearsal_site *site, const struct source *source)
{
    for (size_t i = 0; i < site->topics_count; i++) {
        if (slice_is(source->topic, site->topics[i])) {
            return site->partitions[i];
        }
    }
    return 1;
}

void rehearsal_watermark(struct rehearsal *rehearsal, struct instant at)
{
    const struct rehearsal_site *site = rehearsal->site;
    const struct source_list *sources = &rehearsal->program->sources;
    struct pack *pack = pack_new();
    struct watermark watermark = {
        .source = PROGRAM_FILE_SOURCE, .partitions = 1, .high = at, .exact = true};

    if (site == NULL) {
        pack_add_watermark(pack, &watermark);
    }
    for (size_t i = 0; site != NULL && i < sources->count; i++) {
        watermark.source = sources->items[i].name;
        watermark.partitions = partitions_of(site, &sources->items[i]);
        for (watermark.partition = 0; watermark.partition < watermark.partitions;
             watermark.partition++) {
            pack_add_watermark(pack, &watermark);
        }
    }
    state(rehearsal, pack);
    pack_free(pack);
    run(rehearsal);
}
