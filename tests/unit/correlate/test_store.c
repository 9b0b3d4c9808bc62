#include "seinpost/correlate/store.h"
#include "seinpost/rule/succession.h"

#include "correlate.h"
#include "play.h"

#define COUNT(name, threshold, more)                                                           \
    PLAY_RULE(                                                                                 \
        name,                                                                                  \
        "  type: event_count\n  rules: [a]\n  timespan: 1d\n  condition: {gte: " threshold     \
        "}\n" more)

#define BOOKINGS                                                                               \
    "events: {a: {source: {type: air.booking.created}, detection: {s: {pax_count|gte: 0}, "    \
    "condition: s}}}\n"

static struct kit kit_with_lateness(int64_t ms)
{
    struct kit kit = kit_begin();

    kit.options.never_late = false;
    kit.options.lateness_ms = ms;
    return kit;
}

/* A match dated at the rule's watermark or before is told as late and changes nothing; one
 * dated a millisecond later is not. */
START_TEST(a_match_behind_the_watermark_is_late)
{
    struct play play = play_begin_with(kit_with_lateness(3600000), COUNT("r", "2", ""));

    ck_assert_str_eq(play_acts(&play, "5h a P1; W 4h; 4h a P1; 3h a P1"),
                     "too late e2 for r\ntoo late e3 for r\n");
    ck_assert_ptr_nonnull(
        strstr(play_acts(&play, "4h1ms a P1"), "opened 5h P1 [e4 e1] late\n"));
    play_end(&play);
}
END_TEST

/* Each rule has its own lateness: what is late for one may be in time for another. */
START_TEST(late_for_one_rule_is_not_late_for_another)
{
    struct play play = play_begin_with(
        kit_with_lateness(0),
        COUNT("hasty", "1", "") "---\n" COUNT("patient", "1", "  lateness: 3h\n"));
    const struct watermark report = {
        PROGRAM_FILE_SOURCE, 0, 1, {INT64_C(1767225600000) + 5 * 3600000}, false, false};

    play_acts(&play, "9h a P9");
    store_watermark(play.store, &report);
    text_clear(&play.told);
    ck_assert_str_eq(play_acts(&play, "3h a P1"),
                     "too late e2 for hasty\nopened 3h P1 [e2] of patient\n");
    play_end(&play);
}
END_TEST

/* What found no room is said until it could not matter any more: a timespan. */
START_TEST(a_rule_is_capped_as_long_as_it_matters)
{
    struct play play =
        play_begin_with(kit_with_lateness(0), COUNT("r", "2", "  max-groups: 1\n"));
    const struct rule *const rule = play.program->rules[0];

    play_acts(&play, "0 a P1; 2h a P2; W 1d2h");
    ck_assert(store_is_capped(play.store, rule));
    play_acts(&play, "W 1d2h1ms");
    ck_assert(!store_is_capped(play.store, rule));
    play_end(&play);
}
END_TEST

static const struct {
    const char *script;
} retellings[] = {{"0 a P1 id=x; 3d a P1 id=x; 3d1h a P1 id=y"},
                  {"0 a P1 id=x; W 2d; 3d a P1 id=x; 3d1h a P1 id=y"}};

/* What is told again further away than the rule looks is another event, whether the first is
 * still known or forgotten. */
START_TEST(far_away_it_is_another_event)
{
    struct play play = play_begin_with(kit_with_lateness(0), COUNT("r", "2", ""));

    ck_assert_str_eq(play_acts(&play, retellings[_i].script), "opened 3d1h P1 [x y]\n");
    play_end(&play);
}
END_TEST

/* Beyond max-groups a rule takes in no new group, counts what it lost, and goes on with those
 * that it has. */
START_TEST(groups_beyond_the_bound_are_counted)
{
    struct play play = play_begin(COUNT("r", "2", "  max-groups: 2\n"));

    ck_assert_str_eq(play_acts(&play, "0 a P1; 0 a P2; 0 a P3; 1h a P3; 1h a P1"),
                     "capped r\ncapped r\nopened 1h P1 [e1 e5]\n");
    ck_assert_uint_eq(store_size(play.store).cells, 2);
    ck_assert_uint_eq(store_size(play.store).capped, 2);
    ck_assert(store_is_capped(play.store, play.program->rules[0]));
    play_end(&play);
}
END_TEST

/* A group of which nothing is known any more makes room for another. */
START_TEST(a_forgotten_group_makes_room)
{
    struct play play =
        play_begin_with(kit_with_lateness(0), COUNT("r", "2", "  max-groups: 1\n"));

    play_acts(&play, "0 a P1; W 3d; 4d a P2; 4d1h a P2");
    ck_assert_str_eq(play_acts(&play, ""), "opened 4d1h P2 [e2 e3]\n");
    ck_assert_uint_eq(store_size(play.store).capped, 0);
    ck_assert(!store_is_capped(play.store, play.program->rules[0]));
    play_end(&play);
}
END_TEST

/* An event without one of the group's values is in no group, and is counted. */
START_TEST(an_event_without_a_value_is_in_no_group)
{
    struct play play = play_begin(
        KIT_RULE("r") BOOKINGS
        "correlation:\n  group-by: [card, carrier]\n"
        "  type: event_count\n  rules: [a]\n  timespan: 1d\n  condition: {gte: 2}\n");

    ck_assert_str_eq(
        play_acts(&play,
                  "0 a P1; 1h a P1 carrier=X; 2h a P1; 3h a P1 carrier=X; 4h a P1 carrier=Y"),
        "opened 3h P1 X [e2 e4]\n");
    ck_assert_uint_eq(store_size(play.store).ungrouped, 2);
    play_end(&play);
}
END_TEST

/* An event with several values is in each group. */
START_TEST(an_event_with_several_values_is_in_each_group)
{
    struct play play = play_begin(
        KIT_RULE("r") BOOKINGS
        "correlation:\n  group-by: [card, phone]\n"
        "  type: event_count\n  rules: [a]\n  timespan: 1d\n  condition: {gte: 2}\n");

    ck_assert_str_eq(
        play_acts(&play, "0 a P1 phone=F phone=G; 1h a P1 phone=F; 2h a P1 phone=G"),
        "opened 1h P1 F [e1 e2]\nopened 2h P1 G [e1 e3]\n");
    play_end(&play);
}
END_TEST

/* A step that no rule has any more serves nobody. */
START_TEST(an_unknown_step_serves_nobody)
{
    struct play play = play_begin(COUNT("r", "1", ""));
    const uint64_t step = 12345;
    const struct match match = {.kind = SLICE("card"),
                                .value = SLICE("P1"),
                                .steps = &step,
                                .steps_count = 1,
                                .is = {.time = {1}, .source = SLICE("s"), .id = SLICE("e")}};

    play_acts(&play, "");
    play.store = store_new(play.program, play_listener(&play));
    store_match(play.store, &match);
    ck_assert_uint_eq(store_size(play.store).cells, 0);
    play_end(&play);
}
END_TEST

/* What the watermark has passed by more than any window is forgotten: nothing is left. */
START_TEST(nothing_is_kept_for_ever)
{
    struct play play = play_begin_with(kit_with_lateness(0), COUNT("r", "2", ""));
    char act[32];

    play_acts(&play, "");
    for (int i = 0; i < 200; i++) {
        snprintf(act, sizeof act, "%dm a P%d", i + 1, i % 20);
        play_acts(&play, act);
    }
    ck_assert_uint_eq(store_size(play.store).events, 200);
    play_acts(&play, "W 30d");
    ck_assert_uint_eq(store_size(play.store).events, 0);
    ck_assert_uint_eq(store_size(play.store).cells, 0);
    play_end(&play);
}
END_TEST

/* A rule whose alerts are read says how far it has come, whenever it has come further. */
START_TEST(a_rule_that_is_read_says_how_far_it_is)
{
    struct play play = play_begin(COUNT("lower", "1", "") "---\n" KIT_RULE(
        "upper") "correlation:\n  group-by: [card]\n"
                 "  type: event_count\n  rules: [lower]\n  timespan: 1d\n  condition: {gte: "
                 "2}\n");

    ck_assert_str_eq(play_acts(&play, "W 1h; W 1h; W 30m; W 2h"),
                     "risen lower 1h\nrisen lower 2h\n");
    play_end(&play);
}
END_TEST

/* The alerts that are open, and those alone, are told as superseded when a rule goes. */
START_TEST(open_alerts_can_be_superseded)
{
    struct play play = play_begin(COUNT("r", "2", ""));

    play_acts(&play, "0 a P1; 1h a P1; 0 a P2; W 2d; 3d a P3; 3d1h a P3");
    text_clear(&play.told);
    const struct store_listener listener = play_listener(&play);
    store_each_open(play.store, 0, listener.change, listener.context);
    ck_assert_str_eq(play_acts(&play, ""), "superseded 3d1h P3 [e4 e5]\n");
    play_end(&play);
}
END_TEST

/* A store is freed piece by piece as well as at once. */
START_TEST(a_store_is_buried_piece_by_piece)
{
    struct play play = play_begin(COUNT("r", "2", ""));
    unsigned turns = 1;

    play_acts(&play, "0 a P1; 0 a P2; 0 a P3; 1h a P3; 0 a P4; 0 a P5");
    while (!store_bury(play.store, 2)) {
        turns++;
    }
    play.store = NULL;
    ck_assert_uint_ge(turns, 3);
    ck_assert_uint_le(turns, 5);
    play_end(&play);
}
END_TEST

static const char story[] =
    "0 a P1; 1h a P1; 2h a P2; W 3h; 4h a P2; 5h a P1; 20h a P3; W 1d2h; 1d3h a P3; 1d4h a P1;"
    "1d5h a P2; 1d6h a P3; W 2d; 2d1h a P1; 2d2h a P1; 2d3h a P1; 2d4h a P2; W 3d; 3d a P2; W "
    "9d";

/* Plays the acts from `from` up to `to`. */
static void play_part(struct play *play, int from, int to)
{
    int index = 0;

    for (struct slice rest = slice_of(story); rest.data != NULL && rest.size > 0; index++) {
        const struct slice act = slice_cut(&rest, ';');
        if (index >= from && index < to) {
            play_act(play, act);
        }
    }
}

#define OLD                                                                                    \
    COUNT("same", "2", "") "---\n" COUNT("tuned", "2", "") "---\n" COUNT("gone", "2", "")
#define NEW                                                                                    \
    COUNT("same", "2", "") "---\n" COUNT("tuned", "3", "") "---\n" COUNT("fresh", "1", "")

/* What the new rules say of the acts from `from` on, having read all. */
static char *told_from_scratch(int from)
{
    struct play play = play_begin(NEW);

    play_part(&play, 0, from);
    text_clear(&play.told);
    play_part(&play, from, 99);
    text_add_byte(&play.told, '\0');
    char *const told = strdup(play.told.data);
    play_end(&play);
    return told;
}

/* A store that went over to other rules says from then on what one says that always had them.
 */
START_TEST(going_over_is_as_if_it_had_always_been_so)
{
    struct play play = play_begin(OLD), beside = {.kit = play.kit};
    int kept[3];

    beside.program = kit_program(&beside.kit, NEW);
    ck_assert_uint_eq(succession_find(play.program, beside.program, kept), 2);
    beside.store = store_new_beside(beside.program, kept, play_listener(&beside));
    play_part(&play, 0, _i);
    play_part(&beside, 0, _i);
    play_act(&play, SLICE(""));
    store_go_over(play.store, beside.store, kept);
    store_free(beside.store);
    text_clear(&play.told);
    play.program = beside.program;
    play_part(&play, _i, 99);
    char *const wanted = told_from_scratch(_i);
    ck_assert_str_eq(play_acts(&play, ""), wanted);
    free(wanted);
    text_free(&beside.told);
    play_end(&play);
}
END_TEST

/* An event that is told again as standing before where it stood is one that a sequence may wait
 * at: it stays until much has been settled and the rest was gone through again. */
START_TEST(what_is_told_again_goes_last)
{
    struct play play =
        play_begin_with(kit_with_lateness(0),
                        PLAY_RULE("r", "  type: sequence\n  timespan: 1d\n  steps: [{rule: a, "
                                       "count: 2, span: 1h}, {rule: b}]\n"));
    char act[32];

    for (int i = 0; i < 100; i++) {
        snprintf(act, sizeof act, "%dm a P1", 2 * i + 1);
        play_acts(&play, act);
    }
    const char *const told = play_acts(
        &play, "W 12h; 20h a P1 id=x; 18h a P1 id=x; 18h30m a P1 id=y; 19h b P1 id=z");
    ck_assert_str_eq(told, "opened 19h P1 [x y z]\n");
    play_end(&play);
}
END_TEST

/* A rule that goes on under other rules lives at another place; the totals of a large window
 * that knew the old one must not look for it there. */
START_TEST(a_large_window_goes_over)
{
    struct kit old = kit_begin();
    struct play play = play_begin_with(old, COUNT("same", "20", ""));
    struct play beside = play_begin(COUNT("same", "20", ""));
    int kept[1];

    for (int i = 0; i < 19; i++) {
        play_act(&play, SLICE("0 a P1"));
    }
    ck_assert_uint_eq(succession_find(play.program, beside.program, kept), 0);
    struct store *const fresh = store_new_beside(beside.program, kept, play_listener(&beside));
    store_go_over(play.store, fresh, kept);
    store_free(fresh);
    play.program = beside.program;
    kit_end(&play.kit); /* and all that the old rules were */
    play.kit = beside.kit;
    play_act(&play, SLICE("1h a P1"));
    ck_assert(strstr(play_acts(&play, ""), "opened") != NULL);
    beside.kit = kit_begin();
    play_end(&beside);
    play_end(&play);
}
END_TEST

Suite *store_suite(void)
{
    const TTest *const tests[] = {a_match_behind_the_watermark_is_late,
                                  late_for_one_rule_is_not_late_for_another,
                                  groups_beyond_the_bound_are_counted,
                                  a_rule_is_capped_as_long_as_it_matters,
                                  a_forgotten_group_makes_room,
                                  an_event_without_a_value_is_in_no_group,
                                  an_event_with_several_values_is_in_each_group,
                                  an_unknown_step_serves_nobody,
                                  nothing_is_kept_for_ever,
                                  a_rule_that_is_read_says_how_far_it_is,
                                  open_alerts_can_be_superseded,
                                  a_store_is_buried_piece_by_piece,
                                  a_large_window_goes_over,
                                  what_is_told_again_goes_last,
                                  NULL};
    Suite *const suite = unit_suite("store", tests);

    unit_loop(suite, far_away_it_is_another_event, COUNT_OF(retellings));
    unit_loop(suite, going_over_is_as_if_it_had_always_been_so, 20);
    return suite;
}
