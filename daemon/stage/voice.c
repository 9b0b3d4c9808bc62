#include "seinpost/stage/voice.h"

#include "seinpost/alert/alert_avro.h"
#include "seinpost/alert/supersede.h"
#include "seinpost/base/counter.h"
#include "seinpost/schema/binary.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/verdict.h"

static void put(const struct voice *voice, enum outbox_topic topic, struct slice key,
                const struct text *value)
{
    const bool alert = topic == OUTBOX_ALERTS || topic == OUTBOX_ALERTS_CURRENT;
    const struct outbox_record record = {.topic = topic,
                                         .partition = OUTBOX_BY_KEY,
                                         .key = key,
                                         .value = text_slice(value),
                                         .behind = alert ? voice->offset + 1 : 0};

    outbox_add(voice->means->outbox, &record);
}

/* `label` may be empty, or another label as `state="opened",`. */
static void count_of_rule(const char *name, const char *help, struct slice rule,
                          const char *label)
{
    struct text labels = {0};

    text_format(&labels, "%srule=\"%.*s\"", label, SLICE_ARGS(rule));
    text_add_byte(&labels, '\0');
    counter_add(counter_get(COUNTER_TOTAL, name, labels.data, help), 1);
    text_free(&labels);
}

static void count_state(const struct alert *alert)
{
    struct text label = {0};

    text_format(&label, "state=\"%.*s\",", SLICE_ARGS(alert->state));
    text_add_byte(&label, '\0');
    count_of_rule("seinpost_rule_alerts_total", "Alert records published, by rule and state.",
                  alert->rule, label.data);
    text_free(&label);
}

/* To each desk what it may have: in the transaction of the alert itself. */
static void tell_desks(const struct voice *voice, const struct alert *alert)
{
    const struct correlator_options *options = voice->means->options;
    struct arena *batch = voice->means->batch;
    struct delivery deliveries[ROUTES_DESKS_MAX];
    struct text value = {0};

    if (options->basis.model == NULL) {
        return;
    }
    struct alert whole = *alert;
    if (whole.standing.model.size == 0) { /* it was told before there was a model */
        (void)standing_set(batch, &options->basis, &whole);
    }
    const size_t count = standing_deliver(batch, options->basis.model, &whole, deliveries);
    for (size_t i = 0; i < count; i++) {
        if (deliveries[i].extent == DELIVERY_NOTHING) {
            continue;
        }
        const struct alert told = standing_project(batch, &whole, &deliveries[i]);
        text_clear(&value);
        frame_put(&value, options->alert_wire, options->alert_schema);
        alert_avro_put(&told, &value);
        outbox_add(voice->means->outbox, &(struct outbox_record){.topic = OUTBOX_DESK,
                                                                 .desk = deliveries[i].topic,
                                                                 .partition = OUTBOX_BY_KEY,
                                                                 .key = alert->id,
                                                                 .value = text_slice(&value)});
    }
    text_free(&value);
}

static void put_alert(const struct voice *voice, const struct alert *alert, bool stable)
{
    const struct correlator_options *options = voice->means->options;
    struct text value = {0};

    if (alert->capped) {
        count_of_rule("seinpost_alerts_capped_total",
                      "Alert records that say capped: a bound kept something out of them.",
                      alert->rule, "");
    }
    frame_put(&value, options->alert_wire, options->alert_schema);
    alert_avro_put(alert, &value);
    if (stable) {
        put(voice, OUTBOX_ALERTS, alert->id, &value);
        put(voice, OUTBOX_ALERTS_CURRENT, alert->id, &value);
        tell_desks(voice, alert);
        counter_add(voice->means->alerts, 1);
        count_state(alert);
    } else {
        put(voice, OUTBOX_SHADOW, alert->id, &value);
    }
    text_free(&value);
}

static bool is_for_desks(const struct change *change)
{
    return rule_publishes(change->rule, change->at);
}

/* Says what became of an alert: to the desks, or under test to the shadow topic only. Of an
 * alert that opened before its rule was loaded the desks hear first when there is news of it:
 * then it opens for them. When there never is, they do not hear of its end either. */
static bool publish(struct voice *voice, const struct change *change)
{
    const bool stable = is_for_desks(change);
    const bool ends = change->state == CHANGE_CLOSED || change->state == CHANGE_RETRACTED;
    struct change told = *change;

    if (stable && !change->episode->said) {
        if (ends) {
            return false;
        }
        told.state = CHANGE_OPENED;
    }
    struct alert alert = alert_build(voice->means->batch, &told, voice->partition, 0);
    const bool lawful =
        standing_set(voice->means->batch, &voice->means->options->basis, &alert);
    if (!lawful && !(ends && change->episode->said)) { /* what was told is ended all the same */
        count_of_rule("seinpost_alerts_unlawful_total",
                      "Alerts that were not told: their sources serve no purpose in common.",
                      alert.rule, "");
        return false;
    }
    alert.sequence = stable ? ++voice->sequence : ++voice->shadow_sequence;
    put_alert(voice, &alert, stable);
    return stable || change->episode->said;
}

static void send_derived(struct voice *voice)
{
    const struct correlator_options *options = voice->means->options;
    struct text value = {0};

    frame_put(&value, SOURCE_SINGLE_OBJECT, options->formats->derived.fingerprint);
    derived_finish(&voice->derived, voice->partition, options->match_partitions, &value);
    const struct outbox_record record = {
        .topic = OUTBOX_DERIVED,
        /* alerts and watermarks of one partition stay in order in one partition */
        .partition = voice->partition % options->derived_partitions,
        .value = text_slice(&value)};
    outbox_add(voice->means->outbox, &record);
    text_free(&value);
}

static void derive_as(struct voice *voice, const struct change *change,
                      const struct episode *episode, bool withdrawn)
{
    const struct derived_alert alert =
        derived_of(voice->means->batch, change, episode, withdrawn);

    derived_add(&voice->derived, &alert);
    if (derived_is_full(&voice->derived)) {
        send_derived(voice);
    }
}

/* What higher rules read changes only with the opening. */
static void derive(struct voice *voice, const struct change *change)
{
    switch (change->state) {
    case CHANGE_OPENED:
        derive_as(voice, change, change->episode, false);
        break;
    case CHANGE_RETRACTED:
        derive_as(voice, change, change->episode, true);
        break;
    case CHANGE_UPDATED:
        if (!digest_equal(change->episode->opening, change->before->opening)) {
            derive_as(voice, change, change->before, true);
            derive_as(voice, change, change->episode, false);
        }
        break;
    case CHANGE_CLOSED:
    case CHANGE_SUPERSEDED:
        break;
    }
}

/* What a muted replay comes by was said when it was live, unless other rules were at work
 * then: so the desks' own state tells. */
static bool was_said(struct voice *voice, const struct change *change)
{
    const bool open = change->state == CHANGE_OPENED || change->state == CHANGE_UPDATED;

    if (voice->heard != NULL) {
        return heard_know(voice->heard, change->episode->id, open);
    }
    return change->episode->said || is_for_desks(change);
}

static bool on_change(void *context, const struct change *change)
{
    struct voice *voice = context;

    if (change->rule->generate && change->rule->status == RULE_STABLE) {
        tail_note(&voice->tail, change, voice->offset);
    }
    if (voice->muted) {
        return was_said(voice, change);
    }
    if (change->rule->is_read) {
        derive(voice, change);
    }
    if (change->rule->generate || voice->means->options->shows_helpers) {
        return publish(voice, change);
    }
    return false;
}

static void on_late(void *context, const struct rule *rule, const struct match *match)
{
    const struct voice *voice = context;
    struct text value = {0};

    if (voice->muted) {
        return;
    }
    frame_put(&value, SOURCE_SINGLE_OBJECT, voice->means->options->formats->reject.fingerprint);
    binary_put_text(&value, slice_of(verdict_name(VERDICT_LATE)));
    binary_put_text(&value, rule->name);
    binary_put_text(&value, match->is.source);
    binary_put_text(&value, match->is.place.topic);
    binary_put_long(&value, match->is.place.partition);
    binary_put_long(&value, match->is.place.offset);
    binary_put_text(&value, match->is.type);
    binary_put_long(&value, 1);
    binary_put_long(&value, match->is.time.ms);
    put(voice, OUTBOX_REJECTS, match->is.place.topic, &value);
    text_free(&value);
    counter_add(voice->means->late, 1);
}

static void on_risen(void *context, const struct rule *rule, struct instant watermark)
{
    struct voice *voice = context;

    if (!voice->muted) {
        derived_add_watermark(&voice->derived, rule, watermark);
    }
}

static void on_capped(void *context, const struct rule *rule)
{
    const struct voice *voice = context;

    if (!voice->muted) {
        count_of_rule(
            "seinpost_matches_capped_total",
            "Matches for which a rule had no room: max-groups, or groups of one event.",
            rule->name, "");
    }
}

struct store_listener voice_listener(struct voice *voice)
{
    return (struct store_listener){voice, on_change, on_late, on_risen, on_capped};
}

size_t voice_supersede(struct voice *voice, const struct heard *heard,
                       const struct program *program)
{
    struct arena *batch = voice->means->batch;
    struct alert *alerts = NULL;
    const size_t count = heard_lost(heard, batch, &alerts);

    for (size_t i = 0; i < count; i++) {
        supersede_alert(batch, program, ++voice->sequence, &alerts[i]);
        put_alert(voice, &alerts[i], true);
    }
    counter_add(voice->means->superseded, (int64_t)count);
    return count;
}

void voice_flush(struct voice *voice)
{
    while (!derived_is_empty(&voice->derived)) {
        send_derived(voice);
    }
}

void voice_free(struct voice *voice)
{
    heard_free(voice->heard);
    derived_free(&voice->derived);
    tail_free(&voice->tail);
}
