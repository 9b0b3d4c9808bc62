/* clock: event time as the match log tells it: how far each partition of each source has come,
 * and from that the watermark of each rule.
 *
 * A rule's watermark is the least of its sources', each less the rule's lateness. A partition
 * that nobody has reported holds its source back; a quiet one does not, unless all are: then
 * the source is silent, and its watermark stays where it is. Watermarks only rise.
 *
 * Owns:    what it was told.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 * Bounded: CLOCK_PARTITIONS_MAX partitions a source; records about others are not heeded.
 */
#ifndef SEINPOST_CORRELATE_CLOCK_H
#define SEINPOST_CORRELATE_CLOCK_H

#include "seinpost/rule/program.h"
#include "seinpost/schema/match.h"

enum {
    CLOCK_PARTITIONS_MAX = 4096
};

struct clock;
struct image;
struct image_reader;

struct clock *clock_new(void);
void clock_free(struct clock *clock);

/* Takes in what a worker reported. Returns whether a source has come further. */
bool clock_report(struct clock *clock, const struct watermark *watermark);

/* Returns the watermark of a rule: no event dated then or before will come. */
struct instant clock_watermark(const struct clock *clock, const struct rule *rule);

/* Writes it into an image, and fills an empty one from there; the reader says whether that was
 * good. */
void clock_save(const struct clock *clock, struct image *image);
void clock_load(struct clock *clock, struct image_reader *reader);

#endif
