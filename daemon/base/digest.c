#include "seinpost/base/digest.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

struct digest digest_of(struct slice bytes)
{
    struct digest digest;

    const int failed =
        crypto_generichash(digest.bytes, sizeof digest.bytes, (const unsigned char *)bytes.data,
                           bytes.size, NULL, 0);
    ENSURE(failed == 0);
    return digest;
}

bool digest_equal(struct digest a, struct digest b)
{
    return memcmp(a.bytes, b.bytes, DIGEST_SIZE) == 0;
}

uint64_t digest_head(struct digest digest)
{
    uint64_t head = 0;

    for (size_t i = 0; i < 8; i++) {
        head = head << 8 | digest.bytes[i];
    }
    return head;
}

const char *digest_format(struct digest digest, char buffer[DIGEST_TEXT_SIZE])
{
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        (void)snprintf(buffer + 2 * i, 3, "%02x", digest.bytes[i]);
    }
    return buffer;
}

uint64_t digest_spread(struct slice bytes)
{
    return XXH64(bytes.data, bytes.size, 0);
}

void digest_field(struct text *text, struct slice field)
{
    text_add_decimal(text, (long long)field.size);
    text_add_byte(text, ':');
    text_add(text, field);
}

struct digest digest_finish(struct text *text)
{
    const struct digest digest = digest_of(text_slice(text));

    text_free(text);
    return digest;
}
