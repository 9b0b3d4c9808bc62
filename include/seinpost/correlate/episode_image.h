/* episode_image: an episode in a snapshot, with what was told of it.
 *
 * Owns:    nothing.
 * Thread:  the worker that owns the partition.
 * Fails:   by the reader: what cannot be spoils it.
 */
#ifndef SEINPOST_CORRELATE_EPISODE_IMAGE_H
#define SEINPOST_CORRELATE_EPISODE_IMAGE_H

#include "seinpost/correlate/episode.h"
#include "seinpost/correlate/image.h"

void episode_image_save(const struct episode *episode, const struct rule *rule,
                        struct image *image);

/* Makes one, of a cell with so many groups. Free it also when the reader was spoiled. */
struct episode *episode_image_load(const struct rule *rule, size_t groups,
                                   struct image_reader *reader);

#endif
