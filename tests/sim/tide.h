/* tide: how far event time has come in a match partition, by a plain reading of the reports in
 * its log: the least of a source's partitions that are not quiet, held back by those that
 * nobody has reported. It is not the daemon's clock, so that it can judge it.
 *
 * Owns:    its lists, until tide_free().
 * Thread:  one.
 * Fails:   never.
 */
#ifndef SIM_TIDE_H
#define SIM_TIDE_H

#include "seinpost/rule/program.h"
#include "seinpost/schema/match.h"

struct tide_report {
    struct slice source;
    int32_t partition;
    int64_t offset; /* of the last report */
    bool quiet;
    struct instant high;
    struct instant exact;
};

struct tide_source {
    struct slice name;
    int32_t partitions;
    struct instant high;
    struct instant exact;
    int64_t since; /* the first of the reports that together brought it here */
};

/* All zero is one that has read nothing. */
struct tide {
    struct tide_report *reports;
    size_t reports_count;
    size_t reports_room;
    struct tide_source *sources;
    size_t sources_count;
    size_t sources_room;
};

void tide_free(struct tide *tide);

/* Takes in a report, that stands at an offset. Its name must outlive the tide. */
void tide_report(struct tide *tide, const struct watermark *watermark, int64_t offset);

/* Returns up to when a rule knows that no event will come. */
struct instant tide_watermark(const struct tide *tide, const struct rule *rule);

#endif
