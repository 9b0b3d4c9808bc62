#include "seinpost/cli/account_json.h"

#include "seinpost/base/text.h"
#include "seinpost/plain/demand.h"

static void key(struct text *text, const char *name)
{
    const char before = text->data[text->size - 1];

    if (before != '{' && before != '[') {
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

static void begin(struct text *text)
{
    text_add(text, text->data[text->size - 1] == '[' ? SLICE("{") : SLICE(",{"));
}

static void add_rule(const struct account *account, const struct alert *alert,
                     struct text *text)
{
    char hash[DIGEST_TEXT_SIZE];

    add_text(text, "rule", alert->rule);
    add_text(text, "id", alert->indicator);
    add_number(text, "version", alert->version);
    add_text(text, "rule_hash", alert->rule_hash);
    if (account->rule != NULL) {
        add_number(text, "version_at_hand", account->rule->version);
        add_text(text, "rule_hash_at_hand", slice_of(digest_format(account->rule->hash, hash)));
    }
    add_bool(text, "same_rule", account_same_rule(account));
}

static void add_records(const struct account *account, struct text *text)
{
    static const char *const words[] = {[RETRIAL_MISSING] = "missing",
                                        [RETRIAL_DIFFERS] = "differs",
                                        [RETRIAL_SAME] = "same",
                                        [RETRIAL_OPENED_NOW] = "opened_later",
                                        [RETRIAL_SUPERSEDED] = "superseded"};

    key(text, "records");
    text_add_byte(text, '[');
    for (size_t i = 0; i < account->dossier->records.count; i++) {
        const struct dossier_record *record = &account->dossier->records.items[i];
        begin(text);
        add_text(text, "state", record->alert.state);
        add_time(text, "at", record->alert.at);
        add_text(text, "topic", record->topic);
        add_number(text, "partition", record->partition);
        add_number(text, "offset", record->offset);
        if (account->result != NULL) {
            const struct retrial_record *found = &account->result->records[i];
            add_text(text, "found", slice_of(words[found->sameness]));
            if (found->difference.size > 0) {
                add_text(text, "difference", found->difference);
            }
        }
        text_add_byte(text, '}');
    }
    text_add_byte(text, ']');
}

static void add_events(const struct account *account, const struct alert *alert,
                       uint64_t entries, struct text *text)
{
    key(text, "events");
    text_add_byte(text, '[');
    for (size_t i = 0; account->result != NULL && i < alert->evidence_count; i++) {
        if ((account->result->evidence[i].entries & entries) != 0) {
            text_add(text, text->data[text->size - 1] == '[' ? SLICE("") : SLICE(","));
            text_add_json(text, alert->evidence[i].is.id);
        }
    }
    text_add_byte(text, ']');
}

static void add_clauses(const struct account *account, const struct alert *alert,
                        struct text *text)
{
    const struct demand_list demands =
        demand_make(account->dossier->arena, account->inquiry->language, account->rule);

    key(text, "clauses");
    text_add_byte(text, '[');
    for (size_t i = 0; i < demands.count; i++) {
        struct text seen = {0};
        begin(text);
        add_text(text, "wanted", demands.items[i].text);
        account_seen(account, &demands.items[i], &seen);
        if (seen.size > 0) {
            add_text(text, "seen", text_slice(&seen));
        }
        if (demands.items[i].entries != 0) {
            add_events(account, alert, demands.items[i].entries, text);
        }
        text_add_byte(text, '}');
        text_free(&seen);
    }
    text_add_byte(text, ']');
}

static void add_fields(const struct alert_pairs *fields, struct text *text)
{
    key(text, "fields");
    text_add_byte(text, '{');
    for (size_t i = 0; i < fields->count; i++) {
        text_add(text, i > 0 ? SLICE(",") : SLICE(""));
        text_add_json(text, fields->items[i].name);
        text_add_byte(text, ':');
        text_add_json(text, fields->items[i].value);
    }
    text_add_byte(text, '}');
}

static void add_evidence(const struct account *account, const struct alert *alert,
                         struct text *text)
{
    key(text, "evidence");
    text_add_byte(text, '[');
    for (size_t i = 0; i < alert->evidence_count; i++) {
        const struct event_reference *is = &alert->evidence[i].is;
        begin(text);
        add_text(text, "id", is->id);
        add_text(text, "source", is->source);
        add_text(text, "type", is->type);
        add_time(text, "time", is->time);
        add_text(text, "topic", is->place.topic);
        add_number(text, "partition", is->place.partition);
        add_number(text, "offset", is->place.offset);
        if (account->result != NULL) {
            const struct retrial_evidence *found = &account->result->evidence[i];
            add_bool(text, "in_match_log", found->seen);
            add_bool(text, "as_event_of_rule", found->found);
            if (found->seen) {
                add_number(text, "match_offset", found->offset);
            }
        }
        add_fields(&alert->evidence[i].fields, text);
        text_add_byte(text, '}');
    }
    text_add_byte(text, ']');
}

void account_json(const struct account *account, struct text *text)
{
    static const char *const words[] = {[ACCOUNT_REPRODUCED] = "reproduced",
                                        [ACCOUNT_DIFFERS] = "differs",
                                        [ACCOUNT_UNKNOWN] = "unknown"};
    const struct alert *alert = &dossier_last(account->dossier)->alert;
    struct text reason = {0};
    const enum account_verdict verdict = account_judge(account, &reason);

    text_add_byte(text, '{');
    add_text(text, "alert", alert->id);
    add_rule(account, alert, text);
    add_text(text, "result", slice_of(words[verdict]));
    add_text(text, "reason", text_slice(&reason));
    add_text(text, "summary", alert->summary);
    add_text(text, "explain", alert->explain);
    add_text(text, "match_log", account->log);
    add_records(account, text);
    if (account_same_rule(account)) {
        add_clauses(account, alert, text);
    }
    add_evidence(account, alert, text);
    text_add(text, SLICE("}\n"));
    text_free(&reason);
}
