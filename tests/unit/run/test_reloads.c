#include "seinpost/base/arena.h"
#include "seinpost/base/table.h"
#include "seinpost/base/vector.h"

#include "rules.h"
#include "run.h"
#include "scene.h"

/* Any sequence of events, reloads, deaths, restarts with the same or other rules, and aborted
 * transactions leaves the desks with sound lives of alerts. */

enum {
    RUNS = 40,
    OPERATIONS = 100,
    EDITIONS = 6,
    ACCOUNTS = 3,
};

struct play {
    struct unit_draw draw;
    struct scene *scene;
    struct arena *arena;
    uint64_t editions[EDITIONS];
    uint64_t edition; /* that was given last */
    unsigned events;
    int minute;
};

static uint64_t draw_edition(struct play *play)
{
    static const int numbers[RULES_KINDS_COUNT][3] = {
        {2, 3, 4}, {10, 20, 60}, {5, 15, 40}, {100, 200, 300}, {1, 2, 2}};
    struct text rules = {0};
    bool counts = false;

    for (enum rules_kind kind = RULES_COUNT; kind < RULES_KINDS_COUNT; kind++) {
        const struct rules_variant variant = {
            .kind = kind,
            .number = numbers[kind][unit_below(&play->draw, 3)],
            .excepts_first = kind < RULES_SINGLE && unit_below(&play->draw, 3) == 0,
        };
        if (unit_below(&play->draw, 4) == 0 || (kind == RULES_HIGHER && !counts)) {
            continue;
        }
        counts = counts || kind == RULES_COUNT;
        rules_add(&rules, &variant);
    }
    text_add_byte(&rules, '\0');
    const uint64_t edition = scene_load(play->scene, rules.data);
    text_free(&rules);
    return edition;
}

static struct play play_new(uint64_t salt)
{
    struct play play = {.draw = unit_draw(salt), .arena = arena_new(64 << 20)};
    const struct scene_options options = {
        .match_partitions = salt % 2 == 0 ? 1 : 2, .lazy = salt % 3 != 0, .keeps = true};

    play.scene = scene_new(&options);
    for (size_t i = 0; i < EDITIONS; i++) {
        play.editions[i] = draw_edition(&play);
    }
    play.edition = play.editions[0];
    scene_start(play.scene, play.edition);
    return play;
}

static void send_event(struct play *play)
{
    struct text line = {0};
    const int late = unit_below(&play->draw, 4) == 0 ? (int)unit_below(&play->draw, 15) : 0;

    play->minute += (int)unit_below(&play->draw, 12);
    rules_event(&line, play->events++, unit_below(&play->draw, 3) == 0,
                (unsigned)unit_below(&play->draw, ACCOUNTS), play->minute - late);
    scene_send(play->scene, line.data);
    text_free(&line);
}

/* Editions have rising numbers, though their rules may be those of before. */
static void pick_edition(struct play *play)
{
    const struct program *program =
        scene_program(play->scene, play->editions[unit_below(&play->draw, EDITIONS)]);

    play->edition = scene_again(play->scene, program);
}

static void operate(struct play *play)
{
    switch (unit_below(&play->draw, 12)) {
    case 0:
        pick_edition(play);
        scene_adopt(play->scene, play->edition);
        break;
    case 1:
        pick_edition(play);
        scene_start(play->scene, play->edition);
        break;
    case 2:
        scene_start(play->scene, play->edition);
        break;
    case 3:
        scene_fault(play->scene, SCENE_ABORTED + (enum scene_fault)unit_below(&play->draw, 3));
        break;
    default:
        send_event(play);
        break;
    }
    for (size_t i = unit_below(&play->draw, 4); i > 0; i--) {
        scene_turn(play->scene);
    }
}

static bool follows(const struct alert *last, const struct alert *next)
{
    const bool ended = last == NULL || slice_is(last->state, "retracted") ||
                       slice_is(last->state, "superseded");

    if (last != NULL && slice_is(last->state, "closed")) {
        /* LANGUAGE.md: what changes after that is published as an update and a closing; if only
         * the end changes, as a closing */
        return slice_is(next->state, "updated") || slice_is(next->state, "closed") ||
               slice_is(next->state, "retracted");
    }
    return ended == slice_is(next->state, "opened");
}

static bool is_open(const struct alert *alert)
{
    return (slice_is(alert->state, "opened") || slice_is(alert->state, "updated")) &&
           !slice_is(alert->rule, "single");
}

static bool is_loaded(const struct program *program, const struct alert *alert)
{
    const struct rule *rule = program_find(program, alert->rule);
    char hash[DIGEST_TEXT_SIZE];

    return rule != NULL && slice_is(alert->rule_hash, digest_format(rule->hash, hash));
}

/* Returns how many alerts were superseded. */
static size_t judge(struct play *play)
{
    struct alert *alerts = NULL;
    const size_t count = scene_alerts(play->scene, play->arena, &alerts);
    struct table *lives = table_new();
    int64_t sequences[2] = {0};
    size_t superseded = 0;
    size_t cursor = 0;

    for (size_t i = 0; i < count; i++) {
        const struct alert *alert = &alerts[i];
        const struct alert *last = table_get(lives, alert->id);
        ck_assert_msg(follows(last, alert), "play %d: %.*s of %.*s: %.*s after %.*s",
                      play->events, SLICE_ARGS(alert->id), SLICE_ARGS(alert->rule),
                      SLICE_ARGS(alert->state),
                      SLICE_ARGS(last == NULL ? SLICE("nothing") : last->state));
        ck_assert_int_eq(alert->sequence, ++sequences[alert->partition]);
        table_put(lives, alert->id, &alerts[i]);
        superseded += slice_is(alert->state, "superseded") ? 1 : 0;
    }
    for (const struct alert *alert = table_next(lives, &cursor); alert != NULL;
         alert = table_next(lives, &cursor)) {
        ck_assert_msg(!is_open(alert) ||
                          is_loaded(scene_program(play->scene, play->edition), alert),
                      "%.*s of %.*s is open under rules that are gone", SLICE_ARGS(alert->id),
                      SLICE_ARGS(alert->rule));
    }
    table_free(lives);
    return superseded;
}

/* Each alert opens first, ends once, under rules that are loaded; sequences have no gap. */
START_TEST(lives_of_alerts_are_sound)
{
    size_t superseded = 0;

    for (uint64_t i = 0; i < RUNS; i++) {
        struct play play = play_new(1000 * (uint64_t)_i + i);
        for (size_t j = 0; j < OPERATIONS; j++) {
            operate(&play);
        }
        scene_fault(play.scene, SCENE_NONE);
        scene_run(play.scene);
        ck_assert(scene_went_over(play.scene, play.edition));
        superseded += judge(&play);
        scene_free(play.scene);
        arena_free(play.arena);
    }
    ck_assert_uint_gt(superseded, RUNS / 2);
}
END_TEST

Suite *reloads_suite(void)
{
    const TTest *const tests[] = {NULL};
    Suite *const suite = unit_suite("reloads", tests);

    unit_loop(suite, lives_of_alerts_are_sound, 6);
    return suite;
}
