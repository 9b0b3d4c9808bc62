/* store: the state of one match partition: a cell for each rule and key, the clock, and what is
 * due when. Nothing but the matches and watermarks of the partition, in their order, and the
 * program, makes it what it is.
 *
 * Owns:    its cells.
 * Thread:  the worker that owns the partition; there are no locks.
 * Fails:   never; a match that comes too late is told to store_listener.late.
 * Bounded: `max-groups` cells a rule, where the rule says so; the rest is told as capped.
 */
#ifndef SEINPOST_CORRELATE_STORE_H
#define SEINPOST_CORRELATE_STORE_H

#include "seinpost/correlate/cell.h"

struct store;

/* Who is told what becomes of matches. */
struct store_listener {
    void *context;
    cell_tell *change;
    /* a match is dated at a rule's watermark or before */
    void (*late)(void *context, const struct rule *rule, const struct match *match);
    /* the watermark of a rule whose alerts are read has risen */
    void (*risen)(void *context, const struct rule *rule, struct instant watermark);
    /* a rule had no room for the match, or for all groups that it is in */
    void (*capped)(void *context, const struct rule *rule);
};

struct store *store_new(const struct program *program, struct store_listener listener);

/* Returns a store to stand beside one that runs already: it knows only rules whose state is not
 * `kept` from there (succession.h). With NULL it knows all. */
struct store *store_new_beside(const struct program *program, const int *kept,
                               struct store_listener listener);
void store_free(struct store *store);

/* Frees the store piece by piece, for who must not pause: up to so many cells a call. Returns
 * true when all is freed. */
bool store_bury(struct store *store, size_t cells_max);

/* Goes over to the program of `beside`: what is kept stays, the rest comes from there. Both
 * must have read the same log. Afterwards `beside` holds what is needed no more. */
void store_go_over(struct store *store, struct store *beside, const int *kept);

/* Tells the open alerts of a rule, given by its index: see cell_each_open(). */
void store_each_open(struct store *store, size_t rule, cell_tell *tell, void *context);

/* Tells whether a rule of those that publish knows alerts that were never said: cell_unsaid().
 */
bool store_has_unsaid(const struct store *store);

/* Takes in a match: each rule that its steps serve sees the event. */
void store_match(struct store *store, const struct match *match);

/* Takes in how far a source has come, and concludes what is due. */
void store_watermark(struct store *store, const struct watermark *watermark);

/* Tells whether a match of the rule found no room, `max-groups` or TUPLES_MAX,
 * so short ago that it might still matter: then what is not said may be wrong. */
bool store_is_capped(const struct store *store, const struct rule *rule);

/* Tells whether each rule that runs and waits for sources knows how far all of them are. */
bool store_hears_all(const struct store *store);

/* Tells once more how far the rules have come whose alerts are read. */
void store_tell_risen(struct store *store);

struct store_size {
    size_t cells;
    size_t events;      /* each as often as rules and groups hold it */
    uint64_t ungrouped; /* matches without a value of the rule's group-by */
    uint64_t capped;    /* matches beyond `max-groups` */
};
struct store_size store_size(const struct store *store);

#endif
