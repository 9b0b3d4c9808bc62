#include "seinpost/correlate/clock.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/table.h"
#include "seinpost/base/vector.h"

struct partition {
    bool reported;
    bool quiet;
    struct instant high;  /* newest event time */
    struct instant exact; /* a watermark that was stated */
};

struct source_time {
    char *name;
    VECTOR(struct partition) partitions;
    /* what holds for the source: of those that are not quiet, the least */
    struct instant high;
    struct instant exact;
};

struct clock {
    struct table *sources; /* by name */
};

struct clock *clock_new(void)
{
    struct clock *clock = calloc(1, sizeof *clock);

    ENSURE_MEMORY(clock != NULL);
    clock->sources = table_new();
    return clock;
}

static void free_source(void *value, void *context)
{
    struct source_time *source = value;

    (void)context;
    VECTOR_FREE(&source->partitions);
    free(source->name);
    free(source);
}

void clock_free(struct clock *clock)
{
    if (clock == NULL) {
        return;
    }
    table_each(clock->sources, free_source, NULL);
    table_free(clock->sources);
    free(clock);
}

static struct source_time *source_of(struct clock *clock, struct slice name)
{
    struct source_time *source = table_get(clock->sources, name);

    if (source != NULL) {
        return source;
    }
    source = calloc(1, sizeof *source);
    ENSURE_MEMORY(source != NULL);
    source->name = malloc(name.size + 1);
    ENSURE_MEMORY(source->name != NULL);
    memcpy(source->name, name.data, name.size);
    source->high = INSTANT_MIN;
    source->exact = INSTANT_MIN;
    table_put(clock->sources, (struct slice){source->name, name.size}, source);
    return source;
}

static const struct partition unknown = {.high = {INT64_MIN}, .exact = {INT64_MIN}};

/* The least of the partitions that are not quiet; what there was, when all are. */
static bool settle(struct source_time *source)
{
    struct instant high = INSTANT_MAX;
    struct instant exact = INSTANT_MAX;

    for (size_t i = 0; i < source->partitions.count; i++) {
        const struct partition *partition = &source->partitions.items[i];
        if (partition->reported && partition->quiet) {
            continue;
        }
        high = instant_least(high, partition->high);
        exact = instant_least(exact, partition->exact);
    }
    if (high.ms == INSTANT_MAX.ms) {
        return false;
    }
    const bool further =
        instant_before(source->high, high) || instant_before(source->exact, exact);
    source->high = instant_latest(source->high, high);
    source->exact = instant_latest(source->exact, exact);
    return further;
}

bool clock_report(struct clock *clock, const struct watermark *watermark)
{
    const int32_t count = watermark->partitions;

    if (count < 1 || count > CLOCK_PARTITIONS_MAX || watermark->partition < 0 ||
        watermark->partition >= count) {
        return false;
    }
    struct source_time *source = source_of(clock, watermark->source);
    while (source->partitions.count < (size_t)count) {
        VECTOR_PUSH(&source->partitions, unknown);
    }
    struct partition *partition = &source->partitions.items[watermark->partition];
    partition->reported = true;
    partition->quiet = watermark->quiet;
    if (watermark->exact) {
        partition->exact = instant_latest(partition->exact, watermark->high);
    } else {
        partition->high = instant_latest(partition->high, watermark->high);
    }
    return settle(source);
}

struct instant clock_watermark(const struct clock *clock, const struct rule *rule)
{
    struct instant least = INSTANT_MAX;

    for (size_t i = 0; i < rule->sources_count; i++) {
        const struct source_time *source = table_get(clock->sources, rule->sources[i]);
        if (source == NULL) {
            return INSTANT_MIN;
        }
        const struct instant passed = instant_add(source->high, -rule->lateness_ms - 1);
        least = instant_least(least, instant_latest(passed, source->exact));
    }
    return rule->sources_count == 0 ? INSTANT_MIN : least;
}
