#include "seinpost/correlate/sequence.h"

#include "correlate.h"
#include "play.h"

#define STEPS(steps) PLAY_RULE("r", "  type: sequence\n  timespan: 1d\n  steps: " steps "\n")
#define TWO          STEPS("[{rule: a}, {rule: b, within: 1h}]")
#define TRIPS                                                                                  \
    KIT_RULE("r")                                                                              \
    "events:\n  out: {source: {type: rail.booking.created}, detection: {s: {one_way: true}, "  \
    "condition: s}}\n"                                                                         \
    "  back: {source: {type: rail.booking.created}, detection: {s: {one_way: true, "           \
    "'from_|fieldref': out.to}, condition: s}}\n"                                              \
    "correlation:\n  group-by: [card]\n  type: sequence\n  timespan: 1d\n  steps: [{rule: "    \
    "out}, {rule: back}]\n"

struct scene {
    const char *claim, *rule, *script, *told;
};

static const struct scene orders[] = {
    {"steps are met in their order", TWO, "0 a P1; 30m b P1", "opened 30m P1 [e1 e2]\n"},
    {"not in another", TWO, "0 b P1; 30m a P1", ""},
    {"equal times are in the order of their ids", TWO, "0 a P1 id=x; 0 b P1 id=y",
     "opened 0 P1 [x y]\n"},
    {"and not against it", TWO, "0 a P1 id=y; 0 b P1 id=x", ""},
    {"within ends where it says, included", TWO, "0 a P1; 1h b P1", "opened 1h P1 [e1 e2]\n"},
    {"and not a millisecond later", TWO, "0 a P1; 1h1ms b P1", ""},
    {"timespan runs from the first to the last event",
     STEPS("[{rule: a}, {rule: b}, {rule: c}]"), "0 a P1; 12h b P1; 1d c P1",
     "opened 1d P1 [e1 e2 e3]\n"},
    {"and not a millisecond longer", STEPS("[{rule: a}, {rule: b}, {rule: c}]"),
     "0 a P1; 12h b P1; 1d1ms c P1", ""},
    {"groups are apart", TWO, "0 a P1; 30m b P2", ""},
    {"the latest start wins", TWO, "0 a P1; 10m a P1; 30m b P1", "opened 30m P1 [e2 e3]\n"},
    {"unless the first is asked for",
     STEPS("[{rule: a}, {rule: b, within: 1h}]\n  overlap: first"),
     "0 a P1; 10m a P1; 30m b P1", "opened 30m P1 [e1 e3]\n"},
    {"a match consumes its partial", TWO, "0 a P1; 10m b P1; 20m b P1",
     "opened 10m P1 [e1 e2]\n"},
    {"one event never fills two steps", STEPS("[{rule: a}, {rule: a}]"), "0 a P1", ""},
    {"but different partials may share it", STEPS("[{rule: a}, {rule: a}]"),
     "0 a P1; 10m a P1; 20m a P1", "opened 10m P1 [e1 e2]\nupdated 20m P1 [e1 e2 e3]\n"},
    {"an event may meet two entries, and is looked at for the later step first",
     STEPS("[{rule: a}, {rule: b}]"), "0 a+b P1; 10m a+b P1", "opened 10m P1 [e1 e2]\n"},
    {"it holds until its first event is a timespan old", TWO, "0 a P1; 30m b P1; W 3d",
     "opened 30m P1 [e1 e2]\nclosed 1d P1 [e1 e2]\n"},
    {"until throws all partials away", STEPS("[{rule: a}, {rule: b}]\n  until: c"),
     "0 a P1; 10m c P1; 20m b P1", ""},
    {"but not those that begin after it", STEPS("[{rule: a}, {rule: b}]\n  until: c"),
     "0 a P1; 10m c P1; 15m a P1; 20m b P1", "opened 20m P1 [e3 e4]\n"},
    {"until comes before anything else", STEPS("[{rule: a}, {rule: b}]\n  until: c"),
     "0 a P1; 10m b+c P1", ""},
    {"a value of an earlier step must be met", TRIPS, "0 out P1 to=X; 10m back P1 from_=Y", ""},
    {"partials that differ in it both stay", TRIPS,
     "0 out P1 to=X; 10m out P1 to=Y; 20m back P1 from_=X; 30m back P1 from_=Y",
     "opened 20m P1 [e1 e3]\nupdated 30m P1 [e1 e2 e3 e4]\n"},
    {"of those that do not, the latest", TRIPS,
     "0 out P1 to=X; 10m out P1 to=X; 20m back P1 from_=X", "opened 20m P1 [e2 e3]\n"},
    {"a late event takes the place that it has", TWO, "30m b P1; 0 a P1",
     "opened 30m P1 [e2 e1] late\n"},
    {"a late start may be the latest", TWO, "0 a P1; 30m b P1; 20m a P1",
     "opened 30m P1 [e1 e2]\nretracted 20m P1 [e1 e2] late\nopened 30m P1 [e3 e2] late\n"},
    {"a late until undoes what it comes before", STEPS("[{rule: a}, {rule: b}]\n  until: c"),
     "0 a P1; 30m b P1; 10m c P1", "opened 30m P1 [e1 e2]\nretracted 10m P1 [e1 e2] late\n"},
};

static const struct scene several[] = {
    {"count asks for so many", STEPS("[{rule: a}, {rule: b, count: 2}]"),
     "0 a P1; 10m b P1; 20m b P1", "opened 20m P1 [e1 e2 e3]\n"},
    {"within span", STEPS("[{rule: a}, {rule: b, count: 2, span: 1h}]"),
     "0 a P1; 10m b P1; 1h11m b P1; 2h11m b P1", "opened 2h11m P1 [e1 e3 e4]\n"},
    {"distinct asks for different values, two if no count",
     STEPS("[{rule: a}, {rule: b, distinct: phone}]"),
     "0 a P1; 10m b P1 phone=F; 20m b P1 phone=F; 30m b P1 phone=G",
     "opened 30m P1 [e1 e3 e4]\n"},
    {"its evidence is the shortest run of the newest",
     STEPS("[{rule: a}, {rule: b, count: 3, distinct: phone}]"),
     "0 a P1; 1m b P1 phone=F; 2m b P1 phone=G; 3m b P1 phone=F; 4m b P1 phone=G; 5m b P1 "
     "phone=H",
     "opened 5m P1 [e1 e4 e5 e6]\n"},
    {"a first step may ask for several", STEPS("[{rule: a, count: 2, span: 1h}, {rule: b}]"),
     "0 a P1; 2h a P1; 2h30m a P1; 3h b P1", "opened 3h P1 [e2 e3 e4]\n"},
    {"and its events may be used again", STEPS("[{rule: a, count: 2}, {rule: b}]"),
     "0 a P1; 1h a P1; 2h b P1; 3h a P1; 4h b P1",
     "opened 2h P1 [e1 e2 e3]\nupdated 4h P1 [e1 e2 e3 e4 e5]\n"},
};

static const struct scene guards[] = {
    {"what may not come has not come when the watermark says so",
     STEPS("[{rule: a}, {not: c, within: 1h}]"), "0 a P1; W 1h", "opened 1h P1 [e1]\n"},
    {"and not before", STEPS("[{rule: a}, {not: c, within: 1h}]"), "0 a P1; W 59m59s999ms", ""},
    {"nor by an event alone", STEPS("[{rule: a}, {not: c, within: 1h}]"), "0 a P1; 5h a P1",
     ""},
    {"it came", STEPS("[{rule: a}, {not: c, within: 1h}]"), "0 a P1; 30m c P1; W 9h", ""},
    {"at the end, included", STEPS("[{rule: a}, {not: c, within: 1h}]"),
     "0 a P1; 1h c P1; W 9h", ""},
    {"a millisecond later is none of it", STEPS("[{rule: a}, {not: c, within: 1h}]"),
     "0 a P1; 1h1ms c P1; W 9h", "opened 1h P1 [e1]\n"},
    {"before the step it does not matter", STEPS("[{rule: a}, {not: c, within: 1h}]"),
     "0 c P1; 30m a P1; W 9h", "opened 1h30m P1 [e2]\n"},
    {"between two steps", STEPS("[{rule: a}, {not: c}, {rule: b}]"),
     "0 a P1; 10m c P1; 20m b P1; W 9h", ""},
    {"up to the next step, proven by the watermark", STEPS("[{rule: a}, {not: c}, {rule: b}]"),
     "0 a P1; 20m b P1; W 19m59s", ""},
    {"there the finding has the time of the step", STEPS("[{rule: a}, {not: c}, {rule: b}]"),
     "0 a P1; 20m b P1; 25m c P1; W 9h", "opened 20m P1 [e1 e2]\n"},
    {"between two steps only within its time",
     STEPS("[{rule: a}, {not: c, within: 5m}, {rule: b}]"), "0 a P1; 10m c P1; 20m b P1; W 9h",
     "opened 20m P1 [e1 e3]\n"},
    {"late, but in time", STEPS("[{rule: a}, {not: c, within: 1h}]"),
     "0 a P1; 5h a P2; 30m c P1; W 2h", ""},
    {"each start waits for itself", STEPS("[{rule: a}, {not: c, within: 1h}]"),
     "0 a P1; 30m a P1; W 1h; W 9h", "opened 1h P1 [e1]\nupdated 1h30m P1 [e1 e2]\n"},
};

static void play_scene(const struct scene *scene)
{
    struct play play = play_begin(scene->rule);
    const char *const told = play_acts(&play, scene->script);

    ck_assert_msg(strcmp(told, scene->told) == 0, "%s:\n%sinstead of\n%s", scene->claim, told,
                  scene->told);
    play_end(&play);
}

/* Steps are met in order, by the latest start, each start once. */
START_TEST(steps_are_met_in_order)
{
    play_scene(&orders[_i]);
}
END_TEST

/* A step may ask for several events close together. */
START_TEST(a_step_may_ask_for_several)
{
    play_scene(&several[_i]);
}
END_TEST

/* What may not follow is proven by the watermark alone. */
START_TEST(a_not_is_proven_by_the_watermark)
{
    play_scene(&guards[_i]);
}
END_TEST

static bool note_capped(void *context, const struct change *change)
{
    *(bool *)context = change->episode->capped;
    return true;
}

/* Begins so many sequences that differ, and completes one. Tells whether it says capped. */
static bool capped_after(int starts)
{
    struct play play = play_begin(TRIPS);
    struct store_listener listener = play_listener(&play);
    bool capped = false;
    char act[48];

    listener.context = &capped;
    listener.change = note_capped;
    play.store = store_new(play.program, listener);
    for (int i = 0; i < starts; i++) {
        snprintf(act, sizeof act, "%dm out P1 to=X%d", i + 1, i);
        play_acts(&play, act);
    }
    play_acts(&play, "5h back P1 from_=X9");
    play_end(&play);
    return capped;
}

/* Beyond 64 partials a step, that something was thrown out is told. */
START_TEST(too_many_partials_are_told)
{
    ck_assert(!capped_after(SEQUENCE_PARTIALS_MAX));
    ck_assert(capped_after(SEQUENCE_PARTIALS_MAX + 1));
}
END_TEST

Suite *sequence_suite(void)
{
    const TTest *const tests[] = {too_many_partials_are_told, NULL};
    Suite *const suite = unit_suite("sequence", tests);

    unit_loop(suite, steps_are_met_in_order, COUNT_OF(orders));
    unit_loop(suite, a_step_may_ask_for_several, COUNT_OF(several));
    unit_loop(suite, a_not_is_proven_by_the_watermark, COUNT_OF(guards));
    return suite;
}
