#include "seinpost/correlate/store.h"

#include "correlate.h"
#include "play.h"

/* Random events in random orders: what is final must be the same, whatever came first. */
enum {
    EVENTS = 14,
    ORDERS = 4,
    MINUTES = 60,
    LATENESS_MIN = 20
};

#define TYPE(type, more)            PLAY_RULE("r", "  type: " type "\n  timespan: 30m\n" more)
#define TYPE_AND(type, more, alert) TYPE(type, more) alert

static const char *const rules[] = {
    TYPE("event_count", "  rules: [a, b]\n  condition: {gte: 3}\n"),
    TYPE("event_count", "  rules: [a]\n  condition: {gte: 2}\n  close-after: 10m\n"),
    TYPE("event_count", "  rules: [a, b]\n  window: tumbling\n  condition: {gte: 3}\n"),
    TYPE("event_count",
         "  rules: [a, b]\n  window: session\n  gap: 6m\n  condition: {gte: 3}\n"),
    TYPE("event_count", "  rules: [a, c]\n  condition: {gt: 2, lte: 3}\n"),
    TYPE_AND("event_count", "  rules: [a, b]\n  condition: {gte: 2}\n",
             "alert: {suppress: {for: 25m, then: update}}\n"),
    TYPE_AND("event_count", "  rules: [a, b]\n  condition: {gte: 2}\n",
             "alert: {suppress: {for: 25m, then: drop}}\n"),
    TYPE("value_count", "  rules: [a, b]\n  field: phone\n  condition: {gte: 3}\n"),
    TYPE("value_sum", "  rules: [a, b]\n  field: pax_count\n  condition: {gte: 7}\n"),
    TYPE("value_avg", "  rules: [a, b]\n  field: pax_count\n  condition: {gt: 2.5}\n"),
    TYPE("temporal", "  rules: [a, b, c]\n"),
    TYPE("temporal", "  rules: [a, b]\n  min-count: {a: 2}\n"),
    TYPE("temporal_ordered", "  rules: [a, b, c]\n"),
    TYPE("sequence", "  steps: [{rule: a}, {rule: b, within: 10m}]\n"),
    TYPE("sequence", "  steps: [{rule: a}, {rule: b}, {rule: c}]\n  overlap: first\n"),
    TYPE("sequence", "  steps: [{rule: a}, {rule: b}]\n  until: c\n"),
    TYPE("sequence", "  steps: [{rule: a}, {not: c}, {rule: b}]\n"),
    TYPE("sequence", "  steps: [{rule: a}, {rule: b}, {not: c, within: 8m}]\n"),
    TYPE("sequence",
         "  steps: [{rule: a, count: 2, span: 10m}, {rule: b, count: 2, distinct: phone}]\n"),
    TYPE("absence", "  after: a\n  missing: b\n  lookback: 5m\n"),
    TYPE_AND("absence", "  after: a\n  missing: b\n",
             "alert: {suppress: {for: 40m, then: update}}\n"),
    TYPE("first_seen", "  rules: [a, b]\n  field: phone\n  history: 50m\n"),
    TYPE("change", "  rules: [a, b]\n  field: phone\n"),
    PLAY_LINK("r", "  rules: [a, b]\n  hub-limit: 3\n  condition: {entities|gte: 4}\n"),
    PLAY_LINK("r", "  rules: [a, b, c]\n  hub-limit: 2\n  close-after: 5m\n"
                   "  condition: {entities|gte: 3}\n"),
};

struct drawn_event {
    int minute;
    int arrives;
    char act[96];
};

static void draw_events(struct unit_draw *draw, struct drawn_event events[EVENTS])
{
    static const char *const entries[] = {"a", "b", "c", "a+b"};

    for (int i = 0; i < EVENTS; i++) {
        struct drawn_event *const event = &events[i];
        event->minute = (int)unit_below(draw, MINUTES);
        event->arrives = event->minute + (int)unit_below(draw, LATENESS_MIN);
        snprintf(event->act, sizeof event->act,
                 "%dm %s P%zu id=i%04zu phone=F%zu email=M%zu pax_count=%zu", event->minute + 1,
                 entries[unit_below(draw, COUNT_OF(entries))], unit_below(draw, 2),
                 unit_below(draw, 90) * 20 + (size_t)i, unit_below(draw, 3),
                 unit_below(draw, 6), unit_below(draw, 5));
    }
}

/* Alerts by id, each as last told. */
struct last {
    struct digest id;
    bool gone;
    struct text text;
};

struct ledger {
    struct last items[256];
    size_t count;
};

static struct last *entry_of(struct ledger *ledger, struct digest id)
{
    for (size_t i = 0; i < ledger->count; i++) {
        if (digest_equal(ledger->items[i].id, id)) {
            return &ledger->items[i];
        }
    }
    ck_assert_uint_lt(ledger->count, COUNT_OF(ledger->items));
    ledger->items[ledger->count] = (struct last){.id = id, .gone = true};
    return &ledger->items[ledger->count++];
}

static void describe(struct text *text, const struct change *change)
{
    const struct episode *const episode = change->episode;
    char id[DIGEST_TEXT_SIZE];

    text_clear(text);
    text_format(text, "%s %d %lld %zu:", digest_format(episode->id, id), (int)change->state,
                (long long)episode->opened_at.ms, episode->evidence_count);
    for (size_t i = 0; i < episode->evidence.count; i++) {
        text_format(text, " %.*s", SLICE_ARGS(episode->evidence.items[i]->is.id));
    }
    for (size_t i = 0; i < change->rule->metrics_count; i++) {
        text_format(text, " %lld/%lld", (long long)episode->measures[i].number,
                    (long long)episode->measures[i].divisor);
    }
    text_format(text, " closed %lld",
                change->state == CHANGE_CLOSED ? (long long)change->at.ms : 0);
}

/* An alert begins with its opening, and begins again with one after it was retracted. */
static bool enter(void *context, const struct change *change)
{
    struct last *const last = entry_of(context, change->episode->id);

    ck_assert_int_eq(change->state == CHANGE_OPENED, last->gone);
    last->gone = change->state == CHANGE_RETRACTED;
    describe(&last->text, change);
    return true;
}

static int by_text(const void *a, const void *b)
{
    return slice_compare(text_slice(&((const struct last *)a)->text),
                         text_slice(&((const struct last *)b)->text));
}

/* Writes what is final, in one order, and empties the ledger. */
static void settle(struct ledger *ledger, struct text *text)
{
    qsort(ledger->items, ledger->count, sizeof *ledger->items, by_text);
    for (size_t i = 0; i < ledger->count; i++) {
        if (!ledger->items[i].gone) {
            text_add(text, text_slice(&ledger->items[i].text));
            text_add_byte(text, '\n');
        }
        text_free(&ledger->items[i].text);
    }
    text_add_byte(text, '\0');
    ledger->count = 0;
}

static struct play begin(struct kit kit, const char *rule, struct ledger *ledger)
{
    struct play play = play_begin_with(kit, rule);
    struct store_listener listener = play_listener(&play);

    listener.context = ledger;
    listener.change = enter;
    play.store = store_new(play.program, listener);
    return play;
}

static struct kit in_time(void)
{
    struct kit kit = kit_begin();

    kit.options.never_late = false;
    kit.options.lateness_ms = INT64_C(1000) * 60 * LATENESS_MIN;
    return kit;
}

/* Plays the events in their order; with `ticks`, the watermark that the newest allows after
 * each. Returns what is final. */
static char *final_of(const char *rule, const struct drawn_event *events, bool ticks)
{
    struct ledger ledger = {.count = 0};
    struct play play = begin(in_time(), rule, &ledger);
    struct text text = {0};
    char act[32];
    int newest = 0;

    for (int i = 0; i < EVENTS; i++) {
        play_act(&play, slice_of(events[i].act));
        newest = events[i].minute > newest ? events[i].minute : newest;
        if (ticks && newest > LATENESS_MIN) {
            snprintf(act, sizeof act, "W %dm59s999ms", newest - LATENESS_MIN);
            play_act(&play, slice_of(act));
        }
    }
    play_act(&play, SLICE("W 30d"));
    settle(&ledger, &text);
    ck_assert_uint_eq(store_size(play.store).events, 0);
    play_end(&play);
    return text.data;
}

static int by_minute(const void *a, const void *b)
{
    const struct drawn_event *const one = a, *const two = b;

    return one->minute != two->minute ? one->minute - two->minute : strcmp(one->act, two->act);
}

static int by_arrival(const void *a, const void *b)
{
    return ((const struct drawn_event *)a)->arrives - ((const struct drawn_event *)b)->arrives;
}

static void expect_same(const char *rule, const struct drawn_event *events, bool ticks,
                        const char *wanted)
{
    char *const found = final_of(rule, events, ticks);

    if (strcmp(found, wanted) != 0) {
        struct text script = {0};
        for (int i = 0; i < EVENTS; i++) {
            text_format(&script, "%s; ", events[i].act);
        }
        text_add_byte(&script, '\0');
        ck_abort_msg("%s\n%s\n%sinstead of\n%s", rule, script.data, found, wanted);
    }
    free(found);
}

/* Whatever the order of arrival, the same alerts are final, with the same evidence, metrics and
 * ends; with the watermark at the end only, and with one after each event. */
START_TEST(arrival_has_no_say)
{
    struct unit_draw draw = unit_draw(80 + (uint64_t)_i);

    for (int round = 0; round < 3; round++) {
        struct drawn_event events[EVENTS];
        draw_events(&draw, events);
        qsort(events, EVENTS, sizeof *events, by_minute);
        char *const wanted = final_of(rules[_i], events, false);
        expect_same(rules[_i], events, true, wanted);
        for (int order = 0; order < ORDERS; order++) {
            unit_shuffle(&draw, events, EVENTS, sizeof *events);
            expect_same(rules[_i], events, false, wanted);
        }
        qsort(events, EVENTS, sizeof *events, by_arrival);
        expect_same(rules[_i], events, true, wanted);
        free(wanted);
    }
}
END_TEST

/* The lines of one rule. */
static void keep_lines(struct text *text, const char *told, const char *rule)
{
    for (struct slice rest = slice_of(told); rest.data != NULL && rest.size > 0;) {
        const struct slice line = slice_cut(&rest, '\n');
        if (slice_contains(line, slice_of(rule))) {
            text_add(text, line);
            text_add_byte(text, '\n');
        }
    }
    text_add_byte(text, '\0');
}

static char *told_of(const char *yaml, const struct drawn_event *events)
{
    struct play play = play_begin(yaml);
    struct text text = {0};

    for (int i = 0; i < EVENTS; i++) {
        play_act(&play, slice_of(events[i].act));
    }
    keep_lines(&text, play_acts(&play, "W 30d"), " of r");
    play_end(&play);
    return text.data;
}

#define QUIET                                                                                  \
    PLAY_RULE("zz",                                                                            \
              "  type: event_count\n  timespan: 30m\n  rules: [a]\n  condition: {gte: 99}\n")

/* Rules share nothing: adding one never changes another's alerts. */
START_TEST(another_rule_changes_nothing)
{
    struct unit_draw draw = unit_draw(81);

    for (size_t i = 0; i + 1 < COUNT_OF(rules); i++) {
        struct drawn_event events[EVENTS];
        struct text alone = {0}, beside = {0};
        draw_events(&draw, events);
        text_format(&alone, "%s---\n%s%c", rules[i], QUIET, 0);
        text_format(&beside, "%s---\n%s%c", rules[i],
                    PLAY_RULE("zz", "  type: temporal\n  timespan: 1h\n  rules: [a, b]\n"), 0);
        char *const one = told_of(alone.data, events), *const two =
                                                           told_of(beside.data, events);
        ck_assert_str_eq(one, two);
        free(one);
        free(two);
        text_free(&alone);
        text_free(&beside);
    }
}
END_TEST

Suite *store_order_suite(void)
{
    const TTest *const tests[] = {another_rule_changes_nothing, NULL};
    Suite *const suite = unit_suite("store_order", tests);

    unit_loop(suite, arrival_has_no_say, COUNT_OF(rules));
    return suite;
}
