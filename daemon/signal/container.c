#include "seinpost/signal/container.h"

#define MAGIC SLICE("Obj\x01")

bool container_is(struct slice bytes)
{
    return slice_starts_with(bytes, MAGIC);
}

/* Takes so many bytes as they stand. */
static struct slice take(struct binary *from, size_t size)
{
    if (from->bad || (size_t)(from->end - from->at) < size) {
        from->bad = true;
        return SLICE("");
    }
    const struct slice taken = {(const char *)from->at, size};
    from->at += size;
    return taken;
}

/* A block's count, below 0 when its size in bytes follows. */
static int64_t read_count(struct binary *from)
{
    int64_t count = binary_get_long(from);

    if (count < 0) {
        count = count == INT64_MIN ? INT64_MAX : -count;
        (void)binary_get_long(from);
    }
    return from->bad ? 0 : count;
}

const char *container_open(struct slice bytes, struct container *container)
{
    struct slice codec = SLICE("null");

    *container = (struct container){.rest = binary_of(bytes)};
    struct binary *rest = &container->rest;
    (void)take(rest, MAGIC.size);
    for (int64_t count = read_count(rest); count > 0; count = read_count(rest)) {
        for (int64_t i = 0; i < count && !rest->bad; i++) {
            const struct slice key = binary_get_text(rest);
            const struct slice value = binary_get_text(rest);
            container->schema = slice_is(key, "avro.schema") ? value : container->schema;
            codec = slice_is(key, "avro.codec") ? value : codec;
        }
    }
    container->sync = take(rest, CONTAINER_SYNC);
    if (rest->bad || container->schema.size == 0) {
        return "its head is cut off or has no schema";
    }
    return slice_is(codec, "null") ? NULL : "it is compressed: write it with the codec null";
}

const char *container_next(struct container *container, struct container_block *block)
{
    struct binary *rest = &container->rest;

    *block = (struct container_block){0};
    if (rest->at == rest->end) {
        return NULL;
    }
    const int64_t count = binary_get_long(rest);
    const int64_t size = binary_get_long(rest);
    const struct slice bodies = take(rest, size < 0 ? SIZE_MAX : (size_t)size);
    const struct slice sync = take(rest, CONTAINER_SYNC);
    if (rest->bad || count <= 0 || !slice_equal(sync, container->sync)) {
        return "a block is cut off or damaged";
    }
    *block = (struct container_block){count, bodies};
    return NULL;
}
