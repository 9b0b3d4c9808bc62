/* progress_image: how far a group's matcher has come, in a snapshot. Events are named by their
 * place in the cell.
 *
 * Owns:    nothing.
 * Thread:  the worker that owns the partition.
 * Fails:   by the reader: what cannot be spoils it.
 */
#ifndef SEINPOST_CORRELATE_PROGRESS_IMAGE_H
#define SEINPOST_CORRELATE_PROGRESS_IMAGE_H

#include "seinpost/correlate/group.h"
#include "seinpost/correlate/image.h"

/* The events of a cell, in content order. */
struct progress_events {
    const struct held *const *items;
    size_t count;
};

void progress_image_save(const struct group_progress *progress, const struct rule *rule,
                         const struct progress_events *events, struct image *image);

/* Fills an empty one, which may point to these events only. Where it is too early in a list,
 * out of order or already over, the reader is spoiled: such events could be forgotten while
 * something still points to them. `fed` is left as it is. */
void progress_image_load(struct group_progress *progress, const struct rule *rule,
                         const struct progress_events *events, struct image_reader *reader);

#endif
