#include "unit.h"

#include <stdlib.h>
#include <string.h>

Suite *unit_suite(const char *name, const TTest *const tests[])
{
    Suite *const suite = suite_create(name);
    TCase *const cases = tcase_create(name);

    for (size_t i = 0; tests[i] != NULL; i++) {
        tcase_add_test(cases, tests[i]);
    }
    suite_add_tcase(suite, cases);
    return suite;
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
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

void unit_slice_eq(struct slice slice, const char *text, const char *file, int line)
{
    if (!slice_equal(slice, slice_of(text))) {
        ck_abort_msg("%s:%d: '%.*s' is not '%s'", file, line, (int)slice.size, slice.data,
                     text);
    }
}
