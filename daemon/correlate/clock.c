#include "seinpost/correlate/clock.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/table.h"
#include "seinpost/base/vector.h"
#include "seinpost/correlate/image.h"

struct partition {
    bool reported;
    bool quiet;
    struct instant high;  /* newest event time */
    struct instant exact; /* a watermark that was stated */
};

struct source_time {
    char *name;
    size_t name_size;
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
    source->name_size = name.size;
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

static struct slice name_of(const struct source_time *source)
{
    return (struct slice){source->name, source->name_size};
}

static int by_name(const void *left, const void *right)
{
    const struct source_time *const *a = left;
    const struct source_time *const *b = right;

    return slice_compare(name_of(*a), name_of(*b));
}

static void save_source(const struct source_time *source, struct image *image)
{
    binary_put_text(image->to, name_of(source));
    binary_put_long(image->to, source->high.ms);
    binary_put_long(image->to, source->exact.ms);
    binary_put_long(image->to, (int64_t)source->partitions.count);
    for (size_t i = 0; i < source->partitions.count; i++) {
        const struct partition *partition = &source->partitions.items[i];
        binary_put_bool(image->to, partition->reported);
        binary_put_bool(image->to, partition->quiet);
        binary_put_long(image->to, partition->high.ms);
        binary_put_long(image->to, partition->exact.ms);
    }
}

void clock_save(const struct clock *clock, struct image *image)
{
    VECTOR(const struct source_time *) sources = {0};
    size_t cursor = 0;

    for (const struct source_time *source = table_next(clock->sources, &cursor); source != NULL;
         source = table_next(clock->sources, &cursor)) {
        VECTOR_PUSH(&sources, source);
    }
    if (sources.count > 1) {
        qsort(sources.items, sources.count, sizeof sources.items[0], by_name);
    }
    binary_put_long(image->to, (int64_t)sources.count);
    for (size_t i = 0; i < sources.count; i++) {
        save_source(sources.items[i], image);
    }
    VECTOR_FREE(&sources);
}

static void load_source(struct source_time *source, struct image_reader *reader)
{
    source->high.ms = binary_get_long(&reader->bytes);
    source->exact.ms = binary_get_long(&reader->bytes);
    const size_t count = image_get_index(reader, CLOCK_PARTITIONS_MAX + 1);
    for (size_t i = 0; i < count && image_is_good(reader); i++) {
        struct partition partition = {.reported = binary_get_bool(&reader->bytes)};
        partition.quiet = binary_get_bool(&reader->bytes);
        partition.high.ms = binary_get_long(&reader->bytes);
        partition.exact.ms = binary_get_long(&reader->bytes);
        VECTOR_PUSH(&source->partitions, partition);
    }
}

void clock_load(struct clock *clock, struct image_reader *reader)
{
    const size_t count = image_get_count(reader);

    ENSURE(table_count(clock->sources) == 0);
    for (size_t i = 0; i < count && image_is_good(reader); i++) {
        struct source_time *source = source_of(clock, binary_get_text(&reader->bytes));
        if (source->partitions.count > 0) { /* there already */
            image_spoil(reader);
            return;
        }
        load_source(source, reader);
    }
}
