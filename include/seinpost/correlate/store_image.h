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

struct store_image;

/* Begins to write the store as it is now into an image. It may go on with its work meanwhile,
 * but not over to other rules: what changes is written before it does. */
struct store_image *store_image_begin(struct store *store, struct image *image);

/* Writes on, about so many bytes. Returns whether all is written, or the image is full. */
bool store_image_more(struct store_image *saving, size_t size);

/* Ends it, at any time. */
void store_image_end(struct store_image *saving);

/* A cell is going to change, or be freed. For the store alone. */
void store_image_touch(struct store_image *saving, struct cell *cell);

/* Fills a new store. When the reader is spoiled afterwards, the store is fit for nothing but to
 * be freed. */
void store_image_load(struct store *store, struct image_reader *reader);

/* Asks of each alert that was told, and of whether it is open, if subscribers have it:
 * episode.said. A state tells what its own life has said; who began under other rules knows
 * better. */
typedef bool store_image_said(void *context, struct digest id, bool open);
void store_image_ask(struct store *store, store_image_said *said, void *context);

#endif
