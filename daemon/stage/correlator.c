#include "seinpost/stage/correlator.h"

#include "seinpost/alert/alert_avro.h"
#include "seinpost/base/arena.h"
#include "seinpost/base/counter.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/vector.h"
#include "seinpost/signal/frame.h"
#include "seinpost/stage/part_image.h"

enum {
    BATCH_BYTES_MAX = 1024 * 1024 * 1024
};

struct correlator {
    struct correlator_options options;
    struct stage_edition newest;
    struct voice_means means;
    VECTOR(struct part *) parts;
    int32_t survey; /* partition of `alerts.current` that is read next */
    uint64_t tickets;
    uint64_t survey_ticket;
    int64_t going_over; /* partitions, as the gauge has them */
    struct counter *replayed;
    struct counter *rebuilding;
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

/* What the desks have is read once for all partitions that were taken over together. */
static void begin_survey(struct correlator *correlator)
{
    ENSURE(correlator->options.current_topic != NULL);

    correlator->survey = 0;
    correlator->survey_ticket = ++correlator->tickets;
    for (size_t i = 0; i < correlator->parts.count; i++) {
        struct part *part = correlator->parts.items[i];
        if (!part->surveyed) {
            heard_free(part->voice.heard);
            part->voice.heard = heard_new();
        }
    }
}

static void assigned(void *self, const struct stage_assignment *assignment)
{
    struct correlator *correlator = self;

    ENSURE(part_of(correlator, assignment->partition.partition) == NULL);
    struct part *part = part_new(&correlator->means, assignment, &correlator->newest);
    VECTOR_PUSH(&correlator->parts, part);
    if (!part->surveyed) {
        begin_survey(correlator);
    }
}

static void revoked(void *self, struct record_partition partition)
{
    struct correlator *correlator = self;

    for (size_t i = 0; i < correlator->parts.count; i++) {
        if (correlator->parts.items[i]->partition.partition == partition.partition) {
            part_free(correlator->parts.items[i]);
            VECTOR_REMOVE(&correlator->parts, i, 1);
            return;
        }
    }
}

/* What nobody reads says nothing. */
static void blocked(void *self, struct record_partition partition, int32_t partitions)
{
    (void)self;
    (void)partition;
    (void)partitions;
}

static void metadata(void *self, struct record_partition partition, struct text *text)
{
    const struct part *part = part_of(self, partition.partition);

    if (part != NULL) {
        part_metadata(part, text);
    }
}

static const char *refused(void *self, struct record_partition partition)
{
    const struct part *part = part_of(self, partition.partition);

    return part == NULL ? NULL : part->refused;
}

static void adopt(void *self, const struct stage_edition *edition)
{
    struct correlator *correlator = self;

    correlator->newest = *edition;
    for (size_t i = 0; i < correlator->parts.count; i++) {
        part_adopt(correlator->parts.items[i], edition, ++correlator->tickets);
    }
}

static uint64_t edition(void *self)
{
    const struct correlator *correlator = self;
    uint64_t oldest = correlator->newest.number;

    for (size_t i = 0; i < correlator->parts.count; i++) {
        const uint64_t number = correlator->parts.items[i]->edition.number;
        oldest = number < oldest ? number : oldest;
    }
    return oldest;
}

static enum stage_result take_record(void *self, const struct record *record,
                                     struct outbox *outbox)
{
    struct correlator *correlator = self;
    struct part *part = part_of(correlator, record->from.partition);

    ENSURE(part != NULL);
    correlator->means.outbox = outbox;
    const enum stage_result result = part_take(part, record);
    counter_add(correlator->replayed, part->voice.muted ? 1 : 0);
    return result;
}

/* Behind the last record there may be what no record is told of. */
static void caught_up(void *self, struct record_partition partition,
                      const struct stage_end *end)
{
    struct part *part = part_of(self, partition.partition);

    if (part != NULL && part->next < end->offset) {
        part->next = end->offset;
    }
}

/* Several workers share the gauge. */
static void tell_going_over(struct correlator *correlator)
{
    int64_t count = 0;

    for (size_t i = 0; i < correlator->parts.count; i++) {
        count += correlator->parts.items[i]->rebuild == NULL ? 0 : 1;
    }
    counter_add(correlator->rebuilding, count - correlator->going_over);
    correlator->going_over = count;
}

static void flush(void *self, int64_t now_ms, struct outbox *outbox)
{
    struct correlator *correlator = self;

    correlator->means.outbox = outbox;
    for (size_t i = 0; i < correlator->parts.count; i++) {
        part_flush(correlator->parts.items[i], now_ms);
    }
    tell_going_over(correlator);
    arena_reset(correlator->means.batch);
}

static bool is_surveying(const struct correlator *correlator)
{
    for (size_t i = 0; i < correlator->parts.count; i++) {
        if (!correlator->parts.items[i]->surveyed) {
            return true;
        }
    }
    return false;
}

/* The first partition that rebuilds; it stays the first until it is done. */
static struct part *first_rebuilding(const struct correlator *correlator)
{
    for (size_t i = 0; i < correlator->parts.count; i++) {
        struct part *part = correlator->parts.items[i];
        if (part->rebuild != NULL && rebuild_fresh(part->rebuild) > 0) {
            return part;
        }
    }
    return NULL;
}

static struct part *rebuilding(const struct correlator *correlator)
{
    struct part *part = first_rebuilding(correlator);

    ENSURE(part != NULL);
    return part;
}

static bool rereads(void *self, struct stage_reread *wanted)
{
    const struct correlator *correlator = self;

    if (is_surveying(correlator)) {
        *wanted = (struct stage_reread){
            .ticket = correlator->survey_ticket,
            .partition = {correlator->options.current_topic, correlator->survey},
            .below = INT64_MAX,
            .first = true,
        };
        return true;
    }
    const struct part *part = first_rebuilding(correlator);
    if (part != NULL) {
        *wanted = (struct stage_reread){rebuild_ticket(part->rebuild), part->partition,
                                        part->next, false};
    }
    return part != NULL;
}

static void reread_begin(void *self)
{
    const struct correlator *correlator = self;

    if (!is_surveying(correlator)) {
        rebuild_begin(rebuilding(correlator)->rebuild);
    }
}

/* Alerts were told before they had a standing: those are closed as well. */
static bool read_alert(struct correlator *correlator, const struct frame *frame,
                       struct alert *alert)
{
    const struct correlator_options *options = &correlator->options;
    struct arena *batch = correlator->means.batch;

    if (frame->schema == options->alert_schema) {
        return alert_avro_get(batch, frame->body, alert);
    }
    return options->earlier_schema != 0 && frame->schema == options->earlier_schema &&
           alert_avro_get_earlier(batch, frame->body, alert);
}

/* A record of `alerts.current`. One that cannot be read is none that we could close. */
static void survey_alert(struct correlator *correlator, const struct record *record)
{
    const struct correlator_options *options = &correlator->options;
    struct frame frame;
    struct alert alert;

    for (size_t i = 0; record->missing && i < correlator->parts.count; i++) {
        struct part *part = correlator->parts.items[i];
        if (!part->surveyed) {
            heard_drop(part->voice.heard, record->key);
        }
    }
    if (record->missing) {
        return;
    }
    if (frame_read(options->alert_wire, record->value, &frame) != VERDICT_GOOD ||
        !read_alert(correlator, &frame, &alert)) {
        log_warning("%s[%d] offset %lld is no alert of this version", record->from.topic,
                    record->from.partition, (long long)record->offset);
        return;
    }
    struct part *part = part_of(correlator, alert.partition);
    if (part != NULL && !part->surveyed) {
        if (alert.sequence > part->voice.sequence) {
            part->voice.sequence = alert.sequence; /* its commit did not say */
        }
        heard_put(part->voice.heard, &alert);
    }
}

static enum stage_result reread(void *self, const struct record *record)
{
    struct correlator *correlator = self;

    if (is_surveying(correlator)) {
        survey_alert(correlator, record);
        return STAGE_DONE;
    }
    return part_retake(rebuilding(correlator), record);
}

static void reread_to(void *self, int64_t next, bool at_end)
{
    struct correlator *correlator = self;

    if (!is_surveying(correlator)) {
        rebuild_to(rebuilding(correlator)->rebuild, next);
        return;
    }
    arena_reset(correlator->means.batch);
    correlator->survey_ticket = at_end ? ++correlator->tickets : correlator->survey_ticket;
    correlator->survey += at_end ? 1 : 0;
    for (size_t i = 0; correlator->survey == correlator->options.current_partitions &&
                       i < correlator->parts.count;
         i++) {
        part_surveyed(correlator->parts.items[i]);
    }
}

static enum stage_saving save(void *self, struct record_partition partition,
                              const struct stage_save *how, struct text *image)
{
    struct part *part = part_of(self, partition.partition);

    return part == NULL ? STAGE_NOT_SAVED : part_image_save(part, how, image);
}

static const char *load(void *self, struct record_partition partition, struct slice image,
                        int64_t *next)
{
    struct part *part = part_of(self, partition.partition);

    ENSURE(part != NULL);
    const char *refused = part_image_load(part, image);
    *next = part->next;
    return refused;
}

static bool misled(void *self, struct record_partition partition)
{
    const struct part *part = part_of(self, partition.partition);

    return part != NULL && part->misled;
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
        part_free(correlator->parts.items[i]);
    }
    VECTOR_FREE(&correlator->parts);
    tell_going_over(correlator);
    arena_free(correlator->means.batch);
    free(correlator);
}

static struct counter *total(const char *name, const char *help)
{
    return counter_get(COUNTER_TOTAL, name, "", help);
}

struct stage correlator_stage(const struct correlator_options *options)
{
    struct correlator *correlator = calloc(1, sizeof *correlator);

    ENSURE_MEMORY(correlator != NULL);
    ENSURE(options->derived_partitions > 0);
    correlator->options = *options;
    correlator->newest =
        (struct stage_edition){.number = options->edition, .program = options->program};
    correlator->means = (struct voice_means){
        .options = &correlator->options,
        .batch = arena_new(BATCH_BYTES_MAX),
        .alerts = total("seinpost_alerts_total", "Alert records published to desks."),
        .late = total("seinpost_late_total",
                      "Matches that a rule refused because they came too late."),
        .superseded = total("seinpost_superseded_total",
                            "Alerts closed because their rule changed or is gone."),
    };
    correlator->replayed = total("seinpost_replayed_total",
                                 "Records of the match log read muted to rebuild state.");
    correlator->rebuilding = counter_get(COUNTER_GAUGE, "seinpost_partitions_rebuilding", "",
                                         "Match partitions that go over to other rules.");
    return (struct stage){
        .self = correlator,
        .adopt = adopt,
        .edition = edition,
        .assigned = assigned,
        .revoked = revoked,
        .blocked = blocked,
        .record = take_record,
        .caught_up = caught_up,
        .flush = flush,
        .metadata = metadata,
        .refused = refused,
        .wanted = wanted,
        .schema = schema,
        .rereads = rereads,
        .reread_begin = reread_begin,
        .reread = reread,
        .reread_to = reread_to,
        .save = save,
        .load = load,
        .misled = misled,
        .free = free_correlator,
    };
}
