#include "seinpost/cli/keyring.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/file.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

enum {
    KEY_ARENA_MAX = 64 * 1024
};

bool keyring_read(const struct config_data *config, struct pseudonym_key **key, FILE *out)
{
    struct slice hex = {0};

    if (config->key.file == NULL) {
        return true;
    }
    struct arena *arena = arena_new(KEY_ARENA_MAX + FILE_SIZE_MAX);
    if (!file_read(arena, config->key.file, &hex)) {
        (void)fprintf(out, "seinpost: %s: %s\n", config->key.file, strerror(errno));
    } else {
        *key = pseudonym_key_new(hex, config->key.epoch);
        sodium_memzero((char *)(uintptr_t)hex.data, hex.size);
        if (*key == NULL) {
            (void)fprintf(out, "seinpost: %s: a key is %d hex digits, its epoch short\n",
                          config->key.file, PSEUDONYM_KEY_HEX);
        }
    }
    arena_free(arena);
    return *key != NULL;
}
