#include "seinpost/cli/alert_line.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"

#include <jansson.h>

static struct slice text_of(struct arena *arena, const json_t *object, const char *name)
{
    return slice_copy(arena, slice_of(json_string_value(json_object_get(object, name))));
}

static int64_t number_of(const json_t *object, const char *name)
{
    return (int64_t)json_integer_value(json_object_get(object, name));
}

static struct instant time_of(const json_t *object, const char *name)
{
    struct instant at = {0};

    (void)instant_parse(slice_of(json_string_value(json_object_get(object, name))), &at);
    return at;
}

static struct alert_texts texts_of(struct arena *arena, const json_t *object, const char *name)
{
    const json_t *array = json_object_get(object, name);
    const size_t count = json_array_size(array);
    struct slice *items = arena_alloc(arena, count * sizeof *items);

    for (size_t i = 0; i < count; i++) {
        items[i] = slice_copy(arena, slice_of(json_string_value(json_array_get(array, i))));
    }
    return (struct alert_texts){items, count};
}

/* Numbers are read as their text; only a person looks at them. */
static struct slice value_text(struct arena *arena, const json_t *value)
{
    struct text text = {0};

    if (json_is_string(value)) {
        text_add(&text, slice_of(json_string_value(value)));
    } else if (json_is_integer(value)) {
        text_format(&text, "%lld", (long long)json_integer_value(value));
    } else {
        text_format(&text, "%.15g", json_number_value(value));
    }
    const struct slice kept = slice_copy(arena, text_slice(&text));
    text_free(&text);
    return kept;
}

static struct alert_pairs pairs_of(struct arena *arena, json_t *object, const char *name)
{
    json_t *map = json_object_get(object, name);
    struct alert_pair *items = arena_alloc(arena, json_object_size(map) * sizeof *items);
    size_t count = 0;

    for (void *at = json_object_iter(map); at != NULL; at = json_object_iter_next(map, at)) {
        items[count++] =
            (struct alert_pair){slice_copy(arena, slice_of(json_object_iter_key(at))),
                                value_text(arena, json_object_iter_value(at))};
    }
    return (struct alert_pairs){items, count};
}

static void read_evidence(struct arena *arena, const json_t *object, struct alert *alert)
{
    const json_t *events = json_object_get(object, "events");
    const size_t count = json_array_size(events);
    struct alert_evidence *evidence = arena_alloc(arena, count * sizeof *evidence);

    for (size_t i = 0; i < count; i++) {
        json_t *event = json_array_get(events, i);
        evidence[i].is = (struct event_reference){
            .time = time_of(event, "time"),
            .source = text_of(arena, event, "source"),
            .id = text_of(arena, event, "id"),
            .type = text_of(arena, event, "type"),
            .place = {.topic = text_of(arena, event, "topic"),
                      .partition = (int32_t)number_of(event, "partition"),
                      .offset = number_of(event, "offset")},
        };
        evidence[i].fields = pairs_of(arena, event, "fields");
    }
    alert->evidence = evidence;
    alert->evidence_count = count;
    alert->evidence_all = (int32_t)number_of(object, "evidence_count");
}

static void read_rule(struct arena *arena, const json_t *object, struct alert *alert)
{
    alert->rule = text_of(arena, object, "rule");
    alert->indicator = text_of(arena, object, "id");
    alert->version = (int32_t)number_of(object, "version");
    alert->rule_hash = text_of(arena, object, "rule_hash");
    alert->title = text_of(arena, object, "title");
    alert->level = text_of(arena, object, "level");
    alert->score = (int32_t)number_of(object, "score");
    alert->stage = text_of(arena, object, "stage");
    alert->track = text_of(arena, object, "track");
    alert->purposes = texts_of(arena, object, "purpose");
    alert->legal_bases = texts_of(arena, object, "legal_basis");
    alert->owner = text_of(arena, object, "owner");
    alert->measures = texts_of(arena, object, "measures");
    alert->review = text_of(arena, object, "review");
}

static void read_standing(struct arena *arena, const json_t *object,
                          struct alert_standing *standing)
{
    const json_t *proposals = json_object_get(object, "proposals");
    const size_t count = json_array_size(proposals);
    struct alert_proposal *items = arena_alloc(arena, count * sizeof *items);

    for (size_t i = 0; i < count; i++) {
        const json_t *proposal = json_array_get(proposals, i);
        items[i] = (struct alert_proposal){
            .measure = text_of(arena, proposal, "measure"),
            .track = text_of(arena, proposal, "track"),
            .transition = json_is_true(json_object_get(proposal, "transition")),
        };
    }
    *standing = (struct alert_standing){
        .model = text_of(arena, object, "model"),
        .model_version = (int32_t)number_of(object, "model_version"),
        .proposals = items,
        .proposals_count = count,
        .handling = text_of(arena, object, "handling"),
        .tlp = text_of(arena, object, "tlp"),
        .eval = text_of(arena, object, "eval"),
        .retention_ms = number_of(object, "retention"),
        .desk = text_of(arena, object, "desk"),
        .stub = json_is_true(json_object_get(object, "stub")),
        .withheld = texts_of(arena, object, "withheld"),
        .transition = text_of(arena, object, "transition"),
    };
}

static void read_alert(struct arena *arena, json_t *object, struct alert *alert)
{
    *alert = (struct alert){0};
    read_rule(arena, object, alert);
    read_evidence(arena, object, alert);
    alert->id = text_of(arena, object, "alert");
    alert->state = text_of(arena, object, "state");
    alert->at = time_of(object, "at");
    alert->opened_at = time_of(object, "opened_at");
    alert->late = json_is_true(json_object_get(object, "late"));
    alert->capped = json_is_true(json_object_get(object, "capped"));
    alert->group = pairs_of(arena, object, "group");
    alert->metrics = pairs_of(arena, object, "metrics");
    alert->sectors = texts_of(arena, object, "sectors");
    alert->summary = text_of(arena, object, "summary");
    alert->explain = text_of(arena, object, "explain");
    alert->partition = (int32_t)number_of(object, "partition");
    alert->sequence = number_of(object, "sequence");
    read_standing(arena, object, &alert->standing);
}

bool alert_line_read(struct arena *arena, struct slice line, struct alert *alert)
{
    json_t *object = json_loadb(line.data, line.size, 0, NULL);
    const bool good = json_is_object(object);

    if (good) {
        read_alert(arena, object, alert);
    }
    json_decref(object);
    return good && alert->id.size > 0 && alert->state.size > 0;
}
