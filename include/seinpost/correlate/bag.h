/* bag: values, each with how often it is in.
 *
 * Owns:    copies of the values, until bag_free().
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_BAG_H
#define SEINPOST_CORRELATE_BAG_H

#include "seinpost/schema/value.h"

#include <stdint.h>

struct bag;

struct bag *bag_new(void);
void bag_free(struct bag *bag);

/* Puts a single value in once more. */
void bag_add(struct bag *bag, const struct value *value);

/* Takes out once a value that is in. */
void bag_remove(struct bag *bag, const struct value *value);

/* Returns how many different ones are in. */
int64_t bag_different(const struct bag *bag);

#endif
