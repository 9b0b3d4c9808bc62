#include "seinpost/cli/range.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/duration.h"
#include "seinpost/cli/verb.h"
#include "seinpost/file/memory.h"
#include "seinpost/kafka/kafka_admin.h"
#include "seinpost/stage/outbox.h"

#include <stdio.h>
#include <time.h>

enum {
    TOPICS_MAX = MEMORY_TOPICS_MAX - OUTBOX_TOPICS_COUNT
};

/* The range as it is found. */
struct search {
    const struct range_ask *ask;
    struct kafka_admin *admin;
    struct range *range;
};

/* A partition, and what the brokers say of it. */
struct extent {
    struct record_partition partition;
    int64_t low;
    int64_t high;
};

static int64_t clock_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* `TOPIC:PARTITION:OFFSET`; a topic's name has no colon. */
static bool read_place(struct slice text, struct range_bound *bound)
{
    long long partition = 0;
    long long offset = 0;

    bound->topic = slice_cut(&text, ':');
    if (text.data == NULL || bound->topic.size == 0 ||
        !slice_number(slice_cut(&text, ':'), &partition) || text.data == NULL ||
        !slice_number(text, &offset) || partition < 0 || partition > INT32_MAX || offset < 0) {
        return false;
    }
    bound->partition = (int32_t)partition;
    bound->value = offset;
    return true;
}

bool range_add(struct range_bounds *bounds, const char *text)
{
    const struct slice words = slice_of(text);
    struct range_bound bound = {0};
    struct instant at;
    long long offset = 0;
    int64_t back_ms = 0;

    if (bounds->count == RANGE_WORDS_MAX) {
        return false;
    }
    if (slice_number(words, &offset)) {
        bound.value = offset;
    } else if (instant_parse(words, &at)) {
        bound = (struct range_bound){.timed = true, .value = at.ms};
    } else if (duration_parse(words, &back_ms) == DURATION_OK) {
        bound = (struct range_bound){.timed = true, .value = clock_ms() - back_ms};
    } else if (!read_place(words, &bound)) {
        return false;
    }
    bounds->items[bounds->count++] = bound;
    return bound.value >= 0;
}

/* The bound of a place, else the last one of all partitions; NULL: none. */
static const struct range_bound *bound_of(const struct range_bounds *bounds,
                                          const struct record_partition *partition)
{
    const struct range_bound *found = NULL;

    for (size_t i = 0; i < bounds->count; i++) {
        const struct range_bound *bound = &bounds->items[i];
        if (bound->topic.size == 0) {
            found = found != NULL && found->topic.size > 0 ? found : bound;
        } else if (slice_is(bound->topic, partition->topic) &&
                   bound->partition == partition->partition) {
            found = bound;
        }
    }
    return found;
}

static int silent(void)
{
    (void)fprintf(stderr, "seinpost: R103 the brokers do not answer\n");
    return VERB_WORLD;
}

/* Returns -1 when the offset that a bound means is known, else the exit code. */
static int find_offset(const struct search *search, const struct extent *extent,
                       const struct range_bound *bound, int64_t *offset)
{
    if (bound == NULL) {
        return -1;
    }
    if (bound->timed) {
        int64_t found = 0;
        if (kafka_admin_since(search->admin, extent->partition.topic,
                              extent->partition.partition, bound->value,
                              &found) != OUTCOME_OK) {
            return silent();
        }
        *offset = found < 0 || found > extent->high ? extent->high : found;
        return -1;
    }
    if (bound->value < extent->low || bound->value > extent->high) {
        (void)fprintf(stderr,
                      "seinpost: R102 %s[%d]: offset %lld is not there: it has %lld to %lld\n",
                      extent->partition.topic, extent->partition.partition,
                      (long long)bound->value, (long long)extent->low, (long long)extent->high);
        return VERB_WORLD;
    }
    *offset = bound->value;
    return -1;
}

/* What came before the oldest record may have been part of it. */
static void note_lost(const struct extent *extent, const struct range_bound *from,
                      int64_t offset)
{
    if (from != NULL && from->timed && extent->low > 0 && offset == extent->low) {
        (void)fprintf(stderr, "%s[%d]: what came before offset %lld is not kept any more\n",
                      extent->partition.topic, extent->partition.partition,
                      (long long)extent->low);
    }
}

static int find_stretch(struct search *search, size_t topic, struct record_partition partition)
{
    struct extent extent = {.partition = partition};
    const struct range_bound *from = bound_of(&search->ask->from, &partition);
    const struct range_bound *to = bound_of(&search->ask->to, &partition);

    if (kafka_admin_ends(search->admin, partition.topic, partition.partition, &extent.low,
                         &extent.high) != OUTCOME_OK) {
        return silent();
    }
    struct kafka_stretch stretch = {partition, topic, extent.low, extent.high};
    int code = find_offset(search, &extent, from, &stretch.from);
    if (code < 0) {
        code = find_offset(search, &extent, to, &stretch.below);
    }
    if (code < 0) {
        note_lost(&extent, from, stretch.from);
        VECTOR_PUSH(&search->range->stretches, stretch);
    }
    return code;
}

static int find_topic(struct search *search, const char *topic)
{
    struct range *range = search->range;
    const int32_t partitions = kafka_admin_partitions(search->admin, topic);
    int code = -1;

    if (partitions == 0) {
        (void)fprintf(stderr, "seinpost: R101 there is no topic %s\n", topic);
        return VERB_WORLD;
    }
    if (partitions < 0) {
        return silent();
    }
    range->topics[range->topics_count] = topic;
    range->partitions[range->topics_count] = partitions;
    for (int32_t i = 0; i < partitions && code < 0; i++) {
        code = find_stretch(search, range->topics_count, (struct record_partition){topic, i});
    }
    range->topics_count++;
    return code;
}

static bool is_asked(const struct range_ask *ask, const struct source *source)
{
    bool asked = ask->sources_count == 0;

    for (size_t i = 0; i < ask->sources_count; i++) {
        asked = asked || slice_is(source->name, ask->sources[i]);
    }
    return asked;
}

static bool has_topic(const struct config_data *config, struct slice topic)
{
    for (size_t i = 0; i < config->sources.count; i++) {
        if (slice_equal(config->sources.items[i].topic, topic)) {
            return true;
        }
    }
    return false;
}

static bool has_source(const struct config_data *config, const char *name)
{
    for (size_t i = 0; i < config->sources.count; i++) {
        if (slice_is(config->sources.items[i].name, name)) {
            return true;
        }
    }
    (void)fprintf(stderr, "seinpost: the configuration has no source '%s'\n", name);
    return false;
}

static bool has_topics(const struct config_data *config, const struct range_bounds *bounds)
{
    for (size_t i = 0; i < bounds->count; i++) {
        const struct slice topic = bounds->items[i].topic;
        if (topic.size > 0 && !has_topic(config, topic)) {
            (void)fprintf(stderr, "seinpost: no source of the configuration has topic '%.*s'\n",
                          SLICE_ARGS(topic));
            return false;
        }
    }
    return true;
}

static int find_topics(struct arena *arena, struct search *search,
                       const struct config_data *config)
{
    struct range *range = search->range;
    int code = -1;

    range->topics = arena_alloc(arena, TOPICS_MAX * sizeof *range->topics);
    range->partitions = arena_alloc(arena, TOPICS_MAX * sizeof *range->partitions);
    for (size_t i = 0; i < config->sources.count && code < 0; i++) {
        const struct source *source = &config->sources.items[i];
        if (!is_asked(search->ask, source)) {
            continue;
        }
        if (range->topics_count == TOPICS_MAX) {
            (void)fprintf(stderr,
                          "seinpost: R104 more than %d sources at once: choose by --source\n",
                          TOPICS_MAX);
            return VERB_WORLD;
        }
        code = find_topic(search, slice_string(arena, source->topic));
    }
    return code;
}

int range_find(struct arena *arena, const struct range_ask *ask,
               const struct config_data *config, struct range *range)
{
    *range = (struct range){.end_ms = -1};
    for (size_t i = 0; i < ask->sources_count; i++) {
        if (!has_source(config, ask->sources[i])) {
            return VERB_USAGE;
        }
    }
    if (!has_topics(config, &ask->from) || !has_topics(config, &ask->to)) {
        return VERB_USAGE;
    }
    for (size_t i = 0; i < ask->to.count; i++) {
        const struct range_bound *bound = &ask->to.items[i];
        range->end_ms = bound->topic.size > 0 ? range->end_ms
                        : bound->timed        ? bound->value
                                              : -1;
    }
    struct search search = {ask, kafka_admin_new(config->brokers), range};
    if (search.admin == NULL) {
        return VERB_USAGE; /* a setting was refused, and told */
    }
    const int code = find_topics(arena, &search, config);
    kafka_admin_free(search.admin);
    return code;
}

void range_free(struct range *range)
{
    VECTOR_FREE(&range->stretches);
}

bool range_has(const struct range *range, const struct event_place *place)
{
    for (size_t i = 0; i < range->stretches.count; i++) {
        const struct kafka_stretch *stretch = &range->stretches.items[i];
        if (stretch->partition.partition == place->partition &&
            slice_is(place->topic, stretch->partition.topic)) {
            return place->offset >= stretch->from && place->offset < stretch->below;
        }
    }
    return false;
}
