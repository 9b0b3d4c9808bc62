/* list: named lists that conditions ask: watch lists, common identifiers, firms that are known.
 *
 * A list is told by its index in the set, so that a test may put another set in its place.
 *
 * Owns:    nothing; lists live in the arena they were made in.
 * Thread:  any, once they are loaded.
 * Fails:   never; a list that no file holds is empty.
 */
#ifndef SEINPOST_RULE_LIST_H
#define SEINPOST_RULE_LIST_H

#include "seinpost/base/digest.h"
#include "seinpost/base/instant.h"
#include "seinpost/base/slice.h"
#include "seinpost/schema/kind.h"

struct arena;
struct list_set;
struct tree;

struct list_entry {
    struct slice value;
    struct instant expires; /* INSTANT_MAX: never */
};

struct list {
    struct slice name;
    enum kind key; /* KIND_NONE: codes */
    const struct list_entry *entries;
    size_t entries_count;
};

struct list_set *list_set_new(struct arena *arena);

/* Returns the index of the list of this name, a new one when there is none. */
size_t list_set_index(struct list_set *set, struct slice name);

/* The same, remembering where the list was first asked for. */
size_t list_set_ask(struct list_set *set, struct slice name, const struct tree *node);

/* Returns where a list was first asked for, or NULL. */
const struct tree *list_set_asked(const struct list_set *set, size_t index);

/* Fills a list. Returns false when it was filled already. */
bool list_set_fill(struct list_set *set, const struct list *list);

/* Returns a set with the same indexes and contents, to be changed apart. */
struct list_set *list_set_copy(struct arena *arena, const struct list_set *set);

/* Replaces the content of a list. */
void list_set_replace(struct list_set *set, const struct list *list);

/* Returns the list at an index; its entries are none when no file holds it. */
const struct list *list_set_get(const struct list_set *set, size_t index);

/* Returns the hash of what is on a list, and until when; of its name alone when no file holds
 * it. */
struct digest list_set_digest(const struct list_set *set, size_t index);

size_t list_set_count(const struct list_set *set);
bool list_set_is_filled(const struct list_set *set, size_t index);

/* Tells whether `value` is on the list and its entry has not expired at `at`. */
bool list_set_has(const struct list_set *set, size_t index, struct slice value,
                  struct instant at);

#endif
