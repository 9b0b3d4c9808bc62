#include "script.h"

#include "seinpost/base/text.h"

#include "unit.h"

static const char topic[] = "topic";

static struct record_partition at(int32_t partition)
{
    return (struct record_partition){topic, partition};
}

static enum outcome poll_script(void *self, int64_t timeout_ms, struct consumer_batch *batch)
{
    struct script *script = self;

    (void)timeout_ms;
    *batch = (struct consumer_batch){script->notices, script->notices_count};
    script->notices_count = 0;
    return OUTCOME_OK;
}

static enum outcome begin(void *self)
{
    struct script *script = self;

    script->sent = 0;
    return OUTCOME_OK;
}

static enum outcome send_record(void *self, const struct producer_record *record)
{
    struct script *script = self;

    script->sent++;
    script->behind = record->behind;
    return OUTCOME_OK;
}

static enum outcome commit(void *self, const struct producer_offset *offsets, size_t count)
{
    struct script *script = self;
    const enum outcome outcome = script->commits_so;

    script->commits_so = OUTCOME_OK;
    if (outcome != OUTCOME_OK) {
        return outcome;
    }
    for (size_t i = 0; i < count; i++) {
        ck_assert_uint_lt(script->commits_count, SCRIPT_COMMITS_MAX);
        script->commits[script->commits_count++] =
            (struct script_commit){offsets[i].partition.partition, offsets[i].next};
    }
    script->visible += script->sent;
    return OUTCOME_OK;
}

static enum outcome abort_script(void *self)
{
    struct script *script = self;

    script->sent = 0;
    return OUTCOME_OK;
}

static void free_nothing(void *self)
{
    (void)self;
}

static int64_t no_time(void *self)
{
    (void)self;
    return 0;
}

static void assigned(void *self, const struct stage_assignment *assignment)
{
    (void)self;
    (void)assignment;
}

static void revoked(void *self, struct record_partition partition)
{
    (void)self;
    (void)partition;
}

static enum stage_result take(void *self, const struct record *record, struct outbox *outbox)
{
    const struct outbox_record out = {
        .topic = OUTBOX_ALERTS, .partition = OUTBOX_BY_KEY, .behind = record->offset + 1};

    (void)self;
    outbox_add(outbox, &out);
    return STAGE_DONE;
}

static void caught_up(void *self, struct record_partition partition,
                      const struct stage_end *end)
{
    struct script *script = self;

    (void)partition;
    (void)end;
    script->ends++;
}

static void flush(void *self, int64_t now_ms, struct outbox *outbox)
{
    (void)self;
    (void)now_ms;
    (void)outbox;
}

static void metadata(void *self, struct record_partition partition, struct text *text)
{
    (void)self;
    (void)partition;
    text_add_byte(text, 'm');
}

static const char *refused(void *self, struct record_partition partition)
{
    const struct script *script = self;

    return partition.partition == script->refused ? "diverged" : NULL;
}

struct script *script_new(void)
{
    struct script *script = calloc(1, sizeof *script);

    ck_assert_ptr_nonnull(script);
    const struct worker_ports ports = {
        .consumer = {script, poll_script, NULL, NULL, free_nothing},
        .producer = {script, begin, send_record, commit, abort_script, free_nothing},
        .clock = {NULL, no_time},
    };
    const struct stage stage = {
        .self = script,
        .assigned = assigned,
        .revoked = revoked,
        .record = take,
        .caught_up = caught_up,
        .flush = flush,
        .metadata = metadata,
        .refused = refused,
        .free = free_nothing,
    };
    script->refused = -1;
    script->worker = worker_new(&stage, &ports);
    return script;
}

void script_free(struct script *script)
{
    worker_free(script->worker);
    free(script);
}

static void tell(struct script *script, struct consumer_notice notice)
{
    ck_assert_uint_lt(script->notices_count, SCRIPT_NOTICES_MAX);
    script->notices[script->notices_count++] = notice;
}

void script_assign(struct script *script, int32_t partition, int64_t start, int64_t committed)
{
    tell(script, (struct consumer_notice){.event = CONSUMER_ASSIGNED,
                                          .partition = at(partition),
                                          .partitions = 8,
                                          .start = start,
                                          .committed = committed});
    tell(script, (struct consumer_notice){.event = CONSUMER_JOINED});
}

void script_record(struct script *script, int32_t partition, int64_t offset)
{
    tell(script, (struct consumer_notice){.event = CONSUMER_RECORD,
                                          .partition = at(partition),
                                          .record = {.from = at(partition), .offset = offset}});
}

void script_end(struct script *script, int32_t partition, int64_t end)
{
    tell(script, (struct consumer_notice){
                     .event = CONSUMER_CAUGHT_UP, .partition = at(partition), .end = end});
}

void script_revoke(struct script *script, int32_t partition)
{
    tell(script,
         (struct consumer_notice){.event = CONSUMER_REVOKED, .partition = at(partition)});
}

enum outcome script_turn(struct script *script)
{
    return worker_turn(script->worker, 0);
}

int64_t script_committed(const struct script *script, int32_t partition)
{
    for (size_t i = script->commits_count; i > 0; i--) {
        if (script->commits[i - 1].partition == partition) {
            return script->commits[i - 1].next;
        }
    }
    return -1;
}
