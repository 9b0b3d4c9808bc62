/* What the unit tests of all rooms share: the main function of a room's program.
 *
 * Each file of tests/unit/ROOM/ gives one suite; the room's main.c hands all of them to
 * unit_run(). A test is a function made by START_TEST; its name is the claim.
 */
#ifndef SEINPOST_TESTS_UNIT_H
#define SEINPOST_TESTS_UNIT_H

#include "seinpost/base/slice.h"

#include <stddef.h>

#include <check.h>

/* Fails unless the slice has exactly this text. */
#define ck_assert_slice_eq(slice, text) unit_slice_eq((slice), (text), __FILE__, __LINE__)

/* A case of the tests in the list, which ends with NULL; the suite has this one case. */
Suite *unit_suite(const char *name, const TTest *const tests[]);

/* Runs the suites, a list that ends with NULL. Exit code: 0 when every test passed. Check forks
 * for each test unless CK_FORK is "no". */
int unit_run(Suite *const suites[]);

/* For ck_assert_slice_eq. */
void unit_slice_eq(struct slice slice, const char *text, const char *file, int line);

#endif
