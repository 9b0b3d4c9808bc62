#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base.h"

/* What `act` writes on stderr; free() it. */
static char *caught(void (*act)(void))
{
    FILE *const stream = unit_stream();
    const int kept = dup(STDERR_FILENO);

    fflush(stderr);
    ck_assert_int_ge(dup2(fileno(stream), STDERR_FILENO), 0);
    act();
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    fseek(stream, 0, SEEK_END);
    return unit_read(stream);
}

static void write_all(void)
{
    log_debug("one %d", 1);
    log_info("two %d", 2);
    log_warning("three %s", "3");
    log_error("four");
}

/* From the start, all but debugging is written, a line each. */
START_TEST(lines_are_written_from_info_up)
{
    char *const text = caught(write_all);
    size_t lines = 0;

    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++) {
        lines++;
    }
    ck_assert_uint_eq(lines, 3);
    ck_assert_ptr_null(strstr(text, "one 1"));
    ck_assert_ptr_nonnull(strstr(text, "two 2\n"));
    ck_assert_ptr_nonnull(strstr(text, "three 3\n"));
    ck_assert_ptr_nonnull(strstr(text, "four\n"));
    free(text);
}
END_TEST

/* The least level that is written can be set. */
START_TEST(the_least_level_can_be_set)
{
    log_set_level(LOG_ERROR);
    char *const errors = caught(write_all);
    log_set_level(LOG_DEBUG);
    char *const all = caught(write_all);

    ck_assert_ptr_null(strstr(errors, "three 3"));
    ck_assert_ptr_nonnull(strstr(errors, "four"));
    ck_assert_ptr_nonnull(strstr(all, "one 1"));
    free(errors);
    free(all);
}
END_TEST

/* What must hold and does, passes; in an expression too. */
START_TEST(what_holds_passes)
{
    const int two = 2;

    ENSURE(two == 2);
    ENSURE_MEMORY(&two != NULL);
}
END_TEST

/* What must hold and does not, aborts, in every build. */
START_TEST(what_does_not_hold_aborts)
{
    ENSURE(getppid() < 0);
}
END_TEST

Suite *log_suite(void)
{
    const TTest *const tests[] = {lines_are_written_from_info_up, the_least_level_can_be_set,
                                  what_holds_passes, NULL};
    Suite *const suite = unit_suite("log", tests);

    unit_abort(suite, what_does_not_hold_aborts);
    return suite;
}
