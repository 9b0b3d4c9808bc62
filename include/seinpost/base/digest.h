/* digest: hashes of content, the same on every machine and in every version.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_BASE_DIGEST_H
#define SEINPOST_BASE_DIGEST_H

#include "seinpost/base/slice.h"

#include <stdint.h>

enum {
    DIGEST_SIZE = 16,
    DIGEST_TEXT_SIZE = 2 * DIGEST_SIZE + 1, /* hex digits and the zero */
};

struct digest {
    unsigned char bytes[DIGEST_SIZE];
};

/* Returns the 128-bit BLAKE2b of the bytes (RFC 7693): for ids and meanings, where two contents
 * must not meet. */
struct digest digest_of(struct slice bytes);

bool digest_equal(struct digest a, struct digest b);

/* Returns the first 64 bits, big endian: the id of a rule step. */
uint64_t digest_head(struct digest digest);

/* Writes lower-case hex. Returns `buffer`. */
const char *digest_format(struct digest digest, char buffer[DIGEST_TEXT_SIZE]);

/* Returns the 64-bit XXH64 of the bytes with seed 0: it spreads identities over partitions, so
 * it may never change. */
uint64_t digest_spread(struct slice bytes);

struct text;

/* Appends size and bytes, so that no two lists of fields give the same text to hash. */
void digest_field(struct text *text, struct slice field);

/* Returns the hash of the fields added to `text`, and frees it. */
struct digest digest_finish(struct text *text);

#endif
