#include "seinpost/alert/derived.h"
#include "seinpost/rule/ruletest.h"

#include "desk.h"

#define LOWER                                                                                  \
    PLAY_RULE("lower",                                                                         \
              "  type: event_count\n  rules: [a]\n  timespan: 1d\n  condition: {gte: 2}\n"     \
              "alert: {carry: [a.phone, a.pax_count]}\n")
#define UPPER                                                                                  \
    KIT_RULE("upper")                                                                          \
    "correlation:\n  group-by: [phone]\n  type: event_count\n  rules: [lower]\n  timespan: "   \
    "1d\n"                                                                                     \
    "  condition: {gte: 1}\n"
static const char both[] = LOWER "---\n" UPPER;
static const char script[] = "0 a P1 phone=F1 pax_count=3; 1h a P1 phone=F2 phone=F3";

/* What a reader was given. */
struct given {
    struct kit *kit;
    size_t events, watermarks;
    struct event event;
    struct watermark watermark;
};

static void take_event(void *context, const struct rule *rule, const struct event *event)
{
    struct given *const given = context;

    ck_assert_slice_eq(rule->name, "lower");
    given->events++;
    given->event = *event;
}

static void take_watermark(void *context, const struct watermark *watermark)
{
    struct given *const given = context;

    given->watermarks++;
    given->watermark = *watermark;
    given->watermark.source = slice_copy(given->kit->arena, watermark->source);
}

static bool reads(struct given *given, const struct program *program, struct slice value)
{
    const struct derived_visitor visitor = {given, take_event, take_watermark};

    return derived_read(given->kit->arena, program, value, &visitor);
}

static bool derive(void *context, const struct change *change)
{
    struct derived *const derived = context;
    struct arena *const arena = arena_new(1 << 20);
    const struct derived_alert alert =
        derived_of(arena, change, change->episode, change->state == CHANGE_RETRACTED);

    derived_add(derived, &alert);
    arena_free(arena);
    return true;
}

/* Plays and writes what was derived of it, with a watermark. */
static struct play written(const char *acts, struct text *value)
{
    struct play play = play_begin(both);
    struct derived derived = {0};
    struct store_listener listener = play_listener(&play);

    listener.context = &derived;
    listener.change = derive;
    play.store = store_new(play.program, listener);
    play_acts(&play, acts);
    derived_add_watermark(&derived, play.program->rules[0], (struct instant){123456});
    ck_assert(!derived_is_empty(&derived));
    derived_finish(&derived, 2, 5, value);
    ck_assert(derived_is_empty(&derived));
    derived_free(&derived);
    return play;
}

static struct slice field_text(const struct event *event, const char *name)
{
    const struct field *const field = catalogue_field(event->type, slice_of(name));

    ck_assert_msg(field != NULL, "no field %s", name);
    const struct value *const value = &event->values[field - event->type->fields];
    return value_count(value) == 0 ? SLICE("") : value_item(value, 0)->as.text;
}

/* An alert is read back as an event of its rule's type: as it opened, with group, carried
 * fields and evidence, under the alert's id. */
START_TEST(an_alert_is_read_back_as_an_event)
{
    struct text value = {0};
    struct play play = written(script, &value);
    struct given given = {.kit = &play.kit};

    ck_assert(reads(&given, play.program, text_slice(&value)));
    ck_assert(given.events == 1 && given.watermarks == 1);
    const struct event *const event = &given.event;
    ck_assert_ptr_eq(event->type, play.program->rules[0]->alerts);
    ck_assert(slice_equal(event->is.source, EVENT_SOURCE_OF_ALERTS) && event->is.id.size == 32);
    ck_assert_int_eq(event->is.time.ms, RULETEST_START.ms + 3600000);
    ck_assert(!event->withdrawn && event->purposes == 1 && event->made_of_count == 2);
    ck_assert_slice_eq(event->made_of[0].id, "e1");
    ck_assert_slice_eq(field_text(event, "card"), "P1");
    ck_assert_slice_eq(field_text(event, "rule"), "lower");
    ck_assert_slice_eq(field_text(event, "stage"), "transport");
    ck_assert_slice_eq(field_text(event, "level"), "low");
    ck_assert_slice_eq(field_text(event, "sector"), "air");
    text_free(&value);
    play_end(&play);
}
END_TEST

/* A carried field has all its values of the evidence at the opening, in content order. */
START_TEST(carried_fields_have_all_values)
{
    struct text value = {0};
    struct play play = written(script, &value);
    struct given given = {.kit = &play.kit};

    ck_assert(reads(&given, play.program, text_slice(&value)));
    const struct field *const phone = catalogue_field(given.event.type, SLICE("phone"));
    ck_assert_ptr_nonnull(phone);
    const struct value *const phones = &given.event.values[phone - given.event.type->fields];
    ck_assert_uint_eq(value_count(phones), 3);
    ck_assert_slice_eq(value_item(phones, 0)->as.text, "F1");
    ck_assert_slice_eq(value_item(phones, 2)->as.text, "F3");
    ck_assert_int_eq(phone->kind, KIND_PHONE);
    text_free(&value);
    play_end(&play);
}
END_TEST

/* The watermark is one of the rule, exact, of the partition that wrote it. */
START_TEST(the_watermark_is_the_rules)
{
    struct text value = {0};
    struct play play = written(script, &value);
    struct given given = {.kit = &play.kit};

    ck_assert(reads(&given, play.program, text_slice(&value)));
    ck_assert_slice_eq(given.watermark.source, "rule:lower");
    ck_assert(given.watermark.partition == 2 && given.watermark.partitions == 5);
    ck_assert(given.watermark.high.ms == 123456 && given.watermark.exact);
    text_free(&value);
    play_end(&play);
}
END_TEST

/* An alert that was retracted is an event no more, under the same id. */
START_TEST(a_retracted_alert_is_withdrawn)
{
    struct text value = {0};
    struct play play = written("0 a P1; 1h a P1; 0 !a P1 id=e1", &value);
    struct given given = {.kit = &play.kit};

    ck_assert(reads(&given, play.program, text_slice(&value)));
    ck_assert_uint_eq(given.events, 2);
    ck_assert(given.event.withdrawn);
    text_free(&value);
    play_end(&play);
}
END_TEST

/* Alerts of rules that nobody reads, or that are gone, are passed over. */
START_TEST(what_nobody_reads_is_passed_over)
{
    struct text value = {0};
    struct play play = written(script, &value);
    struct kit kit = kit_begin();
    struct given given = {.kit = &kit};

    ck_assert(reads(&given, kit_program(&kit, LOWER), text_slice(&value)));
    ck_assert_uint_eq(given.events, 0);
    text_free(&value);
    play_end(&play);
    kit_end(&kit);
}
END_TEST

/* A record cut at any length is none, and gives nothing. */
START_TEST(a_record_cut_anywhere_is_none)
{
    struct text value = {0};
    struct play play = written(script, &value);
    struct given given = {.kit = &play.kit};

    for (size_t size = 0; size < value.size; size++) {
        char *const copy = malloc(size + 1);
        memcpy(copy + 1, value.data, size);
        const bool good = reads(&given, play.program, (struct slice){copy + 1, size});
        free(copy);
        ck_assert_msg(!good, "%zu bytes", size);
    }
    ck_assert_uint_eq(given.events + given.watermarks, 0);
    text_free(&value);
    play_end(&play);
}
END_TEST

/* A record with a byte too many is none; with any byte changed it is survived. */
START_TEST(damaged_records_are_survived)
{
    struct text value = {0};
    struct play play = written(script, &value);
    struct given given = {.kit = &play.kit};

    for (size_t at = 0; at < value.size * 4; at++) {
        value.data[at / 4] ^= (char)(1 << (at % 4 * 2));
        reads(&given, play.program, text_slice(&value));
        value.data[at / 4] ^= (char)(1 << (at % 4 * 2));
    }
    text_add_byte(&value, 0);
    ck_assert(!reads(&given, play.program, text_slice(&value)));
    text_free(&value);
    play_end(&play);
}
END_TEST

/* Watermarks fill as many records as they need, none larger than its bound. */
START_TEST(watermarks_fill_several_records)
{
    static char names[2000][256];
    struct rule *const rules = calloc(COUNT_OF(names), sizeof *rules);
    struct derived derived = {0};
    size_t records = 0;

    memset(names, 'x', sizeof names);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        (void)snprintf(names[i], 8, "%zu", i);
        rules[i].name = (struct slice){names[i], sizeof names[i]};
        derived_add_watermark(&derived, &rules[i], (struct instant){1});
    }
    for (; !derived_is_empty(&derived); records++) {
        struct text value = {0};
        derived_finish(&derived, 0, 1, &value);
        ck_assert_uint_lt(value.size, DERIVED_BYTES_MAX + 1000);
        text_free(&value);
    }
    ck_assert_uint_eq(records, 2);
    free(rules);
    derived_free(&derived);
}
END_TEST

Suite *derived_suite(void)
{
    const TTest *const tests[] = {an_alert_is_read_back_as_an_event,
                                  carried_fields_have_all_values,
                                  the_watermark_is_the_rules,
                                  a_retracted_alert_is_withdrawn,
                                  what_nobody_reads_is_passed_over,
                                  a_record_cut_anywhere_is_none,
                                  damaged_records_are_survived,
                                  watermarks_fill_several_records,
                                  NULL};

    return unit_suite("derived", tests);
}
