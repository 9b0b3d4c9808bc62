#include "seinpost/run/snapshots.h"

#include "passage.h"
#include "run.h"

/* What befalls the daemon on its way. */
enum fate {
    RESTARTED, /* as it was */
    RELOADED,  /* goes over, and is restarted later */
    CHANGED,   /* is restarted with other rules */
    RETURNED,  /* goes over and back, and is restarted */
    FATES,
};

static void meet(struct passage *run, enum fate fate)
{
    switch (fate) {
    case RESTARTED:
        scene_start(run->scene, run->old);
        break;
    case RELOADED:
        scene_adopt(run->scene, run->new);
        break;
    case CHANGED:
        scene_start(run->scene, run->new);
        break;
    case RETURNED:
        scene_adopt(run->scene, run->new);
        scene_run(run->scene);
        scene_adopt(run->scene, scene_again(run->scene, scene_program(run->scene, run->old)));
        break;
    case FATES:
        break;
    }
    scene_run(run->scene);
}

static void end(struct passage *run, enum fate fate)
{
    const bool is_old = fate == RESTARTED || fate == RETURNED;

    scene_start(run->scene, is_old ? run->old : run->new);
    scene_run(run->scene);
}

/* A daemon that goes on from snapshots publishes the bytes of one that has none, whatever
 * befalls it at any event: its own end, other rules while it runs, while it is down, and those
 * of before again. */
START_TEST(a_daemon_with_snapshots_publishes_the_same)
{
    const enum fate fate = (enum fate)(_i / PASSAGE_CHANGES);
    size_t used = 0;

    for (size_t at = 0; at <= PASSAGE_EVENTS; at++) {
        const size_t later = at + 2 < PASSAGE_EVENTS ? at + 2 : PASSAGE_EVENTS;
        struct passage runs[2];
        for (int i = 0; i < 2; i++) {
            const struct scene_options options = {.match_partitions = 2,
                                                  .keeps = true,
                                                  .snapshots = i == 1,
                                                  .pieces = at % 2 == 1};
            runs[i] = passage_new((size_t)_i % PASSAGE_CHANGES, &options);
            passage_send(&runs[i], 0, at);
            meet(&runs[i], fate);
            passage_send(&runs[i], at, later);
            end(&runs[i], fate);
            passage_send(&runs[i], later, PASSAGE_EVENTS);
            passage_finish(&runs[i]);
        }
        passage_same(&runs[0], &runs[1], at);
        used += scene_snapshots_used(runs[1].scene);
        passage_free(&runs[0]);
        passage_free(&runs[1]);
    }
    ck_assert_uint_gt(used, 0);
}
END_TEST

/* A state that is ahead of an aborted transaction, or of one that is lost or unclear, is not
 * kept: the start after it says what it would have said. */
START_TEST(a_state_ahead_of_the_log_is_not_kept)
{
    const struct scene_options options = {.match_partitions = 2};
    const struct scene_options keeping = {.match_partitions = 2, .snapshots = true};

    for (size_t at = 0; at < PASSAGE_EVENTS; at++) {
        struct passage good = passage_new(0, &options);
        struct passage faulty = passage_new(0, &keeping);
        passage_send(&good, 0, PASSAGE_EVENTS);
        passage_send(&faulty, 0, at);
        scene_fault(faulty.scene, (enum scene_fault)_i);
        passage_send_ahead(&faulty, at);
        scene_turn(faulty.scene);
        scene_restart_correlator(faulty.scene, faulty.old);
        scene_run(faulty.scene);
        passage_send(&faulty, at + 1, PASSAGE_EVENTS);
        passage_finish(&good);
        passage_finish(&faulty);
        passage_same(&good, &faulty, at);
        passage_free(&good);
        passage_free(&faulty);
    }
}
END_TEST

Suite *snapshots_suite(void)
{
    const TTest *const tests[] = {NULL};
    Suite *const suite = unit_suite("snapshots", tests);

    unit_loop(suite, a_daemon_with_snapshots_publishes_the_same, FATES * PASSAGE_CHANGES);
    unit_loop(suite, a_state_ahead_of_the_log_is_not_kept, SCENE_UNCLEAR + 1);
    return suite;
}
