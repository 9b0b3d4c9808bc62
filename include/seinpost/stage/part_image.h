/* part_image: the state of a match partition as bytes that outlive the process: the store's
 * image between a head, which says what it is of, and a checksum.
 *
 * Owns:    what is being written.
 * Thread:  one worker's.
 * Fails:   by a word: why an image is refused.
 */
#ifndef SEINPOST_STAGE_PART_IMAGE_H
#define SEINPOST_STAGE_PART_IMAGE_H

#include "seinpost/stage/part.h"

/* Begins to write the state between two batches, whose outputs must be committed, or goes on
 * with it: see stage.save. There is none to be kept while the part replays, goes over to other
 * rules, or when it is larger than that. */
enum stage_saving part_image_save(struct part *part, const struct stage_save *how,
                                  struct text *text);

/* Gives up what is being written. */
void part_image_drop(struct part *part);

/* Takes over a state before the first record. Returns NULL, or why not; then the part is as it
 * was. */
const char *part_image_load(struct part *part, struct slice image);

#endif
