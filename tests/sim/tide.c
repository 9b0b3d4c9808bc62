#include "tide.h"

#include "seinpost/base/vector.h"

#include <stdlib.h>

void tide_free(struct tide *tide)
{
    free(tide->reports);
    free(tide->sources);
    *tide = (struct tide){0};
}

static struct tide_report *report_of(const struct tide *tide, struct slice source,
                                     int32_t partition)
{
    for (size_t i = 0; i < tide->reports_count; i++) {
        if (tide->reports[i].partition == partition &&
            slice_equal(tide->reports[i].source, source)) {
            return &tide->reports[i];
        }
    }
    return NULL;
}

static struct tide_source *source_of(const struct tide *tide, struct slice name)
{
    for (size_t i = 0; i < tide->sources_count; i++) {
        if (slice_equal(tide->sources[i].name, name)) {
            return &tide->sources[i];
        }
    }
    return NULL;
}

static void advance(const struct tide *tide, struct tide_source *source)
{
    struct instant high = INSTANT_MAX;
    struct instant exact = INSTANT_MAX;
    int64_t since = INT64_MAX;

    for (int32_t i = 0; i < source->partitions; i++) {
        const struct tide_report *report = report_of(tide, source->name, i);
        if (report == NULL) {
            return; /* nobody has told of it */
        }
        since = report->offset < since ? report->offset : since;
        if (!report->quiet) {
            high = instant_least(high, report->high);
            exact = instant_least(exact, report->exact);
        }
    }
    if (high.ms == INSTANT_MAX.ms) {
        return; /* all are quiet */
    }
    if (!instant_before(high, source->high) && !instant_before(exact, source->exact)) {
        source->since = since;
    }
    source->high = instant_latest(source->high, high);
    source->exact = instant_latest(source->exact, exact);
}

static struct tide_source *add_source(struct tide *tide, struct slice name)
{
    tide->sources = vector_grow(tide->sources, tide->sources_count, &tide->sources_room,
                                sizeof tide->sources[0]);
    tide->sources[tide->sources_count] =
        (struct tide_source){name, 0, INSTANT_MIN, INSTANT_MIN, INT64_MAX};
    return &tide->sources[tide->sources_count++];
}

static struct tide_report *add_report(struct tide *tide, struct slice source, int32_t partition)
{
    tide->reports = vector_grow(tide->reports, tide->reports_count, &tide->reports_room,
                                sizeof tide->reports[0]);
    tide->reports[tide->reports_count] = (struct tide_report){
        .source = source, .partition = partition, .high = INSTANT_MIN, .exact = INSTANT_MIN};
    return &tide->reports[tide->reports_count++];
}

void tide_report(struct tide *tide, const struct watermark *watermark, int64_t offset)
{
    struct tide_source *source = source_of(tide, watermark->source);
    struct tide_report *report = report_of(tide, watermark->source, watermark->partition);

    source = source != NULL ? source : add_source(tide, watermark->source);
    report =
        report != NULL ? report : add_report(tide, watermark->source, watermark->partition);
    source->partitions = watermark->partitions;
    report->offset = offset;
    report->quiet = watermark->quiet;
    if (watermark->exact) {
        report->exact = instant_latest(report->exact, watermark->high);
    } else {
        report->high = instant_latest(report->high, watermark->high);
    }
    advance(tide, source);
}

struct instant tide_watermark(const struct tide *tide, const struct rule *rule)
{
    struct instant least = INSTANT_MAX;

    for (size_t i = 0; i < rule->sources_count; i++) {
        const struct tide_source *source = source_of(tide, rule->sources[i]);
        if (source == NULL) {
            return INSTANT_MIN;
        }
        const struct instant passed = instant_add(source->high, -rule->lateness_ms - 1);
        least = instant_least(least, instant_latest(passed, source->exact));
    }
    return least;
}
