/* signature: Ed25519 (RFC 8032): who holds a secret key says yes to some bytes.
 *
 * Owns:    nothing; a secret key is wiped by its owner with signature_wipe().
 * Thread:  any.
 * Fails:   by its results.
 */
#ifndef SEINPOST_BASE_SIGNATURE_H
#define SEINPOST_BASE_SIGNATURE_H

#include "seinpost/base/slice.h"

enum {
    SIGNATURE_KEY_SIZE = 32,
    SIGNATURE_SIZE = 64,
    SIGNATURE_TEXT_SIZE =
        2 * SIGNATURE_SIZE + 1, /* hex digits and the zero; a key needs less */
};

struct signature_key { /* public */
    unsigned char bytes[SIGNATURE_KEY_SIZE];
};

struct signature_secret {
    unsigned char seed[SIGNATURE_KEY_SIZE];
};

struct signature {
    unsigned char bytes[SIGNATURE_SIZE];
};

/* Makes a new secret key from the system's randomness. */
void signature_new(struct signature_secret *secret);

/* Wipes it. */
void signature_wipe(struct signature_secret *secret);

/* Returns the public key of a secret one. */
struct signature_key signature_public(const struct signature_secret *secret);

struct signature signature_sign(const struct signature_secret *secret, struct slice message);

/* Tells whether the message was signed with the key's secret. */
bool signature_holds(const struct signature *signature, const struct signature_key *key,
                     struct slice message);

/* Reads `size` bytes as hex digits, with blanks and line ends around; false: it is something
 * else. */
bool signature_read(struct slice hex, unsigned char *bytes, size_t size);

/* Writes bytes as lower-case hex. Returns `buffer`. */
const char *signature_write(const unsigned char *bytes, size_t size,
                            char buffer[SIGNATURE_TEXT_SIZE]);

#endif
