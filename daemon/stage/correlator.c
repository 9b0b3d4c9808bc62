#include "seinpost/stage/correlator.h"

#include "seinpost/alert/alert_avro.h"
#include "seinpost/alert/derived.h"
#include "seinpost/base/arena.h"
#include "seinpost/base/counter.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/vector.h"
#include "seinpost/correlate/store.h"
#include "seinpost/schema/binary.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/pack.h"
#include "seinpost/signal/verdict.h"

enum {
    BATCH_BYTES_MAX = 1024 * 1024 * 1024
};

struct correlator;

/* A match partition and its state. */
struct part {
    struct correlator *correlator;
    struct record_partition partition;
    int64_t committed; /* records before it are muted */
    int64_t sequence;  /* of the last alert that was said */
    int64_t shadow_sequence;
    bool muted;
    struct store *store;
    struct derived derived;
};

struct correlator {
    struct correlator_options options;
    struct arena *batch;
    VECTOR(struct part *) parts;
    struct outbox *outbox; /* of the running call */
    struct counter *alerts;
    struct counter *late;
    struct counter *replayed;
};

static struct part *part_of(struct correlator *correlator, int32_t partition)
{
    for (size_t i = 0; i < correlator->parts.count; i++) {
        if (correlator->parts.items[i]->partition.partition == partition) {
            return correlator->parts.items[i];
        }
    }
    return NULL;
}

static void put(const struct correlator *correlator, enum outbox_topic topic, struct slice key,
                const struct text *value)
{
    const struct outbox_record record = {
        .topic = topic, .partition = OUTBOX_BY_KEY, .key = key, .value = text_slice(value)};

    outbox_add(correlator->outbox, &record);
}

/* Says what became of an alert: to the desks, or under test to the shadow topic only. */
static void publish(struct part *part, const struct change *change)
{
    struct correlator *correlator = part->correlator;
    const bool stable = rule_publishes(change->rule, change->at);
    const int64_t sequence = stable ? ++part->sequence : ++part->shadow_sequence;
    const struct alert alert =
        alert_build(correlator->batch, change, part->partition.partition, sequence);
    struct text value = {0};

    frame_put(&value, correlator->options.alert_wire, correlator->options.alert_schema);
    alert_avro_put(&alert, &value);
    if (stable) {
        put(correlator, OUTBOX_ALERTS, alert.id, &value);
        put(correlator, OUTBOX_ALERTS_CURRENT, alert.id, &value);
        counter_add(correlator->alerts, 1);
    } else {
        put(correlator, OUTBOX_SHADOW, alert.id, &value);
    }
    text_free(&value);
}

static void derive_as(struct part *part, const struct change *change,
                      const struct episode *episode, bool withdrawn)
{
    const struct derived_alert alert =
        derived_of(part->correlator->batch, change, episode, withdrawn);

    derived_add(&part->derived, &alert);
}

/* What higher rules read changes only with the opening. */
static void derive(struct part *part, const struct change *change)
{
    switch (change->state) {
    case CHANGE_OPENED:
        derive_as(part, change, change->episode, false);
        break;
    case CHANGE_RETRACTED:
        derive_as(part, change, change->episode, true);
        break;
    case CHANGE_UPDATED:
        if (!digest_equal(change->episode->opening, change->before->opening)) {
            derive_as(part, change, change->before, true);
            derive_as(part, change, change->episode, false);
        }
        break;
    case CHANGE_CLOSED:
    case CHANGE_SUPERSEDED:
        break;
    }
}

static bool on_change(void *context, const struct change *change)
{
    struct part *part = context;

    if (part->muted) {
        return true;
    }
    if (change->rule->is_read) {
        derive(part, change);
    }
    if (change->rule->generate || part->correlator->options.shows_helpers) {
        publish(part, change);
    }
    return true;
}

static void on_late(void *context, const struct rule *rule, const struct match *match)
{
    const struct part *part = context;
    struct correlator *correlator = part->correlator;
    struct text value = {0};

    if (part->muted) {
        return;
    }
    frame_put(&value, SOURCE_SINGLE_OBJECT, correlator->options.formats->reject.fingerprint);
    binary_put_text(&value, slice_of(verdict_name(VERDICT_LATE)));
    binary_put_text(&value, rule->name);
    binary_put_text(&value, match->is.source);
    binary_put_text(&value, match->is.place.topic);
    binary_put_long(&value, match->is.place.partition);
    binary_put_long(&value, match->is.place.offset);
    binary_put_text(&value, match->is.type);
    binary_put_long(&value, 1);
    binary_put_long(&value, match->is.time.ms);
    put(correlator, OUTBOX_REJECTS, match->is.place.topic, &value);
    text_free(&value);
    counter_add(correlator->late, 1);
}

static void on_risen(void *context, const struct rule *rule, struct instant watermark)
{
    struct part *part = context;

    if (!part->muted) {
        derived_add_watermark(&part->derived, rule, watermark);
    }
}

/* `1;h=HASH;q=12;s=3`: the rules it was said under, and how many alerts were said. */
static void read_metadata(struct part *part, struct slice metadata)
{
    long long number = 0;

    if (!slice_is(slice_cut(&metadata, ';'), "1")) {
        return;
    }
    while (metadata.data != NULL) {
        struct slice value = slice_cut(&metadata, ';');
        const struct slice name = slice_cut(&value, '=');
        if (slice_is(name, "q") && slice_number(value, &number)) {
            part->sequence = number;
        } else if (slice_is(name, "s") && slice_number(value, &number)) {
            part->shadow_sequence = number;
        }
    }
}

static void assigned(void *self, const struct stage_assignment *assignment)
{
    struct correlator *correlator = self;
    struct part *part = calloc(1, sizeof *part);

    ENSURE_MEMORY(part != NULL);
    ENSURE(part_of(correlator, assignment->partition.partition) == NULL);
    part->correlator = correlator;
    part->partition = assignment->partition;
    part->committed = assignment->committed;
    part->store = store_new(correlator->options.program,
                            (struct store_listener){part, on_change, on_late, on_risen});
    read_metadata(part, assignment->metadata);
    VECTOR_PUSH(&correlator->parts, part);
}

static void free_part(struct part *part)
{
    store_free(part->store);
    derived_free(&part->derived);
    free(part);
}

static void revoked(void *self, struct record_partition partition)
{
    struct correlator *correlator = self;

    for (size_t i = 0; i < correlator->parts.count; i++) {
        if (correlator->parts.items[i]->partition.partition == partition.partition) {
            free_part(correlator->parts.items[i]);
            VECTOR_REMOVE(&correlator->parts, i, 1);
            return;
        }
    }
}

static void metadata(void *self, struct record_partition partition, struct text *text)
{
    struct correlator *correlator = self;
    const struct part *part = part_of(correlator, partition.partition);
    char hash[DIGEST_TEXT_SIZE];

    if (part != NULL) {
        text_format(text, "1;h=%s;q=%lld;s=%lld",
                    digest_format(correlator->options.program->hash, hash),
                    (long long)part->sequence, (long long)part->shadow_sequence);
    }
}

static void on_match(void *context, const struct match *match)
{
    const struct part *part = context;

    store_match(part->store, match);
}

static void on_watermark(void *context, const struct watermark *watermark)
{
    const struct part *part = context;

    store_watermark(part->store, watermark);
}

static enum stage_result take_record(void *self, const struct record *record,
                                     struct outbox *outbox)
{
    struct correlator *correlator = self;
    struct part *part = part_of(correlator, record->from.partition);
    struct frame frame;

    ENSURE(part != NULL);
    const struct pack_visitor visitor = {part, on_match, on_watermark};
    correlator->outbox = outbox;
    part->muted = record->offset < part->committed;
    counter_add(correlator->replayed, part->muted ? 1 : 0);
    if (frame_read(SOURCE_SINGLE_OBJECT, record->value, &frame) != VERDICT_GOOD ||
        frame.schema != correlator->options.formats->match.fingerprint ||
        !pack_read(correlator->batch, frame.body, &visitor)) {
        log_error("%s[%d] offset %lld is no record of ours", record->from.topic,
                  record->from.partition, (long long)record->offset);
        return STAGE_BROKEN;
    }
    return STAGE_DONE;
}

static void caught_up(void *self, struct record_partition partition)
{
    (void)self;
    (void)partition;
}

static void send_derived(const struct correlator *correlator, struct part *part)
{
    struct text value = {0};

    frame_put(&value, SOURCE_SINGLE_OBJECT, correlator->options.formats->derived.fingerprint);
    derived_finish(&part->derived, part->partition.partition,
                   correlator->options.match_partitions, &value);
    const struct outbox_record record = {
        .topic = OUTBOX_DERIVED,
        /* alerts and watermarks of one partition stay in order in one partition */
        .partition = part->partition.partition % correlator->options.derived_partitions,
        .value = text_slice(&value)};
    outbox_add(correlator->outbox, &record);
    text_free(&value);
}

static void flush(void *self, int64_t now_ms, struct outbox *outbox)
{
    struct correlator *correlator = self;

    (void)now_ms;
    correlator->outbox = outbox;
    for (size_t i = 0; i < correlator->parts.count; i++) {
        if (!derived_is_empty(&correlator->parts.items[i]->derived)) {
            send_derived(correlator, correlator->parts.items[i]);
        }
    }
    arena_reset(correlator->batch);
}

static struct stage_wanted wanted(void *self)
{
    (void)self;
    return (struct stage_wanted){0};
}

static void schema(void *self, const struct stage_wanted *answer, struct slice text)
{
    (void)self;
    (void)answer;
    (void)text;
}

static void free_correlator(void *self)
{
    struct correlator *correlator = self;

    for (size_t i = 0; i < correlator->parts.count; i++) {
        free_part(correlator->parts.items[i]);
    }
    VECTOR_FREE(&correlator->parts);
    arena_free(correlator->batch);
    free(correlator);
}

struct stage correlator_stage(const struct correlator_options *options)
{
    struct correlator *correlator = calloc(1, sizeof *correlator);

    ENSURE_MEMORY(correlator != NULL);
    ENSURE(options->derived_partitions > 0);
    correlator->options = *options;
    correlator->batch = arena_new(BATCH_BYTES_MAX);
    correlator->alerts = counter_get(COUNTER_TOTAL, "seinpost_alerts_total", "",
                                     "Alert records published to desks.");
    correlator->late = counter_get(COUNTER_TOTAL, "seinpost_late_total", "",
                                   "Matches that a rule refused because they came too late.");
    correlator->replayed = counter_get(COUNTER_TOTAL, "seinpost_replayed_total", "",
                                       "Records of the match log read muted to rebuild state.");
    return (struct stage){
        .self = correlator,
        .assigned = assigned,
        .revoked = revoked,
        .record = take_record,
        .caught_up = caught_up,
        .flush = flush,
        .metadata = metadata,
        .wanted = wanted,
        .schema = schema,
        .free = free_correlator,
    };
}
