/* cell_image: a cell in a snapshot.
 *
 * Owns:    nothing.
 * Thread:  the worker that owns the partition.
 * Fails:   by the reader: what cannot be spoils it.
 */
#ifndef SEINPOST_CORRELATE_CELL_IMAGE_H
#define SEINPOST_CORRELATE_CELL_IMAGE_H

#include "seinpost/correlate/cell.h"
#include "seinpost/correlate/image.h"

void cell_image_save(const struct cell *cell, struct image *image);

/* Makes one, of which nothing is settled beyond `settled_max`. Returns NULL when the reader was
 * spoiled. */
struct cell *cell_image_load(const struct rule *rule, struct instant settled_max,
                             struct image_reader *reader);

#endif
