#include "fuzz.h"

#include "seinpost/base/ensure.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

struct kit fuzz_kit(void)
{
    struct arena *const arena = arena_new(128 << 20);
    struct kit kit = {arena, diag_new(arena), NULL, {.never_late = true, .drafts = true}};

    kit.catalogue = catalogue_load(arena, kit.diag, FUZZ_SCHEMAS "/signals");
    ENSURE(diag_errors(kit.diag) == 0);
    ENSURE(instant_parse(SLICE("2026-01-01"), &kit.options.today));
    return kit;
}

const char *fuzz_file(const uint8_t *data, size_t size)
{
    static char path[32];
    static int descriptor = -1;

    if (descriptor < 0) {
        descriptor = memfd_create("fuzz", 0);
        ENSURE(descriptor >= 0);
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    }
    ENSURE(ftruncate(descriptor, 0) == 0);
    ENSURE(pwrite(descriptor, data, size, 0) == (ssize_t)size);
    return path;
}

FILE *fuzz_nowhere(void)
{
    static FILE *nowhere;

    if (nowhere == NULL) {
        nowhere = fopen("/dev/null", "w");
        ENSURE(nowhere != NULL);
    }
    return nowhere;
}

struct slice fuzz_copy(const uint8_t *data, size_t size)
{
    char *const copy = malloc(size + (size == 0));

    ENSURE_MEMORY(copy != NULL);
    if (size > 0) {
        memcpy(copy, data, size);
    }
    return (struct slice){copy, size};
}

void fuzz_free(struct slice copy)
{
    free((void *)(uintptr_t)copy.data);
}
