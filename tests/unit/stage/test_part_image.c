#include "seinpost/rule/ruletest.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/pack.h"
#include "seinpost/stage/part_image.h"

#include "yard.h"

/* A rule under test: what it says goes to the shadow topic. */
#define COUNT(wanted)                                                                          \
    KIT_HEAD("r")                                                                              \
    "unless: {none: because}\n"                                                                \
    "events: {x: {source: {type: air.noshow}, detection: {s: {leg: 2}, condition: s}}}\n"      \
    "correlation: {type: event_count, rules: [x], group-by: [booking], timespan: 1d, "         \
    "condition: {gte: " wanted "}}\n"

static const struct record_partition place = {"matches", 0};

/* Gives a pack of one match, at so many hours. */
static void give(struct yard *yard, int hour)
{
    const struct rule *const rule = program_find(yard->program, SLICE("r"));
    struct match match = {.kind = SLICE("booking"),
                          .value = SLICE("B"),
                          .steps = &rule->entries[0].step,
                          .steps_count = 1};
    struct pack *const pack = pack_new();
    struct text value = {0};
    char id[16];

    snprintf(id, sizeof id, "e%d", hour);
    match.is =
        (struct event_reference){.time = instant_add(RULETEST_START, hour * INT64_C(3600000)),
                                 .source = SLICE("file"),
                                 .id = slice_of(id),
                                 .type = SLICE("air.noshow")};
    frame_put(&value, SOURCE_SINGLE_OBJECT, yard->formats.match.fingerprint);
    pack_add_match(pack, &match);
    pack_finish(pack, &value);
    ck_assert_int_eq(yard_match(yard, text_slice(&value)), STAGE_DONE);
    pack_free(pack);
    text_free(&value);
}

/* What the next owner is told, of a part that has read four matches. */
static struct text metadata_of(struct yard *yard)
{
    struct text text = {0};

    yard->stage.metadata(yard->stage.self, place, &text);
    text_add_byte(&text, '\0');
    return text;
}

static enum stage_saving save(struct yard *yard, size_t size_max, struct text *image)
{
    const struct stage_save how = {.piece = SIZE_MAX, .size_max = size_max};

    return yard->stage.save(yard->stage.self, place, &how, image);
}

static struct text image_after_four(struct yard *yard)
{
    struct text image = {0};

    for (int hour = 0; hour < 4; hour++) {
        give(yard, hour);
    }
    (void)yard_lines(yard, 0);
    ck_assert_int_eq(save(yard, SIZE_MAX / 2, &image), STAGE_SAVED);
    return image;
}

/* The word with which an image is refused; `good`: it is not. */
static const char *load(struct yard *yard, struct slice image, int64_t *next)
{
    const char *refused = yard->stage.load(yard->stage.self, place, image, next);

    return refused == NULL ? "good" : refused;
}

/* A state is taken over where the log still reaches from it to what is committed, and goes on
 * to say what it would have said. */
START_TEST(a_state_is_taken_over)
{
    struct yard first = yard_correlator(COUNT("5"), 0, "");
    struct text image = image_after_four(&first);
    struct text metadata = metadata_of(&first);
    struct yard second = yard_correlator(COUNT("5"), 4, metadata.data);
    int64_t next = 0;

    ck_assert_str_eq(load(&second, text_slice(&image), &next), "good");
    ck_assert_int_eq(next, 4);
    second.offsets[0] = next;
    give(&first, 4);
    give(&second, 4);
    ck_assert_str_eq(yard_lines(&first, 0), "shadow opened r 1\n");
    ck_assert_str_eq(yard_lines(&second, 0), "shadow opened r 1\n");
    text_free(&image);
    text_free(&metadata);
    yard_end(&first);
    yard_end(&second);
}
END_TEST

/* Torn at any byte, or with any other bit in it, an image is refused, and the part is as it
 * was. */
START_TEST(a_spoiled_state_is_refused)
{
    struct yard first = yard_correlator(COUNT("5"), 0, "");
    struct text image = image_after_four(&first);
    struct text metadata = metadata_of(&first);
    struct yard second = yard_correlator(COUNT("5"), 4, metadata.data);
    int64_t next = 0;

    for (size_t i = 0; i < image.size; i++) {
        const char *torn = load(&second, (struct slice){image.data, i}, &next);
        ck_assert(strcmp(torn, "form") == 0 || strcmp(torn, "torn") == 0);
        image.data[i] = (char)(image.data[i] ^ 1 << i % 8);
        const char *other = load(&second, text_slice(&image), &next);
        ck_assert(strcmp(other, "form") == 0 || strcmp(other, "torn") == 0);
        image.data[i] = (char)(image.data[i] ^ 1 << i % 8);
        ck_assert_int_eq(next, 0);
    }
    ck_assert_str_eq(load(&second, text_slice(&image), &next), "good");
    text_free(&image);
    text_free(&metadata);
    yard_end(&first);
    yard_end(&second);
}
END_TEST

/* A state is refused by a word that tells why: of other rules, behind or ahead of the log. */
START_TEST(a_state_that_does_not_fit_is_refused)
{
    struct yard first = yard_correlator(COUNT("3"), 0, "");
    struct text image = image_after_four(&first);
    struct text metadata = metadata_of(&first);
    int64_t next = 0;
    const struct {
        const char *rules;
        int64_t start, committed;
        const char *metadata, *word;
    } scenes[] = {
        {COUNT("3"), 0, 4, metadata.data, "good"},
        {COUNT("3"), 4, 4, metadata.data, "good"},
        {COUNT("3"), 2, 9, metadata.data, "good"},
        {COUNT("4"), 0, 4, "", "rules"},
        {COUNT("3"), 5, 9, metadata.data, "expired"},
        {COUNT("3"), 0, 3, metadata.data, "log"}, /* it is ahead of what is committed */
        {COUNT("3"), 0, 9, "", "log"},            /* and of what was said */
    };

    for (size_t i = 0; i < COUNT_OF(scenes); i++) {
        struct yard other = yard_correlator_from(scenes[i].rules, scenes[i].start,
                                                 scenes[i].committed, scenes[i].metadata);
        ck_assert_msg(strcmp(load(&other, text_slice(&image), &next), scenes[i].word) == 0,
                      "%zu: %s instead of %s", i, load(&other, text_slice(&image), &next),
                      scenes[i].word);
        yard_end(&other);
    }
    text_free(&image);
    text_free(&metadata);
    yard_end(&first);
}
END_TEST

/* Says whether a daemon that goes on from the image reads from the log of `hours` on what the
 * image is of: it is given the records that were committed behind the image. */
static bool fits(struct slice image, int first_hour, int64_t committed)
{
    struct yard log = yard_correlator(COUNT("7"), 0, "");
    int64_t next = 0;

    for (int64_t i = 0; i < committed; i++) {
        give(&log, first_hour + (int)i);
    }
    (void)yard_lines(&log, 0);
    struct text metadata = metadata_of(&log);
    struct yard other = yard_correlator(COUNT("7"), committed, metadata.data);
    bool fits = strcmp(load(&other, image, &next), "log") != 0;
    other.offsets[0] = next;
    for (int64_t i = next; fits && i < committed; i++) {
        give(&other, first_hour + (int)i);
    }
    ck_assert_str_eq(yard_lines(&other, 0), "");
    if (fits && other.stage.misled(other.stage.self, place)) {
        ck_assert_str_eq(other.stage.refused(other.stage.self, place), "snapshot");
        fits = false;
    }
    text_free(&metadata);
    yard_end(&log);
    yard_end(&other);
    return fits;
}

/* A state of another log, whose offsets and numbers of alerts fit, is not taken for one of this
 * log: at once when it stands at the committed offset, else when that is reached. */
START_TEST(a_state_of_another_log_is_found)
{
    struct yard old = yard_correlator(COUNT("7"), 0, "");
    struct text image = image_after_four(&old);

    for (int64_t committed = 4; committed <= 6; committed++) {
        ck_assert(fits(text_slice(&image), 0, committed));
        ck_assert(!fits(text_slice(&image), 1, committed));
    }
    text_free(&image);
    yard_end(&old);
}
END_TEST

/* After an operator accepted a log as it is, nothing tells which it was: no state is taken. */
START_TEST(no_state_is_taken_over_after_an_acceptance)
{
    struct yard old = yard_correlator(COUNT("7"), 0, "");
    struct text image = image_after_four(&old);
    struct yard accepted = yard_correlator(COUNT("7"), 5, "1;q=0;s=0");
    int64_t next = 0;

    ck_assert_str_eq(load(&accepted, text_slice(&image), &next), "log");
    text_free(&image);
    yard_end(&old);
    yard_end(&accepted);
}
END_TEST

/* Nothing is kept of a part that still replays, nor of more than may be kept. */
START_TEST(not_every_state_is_kept)
{
    struct yard muted = yard_correlator(COUNT("3"), 9, "");
    struct yard yard = yard_correlator(COUNT("3"), 0, "");
    struct text image = {0};

    give(&muted, 0);
    (void)yard_lines(&muted, 0);
    ck_assert_int_eq(save(&muted, SIZE_MAX / 2, &image), STAGE_NOT_SAVED);
    give(&yard, 0);
    (void)yard_lines(&yard, 0);
    ck_assert_int_eq(save(&yard, 20, &image), STAGE_TOO_LARGE);
    text_free(&image);
    yard_end(&muted);
    yard_end(&yard);
}
END_TEST

Suite *part_image_suite(void)
{
    const TTest *const tests[] = {a_state_is_taken_over,
                                  a_spoiled_state_is_refused,
                                  a_state_that_does_not_fit_is_refused,
                                  a_state_of_another_log_is_found,
                                  no_state_is_taken_over_after_an_acceptance,
                                  not_every_state_is_kept,
                                  NULL};

    return unit_suite("part_image", tests);
}
