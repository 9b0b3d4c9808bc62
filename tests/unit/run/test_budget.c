/* For anonymous memory. */
#define _DEFAULT_SOURCE

#include "seinpost/base/text.h"
#include "seinpost/run/budget.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "run.h"

enum {
    LIMIT = 1000000,
};

/* What is used by turns, in per cent of the limit, and the states that follow: `-` free, `t`
 * tight, `f` full. */
static const struct {
    const char *claim;
    int used[8];
    const char *states;
} courses[] = {
    {"nobody waits far below the limit", {0, 50, 69}, "---"},
    {"ingest waits before the limit, until it is far below again", {71, 65, 61, 59}, "ttt-"},
    {"then correlate waits, and goes on before ingest does", {86, 81, 79, 61, 59}, "fftt-"},
    {"a jump is seen at once", {10, 150, 10}, "-f-"},
    {"a pause does not flutter", {71, 69, 71, 69}, "tttt"},
};

START_TEST(who_waits_follows_what_is_used)
{
    enum budget_state state = BUDGET_FREE;
    char told[8] = "";

    for (size_t i = 0; courses[_i].states[i] != '\0'; i++) {
        state = budget_next(state, (int64_t)courses[_i].used[i] * (LIMIT / 100) + LIMIT / 200,
                            LIMIT);
        told[i] = "-tf"[state];
    }
    ck_assert_msg(strcmp(told, courses[_i].states) == 0, "%s: %s", courses[_i].claim, told);
}
END_TEST

/* Ingest that waits takes a breath, the last second of ten: a state shrinks only as it makes
 * time go on. Where correlate waits, or soon would, nothing would become of what it reads. */
START_TEST(who_waits_takes_a_breath)
{
    const int64_t some = INT64_C(75) * (LIMIT / 100);
    const int64_t much = INT64_C(81) * (LIMIT / 100);
    int64_t breath_ms = 0;

    for (int64_t ms = 0; ms < INT64_C(60) * 1000; ms += 100) {
        const bool breathes = budget_breathes(BUDGET_TIGHT, some, LIMIT, ms);
        ck_assert(budget_breathes(BUDGET_FREE, some, LIMIT, ms));
        ck_assert(!budget_breathes(BUDGET_FULL, some, LIMIT, ms));
        ck_assert(!budget_breathes(BUDGET_TIGHT, much, LIMIT, ms));
        ck_assert(!breathes || ms % 10000 >= 9000);
        breath_ms += breathes ? 100 : 0;
    }
    ck_assert_int_eq(breath_ms, INT64_C(6) * 1000);
}
END_TEST

/* Without a limit, or where nothing can be measured, nobody waits. */
START_TEST(without_a_limit_nobody_waits)
{
    ck_assert_int_eq(budget_next(BUDGET_FREE, INT64_MAX, 0), BUDGET_FREE);
    ck_assert_int_eq(budget_next(BUDGET_TIGHT, -1, LIMIT), BUDGET_FREE);
}
END_TEST

/* A block of which each page is in use. Not of the heap, which may keep what is freed. */
static char *touched(size_t size)
{
    char *const block =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    volatile char *const bytes = block;

    ck_assert(block != MAP_FAILED);
    for (size_t i = 0; i < size; i += 1024) {
        bytes[i] = 1;
    }
    return block;
}

/* What is touched is counted, and so is that it was given back. */
START_TEST(memory_in_use_is_measured)
{
    const size_t size = 64 * 1024 * 1024;
    const int64_t before = budget_used();
    char *const block = touched(size);

    ck_assert_int_ge(budget_used() - before, (int64_t)size / 10 * 9);
    ck_assert_int_eq(munmap(block, size), 0);
    ck_assert_int_le(budget_used() - before, (int64_t)size / 10);
}
END_TEST

/* A limit that is exceeded is told, in words. */
START_TEST(who_waits_is_told)
{
    struct budget *const tight = budget_new(1024 * 1024);
    struct budget *const none = budget_new(0);
    const size_t size = (size_t)2 * 1024 * 1024;
    char *const block = touched(size);
    struct text text = {0};

    ck_assert_int_eq(budget_look(none), BUDGET_FREE);
    budget_print(none, &text);
    ck_assert_uint_eq(text.size, 0);
    ck_assert(valve_is_closed(budget_valve(tight, true)));
    ck_assert(valve_is_closed(budget_valve(tight, false)));
    ck_assert(!valve_is_closed(budget_valve(none, true)));
    budget_print(tight, &text);
    text_add_byte(&text, '\0');
    ck_assert_ptr_nonnull(strstr(text.data, "of 1 MiB are used: ingest and correlate wait\n"));
    text_free(&text);
    ck_assert_int_eq(munmap(block, size), 0);
    budget_free(tight);
    budget_free(none);
}
END_TEST

/* What is fetched ahead is bounded by the limit, over all partitions. */
START_TEST(what_is_fetched_ahead_is_bounded)
{
    struct budget *const none = budget_new(0);
    struct budget *const some = budget_new((int64_t)256 * 1024 * 1024);

    ck_assert_int_eq(budget_queue_kib(none, 1000), 4096);
    ck_assert_int_eq(budget_queue_kib(some, 1), 4096);
    ck_assert_int_eq(budget_queue_kib(some, 4), 1024);
    ck_assert_int_eq(budget_queue_kib(some, 1000), 256);
    budget_free(none);
    budget_free(some);
}
END_TEST

Suite *budget_suite(void)
{
    const TTest *const tests[] = {
        who_waits_takes_a_breath, without_a_limit_nobody_waits,     memory_in_use_is_measured,
        who_waits_is_told,        what_is_fetched_ahead_is_bounded, NULL};
    Suite *const suite = unit_suite("budget", tests);

    unit_loop(suite, who_waits_follows_what_is_used, COUNT_OF(courses));
    return suite;
}
