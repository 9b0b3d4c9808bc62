#include "seinpost/run/snapshots.h"

#include "seinpost/base/counter.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/vector.h"

#include <stdlib.h>
#include <string.h>

enum {
    REVOKED_MS = 100, /* a partition that is given up does not hold up the others longer */
    ENDS_MS = 1500,   /* of the 5 s that an end may take */
    FINISH_MS = 2500,
    NEVER = -1
};

/* What is known of a partition. */
struct entry {
    struct record_partition partition;
    int64_t kept_next; /* of what was kept last; NEVER: nothing yet */
    int64_t kept_ms;
    int64_t took_ms;     /* to be written, all in all */
    int64_t saving_next; /* of what is being written; NEVER: nothing is */
    bool too_large;
    struct counter *bytes;
    struct counter *age;
};

struct snapshots {
    const struct stage *stage;
    struct snapshots_plan plan;
    const struct steady *clock;
    VECTOR(struct entry) entries;
    int64_t ends_ms; /* when the end began; NEVER: it has not */
    struct counter *written;
    struct counter *used;
    struct counter *pause;
};

static struct counter *total(const char *name, const char *help)
{
    return counter_get(COUNTER_TOTAL, name, "", help);
}

struct snapshots *snapshots_new(const struct stage *stage, const struct snapshots_plan *plan,
                                const struct steady *clock)
{
    struct snapshots *snapshots = calloc(1, sizeof *snapshots);

    ENSURE_MEMORY(snapshots != NULL);
    *snapshots = (struct snapshots){
        .stage = stage,
        .plan = *plan,
        .clock = clock,
        .ends_ms = NEVER,
        .written = total("seinpost_snapshots_total", "States of partitions that were written."),
        .used = total("seinpost_snapshots_used_total",
                      "Partitions that went on from a snapshot, not from their log's start."),
        .pause = total("seinpost_snapshots_pause_seconds_total",
                       "Time that workers were held up by writing snapshots."),
    };
    return snapshots;
}

void snapshots_free(struct snapshots *snapshots)
{
    if (snapshots != NULL) {
        VECTOR_FREE(&snapshots->entries);
        free(snapshots);
    }
}

static bool keeps(const struct snapshots *snapshots)
{
    return snapshots->plan.port.store != NULL && snapshots->stage->save != NULL;
}

static int64_t now_ms(const struct snapshots *snapshots)
{
    return snapshots->clock->now_ms(snapshots->clock->self);
}

static struct entry *entry_of(struct snapshots *snapshots, struct record_partition partition)
{
    for (size_t i = 0; i < snapshots->entries.count; i++) {
        struct entry *entry = &snapshots->entries.items[i];
        if (entry->partition.partition == partition.partition &&
            strcmp(entry->partition.topic, partition.topic) == 0) {
            return entry;
        }
    }
    return NULL;
}

static struct counter *gauge(const char *name, const struct record_partition *partition,
                             const char *help)
{
    struct text labels = {0};

    text_format(&labels, "partition=\"%d\"", partition->partition);
    text_add_byte(&labels, '\0');
    struct counter *counter = counter_get(COUNTER_GAUGE, name, labels.data, help);
    text_free(&labels);
    return counter;
}

static struct entry *add_entry(struct snapshots *snapshots, struct record_partition partition)
{
    ENSURE(entry_of(snapshots, partition) == NULL);
    VECTOR_PUSH(&snapshots->entries,
                (struct entry){
                    .partition = partition,
                    .kept_next = NEVER,
                    .saving_next = NEVER,
                    .bytes = gauge("seinpost_snapshot_bytes", &partition,
                                   "Size of the newest snapshot."),
                    .age = gauge("seinpost_snapshot_age_seconds", &partition,
                                 "How long ago the newest snapshot was written or read."),
                });
    return &snapshots->entries.items[snapshots->entries.count - 1];
}

static void note_refusal(struct record_partition partition, const char *reason)
{
    struct text labels = {0};

    text_format(&labels, "reason=\"%s\"", reason);
    text_add_byte(&labels, '\0');
    counter_add(counter_get(COUNTER_TOTAL, "seinpost_snapshots_refused_total", labels.data,
                            "Snapshots that were refused; the log was read instead."),
                1);
    text_free(&labels);
    log_info("%s[%d]: its snapshot is refused (%s); the log is read from its start",
             partition.topic, partition.partition, reason);
}

static void note_kept(struct snapshots *snapshots, struct entry *entry, int64_t next,
                      size_t size)
{
    entry->kept_next = next;
    entry->kept_ms = now_ms(snapshots);
    counter_set(entry->bytes, (int64_t)size);
    counter_set(entry->age, 0);
}

int64_t snapshots_assigned(struct snapshots *snapshots, struct record_partition partition,
                           int64_t start)
{
    const struct snapshot *port = &snapshots->plan.port;
    struct text bytes = {0};
    int64_t next = start;

    if (!keeps(snapshots)) {
        return start;
    }
    struct entry *entry = add_entry(snapshots, partition);
    port->find(port->self, partition, &bytes);
    if (bytes.size > 0) {
        const char *refused = snapshots->stage->load(snapshots->stage->self, partition,
                                                     text_slice(&bytes), &next);
        if (refused == NULL) {
            note_kept(snapshots, entry, next, bytes.size);
            counter_add(snapshots->used, 1);
            log_info("%s[%d] goes on from a snapshot, at offset %lld", partition.topic,
                     partition.partition, (long long)next);
        } else {
            note_refusal(partition, refused);
            port->forget(port->self, partition);
            next = start;
        }
    }
    text_free(&bytes);
    return next;
}

bool snapshots_misled(struct snapshots *snapshots)
{
    const struct snapshot *port = &snapshots->plan.port;
    const struct stage *stage = snapshots->stage;
    bool misled = false;

    for (size_t i = 0; i < snapshots->entries.count; i++) {
        const struct record_partition partition = snapshots->entries.items[i].partition;
        if (stage->misled(stage->self, partition)) {
            note_refusal(partition, "log");
            port->forget(port->self, partition);
            misled = true;
        }
    }
    return misled;
}

static void note_too_large(const struct snapshots *snapshots, struct entry *entry)
{
    if (!entry->too_large) {
        entry->too_large = true;
        log_warning("%s[%d]: its state is larger than a snapshot may be (%zu bytes): a restart "
                    "reads the log",
                    entry->partition.topic, entry->partition.partition,
                    snapshots->plan.size_max);
    }
}

/* What was written goes to the port. */
static void hand_over(struct snapshots *snapshots, struct entry *entry, struct text *bytes)
{
    const struct snapshot *port = &snapshots->plan.port;
    const size_t size = bytes->size;

    if (port->store(port->self, entry->partition, bytes)) {
        note_kept(snapshots, entry, entry->saving_next, size);
        counter_add(snapshots->written, 1);
    }
}

/* Writes a piece of the state as it was when it was begun: now, with `anew`. */
static void keep(struct snapshots *snapshots, struct entry *entry, bool anew, size_t piece)
{
    const struct stage_save how = {anew, piece, snapshots->plan.size_max};
    const int64_t begun_ms = now_ms(snapshots);
    struct text bytes = {0};

    const enum stage_saving saving =
        snapshots->stage->save(snapshots->stage->self, entry->partition, &how, &bytes);
    const int64_t took_ms = now_ms(snapshots) - begun_ms;
    entry->took_ms = anew ? took_ms : entry->took_ms + took_ms;
    counter_add(snapshots->pause, took_ms);
    if (saving == STAGE_SAVING) {
        return;
    }
    if (saving == STAGE_SAVED) {
        hand_over(snapshots, entry, &bytes);
    } else {
        entry->kept_ms = now_ms(snapshots); /* not tried again at once */
    }
    if (saving == STAGE_TOO_LARGE) {
        note_too_large(snapshots, entry);
    }
    entry->saving_next = NEVER;
    text_free(&bytes);
}

/* Whether there is anything new, and somebody to take it. */
static bool is_news(const struct snapshots *snapshots, const struct entry *entry, int64_t next)
{
    const struct snapshot *port = &snapshots->plan.port;

    return entry != NULL && entry->kept_next != next && port->ready(port->self);
}

static bool is_due(struct snapshots *snapshots, struct entry *entry)
{
    const int64_t age_ms = now_ms(snapshots) - entry->kept_ms;

    if (entry->kept_next == NEVER && entry->kept_ms == 0) {
        return true; /* who had to read the log should not have to again */
    }
    if (entry->kept_next != NEVER) {
        counter_set(entry->age, age_ms);
    }
    return age_ms >= snapshots->plan.every_ms;
}

bool snapshots_look(struct snapshots *snapshots, struct record_partition partition,
                    int64_t next)
{
    struct entry *entry = keeps(snapshots) ? entry_of(snapshots, partition) : NULL;

    if (entry == NULL) {
        return false;
    }
    if (entry->saving_next != NEVER) {
        keep(snapshots, entry, false, snapshots->plan.piece);
        return true;
    }
    if (!is_due(snapshots, entry) || next < 0 || !is_news(snapshots, entry, next)) {
        return false;
    }
    entry->saving_next = next;
    keep(snapshots, entry, true, snapshots->plan.piece);
    return true;
}

/* All of it now. */
static void keep_at_once(struct snapshots *snapshots, struct entry *entry, int64_t next)
{
    entry->saving_next = next;
    keep(snapshots, entry, true, SIZE_MAX);
}

static void remove_entry(struct snapshots *snapshots, struct entry *entry)
{
    counter_set(entry->bytes, 0);
    counter_set(entry->age, 0);
    VECTOR_REMOVE(&snapshots->entries, (size_t)(entry - snapshots->entries.items), 1);
}

void snapshots_revoked(struct snapshots *snapshots, struct record_partition partition,
                       int64_t next)
{
    struct entry *entry = keeps(snapshots) ? entry_of(snapshots, partition) : NULL;

    if (entry == NULL) {
        return;
    }
    if (next >= 0 && entry->took_ms <= REVOKED_MS && is_news(snapshots, entry, next)) {
        keep_at_once(snapshots, entry, next);
    }
    remove_entry(snapshots, entry);
}

bool snapshots_ends(struct snapshots *snapshots, struct record_partition partition,
                    int64_t next)
{
    struct entry *entry = keeps(snapshots) ? entry_of(snapshots, partition) : NULL;

    if (snapshots->ends_ms == NEVER) {
        snapshots->ends_ms = now_ms(snapshots);
    }
    const int64_t left_ms = ENDS_MS - (now_ms(snapshots) - snapshots->ends_ms);
    if (left_ms <= 0) {
        return false;
    }
    if (entry != NULL && entry->took_ms <= left_ms) {
        const struct snapshot *port = &snapshots->plan.port;
        port->finish(port->self, left_ms); /* it takes one at a time */
        if (is_news(snapshots, entry, next)) {
            keep_at_once(snapshots, entry, next);
        }
    }
    return true;
}

void snapshots_finish(struct snapshots *snapshots)
{
    const struct snapshot *port = &snapshots->plan.port;

    if (keeps(snapshots) && snapshots->ends_ms != NEVER) {
        port->finish(port->self, FINISH_MS - (now_ms(snapshots) - snapshots->ends_ms));
    }
}
