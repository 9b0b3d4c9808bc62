#include "seinpost/base/arena.h"

#include "passage.h"
#include "run.h"

/* A reload after any event gives the bytes that a daemon gives which dies there and starts with
 * the new rules. */
START_TEST(reload_is_a_restart_with_the_new_rules)
{
    const struct scene_options options = {.match_partitions = 2};
    size_t superseded = 0;

    for (size_t at = 0; at <= PASSAGE_EVENTS; at++) {
        struct passage reloaded = passage_new((size_t)_i, &options);
        struct passage restarted = passage_new((size_t)_i, &options);
        passage_send(&reloaded, 0, at);
        passage_send(&restarted, 0, at);
        scene_adopt(reloaded.scene, reloaded.new);
        scene_start(restarted.scene, restarted.new);
        scene_run(reloaded.scene);
        scene_run(restarted.scene);
        ck_assert(scene_went_over(reloaded.scene, reloaded.new));
        passage_send(&reloaded, at, PASSAGE_EVENTS);
        passage_send(&restarted, at, PASSAGE_EVENTS);
        passage_finish(&reloaded);
        passage_finish(&restarted);
        passage_same(&reloaded, &restarted, at);
        superseded += passage_count(&reloaded, "superseded");
        passage_free(&reloaded);
        passage_free(&restarted);
    }
    ck_assert_uint_gt(superseded, 0);
}
END_TEST

/* While history is read, the old rules speak: the daemon goes over later than it was told to,
 * and from there on it is one that was started with the new rules. */
START_TEST(slow_rebuild_lets_the_old_rules_speak)
{
    const struct scene_options options = {.match_partitions = 1, .lazy = true};
    size_t later = 0;

    for (size_t at = 0; at <= PASSAGE_EVENTS; at++) {
        struct passage reloaded = passage_new((size_t)_i, &options);
        struct passage restarted = passage_new((size_t)_i, &options);
        size_t over = at;
        passage_send(&reloaded, 0, at);
        passage_send(&restarted, 0, at);
        scene_adopt(reloaded.scene, reloaded.new);
        scene_adopt_ingest(restarted.scene, restarted.new);
        for (; over < at + 3 && over < PASSAGE_EVENTS; over++) {
            passage_send_ahead(&reloaded, over);
            passage_send_ahead(&restarted, over);
        }
        scene_turn(reloaded.scene);
        scene_turn(restarted.scene);
        for (; !scene_went_over(reloaded.scene, reloaded.new) && over < PASSAGE_EVENTS;
             over++) {
            passage_send_ahead(&reloaded, over);
            passage_send_ahead(&restarted, over);
            scene_turn(reloaded.scene); /* a record live, and one again */
            scene_turn(restarted.scene);
        }
        while (!scene_went_over(reloaded.scene, reloaded.new)) {
            scene_turn(reloaded.scene);
            scene_turn(restarted.scene);
        }
        scene_run(reloaded.scene);
        scene_restart_correlator(restarted.scene, restarted.new);
        scene_run(restarted.scene);
        passage_send(&reloaded, over, PASSAGE_EVENTS);
        passage_send(&restarted, over, PASSAGE_EVENTS);
        passage_finish(&reloaded);
        passage_finish(&restarted);
        passage_same(&reloaded, &restarted, at);
        later += over > at + 3 ? 1 : 0;
        passage_free(&reloaded);
        passage_free(&restarted);
    }
    ck_assert(later > 0 || _i == PASSAGE_CHANGES - 1); /* the last change reads no history */
}
END_TEST

/* Rules that mean the same go on as if nothing had been: with other owners, to the byte but for
 * the owner. */
START_TEST(unchanged_rules_go_on)
{
    const struct scene_options options = {.match_partitions = 2, .lazy = true};

    for (size_t at = 0; at <= PASSAGE_EVENTS; at += 3) {
        struct passage plain = passage_new(0, &options);
        struct passage reloaded = passage_new(0, &options);
        const uint64_t again = passage_load(reloaded.scene, passage_before, PASSAGE_RULES);
        passage_send(&plain, 0, PASSAGE_EVENTS);
        passage_send(&reloaded, 0, at);
        scene_adopt(reloaded.scene, again);
        scene_turn(reloaded.scene);
        ck_assert(scene_went_over(reloaded.scene, again)); /* at once */
        passage_send(&reloaded, at, PASSAGE_EVENTS);
        passage_finish(&plain);
        passage_finish(&reloaded);
        passage_same(&reloaded, &plain, at);
        ck_assert_uint_gt(plain.count, 10);
        passage_free(&plain);
        passage_free(&reloaded);
    }
}
END_TEST

/* An owner is no meaning: from the reload on alerts bear the new one, and nothing else
 * differs. */
START_TEST(owners_are_taken_over)
{
    const struct scene_options options = {.match_partitions = 1};
    struct rules_variant others[PASSAGE_RULES];
    struct passage plain = passage_new(0, &options);
    struct passage reloaded = passage_new(0, &options);

    memcpy(others, passage_before, sizeof others);
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        others[i].owner = "desk-other";
    }
    const uint64_t again = passage_load(reloaded.scene, others, COUNT_OF(others));
    passage_send(&plain, 0, PASSAGE_EVENTS);
    passage_send(&reloaded, 0, 8);
    const size_t told = scene_alerts(reloaded.scene, reloaded.arena, &reloaded.alerts);
    scene_adopt(reloaded.scene, again);
    scene_run(reloaded.scene);
    passage_send(&reloaded, 8, PASSAGE_EVENTS);
    passage_finish(&plain);
    passage_finish(&reloaded);
    ck_assert_uint_eq(plain.count, reloaded.count);
    ck_assert(told > 0 && told < plain.count);
    for (size_t i = 0; i < plain.count; i++) {
        ck_assert_slice_eq(reloaded.alerts[i].owner, i < told ? "desk-test" : "desk-other");
        ck_assert(slice_equal(plain.alerts[i].id, reloaded.alerts[i].id));
        ck_assert(slice_equal(plain.alerts[i].state, reloaded.alerts[i].state));
    }
    passage_free(&plain);
    passage_free(&reloaded);
}
END_TEST

/* Two rules never share state: what a rule says is the same whatever becomes of others. */
START_TEST(other_rules_do_not_matter)
{
    const struct scene_options options = {.match_partitions = 1, .lazy = true};
    struct passage plain = passage_new(1, &options);
    struct passage reloaded = passage_new(1, &options); /* `absence` stays as it was */
    size_t j = 0;

    passage_send(&plain, 0, PASSAGE_EVENTS);
    passage_send(&reloaded, 0, 7);
    scene_adopt(reloaded.scene, reloaded.new);
    passage_send(&reloaded, 7, PASSAGE_EVENTS);
    passage_finish(&plain);
    passage_finish(&reloaded);
    for (size_t i = 0; i < plain.count; i++) {
        if (!slice_is(plain.alerts[i].rule, "absence")) {
            continue;
        }
        while (j < reloaded.count && !slice_is(reloaded.alerts[j].rule, "absence")) {
            j++;
        }
        ck_assert_uint_lt(j, reloaded.count);
        ck_assert(slice_equal(plain.alerts[i].id, reloaded.alerts[j].id));
        ck_assert(slice_equal(plain.alerts[i].state, reloaded.alerts[j].state));
        ck_assert(slice_equal(plain.alerts[i].explain, reloaded.alerts[j].explain));
        j++;
    }
    ck_assert_uint_gt(j, 0);
    passage_free(&plain);
    passage_free(&reloaded);
}
END_TEST

/* A lower threshold counts what came before it: the next event opens an alert that names the
 * earlier ones, though nothing was said of them; what would have opened before stays unsaid
 * until there is news of it. */
START_TEST(changed_threshold_has_its_history)
{
    static const struct rules_variant four[] = {{RULES_COUNT, 4, NULL, false}};
    static const struct rules_variant three[] = {{RULES_COUNT, 3, NULL, false}};
    const struct scene_options options = {.match_partitions = 1};
    struct scene *scene = scene_new(&options);
    struct arena *arena = arena_new(64 << 20);
    struct text line = {0};
    struct alert *alerts = NULL;

    scene_start(scene, passage_load(scene, four, 1));
    for (unsigned i = 0; i < 5; i++) { /* three of account 0, two of account 1 */
        text_clear(&line);
        rules_event(&line, i, false, i % 2, (int)i);
        scene_send(scene, line.data);
    }
    scene_run(scene);
    scene_adopt(scene, passage_load(scene, three, 1));
    scene_run(scene);
    ck_assert_uint_eq(scene_alerts(scene, arena, &alerts), 0);
    for (unsigned i = 0; i < 2; i++) {
        text_clear(&line);
        rules_event(&line, 5 + i, false, 1 - i, 5 + (int)i);
        scene_send(scene, line.data);
        scene_run(scene);
    }
    ck_assert_uint_eq(scene_alerts(scene, arena, &alerts), 2);
    ck_assert_slice_eq(alerts[0].state, "opened"); /* account 1: the third */
    ck_assert_int_eq(alerts[0].evidence_all, 3);
    ck_assert_int_eq((int)(alerts[0].opened_at.ms - rules_ms(0)), 5 * 60000);
    ck_assert_slice_eq(alerts[1].state, "opened"); /* account 0: the fourth, but news */
    ck_assert_int_eq(alerts[1].evidence_all, 4);
    ck_assert_int_eq((int)(alerts[1].opened_at.ms - rules_ms(0)), 4 * 60000);
    text_free(&line);
    arena_free(arena);
    scene_free(scene);
}
END_TEST

Suite *reload_suite(void)
{
    const TTest *const tests[] = {unchanged_rules_go_on, owners_are_taken_over,
                                  other_rules_do_not_matter, changed_threshold_has_its_history,
                                  NULL};
    Suite *const suite = unit_suite("reload", tests);

    unit_loop(suite, reload_is_a_restart_with_the_new_rules, PASSAGE_CHANGES);
    unit_loop(suite, slow_rebuild_lets_the_old_rules_speak, PASSAGE_CHANGES);
    return suite;
}
