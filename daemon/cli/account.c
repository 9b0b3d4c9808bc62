#include "seinpost/cli/account.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/account_json.h"
#include "seinpost/plain/demand.h"
#include "seinpost/plain/portrait.h"

static const struct alert *alert_of(const struct account *account)
{
    return &dossier_last(account->dossier)->alert;
}

bool account_same_rule(const struct account *account)
{
    char hash[DIGEST_TEXT_SIZE];

    return account->rule != NULL &&
           slice_is(alert_of(account)->rule_hash, digest_format(account->rule->hash, hash));
}

/* The rule looks further back from the evidence than the log is kept. */
static bool log_is_short(const struct account *account)
{
    const struct retrial_result *result = account->result;
    const struct alert *alert = alert_of(account);

    return result->first_offset != 0 && alert->evidence_count > 0 &&
           instant_before(
               instant_add(alert->evidence[0].is.time, -rule_horizon_ms(account->rule)),
               result->oldest);
}

static enum account_verdict judge_rule(const struct account *account, struct text *reason)
{
    const struct alert *alert = alert_of(account);
    char hash[DIGEST_TEXT_SIZE];

    if (account->rule == NULL) {
        text_format(reason, "no rule %.*s is at hand", SLICE_ARGS(alert->rule));
    } else {
        text_format(reason,
                    "the rule at hand is another one: version %lld, hash %s; the alert was "
                    "made by version %d, hash %.*s",
                    (long long)account->rule->version, digest_format(account->rule->hash, hash),
                    alert->version, SLICE_ARGS(alert->rule_hash));
    }
    return ACCOUNT_UNKNOWN;
}

static enum account_verdict judge_failure(const struct account *account, struct text *reason)
{
    const struct retrial_result *result = account->result;
    const struct alert *alert = alert_of(account);
    char oldest[INSTANT_TEXT_SIZE];

    if (result->evidence_missing > 0) {
        text_format(reason,
                    "of the evidence, %zu of %zu events are not in the match log, or not as "
                    "events of the rule",
                    result->evidence_missing, alert->evidence_count);
        return ACCOUNT_UNKNOWN;
    }
    if (log_is_short(account)) {
        text_format(reason, "the match log begins at %s, later than the rule looks back",
                    instant_format(result->oldest, oldest));
        return ACCOUNT_UNKNOWN;
    }
    text_format(reason, "of %zu records, %zu follow from the log and the rule",
                account->dossier->records.count, result->same);
    return ACCOUNT_DIFFERS;
}

enum account_verdict account_judge(const struct account *account, struct text *reason)
{
    const struct retrial_result *result = account->result;

    if (!account_same_rule(account) || result == NULL) {
        return judge_rule(account, reason);
    }
    if (result->broken) {
        text_add(reason, SLICE("a record of the match log is none of ours"));
        return ACCOUNT_UNKNOWN;
    }
    if (result->same < account->dossier->records.count) {
        return judge_failure(account, reason);
    }
    if (result->unpublished > 0) {
        text_format(reason, "%zu records more follow from the log than were published",
                    result->unpublished);
        return ACCOUNT_DIFFERS;
    }
    text_format(reason, "byte for byte: %zu of %zu records", result->same,
                account->dossier->records.count);
    return ACCOUNT_REPRODUCED;
}

static void tell_head(const struct account *account, struct text *text)
{
    const struct alert *alert = alert_of(account);

    text_format(text, "alert    %.*s\n", SLICE_ARGS(alert->id));
    text_format(text, "rule     %.*s (%.*s) version %d, hash %.*s\n", SLICE_ARGS(alert->rule),
                SLICE_ARGS(alert->indicator), alert->version, SLICE_ARGS(alert->rule_hash));
    text_format(text, "at hand  %s\n",
                account->rule == NULL        ? "no rule of this name"
                : account_same_rule(account) ? "the same rule"
                                             : "another version of the rule");
    text_format(text, "summary  %.*s\n", SLICE_ARGS(alert->summary));
    for (size_t i = 0; i < alert->group.count; i++) {
        text_format(text, "%s %.*s %.*s%s", i == 0 ? "group   " : ",",
                    SLICE_ARGS(alert->group.items[i].name),
                    SLICE_ARGS(alert->group.items[i].value),
                    i + 1 == alert->group.count ? "\n" : "");
    }
}

static const char *sameness_word(enum retrial_sameness sameness)
{
    switch (sameness) {
    case RETRIAL_MISSING:
        return "does not follow";
    case RETRIAL_DIFFERS:
        return "differs";
    case RETRIAL_SAME:
        return "the same bytes";
    case RETRIAL_OPENED_NOW:
        return "the same but for its state: its rule was loaded after it had opened";
    case RETRIAL_SUPERSEDED:
        break;
    }
    return "repeats the record before it";
}

static void tell_records(const struct account *account, struct text *text)
{
    char at[INSTANT_TEXT_SIZE];

    text_add(text, SLICE("records\n"));
    for (size_t i = 0; i < account->dossier->records.count; i++) {
        const struct dossier_record *record = &account->dossier->records.items[i];
        text_format(text, "  %-10.*s %s  ", SLICE_ARGS(record->alert.state),
                    instant_format(record->alert.at, at));
        text_add(text, record->topic);
        if (!account->dossier->json) {
            text_format(text, "[%d]", record->partition);
        }
        text_format(text, "%s%lld", account->dossier->json ? " line " : "@",
                    (long long)record->offset);
        if (account->result != NULL) {
            const struct retrial_record *found = &account->result->records[i];
            text_format(text, "  %s", sameness_word(found->sameness));
            if (found->difference.size > 0) {
                text_format(text, "\n             %.*s", SLICE_ARGS(found->difference));
            }
        }
        text_add_byte(text, '\n');
    }
}

/* The events of the evidence that met a clause, by their numbers. */
static void tell_events(const struct account *account, uint64_t entries, struct text *text)
{
    const struct alert *alert = alert_of(account);
    const char *before = "event ";
    size_t count = 0;

    for (size_t i = 0; account->result != NULL && i < alert->evidence_count; i++) {
        if ((account->result->evidence[i].entries & entries) != 0) {
            text_format(text, "%s%zu", before, i + 1);
            before = ", ";
            count++;
        }
    }
    if (count == 0) {
        text_add(text, SLICE("none in the log"));
    }
}

static void tell_metric(const struct account *account, size_t condition, struct text *text)
{
    const struct alert *alert = alert_of(account);
    const struct rule *rule = account->rule;
    const struct slice name = rule->metrics[rule->conditions[condition].metric].name;

    for (size_t i = 0; i < alert->metrics.count; i++) {
        if (slice_equal(alert->metrics.items[i].name, name)) {
            text_format(text, "%.*s", SLICE_ARGS(alert->metrics.items[i].value));
        }
    }
}

/* From the first to the last event of the evidence. */
static void tell_stretch(const struct account *account, struct text *text)
{
    const struct alert *alert = alert_of(account);
    char first[INSTANT_TEXT_SIZE];
    char last[INSTANT_TEXT_SIZE];

    if (alert->evidence_count > 0) {
        text_format(text, "%s to %s", instant_format(alert->evidence[0].is.time, first),
                    instant_format(alert->evidence[alert->evidence_count - 1].is.time, last));
    }
}

void account_seen(const struct account *account, const struct demand *demand, struct text *text)
{
    switch (demand->kind) {
    case DEMAND_CONDITION:
        tell_metric(account, demand->index, text);
        text_add(text, SLICE("; "));
        tell_events(account, demand->entries, text);
        break;
    case DEMAND_STEP:
    case DEMAND_EVENT:
    case DEMAND_VALUE:
    case DEMAND_MISSING:
        tell_events(account, demand->entries, text);
        break;
    case DEMAND_WINDOW:
        tell_stretch(account, text);
        break;
    case DEMAND_FRAME:
        break;
    }
}

static void tell_clauses(const struct account *account, struct text *text)
{
    const struct demand_list demands =
        demand_make(account->dossier->arena, account->inquiry->language, account->rule);

    text_add(text, SLICE("clauses, as of the last record\n"));
    for (size_t i = 0; i < demands.count; i++) {
        const struct demand *demand = &demands.items[i];
        struct text seen = {0};
        text_format(text, "  wanted %.*s\n", SLICE_ARGS(demand->text));
        account_seen(account, demand, &seen);
        if (seen.size > 0) {
            text_format(text, "  seen   %.*s\n", (int)seen.size, seen.data);
        }
        text_free(&seen);
    }
    for (size_t i = 0; i < account->rule->exonerations_count; i++) {
        text_format(text, "  unless %.*s\n  seen   of no event: such an event is no match\n",
                    SLICE_ARGS(account->rule->exonerations[i]));
    }
}

static void tell_place(const struct account *account, size_t index, struct text *text)
{
    const struct retrial_evidence *found = &account->result->evidence[index];
    struct text names = {0};

    if (!found->seen) {
        text_format(text, "; not in %.*s (any more)", SLICE_ARGS(account->log));
        return;
    }
    text_format(text, "; %.*s@%lld", SLICE_ARGS(account->log), (long long)found->offset);
    if (found->found) {
        demand_names(account->inquiry->language, account->rule, found->entries, PHRASE_AND,
                     &names);
        text_format(text, " as %.*s", (int)names.size, names.data);
    } else {
        text_add(text, SLICE(", not as an event of the rule as it is"));
    }
    text_free(&names);
}

static void tell_evidence(const struct account *account, struct text *text)
{
    const struct alert *alert = alert_of(account);
    char at[INSTANT_TEXT_SIZE];

    text_add(text, SLICE("evidence\n"));
    for (size_t i = 0; i < alert->evidence_count; i++) {
        const struct alert_evidence *event = &alert->evidence[i];
        text_format(text, "  %2zu %s %.*s %.*s of %.*s; %.*s[%d]@%lld", i + 1,
                    instant_format(event->is.time, at), SLICE_ARGS(event->is.type),
                    SLICE_ARGS(event->is.id), SLICE_ARGS(event->is.source),
                    SLICE_ARGS(event->is.place.topic), event->is.place.partition,
                    (long long)event->is.place.offset);
        if (account->result != NULL) {
            tell_place(account, i, text);
        }
        for (size_t j = 0; j < event->fields.count; j++) {
            text_format(text, "%s%.*s=%.*s", j == 0 ? "; " : " ",
                        SLICE_ARGS(event->fields.items[j].name),
                        SLICE_ARGS(event->fields.items[j].value));
        }
        text_add_byte(text, '\n');
    }
}

static void tell_people(const struct account *account, struct text *text)
{
    static const char *const words[] = {[ACCOUNT_REPRODUCED] = "reproduced",
                                        [ACCOUNT_DIFFERS] = "differs",
                                        [ACCOUNT_UNKNOWN] = "cannot be told"};
    struct text reason = {0};
    const enum account_verdict verdict = account_judge(account, &reason);

    tell_head(account, text);
    tell_records(account, text);
    if (account_same_rule(account)) {
        tell_clauses(account, text);
    } else {
        text_format(text, "the alert says\n  %.*s\n", SLICE_ARGS(alert_of(account)->explain));
    }
    tell_evidence(account, text);
    text_format(text, "result   %s: %.*s\n", words[verdict], (int)reason.size, reason.data);
    text_free(&reason);
}

void account_tell(const struct account *account, struct text *text)
{
    if (account->inquiry->json) {
        account_json(account, text);
    } else {
        tell_people(account, text);
    }
}
