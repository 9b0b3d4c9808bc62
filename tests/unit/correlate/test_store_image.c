#include "seinpost/base/text.h"
#include "seinpost/correlate/store_image.h"

#include "correlate.h"
#include "play.h"

enum {
    ACTS = 60,
    ROUNDS = 4,
    LATENESS_MIN = 20,
    IMAGES = 5,     /* a round */
    SPOILED = 9000, /* images that are tried, each spoiled in another way */
};

#define TYPE(type, more)            PLAY_RULE("r", "  type: " type "\n  timespan: 30m\n" more)
#define TYPE_AND(type, more, alert) TYPE(type, more) alert

/* Every kind of rule that has a state of its own, and what makes a state large. */
static const char *const rules[] = {
    TYPE("event_count", "  rules: [a, b]\n  condition: {gte: 3}\n"),
    TYPE("event_count", "  rules: [a]\n  condition: {gte: 2}\n  close-after: 10m\n"),
    TYPE("event_count", "  rules: [a, b]\n  window: tumbling\n  condition: {gte: 3}\n"),
    TYPE("event_count",
         "  rules: [a, b]\n  window: session\n  gap: 6m\n  condition: {gte: 3}\n"),
    TYPE_AND("event_count", "  rules: [a, b]\n  condition: {gte: 2}\n",
             "alert: {suppress: {for: 25m, then: update}}\n"),
    TYPE_AND("event_count", "  rules: [a, b]\n  condition: {gte: 2}\n",
             "alert: {evidence: [phone, pax_count], suppress: {for: 25m, then: drop}}\n"),
    TYPE("value_count", "  rules: [a, b]\n  field: phone\n  condition: {gte: 2}\n"),
    TYPE("value_sum", "  rules: [a, b]\n  field: pax_count\n  condition: {gte: 7}\n"),
    TYPE("temporal", "  rules: [a, b]\n  min-count: {a: 2}\n"),
    TYPE("temporal_ordered", "  rules: [a, b, c]\n"),
    TYPE("sequence", "  steps: [{rule: a}, {rule: b, within: 10m}]\n"),
    TYPE("sequence", "  steps: [{rule: a}, {rule: b}, {rule: c}]\n  overlap: first\n"),
    TYPE("sequence", "  steps: [{rule: a}, {not: c}, {rule: b}]\n"),
    TYPE("sequence", "  steps: [{rule: a}, {rule: b}, {not: c, within: 8m}]\n"),
    TYPE("sequence",
         "  steps: [{rule: a, count: 2, span: 10m}, {rule: b, count: 2, distinct: phone}]\n"),
    TYPE("absence", "  after: a\n  missing: b\n  lookback: 5m\n"),
    TYPE("first_seen", "  rules: [a, b]\n  field: phone\n  history: 50m\n"),
    TYPE("change", "  rules: [a, b]\n  field: phone\n"),
    PLAY_LINK("r", "  rules: [a, b]\n  hub-limit: 3\n  condition: {entities|gte: 4}\n"),
    PLAY_LINK("r", "  rules: [a, b, c]\n  hub-limit: 2\n  close-after: 5m\n"
                   "  condition: {entities|gte: 3}\n"),
    TYPE("event_count", "  rules: [a]\n  condition: {gte: 2}\n  max-groups: 1\n"),
};

static struct kit in_time(void)
{
    struct kit kit = kit_begin();

    kit.options.never_late = false;
    kit.options.lateness_ms = INT64_C(1000) * 60 * LATENESS_MIN;
    return kit;
}

static void draw_act(struct unit_draw *draw, int minute, char act[96])
{
    static const char *const entries[] = {"a", "b", "c", "a+b"};
    const int at = minute - (int)unit_below(draw, LATENESS_MIN + 4);

    if (unit_below(draw, 6) == 0) {
        snprintf(act, 96, "W %dm59s999ms", minute > LATENESS_MIN ? minute - LATENESS_MIN : 0);
        return;
    }
    snprintf(act, 96, "%dm %s%s P%zu id=i%02zu phone=F%zu email=M%zu pax_count=%zu",
             at < 1 ? 1 : at, unit_below(draw, 8) == 0 ? "!" : "",
             entries[unit_below(draw, COUNT_OF(entries))], unit_below(draw, 2),
             unit_below(draw, 50), unit_below(draw, 3), unit_below(draw, 6),
             unit_below(draw, 5));
}

static struct text image_of(struct store *store)
{
    struct text text = {0};
    struct image image = image_begin(&text, SIZE_MAX);
    struct store_image *saving = store_image_begin(store, &image);

    ck_assert(store_image_more(saving, SIZE_MAX));
    store_image_end(saving);
    image_end(&image);
    return text;
}

/* Returns the store, or NULL: the image is refused. */
static struct store *store_with(const struct play *play, struct store_listener listener,
                                struct slice bytes)
{
    struct store *store = store_new(play->program, listener);
    struct image_reader reader = image_open(bytes);

    store_image_load(store, &reader);
    if (!binary_good(&reader.bytes)) {
        store_free(store);
        store = NULL;
    }
    image_close(&reader);
    return store;
}

static struct store *store_of(struct play *play, struct slice bytes)
{
    return store_with(play, play_listener(play), bytes);
}

/* Who is told is known by its address: the play stays where it is. */
static void play_some(struct play *play, struct unit_draw *draw, const char *rule, int acts)
{
    *play = play_begin_with(in_time(), rule);

    for (int minute = 1; minute <= acts; minute++) {
        char act[96];
        draw_act(draw, minute, act);
        play_act(play, slice_of(act));
    }
}

/* The play goes on from an image of its state. */
static void go_over(struct play *play)
{
    struct text image = image_of(play->store);
    struct store *store = store_of(play, text_slice(&image));

    ck_assert_ptr_nonnull(store);
    struct text again = image_of(store);
    ck_assert(slice_equal(text_slice(&image), text_slice(&again)));
    store_free(play->store);
    play->store = store;
    text_free(&image);
    text_free(&again);
}

/* Names may be numbered in another order where cells were written early: so what is read is
 * compared. */
static void expect_state(struct play *play, const struct text *got, const struct text *wanted)
{
    struct store *store = store_of(play, text_slice(got));

    ck_assert_ptr_nonnull(store);
    struct text again = image_of(store);
    ck_assert(slice_equal(text_slice(&again), text_slice(wanted)));
    text_free(&again);
    store_free(store);
}

static void expect_same(struct play *one, struct play *other)
{
    struct text image = image_of(one->store);
    struct text same = image_of(other->store);

    ck_assert_str_eq(play_acts(one, ""), play_acts(other, ""));
    ck_assert(slice_equal(text_slice(&image), text_slice(&same)));
    text_free(&image);
    text_free(&same);
}

/* A state that was written and read back is the state: it goes on to tell the same, and two
 * images of equal states are the same bytes. */
START_TEST(a_state_goes_on_from_its_image)
{
    struct unit_draw draw = unit_draw(400 + (uint64_t)_i);

    for (int round = 0; round < ROUNDS; round++) {
        struct play one = play_begin_with(in_time(), rules[_i]);
        struct play other = play_begin_with(in_time(), rules[_i]);
        for (int minute = 1; minute <= ACTS; minute++) {
            char act[96];
            draw_act(&draw, minute, act);
            play_act(&one, slice_of(act));
            play_act(&other, slice_of(act));
            if (unit_below(&draw, ACTS / IMAGES) == 0) {
                go_over(&other);
                expect_same(&one, &other);
            }
        }
        ck_assert_str_eq(play_acts(&one, "W 30d"), play_acts(&other, "W 30d"));
        expect_same(&one, &other);
        play_end(&one);
        play_end(&other);
    }
}
END_TEST

/* An image that is written piece by piece, while the state goes on, is of the state as it was
 * when it began; so is one that is given up without harm. */
START_TEST(an_image_is_of_when_it_began)
{
    struct unit_draw draw = unit_draw(450 + (uint64_t)_i);

    for (int round = 0; round < ROUNDS; round++) {
        struct play play;
        play_some(&play, &draw, rules[_i], 30 + 5 * round);
        struct text wanted = image_of(play.store);
        struct text text = {0};
        struct image image = image_begin(&text, SIZE_MAX);
        struct store_image *saving = store_image_begin(play.store, &image);
        bool done = false;
        for (int minute = 31; minute <= 60 && round > 0; minute++) {
            char act[96];
            draw_act(&draw, minute + 5 * round, act);
            play_act(&play, slice_of(act));
            if (unit_below(&draw, 4) == 0 && !done) {
                done = store_image_more(saving, 1 + unit_below(&draw, 200));
            }
        }
        if (round < ROUNDS - 1) { /* the last one is given up */
            ck_assert(done || store_image_more(saving, SIZE_MAX));
            store_image_end(saving);
            image_end(&image);
            expect_state(&play, &text, &wanted);
        } else {
            store_image_end(saving);
            image_end(&image);
        }
        text_free(&text);
        text_free(&wanted);
        go_over(&play);
        play_end(&play);
    }
}
END_TEST

/* An image that is cut off anywhere, or goes on, is refused. */
START_TEST(a_torn_image_is_refused)
{
    struct unit_draw draw = unit_draw(500 + (uint64_t)_i);
    struct play play;
    play_some(&play, &draw, rules[_i], 30);
    struct text image = image_of(play.store);

    for (size_t size = 0; size < image.size; size++) {
        ck_assert_ptr_null(store_of(&play, (struct slice){image.data, size}));
    }
    text_add_byte(&image, 0);
    ck_assert_ptr_null(store_of(&play, text_slice(&image)));
    text_free(&image);
    play_end(&play);
}
END_TEST

/* Bytes that are put in the place of others: bits, numbers, pieces from elsewhere. */
static void spoil(struct unit_draw *draw, struct text *image)
{
    for (size_t times = 1 + unit_below(draw, 3); times > 0; times--) {
        const size_t at = unit_below(draw, image->size);
        const size_t from = unit_below(draw, image->size);
        const size_t size = unit_below(draw, 16);
        switch (unit_below(draw, 4)) {
        case 0:
            image->data[at] = (char)(image->data[at] ^ (1 << unit_below(draw, 8)));
            break;
        case 1:
            image->data[at] = (char)unit_below(draw, 256);
            break;
        case 2:
            image->data[at] = (char)unit_below(draw, 12);
            break;
        default:
            if (at + size < image->size && from + size < image->size) {
                memmove(image->data + at, image->data + from, size);
            }
        }
    }
}

/* Looks at all that is told, as those do who publish it. */
static bool look(void *context, const struct change *change)
{
    struct text *const text = context;
    const struct episode *const episode = change->episode;

    text_clear(text);
    for (size_t i = 0; i < change->rule->group_count; i++) {
        value_format(text, &change->group[i]);
    }
    for (size_t i = 0; i < episode->evidence.count; i++) {
        episode_digest(text, &episode->evidence.items[i]->is);
        text_add(text, episode->evidence.items[i]->shown);
    }
    for (size_t i = 0; i < episode->carried.count; i++) {
        ck_assert_int_lt(episode->carried.items[i].carry, (int)change->rule->carries_count);
        value_format(text, &episode->carried.items[i].value);
    }
    return true;
}

static void hear_late(void *context, const struct rule *rule, const struct match *match)
{
    (void)context;
    (void)rule;
    (void)match;
}

static void hear_risen(void *context, const struct rule *rule, struct instant watermark)
{
    (void)context;
    (void)rule;
    (void)watermark;
}

static void hear_capped(void *context, const struct rule *rule)
{
    (void)context;
    (void)rule;
}

/* Whatever stands in an image, it is refused or makes a state that works. */
START_TEST(a_spoiled_image_does_no_harm)
{
    struct unit_draw draw = unit_draw(600 + (uint64_t)_i);
    struct play play;
    play_some(&play, &draw, rules[_i], 40);
    struct text image = image_of(play.store);
    struct text looked = {0};
    size_t taken = 0;

    for (int i = 0; i < SPOILED / (int)COUNT_OF(rules); i++) {
        struct text spoiled = {0};
        text_add(&spoiled, text_slice(&image));
        spoil(&draw, &spoiled);
        store_free(play.store);
        play.store = store_with(
            &play, (struct store_listener){&looked, look, hear_late, hear_risen, hear_capped},
            text_slice(&spoiled));
        text_free(&spoiled);
        if (play.store != NULL) {
            char act[96];
            taken++;
            for (int minute = 41; minute <= 60; minute++) {
                draw_act(&draw, minute, act);
                play_act(&play, slice_of(act));
            }
            (void)play_acts(&play, "W 1h; W 30d");
        }
    }
    ck_assert_uint_gt(taken, 0); /* else nothing was tried */
    text_free(&image);
    text_free(&looked);
    play_end(&play);
}
END_TEST

/* The image of one rule's state is none for another's: not of another meaning, nor of another
 * name. */
START_TEST(an_image_of_other_rules_is_refused)
{
    struct unit_draw draw = unit_draw(700);

    for (size_t i = 0; i + 1 < COUNT_OF(rules); i++) {
        struct play play;
        play_some(&play, &draw, rules[i], 20);
        struct play other;
        play_some(&other, &draw, rules[i + 1], 20);
        struct text image = image_of(play.store);
        ck_assert_ptr_null(store_of(&other, text_slice(&image)));
        text_free(&image);
        play_end(&play);
        play_end(&other);
    }
}
END_TEST

Suite *store_image_suite(void)
{
    const TTest *const tests[] = {an_image_of_other_rules_is_refused, NULL};
    Suite *const suite = unit_suite("store_image", tests);

    unit_loop(suite, a_state_goes_on_from_its_image, COUNT_OF(rules));
    unit_loop(suite, an_image_is_of_when_it_began, COUNT_OF(rules));
    unit_loop(suite, a_torn_image_is_refused, COUNT_OF(rules));
    unit_loop(suite, a_spoiled_image_does_no_harm, COUNT_OF(rules));
    return suite;
}
