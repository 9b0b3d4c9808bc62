#include "bench.h"

static enum outcome poll(void *self, int64_t timeout_ms, struct consumer_batch *batch)
{
    struct bench *const bench = self;

    (void)timeout_ms;
    *batch = (struct consumer_batch){bench->notices, bench->notices_count};
    bench->notices_count = 0;
    return bench->polls;
}

static enum outcome next_outcome(struct bench *bench, const char *call)
{
    text_format(&bench->log, "%s ", call);
    if (bench->outcomes_count == 0) {
        return OUTCOME_OK;
    }
    const enum outcome outcome = bench->outcomes[0];
    memmove(bench->outcomes, bench->outcomes + 1,
            --bench->outcomes_count * sizeof *bench->outcomes);
    if (outcome != OUTCOME_OK) {
        text_add(&bench->log, SLICE("FAILS "));
    }
    return outcome;
}

static enum outcome begin(void *self)
{
    return next_outcome(self, "begin");
}

static enum outcome send(void *self, const struct producer_record *record)
{
    char call[64];

    snprintf(call, sizeof call, "send(%.*s)", SLICE_ARGS(record->value));
    return next_outcome(self, call);
}

static enum outcome commit(void *self, const struct producer_offset *offsets, size_t count)
{
    char call[256] = "commit(";

    for (size_t i = 0; i < count; i++) {
        const size_t size = strlen(call);
        snprintf(call + size, sizeof call - size, "%s%d:%lld", i > 0 ? "," : "",
                 (int)offsets[i].partition.partition, (long long)offsets[i].next);
    }
    strncat(call, ")", 2);
    ck_assert_msg(count > 0, "a transaction without offsets is no fence");
    return next_outcome(self, call);
}

static enum outcome abort_transaction(void *self)
{
    struct bench *const bench = self;

    text_add(&bench->log, SLICE("abort "));
    return bench->aborts;
}

static enum outcome find(void *self, struct slice source, uint64_t id, struct text *schema)
{
    struct bench *const bench = self;

    (void)source;
    (void)id;
    text_add(&bench->log, SLICE("find "));
    if (bench->finds == OUTCOME_OK) {
        text_add(schema, SLICE("schema"));
    }
    return bench->finds;
}

static int64_t now_ms(void *self)
{
    return ((const struct bench *)self)->now_ms;
}

static void assigned(void *self, const struct stage_assignment *assignment)
{
    struct bench *const bench = self;

    text_format(&bench->log, "assigned(%d) ", (int)assignment->partition.partition);
}

static void revoked(void *self, struct record_partition partition)
{
    struct bench *const bench = self;

    text_format(&bench->log, "revoked(%d) ", (int)partition.partition);
}

static enum stage_result take(void *self, const struct record *record, struct outbox *outbox)
{
    struct bench *const bench = self;
    const struct outbox_record made = {
        .topic = OUTBOX_ALERTS, .partition = OUTBOX_BY_KEY, .value = record->value};

    if (bench->breaks) {
        return STAGE_BROKEN;
    }
    if (!bench->knows_schemas && slice_starts_with(record->value, SLICE("?"))) {
        return STAGE_WANTS_SCHEMA;
    }
    bench->taken++;
    if (!slice_starts_with(record->value, SLICE("-"))) {
        outbox_add(outbox, &made);
    }
    return STAGE_DONE;
}

static void caught_up(void *self, struct record_partition partition,
                      const struct stage_end *end)
{
    struct bench *const bench = self;

    text_format(&bench->log, "caught_up(%d)%s ", (int)partition.partition,
                end->whole ? "" : "but");
}

static void flush(void *self, int64_t now, struct outbox *outbox)
{
    (void)self;
    (void)now;
    (void)outbox;
}

static void metadata(void *self, struct record_partition partition, struct text *text)
{
    const struct bench *const bench = self;

    text_format(text, "%d/%d", (int)partition.partition, bench->taken);
}

static void blocked(void *self, struct record_partition partition, int32_t partitions)
{
    struct bench *const bench = self;

    text_format(&bench->log, "blocked(%d of %d) ", (int)partition.partition, (int)partitions);
}

static enum outcome rewind_bench(void *self, struct record_partition partition, int64_t next,
                                 int64_t pause_ms)
{
    struct bench *const bench = self;

    text_format(&bench->log, "rewind(%d:%lld, %lld ms) ", (int)partition.partition,
                (long long)next, (long long)pause_ms);
    return OUTCOME_OK;
}

static bool asks(void *self, struct record_partition *partition)
{
    struct bench *const bench = self;

    const bool does = bench->asks > 0;

    bench->asks -= does ? 1 : 0;
    *partition = (struct record_partition){"in", bench->asks};
    return does;
}

static const struct source nobody;

static struct stage_wanted wanted(void *self)
{
    (void)self;
    return (struct stage_wanted){.source = &nobody, .schema = 7};
}

static void schema(void *self, const struct stage_wanted *wanted_is, struct slice text)
{
    struct bench *const bench = self;

    ck_assert_uint_eq(wanted_is->schema, 7);
    bench->knows_schemas = true;
    text_format(&bench->log, "schema(%.*s) ", SLICE_ARGS(text));
}

static void adopt(void *self, const struct stage_edition *given)
{
    struct bench *const bench = self;

    bench->edition = given->number;
}

static uint64_t edition(void *self)
{
    const struct bench *const bench = self;

    return bench->edition;
}

static void ignore(void *self)
{
    (void)self;
}

struct stage bench_stage(struct bench *bench)
{
    return (struct stage){.self = bench,
                          .adopt = adopt,
                          .edition = edition,
                          .assigned = assigned,
                          .revoked = revoked,
                          .blocked = blocked,
                          .record = take,
                          .caught_up = caught_up,
                          .asks = asks,
                          .flush = flush,
                          .metadata = metadata,
                          .wanted = wanted,
                          .schema = schema,
                          .free = ignore};
}

struct worker_ports bench_ports(struct bench *bench)
{
    return (struct worker_ports){
        .consumer = {bench, poll, NULL, rewind_bench, ignore},
        .producer = {bench, begin, send, commit, abort_transaction, ignore},
        .library = {bench, find},
        .clock = {bench, now_ms}};
}

struct bench *bench_begin(void)
{
    struct bench *const bench = calloc(1, sizeof *bench);

    ck_assert_ptr_nonnull(bench);
    const struct stage stage = bench_stage(bench);
    const struct worker_ports ports = bench_ports(bench);
    bench->worker = worker_new(&stage, &ports);
    return bench;
}

void bench_end(struct bench *bench)
{
    worker_free(bench->worker);
    text_free(&bench->log);
    free(bench);
}

static struct consumer_notice *add(struct bench *bench, enum consumer_event event,
                                   int32_t partition)
{
    struct consumer_notice *const notice = &bench->notices[bench->notices_count++];

    ck_assert_uint_le(bench->notices_count, NOTICES_MAX);
    *notice = (struct consumer_notice){.event = event, .partition = {"in", partition}};
    return notice;
}

void bench_joined(struct bench *bench)
{
    add(bench, CONSUMER_JOINED, -1);
}

void bench_assigned(struct bench *bench, int32_t partition, int64_t committed)
{
    struct consumer_notice *const notice = add(bench, CONSUMER_ASSIGNED, partition);

    notice->partitions = 4;
    notice->committed = committed;
}

void bench_revoked(struct bench *bench, int32_t partition)
{
    add(bench, CONSUMER_REVOKED, partition);
}

void bench_blocked(struct bench *bench, int32_t partition)
{
    add(bench, CONSUMER_BLOCKED, partition)->partitions = 4;
}

void bench_caught_up(struct bench *bench, int32_t partition, int64_t end)
{
    add(bench, CONSUMER_CAUGHT_UP, partition)->end = end;
}

void bench_record(struct bench *bench, int32_t partition, int64_t offset, const char *value)
{
    add(bench, CONSUMER_RECORD, partition)->record = (struct record){.from = {"in", partition},
                                                                     .offset = offset,
                                                                     .timestamp_ms = -1,
                                                                     .value = slice_of(value)};
}

const char *bench_turn(struct bench *bench, enum outcome outcome)
{
    text_clear(&bench->log);
    bench->now_ms += 10;
    ck_assert_int_eq(worker_turn(bench->worker, 0), outcome);
    text_add_byte(&bench->log, '\0');
    return bench->log.data;
}
