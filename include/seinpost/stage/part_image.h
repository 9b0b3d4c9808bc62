/* part_image: the state of a match partition as bytes that outlive the process: the store's
 * image between a head, which says what it is of, and a checksum.
 *
 * Owns:    nothing.
 * Thread:  one worker's.
 * Fails:   by a word: why an image is refused.
 */
#ifndef SEINPOST_STAGE_PART_IMAGE_H
#define SEINPOST_STAGE_PART_IMAGE_H

#include "seinpost/stage/part.h"

/* Appends the state between two batches, whose outputs must be committed. Returns false when
 * there is none to be kept: while it replays or goes over to other rules, or when it is larger
 * than that. */
bool part_image_save(const struct part *part, size_t size_max, struct text *image);

/* Takes over a state before the first record. Returns NULL, or why not; then the part is as it
 * was. */
const char *part_image_load(struct part *part, struct slice image);

#endif
