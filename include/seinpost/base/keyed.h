/* keyed: SipHash under a key drawn at random, so that who chooses what is hashed cannot choose
 * the hashes.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_BASE_KEYED_H
#define SEINPOST_BASE_KEYED_H

#include "seinpost/base/slice.h"

#include <stdint.h>

enum {
    KEYED_SECRET_SIZE = 16
};

struct keyed {
    unsigned char secret[KEYED_SECRET_SIZE];
};

/* Draws a key. */
struct keyed keyed_new(void);

uint64_t keyed_hash(const struct keyed *keyed, struct slice bytes);

#endif
