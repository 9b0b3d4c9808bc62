#include "seinpost/base/file.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct found {
    const char *path;
    unsigned depth;
    bool folder;
};

struct search {
    struct arena *arena;
    struct slice ending;
    VECTOR(struct found) all;
};

static const char *join(struct arena *arena, const char *folder, const char *name)
{
    const size_t size = strlen(folder) + 1 + strlen(name) + 1;
    char *path = arena_alloc(arena, size);

    (void)snprintf(path, size, "%s/%s", folder, name);
    return path;
}

static void add(struct search *search, const char *path, unsigned depth, bool must_end)
{
    struct stat about;

    if (stat(path, &about) != 0 || search->all.count == FILES_MAX) {
        return;
    }
    const bool folder = S_ISDIR(about.st_mode);
    const bool wanted = folder ? depth < FOLDER_DEPTH_MAX
                               : !must_end || slice_ends_with(slice_of(path), search->ending);
    if (wanted) {
        VECTOR_PUSH(&search->all, (struct found){path, depth, folder});
    }
}

static bool open_folder(struct search *search, size_t index)
{
    const struct found folder = search->all.items[index];
    DIR *dir = opendir(folder.path);

    if (dir == NULL) {
        return false;
    }
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (entry->d_name[0] != '.') {
            add(search, join(search->arena, folder.path, entry->d_name), folder.depth + 1,
                true);
        }
    }
    return closedir(dir) == 0;
}

static int by_path(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;

    return strcmp(*a, *b);
}

bool file_find(struct arena *arena, const char *path, struct slice ending,
               struct file_list *list)
{
    struct search search = {.arena = arena, .ending = ending};
    bool readable = true;

    add(&search, path, 0, false);
    if (search.all.count == 0) {
        return false;
    }
    for (size_t i = 0; i < search.all.count; i++) {
        if (search.all.items[i].folder && !open_folder(&search, i)) {
            readable = false;
        }
    }
    list->paths = arena_alloc(arena, search.all.count * sizeof(const char *));
    list->count = 0;
    for (size_t i = 0; i < search.all.count; i++) {
        if (!search.all.items[i].folder) {
            list->paths[list->count++] = search.all.items[i].path;
        }
    }
    VECTOR_FREE(&search.all);
    qsort(list->paths, list->count, sizeof(const char *), by_path);
    return readable;
}

static bool read_open(struct arena *arena, FILE *file, struct slice *text)
{
    struct stat about;

    if (fstat(fileno(file), &about) != 0 || !S_ISREG(about.st_mode)) {
        return false;
    }
    if (about.st_size > FILE_SIZE_MAX) {
        errno = EFBIG;
        return false;
    }
    const size_t size = (size_t)about.st_size;
    char *bytes = arena_alloc(arena, size + 1);
    const size_t got = fread(bytes, 1, size, file);
    if (got != size || ferror(file) != 0) {
        return false;
    }
    *text = (struct slice){bytes, size};
    return true;
}

bool file_read(struct arena *arena, const char *path, struct slice *text)
{
    FILE *file = fopen(path, "rbe");

    if (file == NULL) {
        return false;
    }
    const bool read = read_open(arena, file, text);
    return fclose(file) == 0 && read;
}

const char *file_beside(struct arena *arena, const char *from, struct slice path)
{
    const char *slash = strrchr(from, '/');

    if (slash == NULL || (path.size > 0 && path.data[0] == '/')) {
        return slice_string(arena, path);
    }
    const char *folder = slice_string(arena, (struct slice){from, (size_t)(slash - from)});
    return join(arena, folder, slice_string(arena, path));
}

bool file_exists(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0;
}

bool file_is_private(const char *path)
{
    struct stat about;

    return stat(path, &about) != 0 || (about.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

void file_stamp(const char *path, struct text *text)
{
    struct stat about;

    if (stat(path, &about) == 0) {
        text_format(text, "%lld;%lld;%lld.%09ld;", (long long)about.st_ino,
                    (long long)about.st_size, (long long)about.st_mtim.tv_sec,
                    about.st_mtim.tv_nsec);
    }
}
