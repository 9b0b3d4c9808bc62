#include "seinpost/alert/alert_avro.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/schema/binary.h"

#include <string.h>

static const char *const states[] = {"opened", "updated", "closed", "retracted", "superseded"};

enum {
    STATES_COUNT = sizeof states / sizeof states[0]
};

static void put_state(struct text *text, struct slice state)
{
    int64_t index = 0;

    while (index < STATES_COUNT && !slice_is(state, states[index])) {
        index++;
    }
    ENSURE(index < STATES_COUNT);
    binary_put_long(text, index);
}

static void put_texts(struct text *text, const struct alert_texts *texts)
{
    binary_put_count(text, texts->count);
    for (size_t i = 0; i < texts->count; i++) {
        binary_put_text(text, texts->items[i]);
    }
    binary_put_end(text);
}

static void put_pairs(struct text *text, const struct alert_pairs *pairs)
{
    binary_put_count(text, pairs->count);
    for (size_t i = 0; i < pairs->count; i++) {
        binary_put_text(text, pairs->items[i].name);
        binary_put_text(text, pairs->items[i].value);
    }
    binary_put_end(text);
}

static void put_evidence(struct text *text, const struct alert *alert)
{
    binary_put_count(text, alert->evidence_count);
    for (size_t i = 0; i < alert->evidence_count; i++) {
        const struct event_reference *is = &alert->evidence[i].is;
        binary_put_text(text, is->id);
        binary_put_text(text, is->source);
        binary_put_text(text, is->type);
        binary_put_long(text, is->time.ms);
        binary_put_text(text, is->place.topic);
        binary_put_long(text, is->place.partition);
        binary_put_long(text, is->place.offset);
        put_pairs(text, &alert->evidence[i].fields);
    }
    binary_put_end(text);
}

static void put_standing(struct text *text, const struct alert_standing *standing)
{
    binary_put_text(text, standing->model);
    binary_put_long(text, standing->model_version);
    binary_put_count(text, standing->proposals_count);
    for (size_t i = 0; i < standing->proposals_count; i++) {
        binary_put_text(text, standing->proposals[i].measure);
        binary_put_text(text, standing->proposals[i].track);
        binary_put_bool(text, standing->proposals[i].transition);
    }
    binary_put_end(text);
    binary_put_text(text, standing->handling);
    binary_put_text(text, standing->tlp);
    binary_put_text(text, standing->eval);
    binary_put_long(text, standing->retention_ms);
    binary_put_text(text, standing->desk);
    binary_put_bool(text, standing->stub);
    put_texts(text, &standing->withheld);
    binary_put_text(text, standing->transition);
}

void alert_avro_put(const struct alert *alert, struct text *text)
{
    binary_put_text(text, alert->id);
    put_state(text, alert->state);
    binary_put_text(text, alert->rule);
    binary_put_text(text, alert->indicator);
    binary_put_long(text, alert->version);
    binary_put_text(text, alert->rule_hash);
    binary_put_text(text, alert->title);
    binary_put_text(text, alert->level);
    binary_put_long(text, alert->score);
    binary_put_text(text, alert->stage);
    binary_put_text(text, alert->track);
    put_texts(text, &alert->purposes);
    put_texts(text, &alert->legal_bases);
    binary_put_text(text, alert->owner);
    binary_put_long(text, alert->at.ms);
    binary_put_long(text, alert->opened_at.ms);
    binary_put_bool(text, alert->late);
    binary_put_bool(text, alert->capped);
    put_pairs(text, &alert->group);
    put_pairs(text, &alert->metrics);
    put_texts(text, &alert->sectors);
    put_evidence(text, alert);
    binary_put_long(text, alert->evidence_all);
    binary_put_text(text, alert->summary);
    binary_put_text(text, alert->explain);
    put_texts(text, &alert->measures);
    binary_put_text(text, alert->review);
    binary_put_long(text, alert->partition);
    binary_put_long(text, alert->sequence);
    put_standing(text, &alert->standing);
}

/* What comes in blocks is gathered in the arena. */
static void *extend(struct arena *arena, const void *items, size_t count, size_t more,
                    size_t size)
{
    void *longer = arena_alloc(arena, (count + more) * size);

    if (count > 0) {
        memcpy(longer, items, count * size);
    }
    return longer;
}

static struct alert_texts get_texts(struct arena *arena, struct binary *bytes)
{
    struct alert_texts texts = {0};

    for (size_t more = binary_get_block(bytes); more > 0; more = binary_get_block(bytes)) {
        struct slice *items = extend(arena, texts.items, texts.count, more, sizeof *items);
        for (size_t i = 0; i < more; i++) {
            items[texts.count++] = binary_get_text(bytes);
        }
        texts.items = items;
    }
    return texts;
}

static struct alert_pairs get_pairs(struct arena *arena, struct binary *bytes)
{
    struct alert_pairs pairs = {0};

    for (size_t more = binary_get_block(bytes); more > 0; more = binary_get_block(bytes)) {
        struct alert_pair *items = extend(arena, pairs.items, pairs.count, more, sizeof *items);
        for (size_t i = 0; i < more; i++) {
            items[pairs.count].name = binary_get_text(bytes);
            items[pairs.count++].value = binary_get_text(bytes);
        }
        pairs.items = items;
    }
    return pairs;
}

static struct alert_evidence get_event(struct arena *arena, struct binary *bytes)
{
    struct alert_evidence event;

    event.is.id = binary_get_text(bytes);
    event.is.source = binary_get_text(bytes);
    event.is.type = binary_get_text(bytes);
    event.is.time.ms = binary_get_long(bytes);
    event.is.place.topic = binary_get_text(bytes);
    event.is.place.partition = binary_get_int(bytes);
    event.is.place.offset = binary_get_long(bytes);
    event.fields = get_pairs(arena, bytes);
    return event;
}

static void get_evidence(struct arena *arena, struct binary *bytes, struct alert *alert)
{
    for (size_t more = binary_get_block(bytes); more > 0; more = binary_get_block(bytes)) {
        struct alert_evidence *items =
            extend(arena, alert->evidence, alert->evidence_count, more, sizeof *items);
        for (size_t i = 0; i < more; i++) {
            items[alert->evidence_count++] = get_event(arena, bytes);
        }
        alert->evidence = items;
    }
}

static struct slice get_state(struct binary *bytes)
{
    const int64_t index = binary_get_long(bytes);

    if (index < 0 || index >= STATES_COUNT) {
        bytes->bad = true;
        return SLICE("");
    }
    return slice_of(states[index]);
}

static void get_meaning(struct arena *arena, struct binary *bytes, struct alert *alert)
{
    alert->id = binary_get_text(bytes);
    alert->state = get_state(bytes);
    alert->rule = binary_get_text(bytes);
    alert->indicator = binary_get_text(bytes);
    alert->version = binary_get_int(bytes);
    alert->rule_hash = binary_get_text(bytes);
    alert->title = binary_get_text(bytes);
    alert->level = binary_get_text(bytes);
    alert->score = binary_get_int(bytes);
    alert->stage = binary_get_text(bytes);
    alert->track = binary_get_text(bytes);
    alert->purposes = get_texts(arena, bytes);
    alert->legal_bases = get_texts(arena, bytes);
    alert->owner = binary_get_text(bytes);
}

static void get_finding(struct arena *arena, struct binary *bytes, struct alert *alert)
{
    alert->at.ms = binary_get_long(bytes);
    alert->opened_at.ms = binary_get_long(bytes);
    alert->late = binary_get_bool(bytes);
    alert->capped = binary_get_bool(bytes);
    alert->group = get_pairs(arena, bytes);
    alert->metrics = get_pairs(arena, bytes);
    alert->sectors = get_texts(arena, bytes);
    get_evidence(arena, bytes, alert);
    alert->evidence_all = binary_get_int(bytes);
    alert->summary = binary_get_text(bytes);
    alert->explain = binary_get_text(bytes);
    alert->measures = get_texts(arena, bytes);
    alert->review = binary_get_text(bytes);
    alert->partition = binary_get_int(bytes);
    alert->sequence = binary_get_long(bytes);
}

static void get_proposals(struct arena *arena, struct binary *bytes,
                          struct alert_standing *standing)
{
    for (size_t more = binary_get_block(bytes); more > 0; more = binary_get_block(bytes)) {
        struct alert_proposal *items =
            extend(arena, standing->proposals, standing->proposals_count, more, sizeof *items);
        for (size_t i = 0; i < more; i++) {
            struct alert_proposal *proposal = &items[standing->proposals_count++];
            proposal->measure = binary_get_text(bytes);
            proposal->track = binary_get_text(bytes);
            proposal->transition = binary_get_bool(bytes);
        }
        standing->proposals = items;
    }
}

static void get_standing(struct arena *arena, struct binary *bytes,
                         struct alert_standing *standing)
{
    standing->model = binary_get_text(bytes);
    standing->model_version = binary_get_int(bytes);
    get_proposals(arena, bytes, standing);
    standing->handling = binary_get_text(bytes);
    standing->tlp = binary_get_text(bytes);
    standing->eval = binary_get_text(bytes);
    standing->retention_ms = binary_get_long(bytes);
    standing->desk = binary_get_text(bytes);
    standing->stub = binary_get_bool(bytes);
    standing->withheld = get_texts(arena, bytes);
    standing->transition = binary_get_text(bytes);
}

static bool get_alert(struct arena *arena, struct slice value, bool earlier,
                      struct alert *alert)
{
    struct binary bytes = binary_of(value);

    *alert = (struct alert){0};
    get_meaning(arena, &bytes, alert);
    get_finding(arena, &bytes, alert);
    if (!earlier) {
        get_standing(arena, &bytes, &alert->standing);
    }
    return binary_good(&bytes);
}

bool alert_avro_get(struct arena *arena, struct slice value, struct alert *alert)
{
    return get_alert(arena, value, false, alert);
}

bool alert_avro_get_earlier(struct arena *arena, struct slice value, struct alert *alert)
{
    return get_alert(arena, value, true, alert);
}
