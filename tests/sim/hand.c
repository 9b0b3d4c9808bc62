#include "hand.h"

#include "seinpost/base/ensure.h"
#include "seinpost/stage/correlator.h"
#include "seinpost/stage/ingest.h"

#include "trace.h"

static struct stage make_stage(const struct world *world, enum world_group group)
{
    const struct bench *bench = world->bench;

    if (group == WORLD_INGEST) {
        return ingest_stage(&(struct ingest_options){
            .program = bench->program,
            .formats = &bench->formats,
            .derived_topic = broker_name(world->broker, world->topics[OUTBOX_DERIVED]),
            .match_partitions = world->plan.match_partitions,
        });
    }
    return correlator_stage(&(struct correlator_options){
        .program = bench->program,
        .formats = &bench->formats,
        .alert_wire = SOURCE_SINGLE_OBJECT,
        .alert_schema = bench->formats.alert.fingerprint,
        .match_partitions = world->plan.match_partitions,
        .derived_partitions = world->plan.derived_partitions,
    });
}

static enum outcome find_schema(void *self, struct slice source, uint64_t id,
                                struct text *schema)
{
    struct world_hand *hand = self;
    const enum faults_kind fault = hand_strike(hand, FAULTS_FIND);

    (void)source;
    if (fault != FAULTS_NONE) {
        return fault == FAULTS_RETRY ? OUTCOME_RETRY : OUTCOME_STOP;
    }
    text_add(schema, bench_schema(hand->world->bench, id));
    return OUTCOME_OK;
}

static int64_t steady_ms(void *self)
{
    const struct world_hand *hand = self;

    return hand->world->now_ms;
}

void hand_start(struct world_hand *hand)
{
    ENSURE(!hand->running);
    hand->lives++;
    trace_say("  %s: life %d begins", hand->name, hand->lives);
    hand->crashed = hand->crashed_keeping = false;
    hand->running = true;
    hand->ports.consumer = hand_consumer(hand);
    hand->ports.producer = hand_producer(hand, &hand->ports.consumer);
    hand->ports.library = (struct library){hand, find_schema};
    hand->ports.clock = (struct steady){hand, steady_ms};
    if (hand->world->plan.keeps) {
        hand->ports.snapshots =
            (struct snapshots_plan){disk_port(hand), hand->world->plan.keeps_every_ms, SIZE_MAX,
                                    hand->world->plan.keeps_piece};
    }
    hand->stage = make_stage(hand->world, hand->group);
    hand->worker = worker_new(&hand->stage, &hand->ports);
}

void hand_end(struct world_hand *hand)
{
    ENSURE(hand->running && !hand->busy);
    trace_say("  %s: life %d ends", hand->name, hand->lives);
    worker_free(hand->worker);
    hand->stage.free(hand->stage.self);
    hand->ports.producer.free(hand->ports.producer.self);
    hand->ports.consumer.free(hand->ports.consumer.self);
    hand->worker = NULL;
    hand->running = false;
}

void hand_stop(struct world_hand *hand)
{
    ENSURE(hand->running && !hand->busy);
    hand->busy = true;
    worker_end(hand->worker);
    hand->busy = false;
    hand_end(hand);
}

void hand_turn(struct world_hand *hand)
{
    ENSURE(hand->running && !hand->busy);
    hand->busy = true;
    hand->world->turns++;
    trace_say("%lld ms: %s turns", (long long)hand->world->now_ms, hand->name);
    const enum outcome outcome = worker_turn(hand->worker, 0);
    hand->busy = false;
    ENSURE(!hand->crashed || hand->crashed_keeping || outcome != OUTCOME_OK);
    if (outcome != OUTCOME_OK || hand->crashed) {
        hand_end(hand);
    }
}

enum faults_kind hand_strike(struct world_hand *hand, enum faults_call call)
{
    if (hand->crashed) {
        return FAULTS_CRASH;
    }
    const enum faults_kind kind = faults_draw(&hand->world->faults, call);
    if (kind == FAULTS_NONE) {
        return FAULTS_NONE;
    }
    trace_say("! %s: %s at %s", hand->name, faults_kind_name(kind), faults_call_name(call));
    if (kind == FAULTS_SLEEP) {
        world_sleep(hand);
        return FAULTS_NONE;
    }
    hand->crashed = kind == FAULTS_CRASH;
    return kind;
}
