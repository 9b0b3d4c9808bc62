/* pack: matches and watermarks as one record of the match log (schemas/match.avsc).
 *
 * Matches travel packed, one record for each transaction and partition, so that neither broker
 * nor replay pays Kafka's price per message for each. Strings stand in a pack once.
 *
 * Owns:    a writer its bytes; a reader what it unpacks, in the arena.
 * Thread:  the worker's.
 * Fails:   reading, by its result: our own log is broken, which is for the caller to say.
 */
#ifndef SEINPOST_SIGNAL_PACK_H
#define SEINPOST_SIGNAL_PACK_H

#include "seinpost/schema/match.h"

struct arena;
struct pack;
struct text;

struct pack *pack_new(void);
void pack_free(struct pack *pack);

void pack_add_match(struct pack *pack, const struct match *match);
void pack_add_watermark(struct pack *pack, const struct watermark *watermark);

/* Returns how many bytes the pack has so far, give or take its head. */
size_t pack_size(const struct pack *pack);
bool pack_is_empty(const struct pack *pack);

/* Appends the record's value and empties the pack. */
void pack_finish(struct pack *pack, struct text *text);

/* Who is given what a pack holds, in its order. */
struct pack_visitor {
    void *context;
    void (*match)(void *context, const struct match *match);
    void (*watermark)(void *context, const struct watermark *watermark);
};

/* Reads a record's value. Returns false when it is no pack; then nothing was given. */
bool pack_read(struct arena *arena, struct slice value, const struct pack_visitor *visitor);

#endif
