/* A configuration: it is read, and what is wrong with it is told. */
#include "seinpost/config/config.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(64 << 20);
    struct diag *diag = diag_new(arena);
    bool good = false;
    struct config *config = config_load(fuzz_file(data, size), diag, &good);

    diag_print(diag, fuzz_nowhere(), DIAG_TEXT);
    config_close(config);
    arena_free(arena);
    return 0;
}
