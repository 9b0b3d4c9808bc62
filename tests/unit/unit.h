/* What the unit tests of all rooms share: the main function of a room's program, and numbers
 * drawn for property tests.
 *
 * Each file of tests/unit/ROOM/ gives one suite; the room's main.c hands all of them to
 * unit_run(). A test is a function made by START_TEST; its name is the claim.
 */
#ifndef SEINPOST_TESTS_UNIT_H
#define SEINPOST_TESTS_UNIT_H

#include "seinpost/base/slice.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* Fails unless the slice has exactly this text. */
#define ck_assert_slice_eq(slice, text) unit_slice_eq((slice), (text), __FILE__, __LINE__)

/* A case of the tests in the list, which ends with NULL; the suite has this one case. */
Suite *unit_suite(const char *name, const TTest *const tests[]);

/* Adds a test that runs once for each `_i` from 0 to `count` - 1. */
void unit_loop(Suite *suite, const TTest *test, size_t count);

/* Adds a test that must end in an abort: our own mistake, which ENSURE() answers. */
void unit_abort(Suite *suite, const TTest *test);

/* Adds a test that must end its process with this exit code. */
void unit_exit(Suite *suite, const TTest *test, int code);

/* Runs the suites, a list that ends with NULL. Exit code: 0 when every test passed. Check forks
 * for each test unless CK_FORK is "no". A failure prints the seed of this run. */
int unit_run(Suite *const suites[]);

/* For ck_assert_slice_eq. */
void unit_slice_eq(struct slice slice, const char *text, const char *file, int line);

/* Numbers drawn from the seed: 1, or what the environment variable UNIT_SEED says. Each test
 * has numbers of its own, told by `salt`, so that one can change without the others. */
struct unit_draw {
    uint64_t state;
};
struct unit_draw unit_draw(uint64_t salt);
uint64_t unit_next(struct unit_draw *draw);

/* Returns a number from 0 to `bound` - 1. */
size_t unit_below(struct unit_draw *draw, size_t bound);

/* Puts the items in an order that is drawn; all orders are as likely. */
void unit_shuffle(struct unit_draw *draw, void *items, size_t count, size_t item_size);

/* Opens a stream that is read back by unit_read(), which closes it. */
FILE *unit_stream(void);

/* Returns all that was written, with a zero behind; free() it. */
char *unit_read(FILE *stream);

#endif
