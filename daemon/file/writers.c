#include "seinpost/file/writers.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/file.h"
#include "seinpost/base/log.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/schema/avro.h"

#include <stdlib.h>

enum {
    ARENA_MAX = 64 * 1024 * 1024
};

struct written {
    uint64_t fingerprint;
    struct slice schema;
};

struct writers {
    const char *folder;
    struct arena *arena;
    VECTOR(struct written) schemas;
};

struct writers *writers_new(const char *folder)
{
    struct writers *writers = calloc(1, sizeof *writers);

    ENSURE_MEMORY(writers != NULL);
    writers->folder = folder;
    writers->arena = arena_new(ARENA_MAX);
    return writers;
}

void writers_free(struct writers *writers)
{
    if (writers != NULL) {
        VECTOR_FREE(&writers->schemas);
        arena_free(writers->arena);
        free(writers);
    }
}

static void add_file(struct writers *writers, const char *path)
{
    struct text canonical = {0};
    struct slice schema = {0};

    if (file_read(writers->arena, path, &schema) && avro_canonical(schema, &canonical)) {
        const uint64_t fingerprint = avro_fingerprint(text_slice(&canonical));
        VECTOR_PUSH(&writers->schemas, (struct written){fingerprint, schema});
    } else {
        log_error("%s is no Avro schema", path);
    }
    text_free(&canonical);
}

static void read_folder(struct writers *writers)
{
    struct file_list list = {0};

    writers->schemas.count = 0;
    arena_reset(writers->arena);
    if (!file_find(writers->arena, writers->folder, SLICE(".avsc"), &list)) {
        log_error("%s cannot be read", writers->folder);
    }
    for (size_t i = 0; i < list.count; i++) {
        add_file(writers, list.paths[i]);
    }
}

static struct slice find(const struct writers *writers, uint64_t fingerprint)
{
    for (size_t i = 0; i < writers->schemas.count; i++) {
        if (writers->schemas.items[i].fingerprint == fingerprint) {
            return writers->schemas.items[i].schema;
        }
    }
    return SLICE("");
}

struct slice writers_find(struct writers *writers, uint64_t fingerprint)
{
    const struct slice found = find(writers, fingerprint);

    if (found.size > 0) {
        return found;
    }
    read_folder(writers);
    return find(writers, fingerprint);
}
