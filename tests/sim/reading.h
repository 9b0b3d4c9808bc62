/* reading: what stands in the logs of a run, as a read_committed reader sees it, in lines.
 *
 * Owns:    nothing.
 * Thread:  one.
 * Fails:   by ENSURE: what we wrote can be read.
 */
#ifndef SIM_READING_H
#define SIM_READING_H

#include "seinpost/alert/alert.h"
#include "seinpost/schema/match.h"

#include "lines.h"
#include "world.h"

/* Reads a record's frame and returns what is behind it. */
struct slice reading_body(struct slice value);

/* Reads an alert's record. */
struct alert reading_alert(struct arena *arena, struct slice value);

/* Adds the matches of a pack, by match partition and by where each comes from. */
void reading_matches(struct arena *arena, int32_t partition, struct slice value,
                     struct lines *lines);

/* Adds the alerts of a record of `derived`, by the match partition that wrote them. */
void reading_derived(struct arena *arena, const struct program *program, struct slice value,
                     struct lines *lines);

/* What an alert's last record says, for comparison between runs that took other ways. */
void reading_standing(const struct alert *alert, struct text *text);

/* Writes what a record of one of our topics holds, for people. */
void reading_describe(const struct world *world, enum outbox_topic topic, struct slice value);

/* Calls `visit` with each visible record of a topic, partition by partition. */
typedef void reading_visit(void *context, int32_t partition, int64_t offset,
                           const struct broker_record *record);
void reading_each(const struct world *world, int topic, reading_visit *visit, void *context);

#endif
