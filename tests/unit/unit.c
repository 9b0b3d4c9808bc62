#include "unit.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sanitizers on a busy machine need more than Check's 4 s. */
#define TIMEOUT_S 60.0

static TCase *unit_case(Suite *suite, const char *name)
{
    TCase *const cases = tcase_create(name);

    tcase_set_timeout(cases, TIMEOUT_S);
    suite_add_tcase(suite, cases);
    return cases;
}

Suite *unit_suite(const char *name, const TTest *const tests[])
{
    Suite *const suite = suite_create(name);
    TCase *const cases = unit_case(suite, name);

    for (size_t i = 0; tests[i] != NULL; i++) {
        tcase_add_test(cases, tests[i]);
    }
    return suite;
}

void unit_loop(Suite *suite, const TTest *test, size_t count)
{
    tcase_add_loop_test(unit_case(suite, test->name), test, 0, (int)count);
}

void unit_abort(Suite *suite, const TTest *test)
{
    tcase_add_test_raise_signal(unit_case(suite, test->name), test, SIGABRT);
}

void unit_exit(Suite *suite, const TTest *test, int code)
{
    tcase_add_exit_test(unit_case(suite, test->name), test, code);
}

static uint64_t unit_seed(void)
{
    const char *const text = getenv("UNIT_SEED");

    return text == NULL ? 1 : strtoull(text, NULL, 10);
}

int unit_run(Suite *const suites[])
{
    SRunner *const runner = srunner_create(NULL);

    for (size_t i = 0; suites[i] != NULL; i++) {
        srunner_add_suite(runner, suites[i]);
    }
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    if (failed != 0) {
        printf("to run this again: UNIT_SEED=%" PRIu64 "\n", unit_seed());
    }
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

void unit_slice_eq(struct slice slice, const char *text, const char *file, int line)
{
    if (!slice_equal(slice, slice_of(text))) {
        ck_abort_msg("%s:%d: '%.*s' is not '%s'", file, line, (int)slice.size, slice.data,
                     text);
    }
}

struct unit_draw unit_draw(uint64_t salt)
{
    return (struct unit_draw){unit_seed() * UINT64_C(0x9E3779B97F4A7C15) ^ salt << 32};
}

/* SplitMix64: every state gives good numbers, also neighbours. */
uint64_t unit_next(struct unit_draw *draw)
{
    uint64_t z = (draw->state += UINT64_C(0x9E3779B97F4A7C15));

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

size_t unit_below(struct unit_draw *draw, size_t bound)
{
    return (size_t)(unit_next(draw) % bound);
}

void unit_shuffle(struct unit_draw *draw, void *items, size_t count, size_t item_size)
{
    unsigned char *const bytes = items;

    for (size_t left = count; left > 1; left--) {
        unsigned char *const a = bytes + (left - 1) * item_size;
        unsigned char *const b = bytes + unit_below(draw, left) * item_size;
        for (size_t i = 0; i < item_size; i++) {
            const unsigned char kept = a[i];
            a[i] = b[i];
            b[i] = kept;
        }
    }
}

FILE *unit_stream(void)
{
    FILE *const stream = tmpfile();

    ck_assert_ptr_nonnull(stream);
    return stream;
}

char *unit_read(FILE *stream)
{
    const long size = ftell(stream);
    char *const text = calloc((size_t)size + 1, 1);

    ck_assert_ptr_nonnull(text);
    rewind(stream);
    ck_assert_uint_eq(fread(text, 1, (size_t)size, stream), (size_t)size);
    fclose(stream);
    return text;
}
