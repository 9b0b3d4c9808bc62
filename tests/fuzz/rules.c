/* A file of rules: it is read, checked and compiled, and what is wrong with it has a place. */
#include "seinpost/base/ensure.h"

#include "fuzz.h"

static struct kit kit;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct load_options options;

    if (kit.arena == NULL) {
        kit = fuzz_kit();
    }
    options = kit.options;
    options.told = true;
    struct arena *arena = arena_new(256 << 20);
    struct diag *diag = diag_new(arena);
    const char *const paths[] = {fuzz_file(data, size)};
    ENSURE(load_program(arena, diag, kit.catalogue, paths, 1, &options) != NULL);
    diag_print(diag, fuzz_nowhere(), DIAG_TEXT);
    diag_print(diag, fuzz_nowhere(), DIAG_JSON);
    arena_free(arena);
    return 0;
}
