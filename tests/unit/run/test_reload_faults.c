#include "seinpost/base/arena.h"

#include "passage.h"
#include "run.h"

/* Where going over fails, it is done again: an abort, a death before or after the commit leave
 * no trace. */
START_TEST(fault_at_going_over_leaves_no_trace)
{
    const struct scene_options options = {.match_partitions = 2};

    for (size_t at = 0; at <= PASSAGE_EVENTS; at += 2) {
        struct passage plain = passage_new((size_t)_i, &options);
        passage_send(&plain, 0, at);
        scene_adopt(plain.scene, plain.new);
        scene_run(plain.scene);
        passage_send(&plain, at, PASSAGE_EVENTS);
        passage_finish(&plain);
        for (enum scene_fault fault = SCENE_ABORTED; fault <= SCENE_UNCLEAR; fault++) {
            struct passage faulty = passage_new((size_t)_i, &options);
            passage_send(&faulty, 0, at);
            scene_adopt(faulty.scene, faulty.new);
            scene_fault(faulty.scene, fault);
            scene_run(faulty.scene);
            passage_send(&faulty, at, PASSAGE_EVENTS);
            passage_finish(&faulty);
            passage_same(&faulty, &plain, at);
            passage_free(&faulty);
        }
        passage_free(&plain);
    }
}
END_TEST

/* Rules that change again while history is read for the change before: that one never was. */
START_TEST(second_reload_begins_anew)
{
    const struct scene_options options = {.match_partitions = 1, .lazy = true};

    for (size_t at = 6; at <= PASSAGE_EVENTS; at += 3) {
        struct passage reloaded = passage_new((size_t)_i, &options);
        struct passage restarted = passage_new((size_t)_i, &options);
        const size_t other = ((size_t)_i + 1) % PASSAGE_CHANGES;
        for (size_t i = 0; i < 2; i++) {
            struct passage *run = i == 0 ? &reloaded : &restarted;
            passage_send(run, 0, at);
            const uint64_t third = passage_load_change(run->scene, other);
            scene_adopt_ingest(run->scene, run->new);
            if (i == 0) {
                scene_adopt(run->scene, run->new);
            }
            scene_turn(run->scene);
            ck_assert(!scene_went_over(run->scene, run->new));
            scene_adopt_ingest(run->scene, third);
            if (i == 0) {
                scene_adopt(run->scene, third);
            } else {
                scene_restart_correlator(run->scene, third);
            }
            scene_run(run->scene);
            ck_assert(scene_went_over(run->scene, third));
            passage_send(run, at, PASSAGE_EVENTS);
            passage_finish(run);
        }
        passage_same(&reloaded, &restarted, at);
        passage_free(&reloaded);
        passage_free(&restarted);
    }
}
END_TEST

/* A partition that says something though no record of it came remembers that: it goes over in
 * the turn in which only the other one has a record, and the daemon dies after it. */
START_TEST(what_is_said_without_a_record_is_remembered)
{
    const struct scene_options options = {.match_partitions = 2};

    for (int32_t moves = 0; moves < 2; moves++) {
        struct passage run = passage_new(4, &options); /* most rules go */
        int64_t sequences[2] = {0};
        passage_send(&run, 0, 9);
        const size_t told = scene_alerts(run.scene, run.arena, &run.alerts);
        scene_watermark_to(run.scene, moves, (struct instant){rules_ms(0)});
        scene_adopt(run.scene, run.new);
        scene_turn(run.scene);
        ck_assert(scene_went_over(run.scene, run.new));
        scene_start(run.scene, run.new);
        passage_send(&run, 9, PASSAGE_EVENTS);
        passage_finish(&run);
        for (size_t i = 0; i < run.count; i++) {
            const struct alert *alert = &run.alerts[i];
            ck_assert_int_eq(alert->sequence, ++sequences[alert->partition]);
        }
        ck_assert_slice_eq(run.alerts[told].state, "superseded");
        passage_free(&run);
    }
}
END_TEST

/* When what is read again expires meanwhile, it is begun again: the state is that of the log as
 * it is then. */
START_TEST(expired_history_is_begun_again)
{
    static const struct rules_variant four[] = {{RULES_COUNT, 4, NULL, false}};
    static const struct rules_variant two[] = {{RULES_COUNT, 2, NULL, false}};
    const struct scene_options options = {.match_partitions = 1, .lazy = true};
    struct passage runs[2];

    for (size_t i = 0; i < 2; i++) {
        struct passage *run = &runs[i];
        *run = (struct passage){.scene = scene_new(&options), .arena = arena_new(64 << 20)};
        scene_start(run->scene, passage_load(run->scene, four, 1));
        passage_send(run, 0, 9);
        const uint64_t edition = passage_load(run->scene, two, 1);
        scene_adopt(run->scene, edition);
        scene_turn(run->scene);
        ck_assert(!scene_went_over(run->scene, edition));
        scene_expire(run->scene, 0, 5);
        if (i == 1) {
            scene_restart_correlator(run->scene, edition);
        }
        scene_run(run->scene);
        ck_assert(scene_went_over(run->scene, edition));
        passage_send(run, 9, PASSAGE_EVENTS);
        passage_finish(run);
    }
    passage_same(&runs[0], &runs[1], 9);
    ck_assert_uint_gt(runs[0].count, 3);
    passage_free(&runs[0]);
    passage_free(&runs[1]);
}
END_TEST

Suite *reload_faults_suite(void)
{
    const TTest *const tests[] = {what_is_said_without_a_record_is_remembered,
                                  expired_history_is_begun_again, NULL};
    Suite *const suite = unit_suite("reload_faults", tests);

    unit_loop(suite, fault_at_going_over_leaves_no_trace, PASSAGE_CHANGES);
    unit_loop(suite, second_reload_begins_anew, PASSAGE_CHANGES - 1); /* all read history */
    return suite;
}
