/* table: from bytes to what they name. It has no order, so that none can reach an output.
 *
 * Keys are hashed with SipHash under a key drawn at start, so that a partner who chooses
 * identities cannot make them collide.
 *
 * Owns:    its slots; keys and values belong to the caller and must outlive their entry.
 * Thread:  the owner's.
 * Fails:   never; aborts when memory runs out.
 */
#ifndef SEINPOST_BASE_TABLE_H
#define SEINPOST_BASE_TABLE_H

#include "seinpost/base/slice.h"

struct table;

struct table *table_new(void);
void table_free(struct table *table);

/* Returns the value of `key`, or NULL. */
void *table_get(const struct table *table, struct slice key);

/* Sets the value, which is not NULL. The key's bytes are kept by reference; when the key was
 * there already, the older bytes are. */
void table_put(struct table *table, struct slice key, void *value);

/* Takes the key out. Returns its value, or NULL. */
void *table_remove(struct table *table, struct slice key);

size_t table_count(const struct table *table);

/* Returns the next value, or NULL at the end; `cursor` is 0 at first. No order; nothing may be
 * put in or taken out meanwhile. */
void *table_next(const struct table *table, size_t *cursor);

/* Calls `visit` for each value, in no order; for counting and freeing only. */
void table_each(const struct table *table, void (*visit)(void *value, void *context),
                void *context);

#endif
