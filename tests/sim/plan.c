#include "world.h"

/* What a run is like. Each trait is drawn apart, and in a share of the runs it is absent, so
 * that each meets the others and is met alone. */
enum {
    STREAM_PLAN = 1,
    MINUTE_MS = 60 * 1000,
    CALLS_TYPICAL = 400,
};

static int64_t some(struct dice *dice, const int64_t *choices, int64_t count)
{
    return choices[dice_below(dice, count)];
}

static void plan_traffic(struct dice *dice, struct traffic_options *traffic)
{
    static const int64_t shuffles[] = {0, 30 * 1000, BENCH_LATENESS_MS, BENCH_LATENESS_MS};
    static const int64_t twice[] = {0, 0, 50, 200};
    static const int64_t late[] = {0, 0, 0, 50};
    static const int64_t spoiled[] = {0, 0, 0, 50};

    traffic->events = dice_between(dice, 20, dice_hits(dice, 100) ? 400 : 100);
    traffic->shuffle_ms = some(dice, shuffles, 4);
    traffic->twice_per_mille = some(dice, twice, 4);
    traffic->late_per_mille = some(dice, late, 4);
    traffic->spoiled_per_mille = some(dice, spoiled, 4);
    traffic->ends = dice_hits(dice, 800);
    for (int i = 0; i < BENCH_SOURCES_COUNT; i++) {
        traffic->partitions[i] = (int32_t)dice_between(dice, 1, i == BENCH_CARD ? 2 : 3);
    }
}

static void plan_faults(struct dice *dice, struct world_plan *plan)
{
    static const int64_t rates[] = {0, 3, 10, 30, 80};

    plan->fault_per_mille = some(dice, rates, 5);
    plan->fault_only_call = -1;
    plan->faults_max = INT64_MAX;
    if (dice_hits(dice, 200)) { /* one fault alone, at any call */
        plan->fault_per_mille = 0;
        plan->fault_only_call = dice_below(dice, CALLS_TYPICAL);
    }
    plan->fault_kinds = dice_hits(dice, 500) ? ~0U : 1U << dice_between(dice, 1, FAULTS_LOST);
    plan->unrest = some(dice, (const int64_t[]){0, 5, 20, 60}, 4);
    plan->has_twins = dice_hits(dice, 150);
}

static void plan_snapshots(struct dice *dice, struct world_plan *plan)
{
    plan->keeps = dice_hits(dice, 600);
    plan->keeps_every_ms = some(dice, (const int64_t[]){0, 100, 1000, 5000}, 4);
    plan->keeps_piece = (size_t)some(dice, (const int64_t[]){INT64_MAX, 1, 300, 2000}, 4);
    plan->disk_spoils = some(dice, (const int64_t[]){0, 0, 200, 800}, 4);
    plan->disk_wipes = some(dice, (const int64_t[]){0, 0, 0, 10}, 4);
    plan->disk_others =
        plan->keeps ? some(dice, (const int64_t[]){0, 0, 0, 0, 0, 0, 300, 800}, 8) : 0;
}

struct world_plan world_plan_of(uint64_t seed)
{
    struct dice dice = dice_of(seed, STREAM_PLAN);
    struct world_plan plan = {.seed = seed};

    plan.daemons = (int)dice_between(&dice, 1, WORLD_DAEMONS_MAX);
    plan.match_partitions = (int32_t)dice_between(&dice, 1, 4);
    plan.derived_partitions = (int32_t)dice_between(&dice, 1, 2);
    plan.alert_partitions = (int32_t)dice_between(&dice, 1, 2);
    plan.groups = (struct groups_options){
        .eager = dice_hits(&dice, 500),
        .session_ms = dice_between(&dice, 200, 3000),
        .rebalance_ms = dice_between(&dice, 200, 3000),
    };
    plan.txn_timeout_ms = dice_between(&dice, 300, 5000);
    plan_traffic(&dice, &plan.traffic);
    plan_faults(&dice, &plan);
    plan.batch_max = dice_between(&dice, 1, dice_hits(&dice, 300) ? 50 : 6);
    plan.steps = plan.traffic.events * dice_between(&dice, 2, 6);
    plan.forgets = dice_hits(&dice, 300) ? dice_between(&dice, 20, 100) : 0;
    plan.forgets_more = plan.forgets > 0 && dice_hits(&dice, 200);
    plan.goes_quiet = dice_hits(&dice, 150);
    plan_snapshots(&dice, &plan);
    return plan;
}
