#include "seinpost/base/signature.h"

#include "seinpost/base/ensure.h"

#include <sodium.h>
#include <string.h>

_Static_assert(SIGNATURE_KEY_SIZE == crypto_sign_PUBLICKEYBYTES, "Ed25519");
_Static_assert(SIGNATURE_KEY_SIZE == crypto_sign_SEEDBYTES, "Ed25519");
_Static_assert(SIGNATURE_SIZE == crypto_sign_BYTES, "Ed25519");

void signature_new(struct signature_secret *secret)
{
    ENSURE(sodium_init() >= 0);
    randombytes_buf(secret->seed, sizeof secret->seed);
}

void signature_wipe(struct signature_secret *secret)
{
    sodium_memzero(secret, sizeof *secret);
}

/* libsodium keeps the pair in one: seed, then public key. */
static void expand(const struct signature_secret *secret, struct signature_key *key,
                   unsigned char pair[crypto_sign_SECRETKEYBYTES])
{
    const int failed = crypto_sign_seed_keypair(key->bytes, pair, secret->seed);

    ENSURE(failed == 0);
}

struct signature_key signature_public(const struct signature_secret *secret)
{
    unsigned char pair[crypto_sign_SECRETKEYBYTES];
    struct signature_key key;

    expand(secret, &key, pair);
    sodium_memzero(pair, sizeof pair);
    return key;
}

struct signature signature_sign(const struct signature_secret *secret, struct slice message)
{
    unsigned char pair[crypto_sign_SECRETKEYBYTES];
    struct signature_key key;
    struct signature signature;

    expand(secret, &key, pair);
    const int failed = crypto_sign_detached(
        signature.bytes, NULL, (const unsigned char *)message.data, message.size, pair);
    sodium_memzero(pair, sizeof pair);
    ENSURE(failed == 0);
    return signature;
}

bool signature_holds(const struct signature *signature, const struct signature_key *key,
                     struct slice message)
{
    return crypto_sign_verify_detached(signature->bytes, (const unsigned char *)message.data,
                                       message.size, key->bytes) == 0;
}

bool signature_read(struct slice hex, unsigned char *bytes, size_t size)
{
    const struct slice digits = slice_trim(hex);
    const char *end = NULL;
    size_t read = 0;

    return digits.size == 2 * size &&
           sodium_hex2bin(bytes, size, digits.data, digits.size, NULL, &read, &end) == 0 &&
           read == size && end == digits.data + digits.size;
}

const char *signature_write(const unsigned char *bytes, size_t size,
                            char buffer[SIGNATURE_TEXT_SIZE])
{
    ENSURE(size <= SIGNATURE_SIZE);
    return sodium_bin2hex(buffer, SIGNATURE_TEXT_SIZE, bytes, size);
}
