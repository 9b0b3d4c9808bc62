#include "seinpost/cli/watch.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/file.h"
#include "seinpost/base/text.h"

enum {
    ARENA_MAX = 64 * 1024 * 1024
};

static struct digest look(const char *path, const char *lock)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct file_list files = {0};
    struct text text = {0};

    (void)file_find(arena, path, SLICE(".yaml"), &files);
    for (size_t i = 0; i < files.count; i++) {
        digest_field(&text, slice_of(files.paths[i]));
        file_stamp(files.paths[i], &text);
    }
    if (lock != NULL) {
        file_stamp(lock, &text);
    }
    arena_free(arena);
    return digest_finish(&text);
}

void watch_begin(struct watch *watch, const char *path, const char *lock)
{
    watch->path = path;
    watch->lock = lock;
    watch->loaded = watch->seen = look(path, lock);
}

bool watch_look(struct watch *watch)
{
    const struct digest now = look(watch->path, watch->lock);
    const bool settled = digest_equal(now, watch->seen);

    watch->seen = now;
    return settled && !digest_equal(now, watch->loaded);
}
