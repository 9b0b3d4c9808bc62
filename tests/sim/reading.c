#include "reading.h"

#include "seinpost/alert/alert_avro.h"
#include "seinpost/alert/alert_json.h"
#include "seinpost/alert/derived.h"
#include "seinpost/base/ensure.h"
#include "seinpost/schema/binary.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/pack.h"

#include "trace.h"

struct slice reading_body(struct slice value)
{
    struct frame frame;
    const enum verdict verdict = frame_read(SOURCE_SINGLE_OBJECT, value, &frame);

    ENSURE(verdict == VERDICT_GOOD);
    return frame.body;
}

struct alert reading_alert(struct arena *arena, struct slice value)
{
    struct alert alert;
    const bool good = alert_avro_get(arena, reading_body(value), &alert);

    ENSURE(good);
    return alert;
}

static void add_reference(struct text *text, const struct event_reference *is)
{
    text_format(text, "%lld %.*s/%.*s %.*s %.*s[%d]@%lld", (long long)is->time.ms,
                SLICE_ARGS(is->source), SLICE_ARGS(is->id), SLICE_ARGS(is->type),
                SLICE_ARGS(is->place.topic), is->place.partition, (long long)is->place.offset);
}

struct collecting {
    struct lines *lines;
    int32_t partition;
    struct text key;
    struct text text;
};

static void add_match(void *context, const struct match *match)
{
    struct collecting *to = context;
    const bool alert = slice_equal(match->is.source, EVENT_SOURCE_OF_ALERTS);

    text_format(&to->key, "matches[%d] of %.*s[%d] %.*s", to->partition,
                SLICE_ARGS(match->is.place.topic), match->is.place.partition,
                alert ? (int)match->is.id.size : 0, match->is.id.data);
    text_format(&to->text, "%.*s=%.*s%s ", SLICE_ARGS(match->kind), SLICE_ARGS(match->value),
                match->withdrawn ? " withdrawn" : "");
    add_reference(&to->text, &match->is);
    for (size_t i = 0; i < match->steps_count; i++) {
        text_format(&to->text, " %llx", (unsigned long long)match->steps[i]);
    }
    for (size_t i = 0; i < match->values_count; i++) {
        text_format(&to->text, " %.*s=", SLICE_ARGS(match->values[i].name));
        value_format(&to->text, &match->values[i].value);
    }
    for (size_t i = 0; i < match->made_of_count; i++) {
        text_add(&to->text, SLICE(" <- "));
        add_reference(&to->text, &match->made_of[i]);
    }
    lines_add(to->lines, &to->key, &to->text);
}

static void skip_watermark(void *context, const struct watermark *watermark)
{
    (void)context;
    (void)watermark;
}

static void free_texts(struct collecting *to)
{
    text_free(&to->key);
    text_free(&to->text);
}

void reading_matches(struct arena *arena, int32_t partition, struct slice value,
                     struct lines *lines)
{
    struct collecting to = {.lines = lines, .partition = partition};
    const struct pack_visitor visitor = {&to, add_match, skip_watermark};
    const bool good = pack_read(arena, reading_body(value), &visitor);

    ENSURE(good);
    free_texts(&to);
}

static void add_derived(void *context, const struct rule *rule, const struct event *event)
{
    struct collecting *to = context;

    text_format(&to->key, "derived of %d", to->partition);
    text_format(&to->text, "%.*s%s ", SLICE_ARGS(rule->name),
                event->withdrawn ? " withdrawn" : "");
    add_reference(&to->text, &event->is);
    for (size_t i = 0; i < event->type->fields_count; i++) {
        text_add_byte(&to->text, ' ');
        value_format(&to->text, &event->values[i]);
    }
    for (size_t i = 0; i < event->made_of_count; i++) {
        text_add(&to->text, SLICE(" <- "));
        add_reference(&to->text, &event->made_of[i]);
    }
    lines_add(to->lines, &to->key, &to->text);
}

void reading_derived(struct arena *arena, const struct program *program, struct slice value,
                     struct lines *lines)
{
    struct binary head = binary_of(reading_body(value));
    struct collecting to = {.lines = lines};
    const struct derived_visitor visitor = {&to, add_derived, skip_watermark};

    (void)binary_get_int(&head); /* version */
    to.partition = binary_get_int(&head);
    const bool good = derived_read(arena, program, reading_body(value), &visitor);
    ENSURE(good);
    free_texts(&to);
}

static void add_pairs(struct text *text, const struct alert_pairs *pairs)
{
    text_add(text, SLICE(" {"));
    for (size_t i = 0; i < pairs->count; i++) {
        text_format(text, "%.*s=%.*s,", SLICE_ARGS(pairs->items[i].name),
                    SLICE_ARGS(pairs->items[i].value));
    }
    text_add_byte(text, '}');
}

/* An alert that stands open may owe updates to its next record. */
void reading_standing(const struct alert *alert, struct text *text)
{
    const bool closed = slice_is(alert->state, "closed");

    text_format(text, "%.*s %.*s %s opened %lld", SLICE_ARGS(alert->rule),
                SLICE_ARGS(alert->id), closed ? "closed" : "open",
                (long long)alert->opened_at.ms);
    add_pairs(text, &alert->group);
    if (!closed) {
        return;
    }
    text_format(text, " at %lld", (long long)alert->at.ms);
    add_pairs(text, &alert->metrics);
    for (size_t i = 0; i < alert->evidence_count; i++) {
        text_format(text, " %.*s/%.*s", SLICE_ARGS(alert->evidence[i].is.source),
                    SLICE_ARGS(alert->evidence[i].is.id));
    }
}

static void say_watermark(void *context, const struct watermark *watermark)
{
    char buffer[INSTANT_TEXT_SIZE];

    (void)context;
    trace_say("      watermark %.*s[%d of %d] %s%s%s", SLICE_ARGS(watermark->source),
              watermark->partition, watermark->partitions,
              watermark->high.ms == INSTANT_MIN.ms ? "none"
                                                   : instant_format(watermark->high, buffer),
              watermark->exact ? " exact" : "", watermark->quiet ? " quiet" : "");
}

static void say_lines(struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        trace_say("      %.*s", SLICE_ARGS(lines->items[i].text));
    }
    lines_free(lines);
}

static void describe_alert(struct arena *arena, struct slice value)
{
    const struct alert alert = reading_alert(arena, value);
    struct text text = {0};

    alert_json(&alert, false, &text);
    trace_say("      %.*s", (int)text.size, text.data);
    text_free(&text);
}

static void describe_pack(struct arena *arena, struct slice value)
{
    struct lines lines = {.arena = arena};
    struct collecting to = {.lines = &lines};
    const struct pack_visitor visitor = {&to, add_match, say_watermark};

    (void)pack_read(arena, reading_body(value), &visitor);
    free_texts(&to);
    say_lines(&lines);
}

static void describe_derived(const struct world *world, struct slice value)
{
    struct lines lines = {.arena = world->arena};
    struct collecting to = {.lines = &lines};
    const struct derived_visitor visitor = {&to, add_derived, say_watermark};

    (void)derived_read(world->arena, world->bench->program, reading_body(value), &visitor);
    free_texts(&to);
    say_lines(&lines);
}

void reading_describe(const struct world *world, enum outbox_topic topic, struct slice value)
{
    switch (topic) {
    case OUTBOX_MATCHES:
        describe_pack(world->arena, value);
        break;
    case OUTBOX_DERIVED:
        describe_derived(world, value);
        break;
    case OUTBOX_ALERTS:
    case OUTBOX_SHADOW:
        describe_alert(world->arena, value);
        break;
    case OUTBOX_ALERTS_CURRENT: /* as alerts */
    case OUTBOX_REJECTS:
    case OUTBOX_TOPICS_COUNT:
        break;
    }
}

void reading_each(const struct world *world, int topic, reading_visit *visit, void *context)
{
    for (int32_t i = 0; i < broker_partitions(world->broker, topic); i++) {
        const struct broker_place place = {topic, i};
        for (int64_t j = 0; j < broker_end(world->broker, place); j++) {
            const struct broker_record *record = broker_get(world->broker, place, j);
            if (broker_is_visible(record)) {
                visit(context, i, j, record);
            }
        }
    }
}
