#include "reference.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/vector.h"
#include "seinpost/schema/event.h"
#include "seinpost/stage/correlator.h"
#include "seinpost/stage/ingest.h"

#include <stdlib.h>

enum {
    ROUNDS_MAX = 10000
};

static struct stage make_ingest(const struct world *world, int32_t match_partitions)
{
    return ingest_stage(&(struct ingest_options){
        .program = world->bench->program,
        .formats = &world->bench->formats,
        .derived_topic = broker_name(world->broker, world->topics[OUTBOX_DERIVED]),
        .match_partitions = match_partitions,
    });
}

static struct stage make_correlator(const struct world *world, int32_t match_partitions,
                                    int32_t derived_partitions)
{
    return correlator_stage(&(struct correlator_options){
        .program = world->bench->program,
        .formats = &world->bench->formats,
        .alert_wire = SOURCE_SINGLE_OBJECT,
        .alert_schema = world->bench->formats.alert.fingerprint,
        .match_partitions = match_partitions,
        .derived_partitions = derived_partitions,
    });
}

static void assign(const struct world *world, const struct stage *stage, int topic,
                   int32_t partition, int32_t partitions)
{
    const struct stage_assignment assignment = {
        .partition = {broker_name(world->broker, topic), partition},
        .partitions = partitions,
    };

    stage->assigned(stage->self, &assignment);
}

static void give(const struct world *world, const struct stage *stage,
                 const struct record *record, struct outbox *outbox)
{
    enum stage_result result = stage->record(stage->self, record, outbox);

    while (result == STAGE_WANTS_SCHEMA) {
        const struct stage_wanted wanted = stage->wanted(stage->self);
        stage->schema(stage->self, &wanted, bench_schema(world->bench, wanted.schema));
        result = stage->record(stage->self, record, outbox);
    }
    ENSURE(result == STAGE_DONE);
}

struct feeding {
    const struct world *world;
    const struct stage *stage;
    int topic;
    int32_t only; /* below 0: all partitions */
    struct outbox *outbox;
};

static void feed(void *context, int32_t partition, int64_t offset,
                 const struct broker_record *record)
{
    const struct feeding *feeding = context;
    const struct record given = {
        .from = {broker_name(feeding->world->broker, feeding->topic), partition},
        .offset = offset,
        .timestamp_ms = record->timestamp_ms,
        .key = record->key,
        .value = record->value,
    };

    if (feeding->only < 0 || feeding->only == partition) {
        give(feeding->world, feeding->stage, &given, feeding->outbox);
    }
}

static void ingest_topic(const struct world *world, const struct stage *stage, int topic,
                         struct outbox *outbox)
{
    struct feeding feeding = {world, stage, topic, -1, outbox};
    const int32_t partitions = broker_partitions(world->broker, topic);

    for (int32_t i = 0; i < partitions; i++) {
        assign(world, stage, topic, i, partitions);
    }
    reading_each(world, topic, feed, &feeding);
}

void reference_ingest(const struct world *world, struct outbox *outbox)
{
    const struct stage stage = make_ingest(world, world->plan.match_partitions);

    for (int i = 0; i < BENCH_SOURCES_COUNT; i++) {
        ingest_topic(world, &stage, world->sources[i], outbox);
    }
    ingest_topic(world, &stage, world->topics[OUTBOX_DERIVED], outbox);
    stage.flush(stage.self, 0, outbox);
    stage.free(stage.self);
}

void reference_correlate(const struct world *world, int32_t partition, struct outbox *outbox)
{
    const int topic = world->topics[OUTBOX_MATCHES];
    const struct stage stage =
        make_correlator(world, world->plan.match_partitions, world->plan.derived_partitions);
    struct feeding feeding = {world, &stage, topic, partition, outbox};

    assign(world, &stage, topic, partition, world->plan.match_partitions);
    reading_each(world, topic, feed, &feeding);
    stage.flush(stage.self, 0, outbox);
    stage.free(stage.self);
}

struct order {
    VECTOR(const struct traffic_item *) items;
};

static int by_content(const void *left, const void *right)
{
    const struct traffic_item *a = *(const struct traffic_item *const *)left;
    const struct traffic_item *b = *(const struct traffic_item *const *)right;
    const int order = instant_compare(a->time, b->time);

    if (order != 0) {
        return order;
    }
    if (a->source != b->source) { /* their names are in this order too */
        return a->source < b->source ? -1 : 1;
    }
    const int ids = slice_compare(a->line, b->line);
    return ids != 0 ? ids : (int)a->partition - (int)b->partition;
}

static void gather(const struct world *world, struct order *order)
{
    for (int i = 0; i < BENCH_SOURCES_COUNT; i++) {
        for (int32_t j = 0; j < world->plan.traffic.partitions[i]; j++) {
            const struct traffic_queue *queue = &world->traffic.queues[i][j];
            for (size_t k = 0; k < queue->count; k++) {
                if (!queue->items[k].spoiled) {
                    VECTOR_PUSH(&order->items, &queue->items[k]);
                }
            }
        }
    }
    if (order->items.count > 1) {
        qsort(order->items.items, order->items.count, sizeof order->items.items[0], by_content);
    }
}

/* An event that is told twice is one event. */
static void drop_doubles(struct order *order)
{
    size_t kept = 0;

    for (size_t i = 0; i < order->items.count; i++) {
        const struct traffic_item *item = order->items.items[i];
        if (kept == 0 || !slice_equal(order->items.items[kept - 1]->line, item->line)) {
            order->items.items[kept++] = item;
        }
    }
    order->items.count = kept;
}

/* Both stages, and what goes to and fro between them. */
struct pair {
    const struct world *world;
    struct stage ingest;
    struct stage correlator;
    struct outbox *matches;
    struct outbox *made;
    struct outbox *alerts;
    int64_t offset;
};

/* Returns whether something went back to ingest. */
static bool correlate(struct pair *pair)
{
    const struct world *world = pair->world;
    bool more = false;

    pair->ingest.flush(pair->ingest.self, 0, pair->matches);
    for (size_t i = 0; i < outbox_count(pair->matches); i++) {
        const struct outbox_record *record = outbox_get(pair->matches, i);
        if (record->topic == OUTBOX_MATCHES) {
            const struct record given = {
                .from = {broker_name(world->broker, world->topics[OUTBOX_MATCHES]), 0},
                .offset = pair->offset++,
                .value = record->value};
            give(world, &pair->correlator, &given, pair->made);
        }
    }
    outbox_clear(pair->matches);
    pair->correlator.flush(pair->correlator.self, 0, pair->made);
    for (size_t i = 0; i < outbox_count(pair->made); i++) {
        const struct outbox_record *record = outbox_get(pair->made, i);
        if (record->topic == OUTBOX_DERIVED) {
            const struct record given = {
                .from = {broker_name(world->broker, world->topics[OUTBOX_DERIVED]), 0},
                .offset = pair->offset++,
                .value = record->value};
            give(world, &pair->ingest, &given, pair->matches);
            more = true;
        } else if (record->topic == OUTBOX_ALERTS || record->topic == OUTBOX_SHADOW) {
            outbox_add(pair->alerts, record);
        }
    }
    outbox_clear(pair->made);
    return more;
}

static void run_pair(struct pair *pair)
{
    int rounds = 0;

    while (correlate(pair)) {
        ENSURE(++rounds < ROUNDS_MAX);
    }
}

static void assign_pair(struct pair *pair)
{
    const struct world *world = pair->world;

    for (int i = 0; i < BENCH_SOURCES_COUNT; i++) {
        const int32_t partitions = world->plan.traffic.partitions[i];
        for (int32_t j = 0; j < partitions; j++) {
            assign(world, &pair->ingest, world->sources[i], j, partitions);
        }
    }
    assign(world, &pair->ingest, world->topics[OUTBOX_DERIVED], 0, 1);
    assign(world, &pair->correlator, world->topics[OUTBOX_MATCHES], 0, 1);
}

void reference_in_order(const struct world *world, struct outbox *alerts)
{
    struct order order = {0};
    struct pair pair = {
        .world = world,
        .ingest = make_ingest(world, 1),
        .correlator = make_correlator(world, 1, 1),
        .matches = outbox_new(),
        .made = outbox_new(),
        .alerts = alerts,
    };

    assign_pair(&pair);
    gather(world, &order);
    drop_doubles(&order);
    for (size_t i = 0; i < order.items.count; i++) {
        const struct traffic_item *item = order.items.items[i];
        const struct record given = {
            .from = {broker_name(world->broker, world->sources[item->source]), item->partition},
            .offset = (int64_t)i,
            .timestamp_ms = item->timestamp_ms,
            .value = item->value};
        give(world, &pair.ingest, &given, pair.matches);
        run_pair(&pair);
    }
    VECTOR_FREE(&order.items);
    outbox_free(pair.matches);
    outbox_free(pair.made);
    pair.ingest.free(pair.ingest.self);
    pair.correlator.free(pair.correlator.self);
}
