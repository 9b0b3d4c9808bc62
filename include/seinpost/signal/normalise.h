/* normalise: the one form in which an identity is written before it is hashed, so that two
 * partners who write it differently meet (domain: canonical form before HMAC).
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   by its result: the text is no identity of the kind.
 */
#ifndef SEINPOST_SIGNAL_NORMALISE_H
#define SEINPOST_SIGNAL_NORMALISE_H

#include "seinpost/schema/kind.h"

enum {
    NORMALISE_MAX = 128 /* bytes of any normal form */
};

/* Writes the normal form to `out` and returns its size, 0 when there is none. */
size_t normalise_identity(enum kind kind, struct slice text, char out[NORMALISE_MAX]);

#endif
