#include "world.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hand.h"
#include "retention.h"
#include "trace.h"

enum {
    STREAM_TRAFFIC = 2,
    STREAM_STEPS = 3,
    STREAM_FAULTS = 4,
    STREAM_DISK = 5,
    ARENA_MAX = 512 * 1024 * 1024,
    DEPTH_MAX = 2,
    ROUND_MS = 50,
    ROUNDS_MAX = 3000,
    IDLE_ROUNDS = 4, /* so many rounds without anything new: it is the end */
    PUBLISH_MAX = 4,
    NAP_MS_MAX = 8000,
    QUIET_PASSES = 2,
    OTHER_SEEDS = 1 << 30,
};

static void make_topics(struct world *world)
{
    static const char *const names[OUTBOX_TOPICS_COUNT] = {
        "matches", "derived", "alerts", "alerts.current", "shadow", "rejects"};
    const struct world_plan *plan = &world->plan;
    const int32_t partitions[OUTBOX_TOPICS_COUNT] = {plan->match_partitions,
                                                     plan->derived_partitions,
                                                     plan->alert_partitions,
                                                     plan->alert_partitions,
                                                     1,
                                                     1};
    int read[BENCH_SOURCES_COUNT + 1];

    for (int i = 0; i < BENCH_SOURCES_COUNT; i++) {
        read[i] = world->sources[i] = broker_topic(
            world->broker, slice_string(world->arena, world->bench->sources[i].topic),
            plan->traffic.partitions[i]);
    }
    for (int i = 0; i < OUTBOX_TOPICS_COUNT; i++) {
        world->topics[i] = broker_topic(world->broker, names[i], partitions[i]);
    }
    read[BENCH_SOURCES_COUNT] = world->topics[OUTBOX_DERIVED];
    (void)groups_add(world->groups, "ingest", read, BENCH_SOURCES_COUNT + 1);
    (void)groups_add(world->groups, "correlate", &world->topics[OUTBOX_MATCHES], 1);
}

static void add_hand(struct world *world, int daemon, enum world_group group)
{
    ENSURE(world->hands_count < WORLD_HANDS_MAX);

    struct world_hand *hand = &world->hands[world->hands_count++];
    hand->world = world;
    hand->daemon = daemon;
    hand->group = group;
    hand->wanted = true;
    (void)snprintf(hand->name, sizeof hand->name, "d%d.%s", daemon,
                   group == WORLD_INGEST ? "ingest" : "correlate");
}

static void make_hands(struct world *world)
{
    for (int i = 0; i < world->plan.daemons; i++) {
        add_hand(world, i, WORLD_INGEST);
        add_hand(world, i, WORLD_CORRELATE);
    }
    if (world->plan.has_twins) {
        add_hand(world, 0, WORLD_INGEST);
        add_hand(world, 0, WORLD_CORRELATE);
        world->hands[world->hands_count - 2].wanted = false;
        world->hands[world->hands_count - 1].wanted = false;
    }
}

struct world *world_new(const struct bench *bench, const struct world_plan *plan)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct world *world = arena_alloc(arena, sizeof *world);

    world->bench = bench;
    world->plan = *plan;
    world->arena = arena;
    world->broker = broker_new(arena);
    world->groups = groups_new(arena, world->broker, &plan->groups);
    world->txns = txns_new(arena, world->broker, world->groups, plan->txn_timeout_ms);
    world->faults = (struct faults){
        .dice = dice_of(plan->seed, STREAM_FAULTS),
        .per_mille = plan->fault_per_mille,
        .only_call = plan->fault_only_call,
        .left = plan->faults_max,
        .kinds = plan->fault_kinds,
    };
    world->dice = dice_of(plan->seed, STREAM_STEPS);
    world->disk_dice = dice_of(plan->seed, STREAM_DISK);
    make_topics(world);
    make_hands(world);
    traffic_make(&world->traffic, arena, bench, &plan->traffic,
                 dice_of(plan->seed, STREAM_TRAFFIC));
    return world;
}

void world_free(struct world *world)
{
    if (world == NULL) {
        return;
    }
    for (int i = 0; i < world->hands_count; i++) {
        if (world->hands[i].running) {
            hand_end(&world->hands[i]);
        }
    }
    broker_free(world->broker);
    txns_free(world->txns);
    arena_free(world->arena);
}

/* A process that does not stand still tells its group so, whatever its worker does. */
static void set_time(struct world *world, int64_t now_ms)
{
    world->now_ms = now_ms;
    for (int i = 0; i < world->hands_count; i++) {
        struct world_hand *hand = &world->hands[i];
        if (hand->running && !hand->busy && hand->awake_ms <= now_ms) {
            (void)groups_beat(world->groups, hand_pass(&hand->ports.consumer), now_ms);
        }
    }
    txns_set_time(world->txns, now_ms);
    groups_tick(world->groups, now_ms);
}

static bool publish(struct world *world, enum bench_source source, int32_t partition)
{
    struct traffic_queue *queue = &world->traffic.queues[source][partition];

    if (queue->next == queue->count) {
        return false;
    }
    const struct traffic_item *item = &queue->items[queue->next++];
    const struct broker_place place = {world->sources[source], partition};
    const struct broker_record record = {
        .timestamp_ms = item->timestamp_ms, .written_ms = world->now_ms, .value = item->value};
    const int64_t offset = broker_append(world->broker, place, &record);
    trace_say("  %s[%d] %lld: %.*s", broker_name(world->broker, place.topic), partition,
              (long long)offset, (int)item->line.size, item->line.data);
    return true;
}

static void publish_some(struct world *world)
{
    const enum bench_source source =
        (enum bench_source)dice_below(&world->dice, BENCH_SOURCES_COUNT);
    const int32_t partition =
        (int32_t)dice_below(&world->dice, world->plan.traffic.partitions[source]);

    for (int64_t i = dice_between(&world->dice, 1, PUBLISH_MAX); i > 0; i--) {
        (void)publish(world, source, partition);
    }
}

static void publish_all(struct world *world)
{
    for (int i = 0; i < BENCH_SOURCES_COUNT; i++) {
        for (int32_t j = 0; j < world->plan.traffic.partitions[i]; j++) {
            while (publish(world, (enum bench_source)i, j)) {
            }
        }
    }
}

static bool can_turn(const struct world *world, const struct world_hand *hand)
{
    return hand->running && !hand->busy && hand->awake_ms <= world->now_ms;
}

static bool can_start(const struct world *world, const struct world_hand *hand)
{
    return !hand->running && hand->wanted && hand->starts_ms <= world->now_ms;
}

static void work(struct world *world, struct world_hand *hand)
{
    if (can_start(world, hand)) {
        hand_start(hand);
    } else if (can_turn(world, hand)) {
        hand_turn(hand);
        if (!hand->running && !world->calm) {
            hand->starts_ms = world->now_ms + dice_below(&world->dice, 300);
        }
    }
}

/* Something happens to a daemon, from outside. */
static void disturb(struct world *world)
{
    struct world_hand *hand = &world->hands[dice_below(&world->dice, world->hands_count)];

    switch (dice_below(&world->dice, 5)) {
    case 0: /* it stands still between two turns */
        hand->awake_ms = world->now_ms + dice_below(&world->dice, NAP_MS_MAX);
        trace_say("! %s: sleeps until %lld ms", hand->name, (long long)hand->awake_ms);
        break;
    case 1: /* it is stopped in good order, and started later */
        if (hand->running && !hand->busy) {
            hand_stop(hand);
            hand->starts_ms = world->now_ms + dice_below(&world->dice, NAP_MS_MAX);
        }
        break;
    case 2: /* it leaves for long, or comes back */
        hand->wanted = !hand->wanted;
        if (!hand->wanted && hand->running && !hand->busy) {
            hand_stop(hand);
        }
        break;
    default:
        groups_shuffle(world->groups, (int)dice_below(&world->dice, WORLD_GROUPS_COUNT),
                       world->now_ms);
    }
}

static void pass_time(struct world *world)
{
    int64_t ms = dice_below(&world->dice, 60);

    if (dice_hits(&world->dice, 20)) {
        ms = dice_below(&world->dice, NAP_MS_MAX);
    }
    if (world->plan.goes_quiet && dice_hits(&world->dice, 20)) {
        ms += BENCH_IDLE_MS;
    }
    set_time(world, world->now_ms + ms);
}

static void step(struct world *world)
{
    const int64_t lot = dice_below(&world->dice, 1000);

    if (dice_hits(&world->dice, world->plan.unrest)) {
        disturb(world);
    }
    if (dice_hits(&world->dice, world->plan.forgets)) {
        retention_pass(world);
    }
    if (dice_hits(&world->disk_dice, world->plan.disk_wipes)) {
        disk_wipe(&world->disks[dice_below(&world->disk_dice, world->plan.daemons)]);
    }
    if (lot < 600) {
        work(world, &world->hands[dice_below(&world->dice, world->hands_count)]);
    } else if (lot < 800) {
        publish_some(world);
    } else if (lot < 900) {
        txns_tick(world->txns, &world->dice);
    } else {
        pass_time(world);
    }
}

void world_sleep(struct world_hand *hand)
{
    struct world *world = hand->world;

    if (world->depth == DEPTH_MAX) {
        return;
    }
    world->depth++;
    for (int64_t steps = dice_between(&world->dice, 1, 60); steps > 0; steps--) {
        step(world);
    }
    set_time(world, world->now_ms + dice_below(&world->dice, NAP_MS_MAX));
    for (int64_t steps = dice_between(&world->dice, 1, 60); steps > 0; steps--) {
        step(world);
    }
    world->depth--;
    trace_say("! %s: wakes up", hand->name);
}

/* Twins end; all others run. */
static void calm_down(struct world *world)
{
    trace_say("! all is calm");
    world->calm = true;
    world->faults.left = 0;
    for (int i = 0; i < world->hands_count; i++) {
        struct world_hand *hand = &world->hands[i];
        hand->wanted = i < 2 * world->plan.daemons && !world->plan.stuck;
        hand->awake_ms = hand->starts_ms = 0;
        if (!hand->wanted && hand->running) {
            hand_end(hand);
        }
    }
    publish_all(world);
}

static int64_t records(const struct world *world)
{
    int64_t count = 0;

    for (int i = 0; i < broker_topics(world->broker); i++) {
        for (int32_t j = 0; j < broker_partitions(world->broker, i); j++) {
            count += broker_end(world->broker, (struct broker_place){i, j});
        }
    }
    return count;
}

static bool all_idle(const struct world *world)
{
    for (int i = 0; i < world->hands_count; i++) {
        const struct world_hand *hand = &world->hands[i];
        if (hand->wanted && (!hand->running || !worker_was_idle(hand->worker) ||
                             !worker_is_live(hand->worker))) {
            return false;
        }
    }
    return true;
}

static void round_of_all(struct world *world)
{
    set_time(world, world->now_ms + ROUND_MS);
    for (int i = 0; i < world->hands_count; i++) {
        work(world, &world->hands[i]);
    }
    txns_settle(world->txns);
}

/* Goes on until nothing new comes for some rounds. */
static bool run_dry(struct world *world)
{
    int64_t before = -1;
    int idle = 0;

    for (int i = 0; i < ROUNDS_MAX && idle < IDLE_ROUNDS; i++) {
        round_of_all(world);
        const int64_t now = records(world);
        idle = all_idle(world) && groups_settled(world->groups) && now == before ? idle + 1 : 0;
        before = now;
    }
    return idle == IDLE_ROUNDS;
}

bool world_run(struct world *world)
{
    for (int64_t i = 0; i < world->plan.steps; i++) {
        step(world);
    }
    calm_down(world);
    bool dry = run_dry(world);
    /* Partitions are called quiet: by one that learns only then that it was fenced, in its next
     * life. */
    for (int i = 0; i < QUIET_PASSES && dry; i++) {
        set_time(world, world->now_ms + BENCH_IDLE_MS + 1);
        dry = run_dry(world);
    }
    return dry;
}

struct world *world_before(const struct bench *bench, const struct world_plan *plan)
{
    struct world_plan before = world_plan_of(plan->seed + OTHER_SEEDS);

    before.daemons = plan->daemons;
    before.match_partitions = plan->match_partitions;
    before.traffic.events = plan->traffic.events / 2;
    before.steps = plan->steps / 2;
    before.keeps = true;
    before.keeps_every_ms = 0;
    before.disk_spoils = before.disk_wipes = before.disk_others = 0;
    struct world *world = world_new(bench, &before);
    (void)world_run(world);
    return world;
}
