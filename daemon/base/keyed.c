#include "seinpost/base/keyed.h"

#include <sodium.h>
#include <string.h>

_Static_assert(KEYED_SECRET_SIZE == crypto_shorthash_KEYBYTES, "the key is one of SipHash");

struct keyed keyed_new(void)
{
    struct keyed keyed;

    randombytes_buf(keyed.secret, sizeof keyed.secret);
    return keyed;
}

uint64_t keyed_hash(const struct keyed *keyed, struct slice bytes)
{
    unsigned char out[crypto_shorthash_BYTES];
    uint64_t hash = 0;

    crypto_shorthash(out, (const unsigned char *)bytes.data, bytes.size, keyed->secret);
    memcpy(&hash, out, sizeof hash);
    return hash;
}
