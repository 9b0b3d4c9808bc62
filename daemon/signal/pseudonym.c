#include "seinpost/signal/pseudonym.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/signal/normalise.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
    PSEUDONYM_BYTES = 16, /* of the HMAC: 128 bits */
    EPOCH_MAX = 16,
};

struct pseudonym_key {
    unsigned char secret[crypto_auth_hmacsha256_KEYBYTES];
    char epoch[EPOCH_MAX + 1];
};

struct pseudonym_key *pseudonym_key_new(struct slice hex, struct slice epoch)
{
    const char *end = NULL;
    size_t size = 0;

    if (epoch.size == 0 || epoch.size > EPOCH_MAX || slice_contains(epoch, SLICE(":"))) {
        return NULL;
    }
    ENSURE(sodium_init() >= 0); /* else there is no locked memory yet */
    struct pseudonym_key *key = sodium_malloc(sizeof *key);
    ENSURE_MEMORY(key != NULL);
    memset(key, 0, sizeof *key);
    memcpy(key->epoch, epoch.data, epoch.size);
    const int failed = sodium_hex2bin(key->secret, sizeof key->secret, hex.data, hex.size,
                                      " \n\r", &size, &end);
    if (failed != 0 || size != sizeof key->secret || end != hex.data + hex.size) {
        sodium_free(key);
        return NULL;
    }
    (void)sodium_mprotect_readonly(key);
    return key;
}

void pseudonym_key_free(struct pseudonym_key *key)
{
    sodium_free(key);
}

struct slice pseudonym_of(const struct pseudonym_key *key, struct arena *arena, enum kind kind,
                          struct slice clear)
{
    char normal[NORMALISE_MAX];
    char hex[2 * PSEUDONYM_BYTES + 1];
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    const struct slice name = kind_name(kind);
    const size_t size = normalise_identity(kind, clear, normal);

    if (size == 0) {
        return SLICE("");
    }
    (void)crypto_auth_hmacsha256_init(&state, key->secret, sizeof key->secret);
    (void)crypto_auth_hmacsha256_update(&state, (const unsigned char *)name.data, name.size);
    (void)crypto_auth_hmacsha256_update(&state, (const unsigned char *)"", 1);
    (void)crypto_auth_hmacsha256_update(&state, (const unsigned char *)normal, size);
    (void)crypto_auth_hmacsha256_final(&state, mac);
    sodium_memzero(normal, sizeof normal);
    sodium_memzero(&state, sizeof state);
    (void)sodium_bin2hex(hex, sizeof hex, mac, PSEUDONYM_BYTES);
    struct text text = {0};
    text_format(&text, "%.*s:%s:%s", SLICE_ARGS(kind_prefix(kind)), key->epoch, hex);
    const struct slice pseudonym = slice_copy(arena, text_slice(&text));
    text_free(&text);
    return pseudonym;
}

static bool is_passed_on(const struct source *source, enum kind kind, struct slice text)
{
    return source == NULL || kind_is_pseudonym(kind, text);
}

/* One personal field. Numbers of public registers are made pseudonyms wherever they come in
 * clear (domain 1.8: joins may use the keyed form everywhere). */
static enum verdict convert(const struct pseudonym_key *key, const struct source *source,
                            struct arena *arena, const struct field *field, struct slice text,
                            struct value *value)
{
    if (is_passed_on(source, field->kind, text)) {
        *value = value_of_text(slice_copy(arena, text));
        return VERDICT_GOOD;
    }
    if (source->identities == SOURCE_PSEUDONYM && !kind_is_register(field->kind)) {
        return VERDICT_IDENTITY_CLEAR;
    }
    if (key == NULL) {
        return VERDICT_IDENTITY_CLEAR;
    }
    const struct slice pseudonym = pseudonym_of(key, arena, field->kind, text);
    *value = value_of_text(pseudonym);
    return pseudonym.size == 0 ? VERDICT_IDENTITY_MALFORMED : VERDICT_GOOD;
}

enum verdict pseudonym_apply(const struct pseudonym_key *key, const struct source *source,
                             struct arena *arena, struct raw_event *raw, struct event *event,
                             struct text *detail)
{
    enum verdict verdict = VERDICT_GOOD;

    for (size_t i = 0; i < raw->type->fields_count && verdict == VERDICT_GOOD; i++) {
        const struct clear_text clear = raw->clear[i];
        if (clear.bytes == NULL) {
            continue;
        }
        const struct field *field = &raw->type->fields[i];
        verdict = convert(key, source, arena, field, (struct slice){clear.bytes, clear.size},
                          &raw->values[i]);
        if (verdict != VERDICT_GOOD) {
            text_add(detail, field->name);
        }
    }
    raw_wipe(raw);
    *event = (struct event){
        .is = {.time = raw->time,
               .source = raw->source,
               .id = raw->id,
               .type = raw->type->name},
        .type = raw->type,
        .purposes = raw->purposes,
        .values = raw->values,
    };
    return verdict;
}
