/* replay: gives a target each file of its corpus.
 *
 * usage: fuzz_TARGET PATH...     files, or folders of files
 */
#include "seinpost/base/file.h"

#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

static size_t given;

static void give(const char *path)
{
    struct arena *const arena = arena_new(FILE_SIZE_MAX + 4096);
    struct slice bytes = {0};

    if (!file_read(arena, path, &bytes)) {
        perror(path);
        exit(2);
    }
    (void)LLVMFuzzerTestOneInput((const uint8_t *)bytes.data, bytes.size);
    given++;
    arena_free(arena);
}

static void give_all(const char *folder)
{
    struct dirent **names = NULL;
    const int count = scandir(folder, &names, NULL, alphasort);
    char path[4096];

    for (int i = 0; i < count; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        if (names[i]->d_name[0] != '.') {
            give(path);
        }
        free(names[i]);
    }
    free(names);
}

int main(int argc, char **argv)
{
    struct stat is;

    for (int i = 1; i < argc; i++) {
        if (stat(argv[i], &is) == 0 && S_ISDIR(is.st_mode)) {
            give_all(argv[i]);
        } else {
            give(argv[i]);
        }
    }
    (void)printf("%zu inputs\n", given);
    return given > 0 ? 0 : 1;
}
