/* course_image: a course in a snapshot: its episodes and edges, and what was told of them.
 *
 * Owns:    nothing.
 * Thread:  the worker that owns the partition.
 * Fails:   by the reader: what cannot be spoils it.
 */
#ifndef SEINPOST_CORRELATE_COURSE_IMAGE_H
#define SEINPOST_CORRELATE_COURSE_IMAGE_H

#include "seinpost/correlate/course.h"
#include "seinpost/correlate/image.h"

void course_image_save(const struct course *course, const struct rule *rule,
                       struct image *image);

/* Fills an empty course, of a cell with so many groups; free it also when the reader was
 * spoiled. */
void course_image_load(struct course *course, const struct rule *rule, size_t groups,
                       struct image_reader *reader);

#endif
