/* pseudonym: turns clear identities into keyed pseudonyms, and raw events into events.
 *
 * HMAC-SHA-256(key, kind || 0x00 || normal form), of which 128 bits are kept, written as
 * `prefix:epoch:hex` (domain 1.8 rule 1). A plain hash would be no pseudonym: phone numbers
 * can be tried one by one.
 *
 * Owns:    the key, in locked memory that no core dump holds.
 * Thread:  any, once it is made: it does not change.
 * Fails:   by a verdict.
 */
#ifndef SEINPOST_SIGNAL_PSEUDONYM_H
#define SEINPOST_SIGNAL_PSEUDONYM_H

#include "seinpost/schema/source.h"
#include "seinpost/signal/raw.h"
#include "seinpost/signal/verdict.h"

struct pseudonym_key;
struct text;

enum {
    PSEUDONYM_KEY_HEX = 64 /* digits of a key file */
};

/* Reads a key: 64 hex digits and blanks at the end. Returns NULL when it is none. The text is
 * wiped by the caller. */
struct pseudonym_key *pseudonym_key_new(struct slice hex, struct slice epoch);
void pseudonym_key_free(struct pseudonym_key *key);

/* Returns the pseudonym of a clear identity, in the arena; empty when it has no normal form. */
struct slice pseudonym_of(const struct pseudonym_key *key, struct arena *arena, enum kind kind,
                          struct slice clear);

/* Makes an event of a raw one and wipes that. `source` says whether identities come in clear;
 * with NULL they are taken as they are (a file of pseudonyms, a rule's test). */
enum verdict pseudonym_apply(const struct pseudonym_key *key, const struct source *source,
                             struct arena *arena, struct raw_event *raw, struct event *event,
                             struct text *detail);

#endif
