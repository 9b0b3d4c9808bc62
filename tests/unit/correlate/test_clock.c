#include "seinpost/correlate/clock.h"

#include "correlate.h"
#include "play.h"

enum {
    LATENESS = 100
};

static const struct slice both[] = {{"air", 3}, {"bank", 4}};
static const struct rule air = {.sources = both, .sources_count = 1, .lateness_ms = LATENESS};
static const struct rule air_and_bank = {
    .sources = both, .sources_count = 2, .lateness_ms = LATENESS};

/* One report, and the watermark of a rule that reads `air` afterwards. */
struct step {
    int partition, partitions;
    int64_t high; /* INT64_MIN: none yet */
    bool exact, quiet, further;
    int64_t watermark;
};

#define NOTHING INT64_MIN
#define W(high) ((high)-LATENESS - 1)

static const struct {
    const char *claim;
    struct step steps[6]; /* up to one of no partitions */
} tales[] = {
    {"a watermark is the newest event less the lateness and a millisecond",
     {{0, 1, 1000, false, false, true, W(1000)}, {0, 1, 2000, false, false, true, W(2000)}}},
    {"an exact one is what it says, less the lateness of none",
     {{0, 1, 1000, true, false, true, 1000}}},
    {"it only rises",
     {{0, 1, 2000, false, false, true, W(2000)}, {0, 1, 1000, false, false, false, W(2000)}}},
    {"a partition that nobody has reported holds the source back",
     {{0, 2, 1000, false, false, false, NOTHING}, {1, 2, 500, false, false, true, W(500)}}},
    {"the slowest partition holds it back",
     {{0, 2, 1000, false, false, false, NOTHING},
      {1, 2, 500, false, false, true, W(500)},
      {0, 2, 5000, false, false, false, W(500)},
      {1, 2, 1500, false, false, true, W(1500)}}},
    {"an empty partition is reported, and holds it back",
     {{0, 2, 1000, false, false, false, NOTHING},
      {1, 2, NOTHING, false, false, false, NOTHING}}},
    {"a quiet partition holds it back no longer",
     {{0, 2, 1000, false, false, false, NOTHING}, {1, 2, NOTHING, false, true, true, W(1000)}}},
    {"a quiet partition that goes on holds it back again, and nothing falls",
     {{0, 2, 1000, false, false, false, NOTHING},
      {1, 2, 500, false, true, true, W(1000)},
      {1, 2, 600, false, false, false, W(1000)},
      {0, 2, 2000, false, false, false, W(1000)},
      {1, 2, 1500, false, false, true, W(1500)}}},
    {"one that was quiet and cannot be read any more holds it back",
     {{0, 2, 1000, false, false, false, NOTHING},
      {1, 2, NOTHING, false, true, true, W(1000)},
      {1, 2, NOTHING, false, false, false, W(1000)},
      {0, 2, 2000, false, false, false, W(1000)},
      {1, 2, NOTHING, false, true, true, W(2000)}}},
    {"when all are quiet the source is silent: it stays where it is",
     {{0, 2, 1000, false, false, false, NOTHING},
      {1, 2, 500, false, false, true, W(500)},
      {0, 2, 1000, false, true, false, W(500)},
      {1, 2, 500, false, true, false, W(500)}}},
    {"a source that grows waits for its new partition",
     {{0, 1, 1000, false, false, true, W(1000)},
      {0, 2, 2000, false, false, false, W(1000)},
      {1, 2, 1500, false, false, true, W(1500)}}},
    {"what names no partition is not heeded",
     {{7, 2, 9000, false, false, false, NOTHING},
      {-1, 2, 9000, false, false, false, NOTHING},
      {0, CLOCK_PARTITIONS_MAX + 1, 9000, false, false, false, NOTHING},
      {0, 1, 1000, false, false, true, W(1000)}}},
};

/* A source comes as far as its partitions have, by the rules of design.md and of clock.h. */
START_TEST(partitions_make_a_watermark)
{
    struct clock *const clock = clock_new();

    ck_assert_int_eq(clock_watermark(clock, &air).ms, NOTHING);
    for (const struct step *step = tales[_i].steps; step->partitions != 0; step++) {
        const struct watermark report = {SLICE("air"), step->partition, step->partitions,
                                         {step->high}, step->exact,     step->quiet};
        const struct rule rule = {
            .sources = both, .sources_count = 1, .lateness_ms = step->exact ? 0 : LATENESS};
        ck_assert_msg(clock_report(clock, &report) == step->further, "%s: step %d",
                      tales[_i].claim, (int)(step - tales[_i].steps));
        ck_assert_msg(clock_watermark(clock, &rule).ms == step->watermark,
                      "%s: step %d is %lld", tales[_i].claim, (int)(step - tales[_i].steps),
                      (long long)clock_watermark(clock, &rule).ms);
    }
    clock_free(clock);
}
END_TEST

static void report(struct clock *clock, const char *source, int64_t high)
{
    const struct watermark watermark = {slice_of(source), 0, 1, {high}, false, false};

    clock_report(clock, &watermark);
}

/* A rule waits for the slowest of its sources, and for no other. */
START_TEST(a_rule_waits_for_its_slowest_source)
{
    struct clock *const clock = clock_new();

    report(clock, "air", 1000);
    ck_assert_int_eq(clock_watermark(clock, &air).ms, W(1000));
    ck_assert_int_eq(clock_watermark(clock, &air_and_bank).ms, NOTHING);
    report(clock, "bank", 400);
    report(clock, "rail", 1);
    ck_assert_int_eq(clock_watermark(clock, &air_and_bank).ms, W(400));
    report(clock, "bank", 2000);
    ck_assert_int_eq(clock_watermark(clock, &air_and_bank).ms, W(1000));
    clock_free(clock);
    clock_free(NULL);
}
END_TEST

/* Times near the ends of the range do not wrap. */
START_TEST(the_ends_of_the_range_do_not_wrap)
{
    struct clock *const clock = clock_new();
    static const struct rule patient = {
        .sources = both, .sources_count = 1, .lateness_ms = INT64_MAX};

    report(clock, "air", INT64_MIN + 5);
    ck_assert_int_eq(clock_watermark(clock, &air).ms, INT64_MIN);
    report(clock, "air", INT64_MAX - 1);
    ck_assert_int_gt(clock_watermark(clock, &air).ms, 0);
    ck_assert_int_lt(clock_watermark(clock, &patient).ms, 0);
    clock_free(clock);
}
END_TEST

enum {
    PARTITIONS = 4
};

/* The same by the plainest reckoning: what each partition has reported. */
struct model {
    bool known[PARTITIONS], quiet[PARTITIONS];
    int64_t high[PARTITIONS];
    int64_t source;
};

static int64_t modelled(struct model *model, const struct watermark *told)
{
    int64_t least = INT64_MAX;
    bool all_known = true, any_loud = false;

    model->known[told->partition] = true;
    model->quiet[told->partition] = told->quiet;
    if (told->high.ms > model->high[told->partition]) {
        model->high[told->partition] = told->high.ms;
    }
    for (size_t i = 0; i < PARTITIONS; i++) {
        all_known = all_known && model->known[i];
        any_loud = any_loud || !model->quiet[i];
        if (!model->quiet[i] && model->high[i] < least) {
            least = model->high[i];
        }
    }
    if (all_known && any_loud && least > model->source) {
        model->source = least;
    }
    return model->source == NOTHING ? NOTHING : W(model->source);
}

/* Of any reports in any order the watermark is what the plainest reckoning gives. */
START_TEST(any_reports_give_what_is_reckoned)
{
    struct unit_draw draw = unit_draw(70);

    for (int round = 0; round < 300; round++) {
        struct clock *const clock = clock_new();
        struct model model = {.source = NOTHING, .high = {NOTHING, NOTHING, NOTHING, NOTHING}};
        for (int i = 0; i < 40; i++) {
            const bool empty = unit_below(&draw, 6) == 0;
            const struct watermark told = {
                SLICE("air"), (int32_t)unit_below(&draw, PARTITIONS),
                PARTITIONS,   {empty ? NOTHING : (int64_t)unit_below(&draw, 10000)},
                false,        unit_below(&draw, 3) == 0};
            const int64_t before = clock_watermark(clock, &air).ms,
                          wanted = modelled(&model, &told);
            ck_assert_int_eq(clock_report(clock, &told), wanted > before);
            ck_assert_int_eq(clock_watermark(clock, &air).ms, wanted);
        }
        clock_free(clock);
    }
}
END_TEST

Suite *clock_suite(void)
{
    const TTest *const tests[] = {a_rule_waits_for_its_slowest_source,
                                  the_ends_of_the_range_do_not_wrap,
                                  any_reports_give_what_is_reckoned, NULL};
    Suite *const suite = unit_suite("clock", tests);

    unit_loop(suite, partitions_make_a_watermark, COUNT_OF(tales));
    return suite;
}
