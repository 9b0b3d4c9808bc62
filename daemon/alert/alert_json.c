#include "seinpost/alert/alert_json.h"

#include "seinpost/base/text.h"

static void key(struct text *text, const char *name)
{
    if (text->size > 0 && text->data[text->size - 1] != '{') {
        text_add_byte(text, ',');
    }
    text_add_json(text, slice_of(name));
    text_add_byte(text, ':');
}

static void add_text(struct text *text, const char *name, struct slice value)
{
    key(text, name);
    text_add_json(text, value);
}

static void add_number(struct text *text, const char *name, int64_t number)
{
    key(text, name);
    text_format(text, "%lld", (long long)number);
}

static void add_bool(struct text *text, const char *name, bool truth)
{
    key(text, name);
    text_add(text, truth ? SLICE("true") : SLICE("false"));
}

static void add_time(struct text *text, const char *name, struct instant at)
{
    char buffer[INSTANT_TEXT_SIZE];

    add_text(text, name, slice_of(instant_format(at, buffer)));
}

static void add_texts(struct text *text, const char *name, const struct alert_texts *texts)
{
    key(text, name);
    text_add_byte(text, '[');
    for (size_t i = 0; i < texts->count; i++) {
        text_add(text, i > 0 ? SLICE(",") : SLICE(""));
        text_add_json(text, texts->items[i]);
    }
    text_add_byte(text, ']');
}

static bool is_number(struct slice text)
{
    size_t digits = 0;

    for (size_t i = 0; i < text.size; i++) {
        const char c = text.data[i];
        digits += c >= '0' && c <= '9' ? 1U : 0U;
        if ((c < '0' || c > '9') && c != '.' && !(c == '-' && i == 0)) {
            return false;
        }
    }
    return digits > 0;
}

static void add_pairs(struct text *text, const char *name, const struct alert_pairs *pairs,
                      bool numbers)
{
    key(text, name);
    text_add_byte(text, '{');
    for (size_t i = 0; i < pairs->count; i++) {
        text_add(text, i > 0 ? SLICE(",") : SLICE(""));
        text_add_json(text, pairs->items[i].name);
        text_add_byte(text, ':');
        if (numbers && is_number(pairs->items[i].value)) {
            text_add(text, pairs->items[i].value);
        } else {
            text_add_json(text, pairs->items[i].value);
        }
    }
    text_add_byte(text, '}');
}

static void add_evidence(struct text *text, const struct alert *alert)
{
    key(text, "evidence");
    text_add_byte(text, '[');
    for (size_t i = 0; i < alert->evidence_count; i++) {
        text_add(text, i > 0 ? SLICE(",") : SLICE(""));
        text_add_json(text, alert->evidence[i].is.id);
    }
    text_add_byte(text, ']');
}

/* Where each event of the evidence is, and what the rule shows of it. */
static void add_events(struct text *text, const struct alert *alert)
{
    key(text, "events");
    text_add_byte(text, '[');
    for (size_t i = 0; i < alert->evidence_count; i++) {
        const struct alert_evidence *event = &alert->evidence[i];
        text_add(text, i > 0 ? SLICE(",{") : SLICE("{"));
        add_text(text, "id", event->is.id);
        add_text(text, "source", event->is.source);
        add_text(text, "type", event->is.type);
        add_time(text, "time", event->is.time);
        add_text(text, "topic", event->is.place.topic);
        add_number(text, "partition", event->is.place.partition);
        add_number(text, "offset", event->is.place.offset);
        if (event->fields.count > 0) {
            add_pairs(text, "fields", &event->fields, false);
        }
        text_add_byte(text, '}');
    }
    text_add_byte(text, ']');
}

static void add_standing(struct text *text, const struct alert_standing *standing)
{
    add_text(text, "model", standing->model);
    add_number(text, "model_version", standing->model_version);
    key(text, "proposals");
    text_add_byte(text, '[');
    for (size_t i = 0; i < standing->proposals_count; i++) {
        text_add(text, i > 0 ? SLICE(",{") : SLICE("{"));
        add_text(text, "measure", standing->proposals[i].measure);
        add_text(text, "track", standing->proposals[i].track);
        add_bool(text, "transition", standing->proposals[i].transition);
        text_add_byte(text, '}');
    }
    text_add_byte(text, ']');
    add_text(text, "handling", standing->handling);
    add_text(text, "tlp", standing->tlp);
    add_text(text, "eval", standing->eval);
    add_number(text, "retention", standing->retention_ms);
    add_text(text, "desk", standing->desk);
    add_bool(text, "stub", standing->stub);
    add_texts(text, "withheld", &standing->withheld);
    add_text(text, "transition", standing->transition);
}

void alert_json(const struct alert *alert, bool shadow, struct text *text)
{
    text_add_byte(text, '{');
    add_text(text, "rule", alert->rule);
    add_text(text, "id", alert->indicator);
    add_text(text, "alert", alert->id);
    add_text(text, "state", alert->state);
    add_time(text, "at", alert->at);
    add_time(text, "opened_at", alert->opened_at);
    add_bool(text, "late", alert->late);
    add_bool(text, "capped", alert->capped);
    if (shadow) {
        add_bool(text, "shadow", true);
    }
    add_pairs(text, "group", &alert->group, false);
    add_pairs(text, "metrics", &alert->metrics, true);
    add_evidence(text, alert);
    add_number(text, "evidence_count", alert->evidence_all);
    add_text(text, "level", alert->level);
    add_number(text, "score", alert->score);
    add_text(text, "stage", alert->stage);
    add_text(text, "track", alert->track);
    add_texts(text, "sectors", &alert->sectors);
    add_text(text, "summary", alert->summary);
    add_text(text, "explain", alert->explain);
    add_texts(text, "measures", &alert->measures);
    add_text(text, "review", alert->review);
    add_texts(text, "purpose", &alert->purposes);
    add_texts(text, "legal_basis", &alert->legal_bases);
    add_text(text, "owner", alert->owner);
    add_text(text, "title", alert->title);
    add_number(text, "version", alert->version);
    add_text(text, "rule_hash", alert->rule_hash);
    add_number(text, "partition", alert->partition);
    add_number(text, "sequence", alert->sequence);
    add_events(text, alert);
    add_standing(text, &alert->standing);
    text_add_byte(text, '}');
}
