#include "seinpost/stage/ingest.h"

#include "seinpost/alert/derived.h"
#include "seinpost/base/arena.h"
#include "seinpost/base/counter.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/schema/binary.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/pack.h"
#include "seinpost/stage/dials.h"
#include "seinpost/stage/intake.h"
#include "seinpost/stage/matching.h"
#include "seinpost/stage/quiet.h"

#include <string.h>

enum {
    RECORD_BYTES_MAX = 256 * 1024 * 1024,
    PACK_BYTES_MAX = 256 * 1024,   /* well below a broker's usual limit for a record */
    UNKNOWN_SCHEMA_MS = 60 * 1000, /* so long an unknown schema id is not asked for again */
    RETELL_MS = 10 * 60 * 1000,    /* the log forgets: what stands still is told again */
};

/* A partition that is read, and how far it has come. */
struct input {
    struct record_partition partition;
    const struct source *source; /* NULL: `derived` */
    int32_t partitions;
    struct instant high; /* newest event time */
    struct instant told_high;
    struct quiet quiet;
    struct dials dials; /* of a source */
    bool is_quiet;
    bool told_quiet;
    bool told;
    int64_t told_ms; /* steady clock */
};

struct ingest {
    struct ingest_options options;
    const struct list_set *lists;
    struct intake *intake;
    struct arena *record; /* what is made of one record; packs copy what they keep */
    struct pack **packs;  /* one a match partition */
    VECTOR(struct input) inputs;
    VECTOR(struct watermark) blocked; /* are to be told */
    struct input *current;
    struct stage_wanted wanted;
    struct outbox *outbox; /* of the running call */
    int64_t forgotten_ms;
    struct counter *signals;
    struct counter *matches;
    struct counter *forgotten;
    struct counter *ungrouped;
    struct counter *unplaced;
};

static struct input *input_of(struct ingest *ingest, struct record_partition partition)
{
    for (size_t i = 0; i < ingest->inputs.count; i++) {
        struct input *input = &ingest->inputs.items[i];
        if (input->partition.partition == partition.partition &&
            strcmp(input->partition.topic, partition.topic) == 0) {
            return input;
        }
    }
    return NULL;
}

static const struct source *source_of(const struct ingest *ingest, const char *topic)
{
    const struct source_list *sources = &ingest->options.program->sources;

    for (size_t i = 0; i < sources->count; i++) {
        if (slice_is(sources->items[i].topic, topic)) {
            return &sources->items[i];
        }
    }
    return ingest->options.file;
}

/* `1;h=1709542800000`: the newest event time, which no other place keeps. */
static struct instant read_metadata(struct slice metadata)
{
    long long ms = 0;

    if (!slice_is(slice_cut(&metadata, ';'), "1") ||
        !slice_is(slice_cut(&metadata, '='), "h") || !slice_number(metadata, &ms)) {
        return INSTANT_MIN;
    }
    return (struct instant){ms};
}

/* What events mean and which exist is fixed at the start: of the new rules only conditions and
 * lists differ. The inputs keep how far they have come. */
static void adopt(void *self, const struct stage_edition *edition)
{
    struct ingest *ingest = self;

    ENSURE(edition->program->catalogue == ingest->options.program->catalogue);
    ingest->options.program = edition->program;
    ingest->options.edition = edition->number;
    ingest->lists = edition->lists != NULL ? edition->lists : edition->program->lists;
    for (size_t i = 0; i < ingest->inputs.count; i++) {
        struct input *input = &ingest->inputs.items[i];
        if (input->source != NULL) {
            input->source = source_of(ingest, input->partition.topic);
            ENSURE(input->source != NULL);
        }
    }
}

static uint64_t edition(void *self)
{
    const struct ingest *ingest = self;

    return ingest->options.edition;
}

static void assigned(void *self, const struct stage_assignment *assignment)
{
    struct ingest *ingest = self;
    const bool derived =
        strcmp(assignment->partition.topic, ingest->options.derived_topic) == 0;
    struct input input = {
        .partition = assignment->partition,
        .source = derived ? NULL : source_of(ingest, assignment->partition.topic),
        .partitions = assignment->partitions,
        .high = read_metadata(assignment->metadata),
        .quiet = quiet_begin(),
    };

    ENSURE(derived || input.source != NULL);
    ENSURE(input_of(ingest, assignment->partition) == NULL);
    input.dials = dials_of(derived ? SLICE("derived") : input.source->name,
                           assignment->partition.partition);
    VECTOR_PUSH(&ingest->inputs, input);
}

static void revoked(void *self, struct record_partition partition)
{
    struct ingest *ingest = self;
    struct input *input = input_of(ingest, partition);

    if (input != NULL) {
        dials_clear(&input->dials);
        VECTOR_REMOVE(&ingest->inputs, (size_t)(input - ingest->inputs.items), 1);
    }
}

/* Whoever read it may have called it quiet. Now nobody knows: it holds its source back until
 * somebody reads it again. */
static void blocked(void *self, struct record_partition partition, int32_t partitions)
{
    struct ingest *ingest = self;

    if (strcmp(partition.topic, ingest->options.derived_topic) != 0) {
        const struct watermark watermark = {
            .source = source_of(ingest, partition.topic)->name,
            .partition = partition.partition,
            .partitions =
                partitions > partition.partition ? partitions : partition.partition + 1,
            .high = INSTANT_MIN,
        };
        VECTOR_PUSH(&ingest->blocked, watermark);
    }
}

static void metadata(void *self, struct record_partition partition, struct text *text)
{
    const struct input *input = input_of(self, partition);

    if (input != NULL && input->source != NULL && input->high.ms != INSTANT_MIN.ms) {
        text_format(text, "1;h=%lld", (long long)input->high.ms);
    }
}

static void send_pack(struct ingest *ingest, int32_t partition)
{
    struct text value = {0};

    frame_put(&value, SOURCE_SINGLE_OBJECT, ingest->options.formats->match.fingerprint);
    pack_finish(ingest->packs[partition], &value);
    const struct outbox_record record = {
        .topic = OUTBOX_MATCHES, .partition = partition, .value = text_slice(&value)};
    outbox_add(ingest->outbox, &record);
    text_free(&value);
}

static void send_if_full(struct ingest *ingest, int32_t partition)
{
    if (pack_size(ingest->packs[partition]) > PACK_BYTES_MAX) {
        send_pack(ingest, partition);
    }
}

static int32_t partition_of(const struct ingest *ingest, const struct match *match)
{
    struct text key = {0};

    digest_field(&key, match->kind);
    digest_field(&key, match->value);
    const uint64_t spread = digest_spread(text_slice(&key));
    text_free(&key);
    return (int32_t)(spread % (uint64_t)ingest->options.match_partitions);
}

/* Returns the names of the rules that the event came too late for. */
static struct slice match_event(struct ingest *ingest, const struct event *event,
                                struct instant high)
{
    const struct matching found =
        matching_find(ingest->options.program, ingest->lists, event, high, ingest->record);

    for (size_t i = 0; i < found.count; i++) {
        const int32_t partition = partition_of(ingest, &found.matches[i]);
        pack_add_match(ingest->packs[partition], &found.matches[i]);
        send_if_full(ingest, partition);
    }
    counter_add(ingest->matches, (int64_t)found.count);
    counter_add(ingest->ungrouped, (int64_t)found.ungrouped);
    counter_add(ingest->unplaced, (int64_t)found.unplaced);
    matching_count_caps(&found);
    counter_add(ingest->forgotten, found.count == 0 && found.late.size == 0 ? 1 : 0);
    return found.late;
}

static void count_reject(const struct input *input, enum verdict verdict)
{
    struct text labels = {0};

    text_format(&labels, "source=\"%.*s\",reason=\"%s\"", SLICE_ARGS(input->source->name),
                verdict_name(verdict));
    text_add_byte(&labels, '\0');
    counter_add(counter_get(COUNTER_TOTAL, "seinpost_rejects_total", labels.data,
                            "Records that were not used, by source and reason."),
                1);
    text_free(&labels);
}

static void reject(struct ingest *ingest, const struct intake_result *result,
                   const struct record *record)
{
    const struct input *input = ingest->current;
    struct text value = {0};

    frame_put(&value, SOURCE_SINGLE_OBJECT, ingest->options.formats->reject.fingerprint);
    binary_put_text(&value, slice_of(verdict_name(result->verdict)));
    binary_put_text(&value, result->detail);
    binary_put_text(&value, input->source->name);
    binary_put_text(&value, slice_of(record->from.topic));
    binary_put_long(&value, record->from.partition);
    binary_put_long(&value, record->offset);
    binary_put_text(&value, result->type == NULL ? SLICE("") : result->type->name);
    binary_put_long(&value, result->time_known ? 1 : 0);
    if (result->time_known) {
        binary_put_long(&value, result->time.ms);
    }
    const struct outbox_record out = {.topic = OUTBOX_REJECTS,
                                      .partition = OUTBOX_BY_KEY,
                                      .key = slice_of(record->from.topic),
                                      .value = text_slice(&value)};
    outbox_add(ingest->outbox, &out);
    text_free(&value);
    count_reject(input, result->verdict);
}

static enum stage_result take_signal(struct ingest *ingest, const struct record *record)
{
    struct input *input = ingest->current;
    struct intake_result result =
        intake_take(ingest->intake, ingest->record, input->source, record);

    if (result.wants_schema) {
        ingest->wanted = result.wanted;
        return STAGE_WANTS_SCHEMA;
    }
    counter_add(ingest->signals, 1);
    dials_signal(&input->dials);
    if (result.verdict != VERDICT_GOOD) {
        reject(ingest, &result, record);
        return STAGE_DONE;
    }
    input->high = instant_latest(input->high, result.event.is.time);
    result.detail = match_event(
        ingest, &result.event, ingest->options.program->never_late ? INSTANT_MIN : input->high);
    if (result.detail.size > 0) {
        result.verdict = VERDICT_LATE;
        reject(ingest, &result, record);
    }
    return STAGE_DONE;
}

static void on_alert(void *context, const struct rule *rule, const struct event *event)
{
    (void)rule;
    (void)match_event(context, event, INSTANT_MIN);
}

static void tell_all(struct ingest *ingest, const struct watermark *watermark)
{
    for (int32_t i = 0; i < ingest->options.match_partitions; i++) {
        pack_add_watermark(ingest->packs[i], watermark);
        send_if_full(ingest, i);
    }
}

static void on_watermark(void *context, const struct watermark *watermark)
{
    tell_all(context, watermark);
}

static enum stage_result take_derived(struct ingest *ingest, const struct record *record)
{
    const struct derived_visitor visitor = {ingest, on_alert, on_watermark};
    struct frame frame;

    if (frame_read(SOURCE_SINGLE_OBJECT, record->value, &frame) != VERDICT_GOOD ||
        frame.schema != ingest->options.formats->derived.fingerprint ||
        !derived_read(ingest->record, ingest->options.program, frame.body, &visitor)) {
        log_error("%s[%d] offset %lld is no record of ours", record->from.topic,
                  record->from.partition, (long long)record->offset);
        return STAGE_BROKEN;
    }
    return STAGE_DONE;
}

static enum stage_result take_record(void *self, const struct record *record,
                                     struct outbox *outbox)
{
    struct ingest *ingest = self;

    ingest->outbox = outbox;
    arena_reset(ingest->record);
    ingest->current = input_of(ingest, record->from);
    ENSURE(ingest->current != NULL);
    quiet_move(&ingest->current->quiet);
    if (ingest->current->source != NULL) {
        return take_signal(ingest, record);
    }
    return record->missing ? STAGE_DONE : take_derived(ingest, record);
}

static void caught_up(void *self, struct record_partition partition,
                      const struct stage_end *end)
{
    struct input *input = input_of(self, partition);

    if (input != NULL && end->whole) {
        quiet_end(&input->quiet);
    }
}

static bool asks(void *self, struct record_partition *partition)
{
    struct ingest *ingest = self;

    for (size_t i = 0; i < ingest->inputs.count; i++) {
        if (quiet_asks(&ingest->inputs.items[i].quiet)) {
            *partition = ingest->inputs.items[i].partition;
            return true;
        }
    }
    return false;
}

/* Every match partition hears of each input: when it is taken over (an empty one too), when it
 * has come further, and from time to time, as the log keeps nothing for ever. */
static void tell_input(struct ingest *ingest, struct input *input, int64_t now_ms)
{
    if (input->told && input->high.ms == input->told_high.ms &&
        input->is_quiet == input->told_quiet && now_ms - input->told_ms < RETELL_MS) {
        return;
    }
    const struct watermark watermark = {
        .source = input->source->name,
        .partition = input->partition.partition,
        .partitions = input->partitions,
        .high = input->high,
        .quiet = input->is_quiet,
    };
    if (input->is_quiet != input->told_quiet) {
        log_info("%s[%d] is %squiet", input->partition.topic, input->partition.partition,
                 input->is_quiet ? "" : "not ");
    }
    tell_all(ingest, &watermark);
    input->told = true;
    input->told_ms = now_ms;
    input->told_high = input->high;
    input->told_quiet = input->is_quiet;
}

static void flush(void *self, int64_t now_ms, struct outbox *outbox)
{
    struct ingest *ingest = self;

    ingest->outbox = outbox;
    for (size_t i = 0; i < ingest->blocked.count; i++) {
        tell_all(ingest, &ingest->blocked.items[i]);
    }
    ingest->blocked.count = 0;
    for (size_t i = 0; i < ingest->inputs.count; i++) {
        struct input *input = &ingest->inputs.items[i];
        if (input->source != NULL) {
            input->is_quiet = quiet_judge(&input->quiet, now_ms, input->source->idle_ms);
            dials_tell(&input->dials, input->high, input->is_quiet);
            tell_input(ingest, input, now_ms);
        }
    }
    for (int32_t i = 0; i < ingest->options.match_partitions; i++) {
        if (!pack_is_empty(ingest->packs[i])) {
            send_pack(ingest, i);
        }
    }
    if (now_ms - ingest->forgotten_ms > UNKNOWN_SCHEMA_MS) {
        intake_forget_unknown(ingest->intake);
        ingest->forgotten_ms = now_ms;
    }
}

static struct stage_wanted wanted(void *self)
{
    const struct ingest *ingest = self;

    return ingest->wanted;
}

static void schema(void *self, const struct stage_wanted *answer, struct slice text)
{
    struct ingest *ingest = self;

    intake_schema(ingest->intake, answer, text);
}

static void free_ingest(void *self)
{
    struct ingest *ingest = self;

    for (int32_t i = 0; i < ingest->options.match_partitions; i++) {
        pack_free(ingest->packs[i]);
    }
    free(ingest->packs);
    intake_free(ingest->intake);
    arena_free(ingest->record);
    VECTOR_FREE(&ingest->inputs);
    VECTOR_FREE(&ingest->blocked);
    free(ingest);
}

static struct counter *total(const char *name, const char *help)
{
    return counter_get(COUNTER_TOTAL, name, "", help);
}

struct stage ingest_stage(const struct ingest_options *options)
{
    struct ingest *ingest = calloc(1, sizeof *ingest);

    ENSURE_MEMORY(ingest != NULL);
    ENSURE(options->match_partitions > 0);
    ingest->options = *options;
    ingest->lists = options->lists != NULL ? options->lists : options->program->lists;
    ingest->intake = intake_new(options->program->catalogue, options->key);
    ingest->record = arena_new(RECORD_BYTES_MAX);
    ingest->packs = calloc((size_t)options->match_partitions, sizeof(struct pack *));
    ENSURE_MEMORY(ingest->packs != NULL);
    for (int32_t i = 0; i < options->match_partitions; i++) {
        ingest->packs[i] = pack_new();
    }
    ingest->signals = total("seinpost_signals_total", "Records read from partners' topics.");
    ingest->matches = total("seinpost_matches_total", "Matches written to the match log.");
    ingest->forgotten = total("seinpost_signals_forgotten_total",
                              "Signals that no rule asked for: counted and forgotten.");
    ingest->unplaced =
        total("seinpost_signals_unplaced_total",
              "Entries of velocity rules that a signal met with an unknown place.");
    ingest->ungrouped =
        total("seinpost_signals_ungrouped_total",
              "Entries that a signal met without a value of their group-by key.");
    return (struct stage){
        .self = ingest,
        .adopt = adopt,
        .edition = edition,
        .assigned = assigned,
        .revoked = revoked,
        .blocked = blocked,
        .record = take_record,
        .caught_up = caught_up,
        .asks = asks,
        .flush = flush,
        .metadata = metadata,
        .wanted = wanted,
        .schema = schema,
        .free = free_ingest,
    };
}
