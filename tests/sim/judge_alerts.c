#include "seinpost/base/vector.h"
#include "seinpost/signal/pack.h"

#include <stdlib.h>

#include "judge.h"
#include "reading.h"

/* One published record, as far as its place in an alert's life goes. */
struct said {
    int32_t partition;
    int64_t sequence;
    struct slice id;
    struct slice state;
    int64_t order; /* in the log */
};

struct hearing {
    const struct world *world;
    VECTOR(struct said) said;
    struct text *why;
    bool good;
};

static void hear(void *context, int32_t partition, int64_t offset,
                 const struct broker_record *record)
{
    struct hearing *hearing = context;
    const struct alert alert = reading_alert(hearing->world->arena, record->value);

    (void)partition;
    (void)offset;
    VECTOR_PUSH(&hearing->said, (struct said){alert.partition, alert.sequence, alert.id,
                                              alert.state, (int64_t)hearing->said.count});
}

static int by_sequence(const void *left, const void *right)
{
    const struct said *a = left;
    const struct said *b = right;

    if (a->partition != b->partition) {
        return a->partition < b->partition ? -1 : 1;
    }
    if (a->sequence != b->sequence) {
        return a->sequence < b->sequence ? -1 : 1;
    }
    return a->order < b->order ? -1 : 1;
}

static int by_life(const void *left, const void *right)
{
    const struct said *a = left;
    const struct said *b = right;
    const int order = slice_compare(a->id, b->id);

    return order != 0 ? order : by_sequence(left, right);
}

static void check_sequences(struct hearing *hearing, const char *topic)
{
    int64_t next = 1;

    for (size_t i = 0; i < hearing->said.count; i++) {
        const struct said *said = &hearing->said.items[i];
        if (i == 0 || said->partition != hearing->said.items[i - 1].partition) {
            next = 1;
        }
        if (said->sequence != next) {
            text_format(hearing->why, "%s of matches[%d]: sequence %lld, wanted %lld\n", topic,
                        said->partition, (long long)said->sequence, (long long)next);
            hearing->good = false;
            return;
        }
        next++;
    }
}

/* A late event may open again what was retracted, or what was closed. */
static bool may_follow(struct slice before, struct slice state)
{
    if (before.size == 0 || slice_is(before, "retracted")) {
        return slice_is(state, "opened");
    }
    if (slice_is(state, "closed")) {
        return !slice_is(before, "closed");
    }
    return slice_is(state, "updated") || slice_is(state, "retracted");
}

static void check_lives(struct hearing *hearing, const char *topic)
{
    for (size_t i = 0; i < hearing->said.count; i++) {
        const struct said *said = &hearing->said.items[i];
        const bool same = i > 0 && slice_equal(said->id, hearing->said.items[i - 1].id);
        const struct slice before = same ? hearing->said.items[i - 1].state : SLICE("");
        if (!may_follow(before, said->state)) {
            text_format(hearing->why, "%s: alert %.*s is %.*s after '%.*s'\n", topic,
                        SLICE_ARGS(said->id), SLICE_ARGS(said->state), SLICE_ARGS(before));
            hearing->good = false;
        }
        if (same && said->partition != hearing->said.items[i - 1].partition) {
            text_format(hearing->why, "%s: alert %.*s lives in two partitions\n", topic,
                        SLICE_ARGS(said->id));
            hearing->good = false;
        }
    }
}

static bool judge_topic(const struct world *world, enum outbox_topic topic, bool lives,
                        struct text *why)
{
    struct hearing hearing = {.world = world, .why = why, .good = true};
    const char *name = broker_name(world->broker, world->topics[topic]);

    reading_each(world, world->topics[topic], hear, &hearing);
    if (hearing.said.count > 0) {
        qsort(hearing.said.items, hearing.said.count, sizeof hearing.said.items[0],
              lives ? by_life : by_sequence);
        if (lives) {
            check_lives(&hearing, name);
        } else {
            check_sequences(&hearing, name);
        }
    }
    VECTOR_FREE(&hearing.said);
    return hearing.good;
}

bool judge_alerts_sequences(const struct world *world, struct text *why)
{
    const bool alerts = judge_topic(world, OUTBOX_ALERTS, false, why);
    const bool current = judge_topic(world, OUTBOX_ALERTS_CURRENT, false, why);
    const bool shadow = judge_topic(world, OUTBOX_SHADOW, false, why);

    return alerts && current && shadow;
}

bool judge_alerts_lives(const struct world *world, struct text *why)
{
    const bool alerts = judge_topic(world, OUTBOX_ALERTS, true, why);
    const bool current = judge_topic(world, OUTBOX_ALERTS_CURRENT, true, why);
    const bool shadow = judge_topic(world, OUTBOX_SHADOW, true, why);

    return alerts && current && shadow;
}
