/* What the fuzz targets share. A target is one file with LLVMFuzzerTestOneInput(): what it
 * claims is that whatever the bytes are nothing is read or written that is not ours, nothing
 * overflows, no invariant breaks, and no memory is left; some claim more.
 *
 * libFuzzer drives them in a long search; replay.c gives them the corpus in each run of the
 * tests.
 */
#ifndef SEINPOST_TESTS_FUZZ_H
#define SEINPOST_TESTS_FUZZ_H

#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/base/text.h"
#include "seinpost/rule/load.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The shipped catalogue, as rules are loaded by it. */
struct kit {
    struct arena *arena;
    struct diag *diag;
    const struct catalogue *catalogue;
    struct load_options options; /* today is 2026-01-01, nothing is too late */
};

/* Begins what lives as long as the process. */
struct kit fuzz_kit(void);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A path under which the bytes can be read as a file until the next call. */
const char *fuzz_file(const uint8_t *data, size_t size);

/* Where what is printed goes. */
FILE *fuzz_nowhere(void);

/* A copy of exactly that size, so that a sanitizer sees each byte too many that is read. */
struct slice fuzz_copy(const uint8_t *data, size_t size);
void fuzz_free(struct slice copy);

#endif
