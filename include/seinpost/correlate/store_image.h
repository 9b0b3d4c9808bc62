/* store_image: a store in a snapshot: of two stores that are in the same state, the same bytes.
 *
 * Owns:    nothing.
 * Thread:  the worker that owns the partition.
 * Fails:   by the reader: what cannot be spoils it.
 */
#ifndef SEINPOST_CORRELATE_STORE_IMAGE_H
#define SEINPOST_CORRELATE_STORE_IMAGE_H

#include "seinpost/correlate/image.h"
#include "seinpost/correlate/store.h"

/* An image that is full afterwards holds no state. */
void store_image_save(const struct store *store, struct image *image);

/* Fills a new store. When the reader is spoiled afterwards, the store is fit for nothing but to
 * be freed. */
void store_image_load(struct store *store, struct image_reader *reader);

/* Asks of each alert that was told, and of whether it is open, if subscribers have it:
 * episode.said. A state tells what its own life has said; who began under other rules knows
 * better. */
typedef bool store_image_said(void *context, struct digest id, bool open);
void store_image_ask(struct store *store, store_image_said *said, void *context);

#endif
